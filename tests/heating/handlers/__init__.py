"""Tests of heating's handlers."""
