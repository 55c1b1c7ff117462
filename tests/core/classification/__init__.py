"""Tests of core.classification."""
