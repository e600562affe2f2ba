"""HTTP: pages and REST over the same use cases."""
