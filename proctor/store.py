"""A sitting's journal in the desk's vault: append-only, chained, opened with the key of any proctor of the plan.

The vault's key is random and lies beside it in an envelope to each of them. The release's secrets are in the vault and
nowhere else. Rules.
1. `append` returns when the line is durable. After a failed write the vault is opened again and the chain is read: the
   line is there, or is appended once more from memory with the reserved room given back.
2. Lines and secrets are never changed or removed; triggers refuse it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import msgspec

from keys import primitives
from keys.carrier import read_file, write_file
from keys.encoding import decode, encode
from keys.identities import Identity, PrivateIdentity
from keys.sealing import Context, Envelope, open_envelope, seal_to
from keys.vault import (
    Vault,
    VaultFullError,
    VaultMissingError,
    VaultWriteError,
    create,
    open_vault,
    release,
    reserve,
)
from proctor.refusals import SittingPurgedError
from results.wire.journal import Head, Line, SittingEntry, advance, read

VAULT, VAULT_KEY, RESERVE, RECEIPT = "vault.db", "vault.key", "reserve", "receipt.json"
ROOM = 1024 * 1024
MAX_KEY = 1024 * 1024
SCHEMA = """
CREATE TABLE journal (seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT;
CREATE TRIGGER journal_has_no_gap BEFORE INSERT ON journal WHEN NEW.seq <> (SELECT count(*) FROM journal)
    BEGIN SELECT RAISE(ABORT, 'out of order'); END;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE kept (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TRIGGER kept_once BEFORE INSERT ON kept WHEN EXISTS (SELECT 1 FROM kept WHERE name = NEW.name)
    BEGIN SELECT RAISE(ABORT, 'kept once'); END;
CREATE TRIGGER kept_is_not_changed BEFORE UPDATE ON kept BEGIN SELECT RAISE(ABORT, 'kept once'); END;
CREATE TRIGGER kept_is_not_cut BEFORE DELETE ON kept BEGIN SELECT RAISE(ABORT, 'kept once'); END;
"""


class _VaultKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    envelopes: tuple[Envelope, ...]


class Store:
    """An open store of one sitting."""

    def __init__(self, folder: Path, private: PrivateIdentity) -> None:
        """Open what `make` made.

        Raises `SittingPurgedError`, a `VaultError`, `StorageError`, `WrongRecipientError` or `SealError`.
        """
        if (folder / RECEIPT).is_file():
            raise SittingPurgedError(sitting=folder.name)
        if not (folder / VAULT).is_file():
            raise VaultMissingError(name=str(folder / VAULT))
        self.folder = folder
        sealed = decode(read_file(folder / VAULT_KEY, limit=MAX_KEY), _VaultKey, name="vault key")
        self._key = open_envelope(
            sealed.envelopes,
            private.identity.fingerprint,
            private.sealing,
            _context(folder.name),
            kind="vault key",
        )
        self._vault = open_vault(folder / VAULT, self._key)

    @classmethod
    def make(
        cls,
        folder: Path,
        private: PrivateIdentity,
        proctors: Sequence[Identity],
        kept: Mapping[str, bytes],
        first: Line[SittingEntry],
    ) -> Self:
        """A new store with its genesis, which every one of the `proctors` may open.

        Until that is durable there is no `folder`. Raises as opening does.
        """
        beside = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(beside, ignore_errors=True)
        key = primitives.entropy(32)
        context = _context(folder.name)
        sealed = tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in proctors)
        write_file(beside / VAULT_KEY, encode(_VaultKey(sealed)))
        vault = create(beside / VAULT, key, SCHEMA)
        try:
            with vault.transaction():
                for name, content in kept.items():
                    vault.execute("INSERT INTO kept VALUES (?, ?)", (name, content))
                _insert(vault, first)
        finally:
            vault.close()
        reserve(beside / RESERVE, ROOM)
        beside.rename(folder)
        _sync(folder.parent)
        return cls(folder, private)

    def kept(self, name: str) -> bytes:
        """One of the things kept since the opening."""
        rows = self._vault.execute("SELECT content FROM kept WHERE name = ?", (name,))
        return bytes(rows[0][0])

    def lines(self) -> tuple[bytes, ...]:
        """The exact bytes of every line, in order."""
        return tuple(bytes(row[0]) for row in self._vault.execute("SELECT line FROM journal ORDER BY seq"))

    def count(self) -> int:
        """How many lines there are, whoever wrote them."""
        return int(self._vault.execute("SELECT count(*) FROM journal")[0][0])

    def load(self) -> tuple[tuple[SittingEntry, ...], Head]:
        """The whole journal, its chain verified. Raises `JournalBrokenError` or a `VaultError`."""
        return read(self.lines(), SittingEntry)

    def append(self, line: Line[SittingEntry]) -> None:
        """Make one line durable. Raises a `VaultError`; then the line is not there, or a later load will show it."""
        try:
            _insert(self._vault, line)
        except (VaultFullError, VaultWriteError):
            release(self.folder / RESERVE)
            self._vault.close()
            self._vault = open_vault(self.folder / VAULT, self._key)
            _, head = self.load()
            if head != advance(Head(line.entry.prev, line.entry.seq), line.raw):
                _insert(self._vault, line)

    def close(self) -> None:
        """Close the vault."""
        self._vault.close()


def _insert(vault: Vault, line: Line[SittingEntry]) -> None:
    vault.execute("INSERT INTO journal VALUES (?, ?)", (line.entry.seq, line.raw))


def _context(sitting: str) -> Context:
    return Context("desk-vault", sitting)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
