"""A ledger of the first program, with its own tables and its own key file, in the hands of this one."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from keys import vault
from keys.connection import DRIVER, VaultRefusedError
from keys.encoding import Document, encode
from keys.errors import ExamKioskError
from keys.sealing import Context, Envelope, seal_to
from keys.statement import Role
from results.centre.ledger import Ledger, open_ledger
from results.centre.migrations import NEWEST
from results.centre.migrations import upgrade as steps
from results.centre.stores.address import LEDGER, LEDGER_KEY
from results.centre.tables import bundles, closing_lines, records, runs, scores
from tests.results import builders as b
from tests.results.carried import BUNDLE, DAMAGED, FORK, WHOLE, W, snapshot, take, write

KEY = bytes(range(32))
TABLES = (bundles, closing_lines, records, runs, scores)
FIRST = Path(__file__).with_name("first_ledger.sql")
"""What made a ledger at the time; no word of it is this program's."""
ESCROW = b.someone(Role.CENTRE, "escrow")


class KeyFile(Document, frozen=True, tag="ledger-key/1"):
    """The key file as it was."""

    envelope: Envelope


def rows(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the first program's tables."""
    with ledger.reading() as books:
        return {
            table.name: sorted(map(tuple, books.connection.execute(sa.select(table))), key=repr)
            for table in TABLES
        }


@pytest.fixture
def first(tmp_path: Path) -> tuple[Path, Ledger]:
    """The folder of a ledger of the first program, and a ledger of this one that holds the same rows."""
    same = open_ledger(tmp_path / "same", W.centre, make=True)
    take(same, write(tmp_path / "in", {"a.ekb": BUNDLE, "2.ekr": WHOLE[2], "x.ekr": DAMAGED}))
    with same.transaction() as books:
        books.connection.execute(
            sa.insert(runs).values(run="2026-A", made_at=7, form="F1", document=b"signed")
        )
        found = books.connection.execute(sa.select(records.c.digest)).scalars().first()
        books.connection.execute(
            sa.insert(scores).values(run="2026-A", record=found, candidate="C-1001", raw=3, passed=True)
        )
    folder = tmp_path / "first"
    folder.mkdir()
    who = W.centre.identity
    envelope = seal_to(who.fingerprint, who.sealing, KEY, Context("ledger-key"))
    (folder / LEDGER_KEY).write_bytes(encode(KeyFile(envelope)))
    with contextlib.closing(vault.create(folder / LEDGER, KEY, FIRST.read_text("ascii"))):
        engine = sa.create_engine(
            "sqlite://", module=DRIVER, creator=lambda: vault.connect(folder / LEDGER, KEY)
        )
        with same.reading() as books, engine.begin() as old:
            for table in TABLES:
                held = [row._asdict() for row in books.connection.execute(sa.select(table))]
                old.execute(sa.insert(table), held)
        engine.dispose()
    return folder, same


def test_a_ledger_of_the_first_program_opens_with_every_row(first: tuple[Path, Ledger]) -> None:
    """Its key file is read, its tables are brought up, a copy of the old file is kept; it goes on as any other."""
    folder, same = first
    for _ in range(2):
        opened = open_ledger(folder, W.centre)
        assert rows(opened) == rows(same)
        with opened.reading() as books:
            assert steps.version(books.connection) == NEWEST
    assert (folder / f"{LEDGER}.version-0001").exists()
    for ledger in (opened, same):
        told = take(ledger, write(folder / "in", {"a.ekb": BUNDLE, "fork.ekr": FORK}))
        assert (told.bundles.already_present, told.records.quarantined) == (1, 1)
    assert snapshot(opened) == snapshot(same)
    with pytest.raises(VaultRefusedError), opened.transaction() as books:
        books.connection.execute(sa.delete(scores))


def test_a_key_file_of_the_first_program_can_be_shared(first: tuple[Path, Ledger]) -> None:
    """It stays as it is until the ledger's key goes to the escrow too; then both open it, and nobody else."""
    folder, _ = first
    before = (folder / LEDGER_KEY).read_bytes()
    open_ledger(folder, W.centre)
    assert (folder / LEDGER_KEY).read_bytes() == before
    open_ledger(folder, W.centre, make=True, others=[ESCROW.identity])
    assert b'"ledger-key/2"' in (folder / LEDGER_KEY).read_bytes()
    assert rows(open_ledger(folder, ESCROW)) == rows(open_ledger(folder, W.centre))
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(folder, W.proctor)
    assert refused.value.diagnostics().code == "not-a-recipient"
