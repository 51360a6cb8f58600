"""Tests of results/centre/retention."""
