"""From the kiosk to the ledger and back: what the centre confirms, by its copy, is what the kiosk lets go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from exam_packages.receipt import Receipt, Standing, published_receipt, receipt_target, sign_receipt
from exam_packages.sitting_plan import open_plan, plan_target
from keys.errors import WrongRoleError
from keys.trusted import local_repository
from kiosk import protocol as p
from kiosk.purging import purge
from kiosk.station import Station
from results.centre.importing import import_files, sources
from results.centre.ledger import Ledger, open_ledger
from results.centre.office import Centre
from results.centre.receipts import Made, NoReceiptError, make_receipt, stage_receipt
from results.centre.stores.base import BackupPlaceError
from tests.kiosk.world import SITTING, World, accepted


@pytest.fixture
def finished(world: World) -> World:
    """A kiosk whose candidate has handed in, with the record on the carrier."""
    runner = world.testing()
    accepted(runner.submit(p.HandIn(5, 0)))
    accepted(runner.submit(p.Leave()))
    runner.close()
    return world


def centre(world: World) -> Centre:
    """The centre's office over its own repository and ledger."""
    trusted = local_repository(world.folder / "repository", world.clock.now())
    recipient = world.keys["centre"]
    return Centre(recipient, trusted, open_ledger(world.folder / "centre", recipient, make=True))


def take_in(world: World) -> None:
    """Import what is on the carrier."""
    opened = centre(world)
    found = sources([world.carrier.root / "records"])
    import_files(found, opened.ledger, opened.office(), world.clock.now().wall, lambda path: None)


def back_up(world: World, to: Path) -> Ledger:
    """The copy that `results receipts` makes first."""
    return centre(world).ledger.back_up(world.keys["centre"], to)


def receipts(world: World, to: Path) -> Made:
    """What `results receipts` does."""
    opened, now = centre(world), world.clock.now().wall
    copy = back_up(world, to)
    made = stage_receipt(
        world.repository, make_receipt(opened, copy, SITTING, now), opened, world.keys["intake"]
    )
    if made.new:
        world.publish()
    return made


def standings(receipt: Receipt) -> list[Standing]:
    """What a receipt says of each record."""
    return [one.standing for one in receipt.records]


def test_an_admitted_record_is_confirmed_and_then_purged(finished: World, tmp_path: Path) -> None:
    """Imported, copied, confirmed, published: the kiosk lets it go. Done again, nothing new is said."""
    take_in(finished)
    made = receipts(finished, tmp_path / "copy")
    assert (made.new, standings(made.receipt)) == (True, [Standing.CONFIRMED])
    assert not receipts(finished, tmp_path / "copy").new
    done = purge(Station(finished.station), finished.carrier, finished.clock)
    assert (len(done.gone), done.stayed) == (2, ())


def test_what_is_in_quarantine_is_held_and_stays(finished: World, tmp_path: Path) -> None:
    """A kiosk revoked before the import: the record is at the centre, held, and the kiosk keeps it."""
    finished.repository.withdraw(finished.keys["kiosk"].identity.target())
    finished.publish()
    take_in(finished)
    opened = centre(finished)
    with opened.ledger.transaction() as books:
        assert books.counts() == {"admitted": 0, "repeat": 0, "quarantined": 1}
    with pytest.raises(NoReceiptError):
        receipts(finished, tmp_path / "copy")
    done = purge(Station(finished.station), finished.carrier, finished.clock)
    assert done.gone == ()


def test_a_record_that_came_after_the_copy_is_held(finished: World, tmp_path: Path) -> None:
    """What is confirmed is what was read back from the copy, not what the ledger says."""
    centre(finished)
    copy = back_up(finished, tmp_path / "copy")
    take_in(finished)
    made = make_receipt(centre(finished), copy, SITTING, finished.clock.now().wall)
    assert standings(made) == [Standing.HELD]
    newer = back_up(finished, tmp_path / "copy")
    made = make_receipt(centre(finished), newer, SITTING, finished.clock.now().wall)
    assert standings(made) == [Standing.CONFIRMED]


def test_a_later_receipt_takes_a_confirmation_back(finished: World, tmp_path: Path) -> None:
    """A record that went to quarantine after it was confirmed is held in the next receipt, and that one counts."""
    take_in(finished)
    receipts(finished, tmp_path / "copy")
    opened = centre(finished)
    from results.centre.tables import State

    with opened.ledger.transaction() as books:
        (row,) = books.files(SITTING)
        books.set_state(row.digest, State.QUARANTINED, "journal-fork", "Contradicted.")
    finished.clock.pass_by(1_000)
    made = receipts(finished, tmp_path / "copy")
    assert (made.new, standings(made.receipt)) == (True, [Standing.HELD])
    done = purge(Station(finished.station), finished.carrier, finished.clock)
    assert [why.code for _, why in done.stayed] == ["record-held", "record-unconfirmed"]


def test_a_copy_goes_to_a_place_of_its_own(finished: World, tmp_path: Path) -> None:
    """Not over the ledger itself, nor over another centre's copy; a copy that stopped half way is made anew."""
    take_in(finished)
    for place in ("centre", "centre/../centre"):
        with pytest.raises(BackupPlaceError):
            back_up(finished, finished.folder / place)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "ledger.key").write_bytes(b"another's")
    with pytest.raises(BackupPlaceError):
        back_up(finished, tmp_path / "other")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "ledger.db.new").write_bytes(b"half")
    copy = back_up(finished, tmp_path / "copy")
    with copy.transaction() as books:
        assert books.counts()["admitted"] == 1
    assert sorted(one.name for one in (tmp_path / "copy").iterdir() if "journal" not in one.name) == [
        "ledger.db",
        "ledger.key",
    ]


def test_only_intake_signs_and_lists_a_receipt(finished: World, tmp_path: Path) -> None:
    """Another role's key is refused at the centre already; what is published is read back by its sitting."""
    take_in(finished)
    made = receipts(finished, tmp_path / "copy")
    for name in ("registrar-1", "packager", "scoring", "kiosk"):
        with pytest.raises(WrongRoleError):
            sign_receipt(made.receipt, finished.keys[name].signer())
    trusted = local_repository(finished.folder / "repository", finished.clock.now())
    assert receipt_target(SITTING) in trusted.targets
    assert published_receipt(trusted, SITTING) == made.receipt
    assert published_receipt(trusted, "east-1") is None
    plan = open_plan(
        trusted.target(plan_target(SITTING), limit=1 << 20), trusted.keyring, finished.keys["centre"]
    )
    assert made.receipt.mode is plan.mode
    assert replace(made, new=True) == made
