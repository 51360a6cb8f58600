"""Tests of the scoring station."""
