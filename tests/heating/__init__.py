"""Tests of heating."""
