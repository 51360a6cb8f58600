"""Reconciliation: what was planned against what came, candidate by candidate and site by site."""
