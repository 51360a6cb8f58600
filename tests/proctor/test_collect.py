"""What comes back: collecting in any order and repeatedly, naming what is damaged, closing and bundling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from keys.carrier import Carrier, CarrierFullError, CarrierMissingError
from keys.errors import WrongRecipientError
from keys.identities import PrivateIdentity, new_identity
from keys.statement import Keyring, Role
from proctor import collect as desk_collect
from proctor import refusals
from proctor.board import status
from proctor.collect import collect, make_bundle, write_bundle
from proctor.commands import CloseSitting, DeclareAbsence, ShowCodes
from proctor.runner import Desk
from proctor.sitting import Phase, fold
from results.wire.bundle import MAX_RECORD, open_bundle_journal, read_bundle, read_record
from results.wire.closing import FinalState, read_closing
from results.wire.journal import SittingEntry, lines, read
from tests.proctor.simulated import SECOND, SITTING, SUPPORT, Site, copied


@pytest.fixture
def room(site: Site) -> Site:
    """A site whose sitting is open and whose codes were shown."""
    with site.open() as opened:
        opened.submit(ShowCodes(opened.proctor))
    return site


def settle(opened: Desk) -> None:
    """Say that everybody without a record did not come, and close."""
    for one in opened.state.reconciliation().unsettled:
        opened.submit(DeclareAbsence(one.candidate, FinalState.NO_SHOW, opened.proctor))
    opened.submit(CloseSitting(opened.proctor))


def test_records_are_collected_from_any_carrier_in_any_order_once(room: Site, tmp_path: Path) -> None:
    """Two carriers, one looked at twice: each record is noted once and its copy is in the desk's folder."""
    other = copied(room.carrier, tmp_path / "other")
    first = room.export(0, "C-1")
    second = room.export(1, "C-2", other, outcome="timed out")
    room.export(0, "C-1", other, sealed_at=1)
    with room.again() as opened:
        assert {one.candidate for one in collect(opened, other).new} == {"C-1", "C-2"}
        seen = collect(opened, room.carrier)
        assert (seen.new, seen.known, seen.refused) == ((), 1, ())
        head = opened.head
    with room.again() as opened:
        assert collect(opened, other).known == 2
        assert opened.head == head
        kept = {path.stem for path in (opened.folder / "records").iterdir()}
    assert second in kept
    assert first not in kept
    assert len(kept) == 2


def damage(_site: Site, raw: bytes) -> bytes:
    """One byte changed."""
    spoilt = bytearray(raw)
    spoilt[-1] ^= 1
    return bytes(spoilt)


def cut(_site: Site, raw: bytes) -> bytes:
    """The end is missing, as on a drive pulled out too early."""
    return raw[: len(raw) // 2]


def empty(_site: Site, _raw: bytes) -> bytes:
    """Nothing was written."""
    return b""


def other_kind(_site: Site, _raw: bytes) -> bytes:
    """Not a record at all."""
    return b"hello"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (damage, "part-altered"),
        (cut, "container-damaged"),
        (empty, "container-damaged"),
        (other_kind, "container-damaged"),
    ],
)
def test_a_damaged_record_is_named_and_the_others_are_collected(
    room: Site, spoil: Callable[[Site, bytes], bytes], code: str
) -> None:
    """The file is named with its code and the support contact, nothing of it is noted, and the rest come in."""
    name, raw = room.record(0, "C-1")
    room.carrier.write(name, spoil(room, raw))
    room.export(1, "C-2")
    with room.again() as opened:
        seen = collect(opened, room.carrier)
        assert [one.candidate for one in seen.new] == ["C-2"]
        assert [(one.name, one.why.code) for one in seen.refused] == [(name, code)]
        assert SUPPORT in seen.refused[0].why.next_step
        room.carrier.write(name, raw)
        assert [one.candidate for one in collect(opened, room.carrier).new] == ["C-1"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sitting": "east-9"}, "record-foreign"),
        ({"mode": "rehearsal"}, "record-foreign"),
        ({"plan_digest": "0" * 64}, "record-foreign"),
        ({"package_digest": "0" * 64}, "record-foreign"),
        ({"form_digest": "0" * 64}, "record-foreign"),
        ({"attempt": 7}, "record-foreign"),
        ({"outcome": "teleported"}, "record-outcome-unknown"),
        ({"session": "../../etc"}, "document-malformed"),
        ({"kiosk": "0" * 16}, "not-in-plan"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_genuine_record_of_something_else_is_refused(
    room: Site, changes: dict[str, object], code: str
) -> None:
    """A record that its kiosk signed for another sitting, plan, form or attempt is named and left on the carrier."""
    _, raw = room.record(0, "C-1", **changes)
    room.carrier.write(f"records/{SITTING}/odd.ekr", raw)
    with room.again() as opened:
        seen = collect(opened, room.carrier)
        assert (seen.new, [one.why.code for one in seen.refused]) == ((), [code])
        assert not (opened.folder / "records").exists()


def test_one_kiosk_cannot_sign_for_another(room: Site) -> None:
    """A record that names kiosk 1 and is signed by kiosk 2, both of the plan, is refused."""
    victim = room.centre.kiosks[0].identity.fingerprint
    _, raw = room.record(1, "C-1", kiosk=victim)
    room.carrier.write(f"records/{SITTING}/odd.ekr", raw)
    with room.again() as opened:
        assert [one.why.code for one in collect(opened, room.carrier).refused] == ["signer-unknown"]


def test_a_signer_who_is_no_kiosk_is_refused(room: Site) -> None:
    """A kiosk outside the plan cannot bring a record in, even if the centre has approved it."""
    kiosks = room.centre.kiosks
    room.centre.kiosks = (stranger(), *kiosks[1:])
    _, raw = room.record(0, "C-1")
    room.carrier.write(f"records/{SITTING}/odd.ekr", raw)
    with room.again() as opened:
        assert [one.why.code for one in collect(opened, room.carrier).refused] == ["signer-unknown"]


def stranger() -> PrivateIdentity:
    """A kiosk that nobody planned."""
    return new_identity(Role.KIOSK, "west", "kiosk-99")


def test_two_records_of_one_candidate_are_a_conflict(room: Site) -> None:
    """Two kiosks with a record of one candidate stop the close, which names both; `voided` settles it."""
    room.export(0, "C-1")
    room.export(2, "C-1")
    with room.again() as opened:
        collect(opened, room.carrier)
        for candidate in ("C-2", "C-3"):
            opened.submit(DeclareAbsence(candidate, FinalState.NO_SHOW, opened.proctor))
        with pytest.raises(refusals.NotBalancedError) as caught:
            opened.submit(CloseSitting(opened.proctor))
        assert "C-1 has two records: look at kiosk-01, kiosk-03" in caught.value.diagnostics().what
        opened.submit(DeclareAbsence("C-1", FinalState.VOIDED, opened.proctor))
        settle(opened)
        bundle = read_bundle(make_bundle(opened), Keyring([opened.identity.holder()]))
        assert len(bundle.records()) == 2


def test_a_moved_candidate_is_no_conflict(room: Site) -> None:
    """Of the record left behind and the one that goes on with it the latter is on the closing page, and both go out."""
    room.export(0, "C-1", outcome="unfinished")
    room.export(1, "C-1", moved_from="0123456789")
    room.export(2, "C-2", outcome="voided")
    with room.again() as opened:
        assert len(collect(opened, room.carrier).new) == 3
        rows = {row.candidate: row.state for row in status(opened.state).candidates}
        assert (rows["C-1"], rows["C-2"]) == ("completed", "voided")
        settle(opened)
        bundle = read_bundle(make_bundle(opened), Keyring([opened.identity.holder()]))
    page = read_closing(bundle.parts["closing.json"], Keyring([bundle.signer]))
    assert [(one.state, one.session) for one in page.lines[:2]] == [
        (FinalState.COMPLETED, "s1"),
        (FinalState.VOIDED, "s2"),
    ]
    assert len(bundle.records()) == 3


def test_a_record_of_nobody_is_carried_and_counts_for_nobody(room: Site) -> None:
    """A kiosk where nobody signed in brings a record that the centre gets and the roster does not."""
    room.export(2, "", outcome="unfinished")
    with room.again() as opened:
        assert len(collect(opened, room.carrier).new) == 1
        settle(opened)
        assert opened.state.reconciliation().outcomes()["no-show"] == 3
        assert len(read_bundle(make_bundle(opened), Keyring([opened.identity.holder()])).records()) == 1


def test_nothing_comes_in_after_the_close(room: Site) -> None:
    """A record that turns up late is named, stays on the carrier, and changes nothing; known ones stay known."""
    room.export(0, "C-1")
    with room.again() as opened:
        collect(opened, room.carrier)
        settle(opened)
        head = opened.head
        room.export(1, "C-2")
        seen = collect(opened, room.carrier)
        assert (seen.known, [one.why.code for one in seen.refused]) == (1, ["sitting-closed"])
        assert opened.head == head


def test_a_pulled_carrier_stops_the_look_with_its_own_code(room: Site, tmp_path: Path) -> None:
    """Without a carrier nothing is refused file by file: the carrier is named, and whom to call."""
    with room.again() as opened, pytest.raises(CarrierMissingError) as caught:
        collect(opened, Carrier(tmp_path / "gone"))
    assert SUPPORT in caught.value.diagnostics().next_step


def test_a_carrier_pulled_in_the_middle_is_no_damaged_record(
    room: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the carrier goes away between two files the look stops; no record is named damaged."""
    room.export(0, "C-1")

    def pulled(carrier: Carrier, name: str, *, limit: int) -> bytes:
        raise CarrierMissingError(name=str(carrier.root))

    with room.again() as opened:
        monkeypatch.setattr(Carrier, "read", pulled)
        with pytest.raises(CarrierMissingError):
            collect(opened, room.carrier)


def test_the_bundle_opens_at_the_centre(room: Site) -> None:
    """Countersigned records, the closing page and the desk's whole journal arrive and agree with each other."""
    room.export(0, "C-1")
    room.export(1, "C-2", outcome="declined terms")
    with room.again() as opened:
        collect(opened, room.carrier)
        settle(opened)
        name, digest = write_bundle(opened, room.carrier)
    assert name == f"bundles/{SITTING}.ekb"
    proctors = Keyring([room.proctor.identity.holder()])
    bundle = read_bundle(room.carrier.read(name, limit=1 << 24), proctors)
    assert bundle.digest == digest
    page = read_closing(bundle.parts["closing.json"], proctors)
    assert (page.authorised, len(page.lines), page.closed_at) == (3, 3, opened.state.closed_at)
    states = {line.candidate: line.state for line in page.lines}
    assert states == {
        "C-1": FinalState.COMPLETED,
        "C-2": FinalState.DECLINED_TERMS,
        "C-3": FinalState.NO_SHOW,
    }
    kiosks = Keyring(one.identity.holder() for one in room.centre.kiosks)
    digests = {read_record(raw, kiosks).digest for raw in bundle.records().values()}
    assert digests == {line.record for line in page.lines if line.record}
    journal = open_bundle_journal(bundle, room.centre.keys["centre"])
    entries, head = read(lines(journal), SittingEntry)
    assert (head.digest, head.count) == (bundle.header.head, bundle.header.count)
    assert fold(opened.plan, entries) == opened.state
    with pytest.raises(WrongRecipientError):
        open_bundle_journal(bundle, room.proctor)


def test_there_is_no_bundle_before_the_close(room: Site) -> None:
    """An open sitting has no bundle, and the carrier is not touched."""
    with room.again() as opened, pytest.raises(refusals.NotClosedError) as caught:
        write_bundle(opened, room.carrier)
    assert SUPPORT in caught.value.diagnostics().next_step
    assert room.carrier.names("bundles") == ()


def test_every_copy_of_the_bundle_is_the_same(
    room: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full carrier costs nothing: the next carrier gets the same bytes, and so does a second copy."""
    with room.again() as opened:
        settle(opened)
        with monkeypatch.context() as patched:
            patched.setattr(Carrier, "write", full)
            with pytest.raises(CarrierFullError):
                write_bundle(opened, room.carrier)
    other = copied(room.carrier, tmp_path / "other")
    with room.again() as opened:
        assert write_bundle(opened, room.carrier) == write_bundle(opened, other)
        (opened.folder / "bundle.ekb").write_bytes(b"spoilt")
        name, _ = write_bundle(opened, other)
    read_bundle(other.read(name, limit=1 << 24), Keyring([room.proctor.identity.holder()]))


def test_a_bundle_that_the_centre_would_not_read_is_not_made(
    room: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More records than fit are said to be so, with what to do; nothing is kept or written."""
    room.export(0, "C-1")
    with room.again() as opened:
        collect(opened, room.carrier)
        settle(opened)
        monkeypatch.setattr(desk_collect, "MAX_BUNDLE", MAX_RECORD + 100)
        with pytest.raises(refusals.BundleTooLargeError):
            write_bundle(opened, room.carrier)
        assert not (opened.folder / "bundle.ekb").exists()
    assert room.carrier.names("bundles") == ()


def full(_carrier: Carrier, name: str, _content: bytes) -> str:
    """No room."""
    raise CarrierFullError(name=name)


def test_a_lost_copy_is_named_and_comes_back_from_its_carrier(room: Site) -> None:
    """When the desk's copy of a record is damaged the bundle is refused by kiosk; the carrier mends it, even closed."""
    digest = room.export(0, "C-1")
    with room.again() as opened:
        collect(opened, room.carrier)
        settle(opened)
        (opened.folder / "records" / f"{digest}.ekr").write_bytes(b"spoilt")
        with pytest.raises(refusals.CopyDamagedError) as caught:
            make_bundle(opened)
        assert "kiosk-01" in caught.value.diagnostics().what
        collect(opened, room.carrier)
        make_bundle(opened)
        assert opened.state.phase is Phase.CLOSED


def test_the_desk_cannot_open_a_record(room: Site) -> None:
    """A collected record is sealed to the centre alone: no envelope in it is for the proctor or a kiosk."""
    _, raw = room.record(0, "C-1")
    kiosks = Keyring(one.identity.holder() for one in room.centre.kiosks)
    header = read_record(raw, kiosks).header
    assert [one.recipient for one in header.envelopes] == [room.centre.keys["centre"].identity.fingerprint]
    assert msgspec.structs.asdict(header)["candidate"] == "C-1"


def test_a_second_proctor_writes_the_same_bundle(room: Site, tmp_path: Path) -> None:
    """What one proctor of the plan countersigned, another puts on the second carrier unchanged."""
    other = copied(room.carrier, tmp_path / "other")
    with room.again() as opened:
        settle(opened)
        _, first = write_bundle(opened, room.carrier)
    with room.again(SECOND) as opened:
        _, second = write_bundle(opened, other)
    assert first == second


def test_the_progress_of_a_look_is_told(room: Site) -> None:
    """How many files are done, of how many, from none to all, a damaged one counted too."""
    room.export(0, "C-1")
    name, raw = room.record(1, "C-2")
    room.carrier.write(name, raw[:-1])
    told: list[tuple[int, int]] = []
    with room.again() as opened:
        collect(opened, room.carrier, lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]
