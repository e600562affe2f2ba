"""Tests of bpmn.model."""
