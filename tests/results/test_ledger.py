"""The ledger's file, key and constraints."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from keys.connection import VaultDamagedError, VaultRefusedError
from keys.errors import ExamKioskError
from results.centre.books import Books
from results.centre.ledger import Ledger, open_ledger
from results.centre.stores.address import LEDGER, LEDGER_KEY
from results.centre.tables import METADATA, State, records, runs
from tests.results import builders as b

W = b.world()
ROW = {"state": State.ADMITTED.value, "session": "s1", "sitting": "west", "candidate": "C-1", "attempt": 1}


def _row(digest: str, **changes: object) -> dict[str, object]:
    return {"digest": digest, **ROW, "file": b"sealed", "facts": b"{}", "heads": b"", **changes}


@pytest.fixture
def ledger(tmp_path: Path, at: str | None) -> Ledger:
    return open_ledger(tmp_path, W.centre, make=True, at=at)


def test_only_the_centre_opens_it(tmp_path: Path, at: str | None) -> None:
    """The ledger's key is sealed to the centre; another recipient is told that it is not one."""
    open_ledger(tmp_path, W.centre, make=True, at=at)
    open_ledger(tmp_path, W.centre, at=at)
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.proctor, at=at)
    assert refused.value.diagnostics().code == "not-a-recipient"


def test_nothing_of_it_is_readable_on_the_disk(tmp_path: Path) -> None:
    """Neither a candidate number nor a session is found in the file."""
    ledger = open_ledger(tmp_path, W.centre, make=True)
    with ledger.transaction() as books:
        books.put(records, _row("d1", candidate="CANDIDATE-SENTINEL", session="SESSION-SENTINEL"))
    raw = (tmp_path / LEDGER).read_bytes()
    assert b"SENTINEL" not in raw
    assert not raw.startswith(b"SQLite format 3")
    assert (tmp_path / LEDGER).stat().st_mode & 0o077 == 0
    assert (tmp_path / LEDGER_KEY).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("missing", "code"),
    [(LEDGER_KEY, "ledger-key-missing"), (LEDGER, "ledger-missing"), ("both", "ledger-missing")],
)
def test_what_is_missing_is_said(tmp_path: Path, missing: str, code: str) -> None:
    """A ledger without its key, a key without its ledger, and nothing at all are told apart and never made anew."""
    open_ledger(tmp_path, W.centre, make=True)
    for name in (LEDGER, LEDGER_KEY):
        if missing in {name, "both"}:
            (tmp_path / name).unlink()
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.centre)
    assert refused.value.diagnostics().code == code


def test_a_making_that_was_interrupted_is_finished(tmp_path: Path) -> None:
    """A half-made file beside the ledger's name is taken away; the key that was sealed first is used."""
    open_ledger(tmp_path, W.centre, make=True)
    key = (tmp_path / LEDGER_KEY).read_bytes()
    (tmp_path / LEDGER).rename(tmp_path / f"{LEDGER}.new")
    (tmp_path / f"{LEDGER}.new-journal").write_bytes(b"half a page")
    open_ledger(tmp_path, W.centre, make=True)
    with open_ledger(tmp_path, W.centre).transaction() as books:
        assert books.counts()["admitted"] == 0
    assert (tmp_path / LEDGER_KEY).read_bytes() == key
    assert not list(tmp_path.glob("*.new*"))


def test_a_new_ledger_outlives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is fsynced after the ledger has its name in it."""
    done: list[bool] = []
    sync = os.fsync

    def fsync(file: int) -> None:
        sync(file)
        if os.path.sameopenfile(file, folder):
            done.append((tmp_path / LEDGER).exists())

    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        monkeypatch.setattr(os, "fsync", fsync)
        open_ledger(tmp_path, W.centre, make=True)
    finally:
        os.close(folder)
    assert done[-1] is True


def test_a_damaged_ledger_is_not_used(tmp_path: Path) -> None:
    """A ledger that was cut short or altered gives our error, not the library's."""
    ledger = open_ledger(tmp_path, W.centre, make=True)
    raw = bytearray((tmp_path / LEDGER).read_bytes())
    raw[len(raw) // 2 :] = bytes(len(raw) - len(raw) // 2)
    (tmp_path / LEDGER).write_bytes(raw)
    with pytest.raises(VaultDamagedError):
        _read_all(ledger)


def _read_all(ledger: Ledger) -> None:
    with ledger.transaction() as books:
        books.counts()
        books.quarantine()
        books.lines("west")


@pytest.mark.parametrize(
    "row",
    [
        _row("d1", session="s2"),
        _row("d2"),
        _row("d2", session="s2"),
        _row("d2", session="s2", attempt=2, state="lost"),
        _row("d2", session="", attempt=2),
        _row("d2", session="s2", attempt=2, facts=None),
    ],
)
def test_constraints_keep_everything_from_counting_twice(ledger: Ledger, row: dict[str, object]) -> None:
    """The same file, session or attempt twice, an unknown state, or a record that counts for nobody: refused."""
    with ledger.transaction() as books:
        books.put(records, _row("d1"))
    with pytest.raises(VaultRefusedError), ledger.transaction() as books:
        books._connection.execute(sa.insert(records).values(**row))
    with ledger.transaction() as books:
        assert books.counts() == {"admitted": 1, "repeat": 0, "quarantined": 0}


def test_what_does_not_count_may_be_there_many_times(ledger: Ledger) -> None:
    """Repeats and quarantined files of a session stand beside the one that counts."""
    with ledger.transaction() as books:
        for n, state in enumerate((State.ADMITTED, State.REPEAT, State.QUARANTINED, State.REPEAT)):
            books.put(records, _row(f"d{n}", state=state.value))
        assert books.counts() == {"admitted": 1, "repeat": 2, "quarantined": 1}


def test_a_score_run_is_never_changed(ledger: Ledger) -> None:
    """The store itself refuses to update or remove a run."""
    with ledger.transaction() as books:
        books.add_run({"run": "r1", "made_at": 1, "document": b"{}"}, [])
    for act in (sa.update(runs).values(form="other"), sa.delete(runs)):
        with pytest.raises(VaultRefusedError), ledger.transaction() as books:
            books._connection.execute(act)
    with ledger.transaction() as books:
        assert books.run_names() == ["r1"]


def test_an_error_undoes_the_whole_transaction(ledger: Ledger) -> None:
    """What was written before an exception is not there afterwards."""
    with pytest.raises(VaultRefusedError), ledger.transaction() as books:
        books.put(records, {**_row("d1"), **dict.fromkeys(_enter(books, "d0"), "")})
    with ledger.transaction() as books:
        assert books.counts()["admitted"] == 0


def _enter(books: Books, digest: str) -> list[str]:
    """Enter a good row; the columns that make the next one a bad one."""
    books.put(records, _row(digest))
    return ["session"]


def test_two_transactions_are_never_open_at_once(
    tmp_path: Path, at: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one has the ledger to itself the other waits and is then told so; nothing is lost."""
    monkeypatch.setattr("results.centre.stores.postgres.WAIT", "200ms")
    first, second = open_ledger(tmp_path, W.centre, make=True, at=at), open_ledger(tmp_path, W.centre, at=at)
    with first.transaction() as books:
        books.put(records, _row("d1"))
        with pytest.raises(ExamKioskError) as refused, second.transaction():
            pass
        assert refused.value.diagnostics().code == "vault-busy"
    with second.transaction() as books:
        assert books.counts()["admitted"] == 1


def test_every_table_is_named_in_the_documentation(repository: Path) -> None:
    """The page about the ledger names each of its tables."""
    page = (repository / "docs/formats/ledger.md").read_text("utf-8")
    assert [table for table in METADATA.tables if f"`{table}`" not in page] == []
