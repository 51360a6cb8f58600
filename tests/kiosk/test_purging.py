"""A kiosk purges what the centre's receipt confirms and nothing else, whatever stops it and whoever signed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from exam_packages.receipt import (
    Receipt,
    ReceiptLine,
    Standing,
    receipt_target,
    sign_receipt,
)
from exam_packages.sitting_plan import Mode, SittingId
from keys import erasing
from keys.encoding import Digest, digest, encode
from keys.statement import RECEIPT, Signer, sign
from keys.trusted import OldCarrierError
from kiosk import handover, purging
from kiosk import protocol as p
from kiosk.purging import Purged, purge
from kiosk.station import Station, StationBusyError
from results.wire.bundle import claimed_record
from tests.kiosk.world import CANDIDATE, SITTING, World, accepted, refused

ZEROS = Digest("0" * 64)


class Stop(BaseException):
    """The power goes."""


@pytest.fixture
def finished(world: World) -> World:
    """A kiosk whose candidate has handed in and whose last screen was left."""
    runner = world.testing()
    accepted(runner.submit(p.HandIn(5, 0)))
    accepted(runner.submit(p.Leave()))
    runner.close()
    return world


def record_of(world: World) -> bytes:
    """The sealed record in the outbox."""
    (path,) = handover.waiting(Station(world.station))
    return path.read_bytes()


def line(world: World, **changes: object) -> ReceiptLine:
    """The receipt's line that confirms the record."""
    raw = record_of(world)
    header = claimed_record(raw)
    good = ReceiptLine(
        header.kiosk, header.session, CANDIDATE, digest(raw), header.head, header.count, Standing.CONFIRMED
    )
    return msgspec.structs.replace(good, **changes)


def receipt(world: World, *lines: ReceiptLine, **changes: object) -> Receipt:
    """A receipt of these lines."""
    plan_digest = digest((world.folder / "plan.eks").read_bytes())
    good = Receipt(SittingId(SITTING), Mode.LIVE, plan_digest, world.clock.now().wall, lines, ())
    return msgspec.structs.replace(good, **changes)


def publish(world: World, raw: bytes) -> None:
    """Put what is said to be the sitting's receipt on the carrier, listed by intake."""
    world.repository.stage_target("receipts", receipt_target(SITTING), raw)
    world.publish()


def confirm(world: World, *lines: ReceiptLine, **changes: object) -> None:
    """Publish a genuine receipt."""
    publish(world, sign_receipt(receipt(world, *lines, **changes), world.keys["intake"].signer()))


def purged(world: World) -> Purged:
    """Purge with what is on the carrier."""
    return purge(Station(world.station), world.carrier, world.clock)


def left(world: World) -> set[str]:
    """Every file of the sitting that is on the kiosk."""
    below = (world.station / name for name in ("sittings", "outbox", "aside"))
    return {
        str(path.relative_to(world.station)) for one in below for path in one.rglob("*") if path.is_file()
    }


def test_what_is_confirmed_goes_and_the_sitting_is_remembered(finished: World) -> None:
    """Vault, package, plan, escrow and record are gone; again there is nothing to do; the old unlock opens nothing."""
    confirm(finished, line(finished))
    done = purged(finished)
    assert [name.split("/")[0] for name in done.gone] == ["sittings", "outbox"]
    assert (done.stayed, left(finished)) == ((), set())
    assert purged(finished) == Purged((), ())
    station = Station(finished.station)
    seat = station.seat(SITTING)
    assert seat is not None
    assert seat.ending is not None
    finished.unlock("u2")
    code = refused(finished.runner().submit(p.EnterStartCode(finished.resume_code(0))))
    assert code not in {"", "code-wrong"}
    assert left(finished) == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"record": ZEROS}, "record-unconfirmed"),
        ({"head": ZEROS}, "record-unconfirmed"),
        ({"count": 3}, "record-unconfirmed"),
        ({"session": "another"}, "record-unconfirmed"),
        ({"kiosk": "0" * 16}, "record-unconfirmed"),
        ({"candidate": "C-2"}, "record-unconfirmed"),
        ({"standing": Standing.HELD}, "record-held"),
    ],
)
def test_what_differs_in_one_thing_stays(finished: World, changes: dict[str, object], code: str) -> None:
    """Another file, end, length, session, kiosk or candidate, or held: all stays, named with its reason."""
    before = left(finished)
    confirm(finished, line(finished, **changes))
    done = purged(finished)
    assert [(name.split("/")[0], why.code) for name, why in done.stayed] == [
        ("outbox", code),
        ("sittings", "record-unconfirmed"),
    ]
    assert (done.gone, left(finished)) == ((), before)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sitting": "east-1"}, "receipt-misplaced"),
        ({"mode": Mode.REHEARSAL}, "record-unconfirmed"),
        ({"plan_digest": ZEROS}, "record-unconfirmed"),
    ],
)
def test_a_receipt_of_something_else_confirms_nothing(
    finished: World, changes: dict[str, object], code: str
) -> None:
    """Of another sitting, of the rehearsal, of another version of the plan."""
    before = left(finished)
    confirm(finished, line(finished), **changes)
    done = purged(finished)
    assert done.stayed[0][1].code == code
    assert (done.gone, left(finished)) == ((), before)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("registrar-1", "signer-wrong-role"),
        ("packager", "signer-wrong-role"),
        ("scoring", "signer-wrong-role"),
        ("kiosk", "signer-unknown"),
        ("proctor", "signer-unknown"),
    ],
)
def test_a_right_signature_in_the_wrong_role_confirms_nothing(finished: World, name: str, code: str) -> None:
    """Even listed by intake, a receipt that another signed is refused, and all stays."""
    before = left(finished)
    posing = Signer(RECEIPT.role, name, finished.keys[name].seed)
    publish(finished, sign(encode(receipt(finished, line(finished))), RECEIPT, posing))
    done = purged(finished)
    assert {why.code for _, why in done.stayed} == {code}
    assert (done.gone, left(finished)) == ((), before)


def test_without_a_receipt_or_with_an_older_carrier_all_stays(finished: World, tmp_path: Path) -> None:
    """A carrier that says nothing confirms nothing; one that is older than a carrier seen is refused."""
    before = left(finished)
    assert {why.code for _, why in purged(finished).stayed} == {"receipt-missing", "record-unconfirmed"}
    old = tmp_path / "old"
    shutil.copytree(finished.carrier.root, old)
    confirm(finished, line(finished, standing=Standing.HELD))
    purged(finished)
    with pytest.raises(OldCarrierError):
        purge(Station(finished.station), type(finished.carrier)(old), finished.clock)
    assert left(finished) == before


def test_a_session_that_is_not_sealed_is_never_touched(world: World) -> None:
    """A sitting in the middle, and a folder that was moved aside, stay whatever a receipt says of other records."""
    runner = world.testing()
    runner.close()
    before = left(world)
    confirm(world, ReceiptLine("0" * 16, "s", CANDIDATE, ZEROS, ZEROS, 1, Standing.CONFIRMED))
    assert [why.code for _, why in purged(world).stayed] == ["record-unconfirmed"]
    assert left(world) == before


def test_a_folder_that_was_moved_aside_goes_only_with_its_own_record(finished: World) -> None:
    """One of the confirmed session goes too; one of another session, or that cannot tell whose it is, stays."""
    aside = finished.station / "aside" / SITTING
    shutil.copytree(finished.station / "sittings" / SITTING, aside / "1")
    shutil.copytree(finished.station / "sittings" / SITTING, aside / "2")
    (aside / "2" / "escrow.json").unlink()
    confirm(finished, line(finished))
    done = purged(finished)
    assert [(name, why.code) for name, why in done.stayed] == [(f"aside/{SITTING}/2", "record-unconfirmed")]
    assert {name.split("/")[1] for name in left(finished)} == {SITTING}
    assert f"aside/{SITTING}/2/vault.db" in left(finished)
    assert not (aside / "1").exists()


def test_a_vault_that_went_on_after_its_record_stays(finished: World) -> None:
    """The pulse outside the vault names more entries than the record: what the centre has is not all of it."""
    station = Station(finished.station)
    seat = station.seat(SITTING)
    assert seat is not None
    from kiosk.seating import read_pulse, write_pulse

    pulse = read_pulse(station, seat)
    write_pulse(station, seat, msgspec.structs.replace(pulse, count=pulse.count + 100))
    confirm(finished, line(finished))
    before = left(finished)
    done = purged(finished)
    assert [why.code for _, why in done.stayed] == ["record-unconfirmed"]
    assert (done.gone, left(finished)) == ((), before)


def test_a_running_kiosk_is_not_purged(finished: World) -> None:
    """Its folder is in use."""
    confirm(finished, line(finished))
    with Station(finished.station).alone(), pytest.raises(StationBusyError):
        purged(finished)


def stopping(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """The power goes before the `at`-th step that changes the disk: an overwriting, a removal, a folder's end."""
    steps = iter(range(at + 1))

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def step(*values: object, **named: object) -> object:
            if next(steps, at) == at:
                raise Stop
            return act(*values, **named)

        return step

    for where, name in (
        (erasing, "_overwrite"),
        (erasing, "remove_file"),
        (purging, "remove_file"),
        (Path, "rmdir"),
        (Station, "keep_seat"),
    ):
        monkeypatch.setattr(where, name, counted(getattr(where, name)))


def test_a_stop_at_any_step_leaves_what_is_confirmed_to_the_next_purge(
    finished: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the power goes: what another sitting left is whole, and purging again removes the rest of this one."""
    confirm(finished, line(finished))
    other = finished.station / "sittings" / "east-9"
    shutil.copytree(finished.station / "sittings" / SITTING, other)
    whole = {path.name: path.read_bytes() for path in other.iterdir()}
    stops = 0
    while True:
        world = finished.copy(tmp_path / f"stop-{stops}")
        with monkeypatch.context() as patch:
            stopping(patch, stops)
            try:
                purged(world)
                break
            except Stop:
                stops += 1
        record = next((world.station / "outbox" / SITTING).glob("*.ekr"), None)
        assert record is not None or not (world.station / "sittings" / SITTING).exists()
        done = purged(world)
        assert [name for name, _ in done.stayed] == ["sittings/east-9"]
        assert {name.split("/")[1] for name in left(world)} == {"east-9"}
        kept = world.station / "sittings" / "east-9"
        assert {path.name: path.read_bytes() for path in kept.iterdir()} == whole
    assert stops > 8
