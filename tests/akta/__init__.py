"""Tests of akta."""
