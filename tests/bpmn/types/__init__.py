"""Types of FEEL."""
