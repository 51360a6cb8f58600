"""Marking: long texts that people mark, two each and blind, a third where the two differ."""
