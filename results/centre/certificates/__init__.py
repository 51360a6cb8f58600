"""Certificates: what a pass is worth, who holds one, how it is renewed, and how anybody verifies it."""
