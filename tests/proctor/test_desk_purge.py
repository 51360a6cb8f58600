"""A desk forgets a sitting as a whole, on the centre's receipt alone, whatever stops it; the receipt stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from exam_packages.receipt import (
    Receipt,
    ReceiptDesk,
    ReceiptLine,
    ReceiptMissingError,
    Standing,
    receipt_target,
    sign_receipt,
)
from exam_packages.sitting_plan import Mode, SittingId
from keys import erasing
from keys.encoding import Digest, digest, encode
from keys.errors import WrongRoleError
from keys.statement import RECEIPT, Signer, sign
from proctor import purging
from proctor.collect import collect, write_bundle
from proctor.commands import CloseSitting, DeclareAbsence, ShowCodes
from proctor.purging import Purged, purge
from proctor.refusals import NotClosedError, SittingNotOpenError, SittingPurgedError
from results.wire.bundle import claimed_bundle, claimed_record
from results.wire.closing import FinalState
from tests.proctor.simulated import SITTING, Site

ZEROS = Digest("0" * 64)


class Stop(BaseException):
    """The power goes."""


@pytest.fixture
def over(site: Site) -> Site:
    """A closed sitting of two records, with its bundle made."""
    with site.open() as opened:
        opened.submit(ShowCodes(opened.proctor))
        site.export(0, "C-1")
        site.export(1, "C-2", outcome="timed out")
        collect(opened, site.carrier)
        for one in opened.state.reconciliation().unsettled:
            opened.submit(DeclareAbsence(one.candidate, FinalState.NO_SHOW, opened.proctor))
        opened.submit(CloseSitting(opened.proctor))
        write_bundle(opened, site.carrier)
    return site


def here(site: Site) -> Path:
    """The sitting's folder on the desk."""
    return site.path / "sittings" / SITTING


def receipt(site: Site) -> Receipt:
    """The receipt that confirms everything."""
    raws = [path.read_bytes() for path in sorted((here(site) / "records").iterdir())]
    headers = [(digest(raw), claimed_record(raw)) for raw in raws]
    lines = tuple(
        ReceiptLine(one.kiosk, one.session, one.candidate, found, one.head, one.count, Standing.CONFIRMED)
        for found, one in headers
    )
    bundle = claimed_bundle((here(site) / "bundle.ekb").read_bytes())
    desks = (ReceiptDesk(bundle.proctor, bundle.head, bundle.count),)
    now = site.clock.now().wall
    return Receipt(SittingId(SITTING), Mode.LIVE, bundle.plan_digest, now, lines, desks)


def publish(site: Site, raw: bytes) -> None:
    """Put what is said to be the sitting's receipt on the carrier, listed by intake."""
    site.centre.repository.stage_target("receipts", receipt_target(SITTING), raw)
    site.centre.publish()


def confirm(site: Site, said: Receipt) -> None:
    """Publish a genuine receipt."""
    publish(site, sign_receipt(said, site.centre.keys["intake"].signer()))


def purged(site: Site) -> Purged:
    """Purge with what is on the carrier."""
    return purge(site.folder(), site.carrier, SITTING, site.clock)


def left(site: Site) -> set[str]:
    """Every file of the sitting."""
    return {str(path.relative_to(here(site))) for path in here(site).rglob("*") if path.is_file()}


def test_a_confirmed_sitting_goes_and_its_receipt_stays(over: Site) -> None:
    """Nothing but the receipt is left; again it is over; no command opens the sitting, and it is not opened anew."""
    confirm(over, receipt(over))
    assert purged(over) == Purged(SITTING, True, ())
    assert left(over) == {"receipt.json"}
    assert purged(over) == Purged(SITTING, True, ())
    for act in (over.again, over.open):
        with pytest.raises(SittingPurgedError):
            act()
    assert left(over) == {"receipt.json"}


def changed(at: int, **changes: object) -> Callable[[Receipt], Receipt]:
    """A receipt one of whose lines says something else."""

    def change(said: Receipt) -> Receipt:
        lines = list(said.records)
        lines[at] = msgspec.structs.replace(lines[at], **changes)
        return msgspec.structs.replace(said, records=tuple(lines))

    return change


def desk(**changes: object) -> Callable[[Receipt], Receipt]:
    """A receipt whose desk says something else."""
    return lambda said: msgspec.structs.replace(
        said, desks=(msgspec.structs.replace(said.desks[0], **changes),)
    )


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (changed(0, record=ZEROS), {"record-unconfirmed"}),
        (changed(1, head=ZEROS), {"record-unconfirmed"}),
        (changed(1, count=8), {"record-unconfirmed"}),
        (changed(0, session="x"), {"record-unconfirmed"}),
        (changed(0, standing=Standing.HELD), {"record-held"}),
        (lambda said: msgspec.structs.replace(said, records=said.records[:1]), {"record-unconfirmed"}),
        (lambda said: msgspec.structs.replace(said, desks=()), {"record-unconfirmed"}),
        (desk(head=ZEROS), {"record-unconfirmed"}),
        (desk(count=1), {"record-unconfirmed"}),
        (desk(proctor="0" * 16), {"record-unconfirmed"}),
        (lambda said: msgspec.structs.replace(said, mode=Mode.REHEARSAL), {"record-unconfirmed"}),
        (lambda said: msgspec.structs.replace(said, plan_digest=ZEROS), {"record-unconfirmed"}),
    ],
)
def test_one_thing_unconfirmed_keeps_everything(
    over: Site, change: Callable[[Receipt], Receipt], codes: set[str]
) -> None:
    """A record, or the desk's own journal, that differs in one thing: all stays, and what it is is named."""
    before = left(over)
    confirm(over, change(receipt(over)))
    done = purged(over)
    assert not done.gone
    assert {why.code for _, why in done.unconfirmed} == codes
    assert left(over) == before
    over.again().close()


@pytest.mark.parametrize("name", ["registrar-1", "packager", "scoring"])
def test_a_right_signature_in_the_wrong_role_confirms_nothing(over: Site, name: str) -> None:
    """Even listed by intake, a receipt that another signed is refused, and all stays."""
    before = left(over)
    posing = Signer(RECEIPT.role, name, over.centre.keys[name].seed)
    publish(over, sign(encode(receipt(over)), RECEIPT, posing))
    with pytest.raises(WrongRoleError):
        purged(over)
    assert left(over) == before


def test_without_a_receipt_without_a_bundle_or_before_the_close_all_stays(over: Site, tmp_path: Path) -> None:
    """No receipt, no bundle that tells what must be confirmed, no sitting of that name: each is its own refusal."""
    before = left(over)
    with pytest.raises(ReceiptMissingError):
        purged(over)
    confirm(over, receipt(over))
    bundle = here(over) / "bundle.ekb"
    bundle.rename(tmp_path / "bundle.ekb")
    with pytest.raises(NotClosedError):
        purged(over)
    shutil.move(tmp_path / "bundle.ekb", bundle)
    for name in ("east-1", "..", "../../desk", ""):
        with pytest.raises(SittingNotOpenError):
            purge(over.folder(), over.carrier, name, over.clock)
    assert left(over) == before


def test_a_copy_that_the_bundle_does_not_hold_keeps_everything(over: Site) -> None:
    """A record beside the others that no receipt names is a result all the same."""
    confirm(over, receipt(over))
    name, raw = over.record(2, "C-3")
    (here(over) / "records" / f"{digest(raw)}.ekr").write_bytes(raw)
    before = left(over)
    done = purged(over)
    assert [one for one, _ in done.unconfirmed] == [f"records/{digest(raw)}.ekr"]
    assert name
    assert left(over) == before


def test_a_stop_at_any_step_leaves_what_the_next_purge_finishes(
    over: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the power goes, the sitting is whole, or the bundle and the receipt by which it goes are there."""
    confirm(over, receipt(over))
    stops = 0
    while True:
        site = over.copy(tmp_path / f"stop-{stops}")
        steps = iter(range(stops + 1))

        def counted(act: Callable[..., object], left_to_do: Iterator[int], at: int) -> Callable[..., object]:
            def step(*values: object, **named: object) -> object:
                if next(left_to_do, at) == at:
                    raise Stop
                return act(*values, **named)

            return step

        with monkeypatch.context() as patch:
            for where, name in (
                (erasing, "_overwrite"),
                (erasing, "remove_file"),
                (purging, "remove_file"),
                (purging, "write_file"),
                (Path, "rmdir"),
            ):
                patch.setattr(where, name, counted(getattr(where, name), steps, stops))
            try:
                purged(site)
                break
            except Stop:
                stops += 1
        assert "bundle.ekb" in left(site)
        assert "receipt.json" in left(site) or "vault.key" in left(site)
        assert purged(site).gone
        assert left(site) == {"receipt.json"}
    assert stops > 8
