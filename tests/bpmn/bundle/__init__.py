"""Tests of bpmn.bundle."""
