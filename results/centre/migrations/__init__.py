"""How a ledger of an older program becomes one of this program."""

FIRST, NEWEST = "0001", "0002"
"""The version of ledgers that name none, and that of this program."""
