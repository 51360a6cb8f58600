"""Tests of results/centre/standing."""
