"""The escrow's key opens what the centre's cannot any more: the ledger, the plans and every record."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from exam_packages.sitting_plan import seal_plan
from keys.clock import SystemClock
from keys.errors import WrongRecipientError
from keys.identities import PrivateIdentity
from keys.statement import Role
from results.centre import office
from results.centre.importing import import_files
from results.centre.ledger import open_ledger
from tests.results import builders as b
from tests.results import centres
from tests.results.carried import NOW, write

ESCROW = b.someone(Role.CENTRE, "escrow")
_W = b.world()
_PLAN = msgspec.structs.replace(_W.plan, recipients=(_W.centre.identity, ESCROW.identity))
W = dataclasses.replace(_W, plan=_PLAN, plan_file=seal_plan(_PLAN, _W.registrar))
RECORDS = {n: b.sitting_record(W, n) for n in range(3)}


def _import(folder: Path, who: PrivateIdentity, paths: list[Path], *, make: bool) -> int:
    """Import with this key, as a command does; how many records were admitted."""
    opened = office.open_centre(folder, who, SystemClock().now(), make=make)
    found = import_files(paths, opened.ledger, opened.office(), NOW, lambda _: None)
    return found.records.admitted


def test_the_escrow_goes_on_where_the_centres_key_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre imports half and loses its key; with the escrow's key the ledger opens and the other half comes in."""
    trusted = centres.publish(W, tmp_path / "published")
    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    paths = write(tmp_path / "in", {"0.ekr": RECORDS[0], "west.ekb": b.bundle(W, RECORDS)})
    assert _import(tmp_path, W.centre, paths[:1], make=True) == 1
    assert _import(tmp_path, ESCROW, paths[1:], make=False) == 2


def test_the_escrow_can_begin_a_ledger_that_the_centre_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever makes the ledger, each of the centre's published recipients opens it."""
    trusted = centres.publish(W, tmp_path / "published")
    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    paths = write(tmp_path / "in", {"0.ekr": RECORDS[0], "1.ekr": RECORDS[1]})
    assert _import(tmp_path, ESCROW, paths[:1], make=True) == 1
    assert _import(tmp_path, W.centre, paths[1:], make=True) == 1


def test_a_stranger_opens_no_ledger(tmp_path: Path) -> None:
    """A recipient that the centre has not named is told so."""
    open_ledger(tmp_path, W.centre, make=True, others=[ESCROW.identity])
    with pytest.raises(WrongRecipientError):
        open_ledger(tmp_path, b.someone(Role.CENTRE, "stranger"))
