"""Tests of heating's samples."""
