"""Tests of the engine: every one saves and restores after every step."""
