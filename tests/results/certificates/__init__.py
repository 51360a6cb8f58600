"""Tests of certificates: their numbers, rules, register, documents, pages and commands."""
