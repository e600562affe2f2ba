"""Tests of workflows.replay."""
