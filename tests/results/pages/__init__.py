"""Tests of the review pages, among them in a real browser."""
