"""Ledgers of older programs, in both stores: brought up as a whole or not at all, to what a new one is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from keys import vault
from keys.connection import VaultDamagedError, VaultRefusedError
from keys.encoding import Digest
from keys.errors import ExamKioskError
from results.centre.ledger import Ledger, open_ledger
from results.centre.migrations import FIRST, NEWEST
from results.centre.migrations import upgrade as steps
from results.centre.schema import VERSION, noted
from results.centre.stores import copying
from results.centre.stores.address import LEDGER
from results.centre.stores.base import Store
from results.centre.stores.file import FileStore, put
from results.centre.tables import METADATA, State, records, runs
from tests.results import builders as b
from tests.results import migration
from tests.results.test_ledger import _row

W = b.world()


def _empty(folder: Path, at: str | None, *, to: str = "") -> Store:
    """A store without tables, or as version `to` left it; its key is the one of a ledger that was made and removed."""
    ledger = open_ledger(folder, W.centre, make=True, at=at)
    if isinstance(ledger.store, FileStore):
        key = ledger.store._key
        put(folder / LEDGER, lambda unfinished: vault.create(unfinished, key, "").close())
    else:
        with _begun(ledger.store) as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    if to:
        with _begun(ledger.store) as connection:
            steps.upgrade(connection, to)
            if to == FIRST:
                connection.exec_driver_sql(f"DROP TABLE {VERSION}")
    return ledger.store


@contextlib.contextmanager
def _begun(store: Store) -> Iterator[sa.Connection]:
    store.engine.dispose()
    with store.engine.begin() as connection:
        yield connection
    store.engine.dispose()


def _shape(connection: sa.Connection) -> dict[str, Any]:
    """What is in a store beside what Alembic compares: conditions, triggers, and the order of text."""
    found = sa.inspect(connection)
    checks = {
        table: sorted(one["sqltext"] for one in found.get_check_constraints(table))
        for table in found.get_table_names()
    }
    if connection.dialect.name == "sqlite":
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        return {"checks": checks, "triggers": connection.exec_driver_sql(triggers).all()}
    triggers = (
        "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t "
        "JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    text = (
        "SELECT table_name, column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'character varying' ORDER BY 1, 2"
    )
    return {
        "checks": checks,
        "triggers": connection.exec_driver_sql(triggers).all(),
        "text": connection.exec_driver_sql(text).all(),
    }


def test_a_ledger_brought_up_from_nothing_is_a_new_one(tmp_path: Path, at: str | None) -> None:
    """All steps after each other make the tables, indexes, conditions and triggers of a new ledger, and no more."""
    new = open_ledger(tmp_path, W.centre, make=True, at=at)
    with _begun(new.store) as connection:
        expected = _shape(connection)
        rows = connection.execute(sa.select(noted)).all()
    store = _empty(tmp_path, at)
    with _begun(store) as connection:
        steps.upgrade(connection)
        assert _differences(connection) == []
        assert _shape(connection) == expected
        assert connection.execute(sa.select(noted)).all() == rows == [(NEWEST,)]
    open_ledger(tmp_path, W.centre, at=at)


def _differences(connection: sa.Connection) -> list[Any]:
    options = {"include_name": lambda name, kind, _: (kind, name) != ("table", VERSION), "compare_type": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, METADATA))


def test_the_newest_step_is_what_is_made_from_the_tables() -> None:
    """`make migration` would write the same; a table that was changed without it is found here."""
    assert migration.formatted() == migration.PAGE.read_text("utf-8")


def test_a_ledger_without_a_version_keeps_what_is_in_it(tmp_path: Path, at: str | None) -> None:
    """A ledger of the first program is adopted and brought up when it is opened, once, with every row as it was."""
    store = _empty(tmp_path, at, to=FIRST)
    with _begun(store) as connection:
        connection.execute(sa.insert(records).values(**_row("d1", facts=b'{"old":1}')))
    for _ in range(2):
        with open_ledger(tmp_path, W.centre, at=at).transaction() as books:
            assert books.counts()["admitted"] == 1
            assert books.facts_of([Digest("d1")])[Digest("d1")].facts == b'{"old":1}'
            assert steps.version(books.connection) == NEWEST
    kept = tmp_path / f"{LEDGER}.version-{FIRST}"
    assert kept.exists() is (at is None)
    if at is None and isinstance(store, FileStore):
        with contextlib.closing(vault.open_vault(kept, store._key)) as old:
            assert old.execute("SELECT digest FROM records") == [("d1",)]


def test_a_step_that_fails_leaves_the_older_ledger(
    tmp_path: Path, at: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade is one transaction: after a crash in it the ledger is as it was, and the next opening does it."""
    store = _empty(tmp_path, at, to=FIRST)
    whole = steps.upgrade

    def crashing(connection: sa.Connection) -> None:
        whole(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "upgrade", crashing)
    with pytest.raises(KeyboardInterrupt):
        open_ledger(tmp_path, W.centre, at=at)
    with _begun(store) as connection:
        assert not sa.inspect(connection).has_table(VERSION)
        assert not sa.inspect(connection).has_table("ledger_check")
    monkeypatch.undo()
    with open_ledger(tmp_path, W.centre, at=at).reading() as books:
        assert steps.version(books.connection) == NEWEST


def test_a_ledger_of_a_newer_program_is_refused_and_not_changed(tmp_path: Path, at: str | None) -> None:
    """An older program says that it is too old, by a code of its own."""
    ledger = open_ledger(tmp_path, W.centre, make=True, at=at)
    with ledger.transaction() as books:
        books.connection.execute(sa.update(noted).values(version_num="0999"))
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.centre, at=at)
    assert refused.value.diagnostics().code == "ledger-newer"
    with ledger.reading() as books:
        assert steps.version(books.connection) == "0999"


@pytest.mark.parametrize("act", ["UPDATE acts SET n = n + 1 WHERE n = {n}", "DELETE FROM acts WHERE n = {n}"])
def test_a_record_of_an_act_changes_only_where_its_condition_is_met(
    tmp_path: Path, at: str | None, act: str
) -> None:
    """Both stores refuse the rest, also where the condition is unknown; the condition may look at other tables."""
    from results.centre.append_only import triggers

    ledger = open_ledger(tmp_path, W.centre, make=True, at=at)
    unless = "OLD.erase = 1 AND EXISTS (SELECT 1 FROM records WHERE digest = 'd1')"
    with ledger.transaction() as books:
        connection = books.connection
        connection.exec_driver_sql("CREATE TABLE acts (n INTEGER PRIMARY KEY, erase INTEGER)")
        connection.exec_driver_sql("INSERT INTO acts VALUES (10, 0), (20, 1), (30, NULL)")
        for statement in triggers({"acts": unless}, connection.dialect.name):
            connection.exec_driver_sql(statement)

    def change(n: int) -> None:
        with ledger.transaction() as books:
            books.connection.exec_driver_sql(act.format(n=n))

    for n in (10, 20, 30):
        with pytest.raises(VaultRefusedError):
            change(n)
    with ledger.transaction() as books:
        books.put(records, _row("d1"))
    for n in (10, 30):
        with pytest.raises(VaultRefusedError):
            change(n)
    change(20)


def test_every_table_has_a_primary_key_by_which_a_copy_is_compared() -> None:
    """Without one there is no order in which two ledgers can be read side by side."""
    assert [table.name for table in METADATA.sorted_tables if not table.primary_key.columns] == []


def test_a_copy_of_any_store_is_the_whole_ledger(
    tmp_path: Path, at: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is in the SQLCipher copy and can be read with the centre's key; a second copy replaces the first."""
    monkeypatch.setattr(copying, "BATCH", 7)
    ledger = open_ledger(tmp_path, W.centre, make=True, at=at)
    for more in (0, 30):
        with ledger.transaction() as books:
            for n in range(more, more + 25):
                state = State.QUARANTINED.value if n % 2 else State.REPEAT.value
                books.put(records, _row(f"Ä{n:03}-d", state=state, file=bytes([n % 256]) * n))
            books.connection.execute(sa.insert(runs).values(run=f"r{more}", made_at=1, document=b""))
        copy = ledger.back_up(W.centre, tmp_path / "copy")
        assert _everything(copy) == _everything(ledger)
        assert _everything(open_ledger(tmp_path / "copy", W.centre)) == _everything(ledger)
    assert {path.name for path in (tmp_path / "copy").iterdir()} >= {LEDGER, "ledger.key"}


def _everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    with ledger.reading() as books:
        return {
            table.name: [
                tuple(row) for row in books.connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in METADATA.sorted_tables
        }


def test_a_copy_that_differs_is_not_kept(
    tmp_path: Path, at: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that was written otherwise is found when the copy of a database is read back; the older copy stays."""
    if at is None:
        at_copy = tmp_path / "copy"
        ledger = open_ledger(tmp_path, W.centre, make=True)
        monkeypatch.setattr(vault.Vault, "verify", _damaged)
        with pytest.raises(VaultDamagedError):
            ledger.back_up(W.centre, at_copy)
        assert not (at_copy / LEDGER).exists()
        return
    ledger = open_ledger(tmp_path, W.centre, make=True, at=at)
    with ledger.transaction() as books:
        books.put(records, _row("d1"))
    ledger.back_up(W.centre, tmp_path / "copy")
    before = (tmp_path / "copy" / LEDGER).read_bytes()
    batches = copying._batches

    def lossy(connection: sa.Connection, table: sa.Table) -> Iterator[Any]:
        return iter(()) if table is records else batches(connection, table)

    monkeypatch.setattr(copying, "_batches", lossy)
    with pytest.raises(VaultDamagedError):
        ledger.back_up(W.centre, tmp_path / "copy")
    assert (tmp_path / "copy" / LEDGER).read_bytes() == before


def _damaged(opened: vault.Vault) -> None:
    raise VaultDamagedError(name=opened.path.name)


def test_text_is_in_the_order_of_its_bytes(tmp_path: Path, at: str | None) -> None:
    """Whatever language a database was made for: capitals, then small letters, then accents."""
    ledger = open_ledger(tmp_path, W.centre, make=True, at=at)
    with ledger.transaction() as books:
        for n, sitting in enumerate(("b", "B", "a", "ä", "Z", "_")):
            books.put(records, _row(f"d{n}", sitting=sitting, session=f"s{n}"))
        assert books.sittings() == ["B", "Z", "_", "a", "b", "ä"]
