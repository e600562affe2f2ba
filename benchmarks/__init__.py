"""Measures that are run by hand: conformance and speed."""
