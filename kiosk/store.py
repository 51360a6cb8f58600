"""The journal of one session in its vault: appended durably, never changed, read back as a verified chain.

Rules.
1. One process, one connection. An append is one transaction; when it has returned, it is on the disk.
2. Triggers refuse to change or remove an entry or a heartbeat, and an entry that does not follow the last.
3. A failed write closes the connection. The store is opened again, the whole chain is verified, and what is missing is
   appended from memory: nothing is appended twice, and nothing that did not land counts as saved.
4. A full disk gives back the reserve file first, and it is taken again once there is ample room. If a write still does
   not fit, `StoreFailedError`: the session stops.
5. The secrets of a sitting (content key, K_k, K_room) are kept here until the record is sealed, then overwritten and
   removed. So are notes that the form keeps out of the record: their texts never enter the journal, and are written in
   the transaction of their event.

Who holds the vault's key is kiosk/wrap.py; when it is opened is kiosk/runner.py.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.clock import Stamp
from keys.encoding import Digest, Instant, digest
from keys.errors import ExamKioskError
from keys.vault import (
    Vault,
    VaultBusyError,
    VaultFullError,
    VaultRefusedError,
    create,
    open_vault,
    release,
    reserve,
)
from results.wire.events import SessionEvent
from results.wire.journal import Head, Line, SessionEntry, advance, next_session_line, read
from terminal.language import _

VAULT, RESERVE = "vault.db", "reserve"
RESERVED = 4 * 1024 * 1024
AMPLE = 4 * RESERVED
"""Free bytes of the disk from which on a reserve that was given back is taken again."""
TRIES = 3
SCHEMA = """
CREATE TABLE journal (seq INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT;
CREATE TABLE heartbeat (
    beat INTEGER PRIMARY KEY, wall INTEGER NOT NULL, boot INTEGER NOT NULL, boot_id TEXT NOT NULL,
    elapsed INTEGER NOT NULL, entries INTEGER NOT NULL) STRICT;
CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE notes (item TEXT PRIMARY KEY, text BLOB NOT NULL) STRICT;
CREATE TRIGGER journal_follows BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'out of order'); END;
CREATE TRIGGER heartbeat_follows BEFORE INSERT ON heartbeat
WHEN NEW.beat IS NOT (SELECT coalesce(max(beat), -1) + 1 FROM heartbeat)
BEGIN SELECT RAISE(ABORT, 'out of order'); END;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heartbeat_stays BEFORE UPDATE ON heartbeat BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER heartbeat_kept BEFORE DELETE ON heartbeat BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


class StoreFailedError(ExamKioskError):
    """An append could not be made durable, whatever was tried."""

    code = "store-failed"
    what = "The last step could not be saved on this machine: {reason}"
    next_step = "Proctor: make room on this machine, then start again; everything before that step is saved."


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat: the session lived at `at`, with the test clock at `elapsed` ms and so many `entries`."""

    at: Stamp
    elapsed: int
    entries: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds when it is opened: the entries of its chain, and the last heartbeat if there is one."""

    entries: tuple[SessionEntry, ...]
    beat: Beat | None

    def last(self) -> Stamp:
        """When the session was last known to live."""
        if self.beat is not None and self.beat.entries == len(self.entries):
            return self.beat.at
        return self.entries[-1].at


class Store:
    """An open store of one session. Made by `create_store` and `open_store`."""

    def __init__(self, folder: Path, key: bytes, vault: Vault) -> None:
        """Hold an open vault and read its chain. Raises `JournalBrokenError` or a `VaultError`."""
        self._folder, self._key, self._vault = folder, key, vault
        self.kept, self.head = self._load()
        rows = vault.execute("SELECT item, text FROM notes")
        self.notes = {item: bytes(text).decode("utf-8") for item, text in rows}
        self.last = self.kept.entries[-1].at if self.kept.entries else None
        self._beats = len(self._vault.execute("SELECT beat FROM heartbeat"))
        self.tight = not os.path.lexists(folder / RESERVE)

    def __repr__(self) -> str:
        """Never show the key."""
        return f"Store({self.head.count} entries)"

    def append(
        self, at: Stamp, events: Sequence[SessionEvent], notes: Mapping[str, str] | None = None
    ) -> tuple[Line[SessionEntry], ...]:
        """Write these events, with the texts of `notes` beside the journal, as one durable transaction; when it returns
        they are saved.

        Raises `StoreFailedError`; then nothing of them counts as saved.
        """
        texts = notes or {}
        lines: list[Line[SessionEntry]] = []
        head = self.head
        for event in events:
            line = next_session_line(head, at, event)
            lines.append(line)
            head = advance(head, line.raw)
        before = self.head
        self._durably(lambda: self._insert(lines, texts), lambda: self._landed(before, head))
        self.head, self.last = head, at
        self.notes |= texts
        return tuple(lines)

    def beat(self, beat: Beat) -> None:
        """Note durably that the session lives. Raises `StoreFailedError`."""
        number = self._beats
        row = (number, beat.at.wall, beat.at.boot, beat.at.boot_id, beat.elapsed, beat.entries)
        self._durably(
            lambda: self._vault.execute("INSERT INTO heartbeat VALUES (?, ?, ?, ?, ?, ?)", row),
            lambda: bool(self._vault.execute("SELECT 1 FROM heartbeat WHERE beat = ?", (number,))),
        )
        self._beats += 1

    def raws(self, first: int = 0) -> tuple[bytes, ...]:
        """The exact bytes of every entry from `first` on."""
        rows = self._vault.execute("SELECT raw FROM journal WHERE seq >= ? ORDER BY seq", (first,))
        return tuple(raw for (raw,) in rows)

    def head_at(self, count: int) -> Digest | None:
        """The digest of entry `count` - 1, or None where there are not so many."""
        rows = self._vault.execute("SELECT raw FROM journal WHERE seq = ?", (count - 1,))
        return digest(rows[0][0]) if rows else None

    def secret(self, name: str) -> bytes | None:
        """A secret of the sitting, or None once it was forgotten."""
        rows = self._vault.execute("SELECT value FROM secrets WHERE name = ?", (name,))
        return bytes(rows[0][0]) if rows else None

    def forget(self) -> None:
        """Overwrite and remove the sitting's secrets and notes; may be done again. Raises a `StoreFailedError`."""
        self._durably(self._erase, self._erased)
        self.notes = {}

    def make_room(self) -> None:
        """Give back the reserve for a write beside the vault that found the disk full."""
        self.tight = True
        with contextlib.suppress(ExamKioskError):
            release(self._folder / RESERVE)

    def keep_room(self) -> None:
        """Take the reserve again if it was given back and there is ample room now."""
        with contextlib.suppress(ExamKioskError, OSError):
            if self.tight and shutil.disk_usage(self._folder).free >= AMPLE:
                reserve(self._folder / RESERVE, RESERVED)
                self.tight = False

    def close(self) -> None:
        """Close the vault; nothing is lost."""
        self._vault.close()

    def _load(self) -> tuple[Kept, Head]:
        entries, head = read(self.raws(), SessionEntry)
        rows = self._vault.execute(
            "SELECT wall, boot, boot_id, elapsed, entries FROM heartbeat ORDER BY beat DESC LIMIT 1"
        )
        beats = [Beat(Stamp(Instant(wall), boot, boot_id), *rest) for wall, boot, boot_id, *rest in rows]
        return Kept(entries, beats[0] if beats else None), head

    def _insert(self, lines: Sequence[Line[SessionEntry]], notes: Mapping[str, str]) -> None:
        with self._vault.transaction():
            for line in lines:
                self._vault.execute("INSERT INTO journal VALUES (?, ?)", (line.entry.seq, line.raw))
            for item, text in notes.items():
                self._vault.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (item, text.encode()))

    def _erase(self) -> None:
        with self._vault.transaction():
            self._vault.execute("UPDATE secrets SET value = zeroblob(length(value))")
            self._vault.execute("UPDATE notes SET text = zeroblob(length(text))")
        with self._vault.transaction():
            self._vault.execute("DELETE FROM secrets")
            self._vault.execute("DELETE FROM notes")

    def _erased(self) -> bool:
        return not self._vault.execute("SELECT 1 FROM secrets UNION ALL SELECT 1 FROM notes")

    def _landed(self, before: Head, after: Head) -> bool:
        """Whether a write that failed is there after all; anything else than all or nothing is a broken store."""
        _lines, found = read(self.raws(), SessionEntry)
        if found not in {before, after}:
            raise StoreFailedError(reason="the journal on the disk is not the one in memory.")
        return found == after

    def _durably(self, write: Callable[[], object], landed: Callable[[], bool]) -> None:
        reason = ""
        for _attempt in range(TRIES):
            try:
                if reason:
                    self._reopen()
                    if landed():
                        return
                write()
            except (VaultRefusedError, VaultBusyError) as error:
                raise StoreFailedError(reason=_reason(error)) from None
            except OSError as error:
                reason = f"{os.strerror(error.errno or errno.EIO)}."
            except ExamKioskError as error:
                if isinstance(error, StoreFailedError):
                    raise
                reason = _reason(error)
                if isinstance(error, VaultFullError):
                    self.make_room()
            else:
                return
        raise StoreFailedError(reason=reason)

    def _reopen(self) -> None:
        self._vault.close()
        self._vault = open_vault(self._folder / VAULT, self._key)


def _reason(error: ExamKioskError) -> str:
    """What failed, in one clause: that nothing was saved is said around it."""
    return error.diagnostics(_).what.partition(";")[0].rstrip(". ") + "."


def create_store(
    folder: Path, key: bytes, secrets: Mapping[str, bytes], at: Stamp, opened: SessionEvent
) -> Store:
    """Make the vault of a session with its secrets and genesis. Raises a `VaultError` or `StoreFailedError`."""
    reserve(folder / RESERVE, RESERVED)
    vault = create(folder / VAULT, key, SCHEMA)
    with vault.transaction():
        for name, value in secrets.items():
            vault.execute("INSERT INTO secrets VALUES (?, ?)", (name, value))
    Store(folder, key, vault).append(at, (opened,))
    return Store(folder, key, vault)


def open_store(folder: Path, key: bytes) -> Store:
    """Open the vault of a session, check every page and the whole chain.

    Raises a `VaultError` or `JournalBrokenError`.
    """
    vault = open_vault(folder / VAULT, key)
    try:
        vault.verify()
        return Store(folder, key, vault)
    except (ExamKioskError, OSError):
        vault.close()
        raise
