"""Comparing bundles."""
