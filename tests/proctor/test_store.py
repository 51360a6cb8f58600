"""The sitting's journal in its vault: durable, append-only, and honest after a failed write."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.clock import Stamp
from keys.encoding import Instant
from keys.identities import PrivateIdentity, new_identity
from keys.statement import Role
from keys.vault import Vault, VaultError, VaultFullError
from proctor.store import RESERVE, Store
from results.wire.journal import Head, JournalBrokenError, Line, SittingEntry, advance, next_sitting_line
from results.wire.sitting_events import CodesShown

NOW = Stamp(Instant(1), 1, "boot")
ANYONE = new_identity(Role.PROCTOR, "west", "chen")


@pytest.fixture(scope="module")
def private() -> PrivateIdentity:
    """A proctor."""
    return new_identity(Role.PROCTOR, "west", "rivera")


@pytest.fixture
def store(tmp_path: Path, private: PrivateIdentity) -> Store:
    """A store with one line."""
    first = next_sitting_line(Head(), NOW, CodesShown("me"), "live", private)
    return Store.make(tmp_path / "west-1", private, (private.identity,), {"secret": b"s" * 32}, first)


def following(store: Store) -> Line[SittingEntry]:
    """The next line."""
    return next_sitting_line(store.load()[1], NOW, CodesShown("me"), "live", ANYONE)


def test_what_was_appended_is_there_after_a_restart(store: Store, private: PrivateIdentity) -> None:
    """Lines and secrets come back as they were, in order, from the folder and the proctor's key."""
    line = following(store)
    store.append(line)
    store.close()
    again = Store(store.folder, private)
    entries, head = again.load()
    assert [entry.seq for entry in entries] == [0, 1]
    assert head == advance(Head(line.entry.prev, 1), line.raw)
    assert again.kept("secret") == b"s" * 32


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal SET line = x'00' WHERE seq = 0",
        "DELETE FROM journal",
        "INSERT INTO journal VALUES (5, x'00')",
        "INSERT OR REPLACE INTO journal VALUES (0, x'00')",
        "UPDATE kept SET content = x'00'",
        "DELETE FROM kept",
        "INSERT OR REPLACE INTO kept VALUES ('secret', x'00')",
    ],
)
def test_nothing_is_changed_or_removed(store: Store, sql: str) -> None:
    """The vault itself refuses to change, remove, replace or skip a line, or to replace a secret."""
    before = store.lines()
    with pytest.raises(VaultError):
        store._vault.execute(sql)
    assert (store.lines(), store.kept("secret")) == (before, b"s" * 32)


def test_a_line_of_another_chain_is_seen_when_it_is_read(store: Store) -> None:
    """A line that does not follow from the one before it breaks the journal, by number."""
    stray = next_sitting_line(Head(count=1), NOW, CodesShown("you"), "live", ANYONE)
    store.append(stray)
    with pytest.raises(JournalBrokenError) as caught:
        store.load()
    assert caught.value.values["seq"] == 1


def test_a_full_disk_gives_the_reserve_back_and_appends(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the reserved room is released and the same line is appended once."""
    execute, line = Vault.execute, following(store)

    def full(self: Vault, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        if sql.startswith("INSERT INTO journal") and (store.folder / RESERVE).exists():
            self.close()
            raise VaultFullError(name="vault.db")
        return execute(self, sql, parameters)

    monkeypatch.setattr(Vault, "execute", full)
    store.append(line)
    assert not (store.folder / RESERVE).exists()
    assert store.lines()[1:] == (line.raw,)


def test_a_commit_that_was_durable_after_all_is_not_repeated(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the write failed only in its answer, the line is found on opening again and stands once."""
    execute, line = Vault.execute, following(store)

    def late(self: Vault, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        rows = execute(self, sql, parameters)
        if sql.startswith("INSERT INTO journal"):
            self.close()
            raise VaultFullError(name="vault.db")
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "execute", late)
        store.append(line)
    assert store.lines()[1:] == (line.raw,)


def test_a_disk_that_stays_full_is_an_error_and_nothing_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, private: PrivateIdentity
) -> None:
    """When there is no room even without the reserve the person is told, and the journal is as before."""
    execute, line = Vault.execute, following(store)

    def full(self: Vault, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        if sql.startswith("INSERT INTO journal"):
            self.close()
            raise VaultFullError(name="vault.db")
        return execute(self, sql, parameters)

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "execute", full)
        with pytest.raises(VaultFullError):
            store.append(line)
    assert len(Store(store.folder, private).lines()) == 1
