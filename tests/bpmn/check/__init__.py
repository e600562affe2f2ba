"""Tests of bpmn.check."""
