"""Tests of the way from a drive into the ledger: processes that judge, decisions of persons, and many files."""
