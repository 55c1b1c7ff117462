"""Tests of playground.rungs.decide."""
