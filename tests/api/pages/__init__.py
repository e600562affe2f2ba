"""Tests of the pages that need no browser."""
