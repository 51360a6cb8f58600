"""`Place`: where an author finds what a complaint is about."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of the bank and the line, counted from 1."""

    file: str
    line: int
