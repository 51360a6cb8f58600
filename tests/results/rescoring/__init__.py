"""Tests of results/centre/rescoring."""
