"""Soundness of control flow."""
