"""A ledger in PostgreSQL: what its administrator can read, what its importers wait for, and what a lost one leaves."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from keys.connection import VaultBusyError, VaultError, VaultRefusedError
from keys.errors import ExamKioskError
from results.centre.books import Books
from results.centre.ledger import Ledger, open_ledger
from results.centre.stores import locks
from results.centre.stores.address import LEDGER_KEY
from results.centre.tables import records
from tests.results.carried import FILES, W, snapshot, take, write
from tests.results.postgres import Server
from tests.results.test_ledger import _row


@pytest.fixture
def at(postgres: Server) -> str:
    return postgres.database()


@pytest.fixture
def ledger(tmp_path: Path, at: str) -> Ledger:
    return open_ledger(tmp_path, W.centre, make=True, at=at)


def _raw(at: str) -> bytes:
    """Everything in the database, as its administrator reads it."""
    with psycopg.connect(at) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        tables = [name for (name,) in names]
        rows = [connection.execute(f"TABLE {name}".encode()).fetchall() for name in tables]
    values = [value for table in rows for row in table for value in row]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def test_nothing_that_was_opened_is_readable_in_the_database(ledger: Ledger, tmp_path: Path, at: str) -> None:
    """What journals say, pages and files are there only sealed; what was imported is read back as it was."""
    take(ledger, write(tmp_path / "in", FILES))
    raw = _raw(at)
    with ledger.reading() as books:
        digests = [row.digest for row in books.sound_records()]
        facts = [row.facts for row in books.facts_of(digests).values()]
        files = [books.file_of(found) for found in digests]
    assert facts
    assert files
    assert digests[0].encode() in raw
    assert [one for one in (*facts, *files, *FILES.values()) if one[:64] in raw] == []


def test_another_key_does_not_open_it(ledger: Ledger, tmp_path: Path, at: str) -> None:
    """A folder with another ledger's key is told so; without any key nothing is made in a ledger that is there."""
    other = tmp_path / "other"
    other.mkdir()
    for _ in range(2):
        with pytest.raises(ExamKioskError) as refused:
            open_ledger(other, W.centre, make=True, at=at)
        assert refused.value.diagnostics().code == "ledger-key-missing"
    open_ledger(other, W.centre, make=True)
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(other, W.centre, make=True, at=at)
    assert refused.value.diagnostics().code == "vault-key-wrong"
    shutil.copy(tmp_path / LEDGER_KEY, other / LEDGER_KEY)
    open_ledger(other, W.centre, at=at)


def test_a_database_without_a_ledger_is_said(tmp_path: Path, at: str) -> None:
    """Reading from an empty database makes nothing in it."""
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.centre, at=at)
    assert refused.value.diagnostics().code == "ledger-missing"
    assert _raw(at) == b""


def test_a_lost_connection_is_said_and_made_again(ledger: Ledger, at: str) -> None:
    """A server that ends the connection undoes the transaction; the next one works, and so does one after a restart
    between two transactions.
    """
    with pytest.raises(VaultError) as lost, ledger.transaction() as books:
        _lose(books, at)
    assert lost.value.diagnostics().code == "ledger-unreachable"
    with ledger.transaction() as books:
        assert books.counts()["admitted"] == 0
    _end_all(at)
    with ledger.transaction() as books:
        assert books.counts()["admitted"] == 0


def _lose(books: Books, at: str) -> None:
    books.put(records, _row("d1"))
    _end_all(at)
    books.counts()


def _end_all(at: str) -> None:
    with psycopg.connect(at, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextlib.contextmanager
def _waiting(act: Callable[[], object]) -> Iterator[threading.Thread]:
    """Another importer that does something until the block has ended."""
    thread = threading.Thread(target=act)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize(("sitting", "waits"), [("west", True), ("east", False)])
def test_importers_wait_for_each_other_only_at_the_same_sitting(
    ledger: Ledger, tmp_path: Path, at: str, sitting: str, waits: bool
) -> None:
    """A second importer goes on with another sitting at once; at the same one it waits, and then sees everything."""
    other, seen = open_ledger(tmp_path, W.centre, at=at), list[int]()

    def second(books: Books) -> None:
        books.put(records, _row("d2", sitting=sitting, session="s2", kiosk="k2", candidate="C-2"))
        seen.append(len(books.related([("k2", "s2")], [(sitting, "C-2"), (sitting, "C-1")])))

    def first(books: Books) -> threading.Thread:
        books.put(records, _row("d1", kiosk="k1"))
        thread = threading.Thread(target=other.together, args=(second,))
        thread.start()
        thread.join(0.5 if waits else 20)
        assert thread.is_alive() is waits
        return thread

    ledger.together(first).join(20)
    assert seen == [2 if waits else 1]


def test_a_session_of_two_sittings_is_decided_on_by_one_importer_at_a_time(
    ledger: Ledger, tmp_path: Path, at: str
) -> None:
    """Records of one kiosk's session that name different sittings never miss each other."""
    other, seen = open_ledger(tmp_path, W.centre, at=at), list[int]()

    def enter(books: Books, digest: str, sitting: str) -> None:
        books.put(records, _row(digest, sitting=sitting, kiosk="k", state="repeat"))
        seen.append(len(books.related([("k", "s1")], [(sitting, "C-1")])))

    def first(books: Books) -> threading.Thread:
        enter(books, "d1", "west")
        thread = threading.Thread(target=other.together, args=(lambda found: enter(found, "d2", "east"),))
        thread.start()
        thread.join(0.3)
        return thread

    ledger.together(first).join(20)
    assert seen == [1, 2]


def test_two_that_wait_for_each_other_are_both_served(ledger: Ledger, tmp_path: Path, at: str) -> None:
    """The server undoes one of two importers that hold what the other needs; it begins again by itself."""
    other, ready = open_ledger(tmp_path, W.centre, at=at), threading.Barrier(2)
    tries: list[str] = []

    def work(name: str, sittings: Sequence[str]) -> Callable[[Books], None]:
        def enter(books: Books) -> None:
            tries.append(name)
            for n, sitting in enumerate(sittings):
                books.put(records, _row(f"{name}{n}", sitting=sitting, session=f"{name}{n}", candidate=name))
                if n == 0 and tries.count(name) == 1:
                    ready.wait(20)

        return enter

    thread = threading.Thread(target=other.together, args=(work("a", ("west", "east")),))
    thread.start()
    ledger.together(work("b", ("east", "west")))
    thread.join(20)
    assert len(tries) == 3
    with ledger.reading() as books:
        assert books.counts()["admitted"] == 4


def test_more_names_than_there_is_room_for_are_the_whole_ledger(
    ledger: Ledger, tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past `MANY` names an importer waits for all the others, and they for it."""
    monkeypatch.setattr(locks, "MANY", 3)
    monkeypatch.setattr("results.centre.stores.postgres.WAIT", "200ms")
    other = open_ledger(tmp_path, W.centre, at=at)

    def first(books: Books) -> None:
        books.hold_sittings(["1", "2", "3"])
        other.together(lambda found: found.hold_sittings(["9"]))
        books.hold_sittings(["4"])
        with pytest.raises(VaultBusyError):
            other.together(lambda found: found.hold_sittings(["8"]))

    ledger.together(first)


def test_what_only_reads_sees_one_moment_and_keeps_nobody_waiting(
    ledger: Ledger, tmp_path: Path, at: str
) -> None:
    """A report that takes long sees the ledger as it was when it began, while an importer goes on; it cannot write."""
    other = open_ledger(tmp_path, W.centre, at=at)
    with ledger.reading() as books:
        assert books.counts()["admitted"] == 0
        other.together(lambda found: found.put(records, _row("d1")))
        assert books.counts()["admitted"] == 0
    with pytest.raises(VaultError), ledger.reading() as books:
        books.put(records, _row("d2"))
    with ledger.reading() as books:
        assert books.counts()["admitted"] == 1


def test_a_refused_change_ends(ledger: Ledger) -> None:
    """What the constraints forbid is not tried for ever."""
    tries: list[int] = []

    def work(books: Books) -> None:
        tries.append(1)
        for digest in ("d1", "d2"):
            books.connection.execute(sa.insert(records).values(**_row(digest)))

    with pytest.raises(VaultRefusedError):
        ledger.together(work)
    assert 1 < len(tries) < 20


@pytest.mark.parametrize("seed", range(4))
def test_two_importers_one_of_them_killed_end_as_one(
    postgres: Server, tmp_path: Path, seed: int, long_run: bool
) -> None:
    """Two processes import overlapping sets in any order at the same time, one is killed by SIGKILL at any write and
    run again: the database holds what one importer enters into a file.
    """
    for n in range(seed, 200 if long_run else 4, 4):
        _race(postgres, tmp_path / str(n), random.Random(n))


def _race(postgres: Server, folder: Path, chance: random.Random) -> None:
    names = sorted(FILES)
    orders = [chance.sample(names, chance.randint(6, len(names))) for _ in range(2)]
    write(folder / "in", FILES)
    at = postgres.database()
    shared = open_ledger(folder, W.centre, make=True, at=at)
    kills = [chance.randint(1, 12), 0]
    children = [_importer(folder, at, order, kill) for order, kill in zip(orders, kills, strict=True)]
    ended = [os.waitpid(child, 0)[1] for child in children]
    assert ended[0] in {0, signal.SIGKILL}
    assert ended[1] == 0
    assert os.waitpid(_importer(folder, at, orders[0], 0), 0)[1] == 0
    alone = folder / "alone"
    alone.mkdir()
    one = open_ledger(alone, W.centre, make=True)
    take(one, [folder / "in" / name for name in sorted({*orders[0], *orders[1]})])
    assert snapshot(shared) == snapshot(one)


def _importer(folder: Path, at: str, names: Sequence[str], kill: int) -> int:
    """A process that imports these files and is killed at its write of this number, if that is not 0."""
    child = os.fork()
    if child:
        return child
    put, left = Books.put, [kill]

    def deadly(books: Books, table: sa.Table, values: Mapping[str, object]) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        put(books, table, values)

    status = 1
    try:
        pytest.MonkeyPatch().setattr(Books, "put", deadly)
        found = take(open_ledger(folder, W.centre, at=at), [folder / "in" / name for name in names])
        status = 2 if found.unread else 0
    finally:
        os._exit(status)
