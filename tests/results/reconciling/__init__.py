"""Tests of results/centre/reconciling."""
