"""Tests of heating's queries."""
