"""FEEL."""
