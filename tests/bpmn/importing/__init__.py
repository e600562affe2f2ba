"""Models of other engines."""
