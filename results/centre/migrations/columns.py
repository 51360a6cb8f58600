"""The text columns of the migrations: in the order of their bytes in both stores, whatever a database's language."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def text(length: int | None = None) -> sa.types.TypeEngine[Any]:
    """Text of any, or at most this, length."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
