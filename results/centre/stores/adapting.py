"""Every binary value that goes to PostgreSQL is sealed on its way there, and opened on its way back.

PostgreSQL encrypts no pages, and its files, dumps and write-ahead log are copied by people who may not read answers. So
the connection itself seals: no table and no statement can forget it. The key is derived from the ledger's own.
What is not binary (names, states, scores) is in clear there; see docs/formats/ledger.md.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format

from keys import primitives
from keys.sealing import Context

_BYTEA = 17
_CONTEXT = Context("ledger-value").encoded()
_KIND = "value of the ledger"


def seal_values(connection: psycopg.Connection, key: bytes) -> None:
    """Seal and open binary values of this connection under the ledger's 32-byte key.

    Reading one that was not sealed under it raises `SealError`.
    """
    derived = primitives.derive(key, "ledger-value")

    def opened(sealed: bytes) -> bytes:
        return primitives.unbox(derived, sealed, _CONTEXT, kind=_KIND)

    class Seal(Dumper):
        format = Format.BINARY
        oid = _BYTEA

        def dump(self, obj: Any) -> bytes:
            plain = obj.obj if isinstance(obj, psycopg.Binary) else obj
            return primitives.box(derived, bytes(plain), _CONTEXT)

    class OpenText(Loader):
        format = Format.TEXT

        def load(self, data: Buffer) -> bytes:
            return opened(bytes.fromhex(bytes(data)[2:].decode()))

    class OpenBinary(Loader):
        format = Format.BINARY

        def load(self, data: Buffer) -> bytes:
            return opened(bytes(data))

    for kind in (bytes, bytearray, memoryview, psycopg.Binary):
        connection.adapters.register_dumper(kind, Seal)
    for loader in (OpenText, OpenBinary):
        connection.adapters.register_loader(_BYTEA, loader)
