"""Opening a sitting: what goes right, and each thing that can be wrong with its own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from exam_packages.release import release_target
from exam_packages.sitting_plan import (
    NotInPlanError,
    PlanWindowError,
    SittingPlan,
    open_plan,
    plan_target,
    seal_plan,
)
from exam_packages.unlock import open_unlock, read_unlock
from keys.carrier import Carrier, CarrierFullError, CarrierMissingError
from keys.codes import release_code
from keys.encoding import CROCKFORD, Instant, digest
from keys.errors import (
    ExamKioskError,
    MistypedCodeError,
    SignatureError,
    WrongCodeError,
)
from keys.identities import new_identity
from keys.primitives import MINIMUM
from keys.statement import Keyring, Role
from keys.trusted import CarrierAlteredError, OldCarrierError, TargetMissingError
from proctor import refusals
from proctor.opening import issue_unlocks, prepare
from proctor.sitting import Phase
from results.wire.journal import SittingEntry, lines, read
from results.wire.sitting_events import SittingOpened, UnlockIssued
from tests.proctor.simulated import HOUR, SITTING, SUPPORT, Centre, Site, copied, make_site


def names_support(error: ExamKioskError) -> bool:
    """Whether the next step says whom to call."""
    return SUPPORT in error.diagnostics().next_step


def test_every_kiosk_spares_too_gets_an_unlock_that_its_start_code_opens(site: Site) -> None:
    """After the opening each kiosk's file on the carrier opens for that kiosk with the start code shown."""
    with site.open() as opened:
        for slot, private in zip(opened.plan.kiosks, site.centre.kiosks, strict=True):
            raw = site.carrier.read(f"unlocks/{SITTING}/{slot.identity.name}.json", limit=65536)
            keyring = Keyring([site.proctor.identity.holder()])
            found = read_unlock(raw, keyring, opened.plan, opened.plan_digest, slot.identity)
            secrets = open_unlock(found, private, opened.start_code(slot.identity.fingerprint), floor=MINIMUM)
            assert secrets.content_key == site.centre.secrets.content_key
        assert len(opened.state.unlocks) == 3


def test_opening_again_writes_the_same_files_and_asks_for_no_code(site: Site, tmp_path: Path) -> None:
    """A second opening, on another carrier, needs no release code, adds no event and writes the same bytes."""
    with site.open() as opened:
        head = opened.head
    other = copied(site.carrier, tmp_path / "other")
    name = f"unlocks/{SITTING}/kiosk-01.json"
    first = site.carrier.read(name, limit=65536)
    (other.root / name).unlink()
    with site.open("no code at all", other) as opened:
        assert opened.head == head
    assert other.read(name, limit=65536) == first


def test_a_full_carrier_stops_the_opening_and_the_next_one_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the carrier is full in the middle, what was written is noted; opening again makes only the rest."""
    write = Carrier.write

    def full(self: Carrier, name: str, content: bytes) -> str:
        if name.endswith("kiosk-02.json"):
            raise CarrierFullError(name=name)
        return write(self, name, content)

    with monkeypatch.context() as patched:
        patched.setattr(Carrier, "write", full)
        with pytest.raises(CarrierFullError) as caught:
            site.open()
    assert names_support(caught.value)
    with site.again() as opened:
        assert len(opened.state.unlocks) == 1
        first = dict(opened.state.unlocks)
    with site.open() as opened:
        assert len(opened.state.unlocks) == 3
        assert first.items() <= opened.state.unlocks.items()


def test_the_journal_begins_with_the_opening(site: Site) -> None:
    """Genesis names plan, package, proctor and program; then one event a kiosk."""
    with site.open() as opened:
        entries, head = read(lines(opened.journal()), SittingEntry)
    first = entries[0].event
    assert isinstance(first, SittingOpened)
    assert (first.plan_digest, first.proctor) == (opened.plan_digest, site.proctor.identity.fingerprint)
    assert [type(entry.event) for entry in entries[1:]] == [UnlockIssued] * 3
    assert head == opened.head


def test_a_wrong_a_mistyped_and_no_code_are_told_apart(site: Site) -> None:
    """A wrong code, a typo and a code cut short have two codes of their own; nothing is opened by any."""
    last = CROCKFORD[(CROCKFORD.index(site.code[-1]) + 1) % 32]
    for typed, kind in (
        (release_code(), WrongCodeError),
        (site.code[:-1] + last, MistypedCodeError),
        (site.code[:5], MistypedCodeError),
        ("", MistypedCodeError),
    ):
        with pytest.raises(WrongCodeError) as caught:
            site.open(typed or " ")
        assert type(caught.value) is kind
        assert names_support(caught.value)
    assert not site.folder().sitting(SITTING).exists()
    with pytest.raises(refusals.SittingNotOpenError):
        site.again()


def test_the_code_may_be_typed_as_it_is_read(site: Site) -> None:
    """Lower case, spaces, dashes and the letter O for the digit 0 are the same code."""
    typed = "-".join((site.code[:4], site.code[4:])).lower().replace("0", "o")
    with site.open(f" {typed} ") as opened:
        assert opened.state.phase is Phase.OPEN


@dataclass(frozen=True)
class Fault:
    """A carrier or plan that must be refused, and the error that says so; whether support is known by then."""

    expect: type[ExamKioskError]
    spoil: Callable[[Site, Path], Carrier]
    support: bool = False


def altered(part: str) -> Callable[[Site, Path], Carrier]:
    """A carrier with one byte of a published file changed."""

    def spoil(site: Site, folder: Path) -> Carrier:
        path = max(one for one in site.carrier.root.rglob(f"*{part}") if one.is_file())
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)
        return site.carrier

    return spoil


def foreign(site: Site, folder: Path) -> Carrier:
    """A genuine carrier of another authority."""
    return make_site(Centre(folder / "c"), folder / "d").carrier


def stale(site: Site, folder: Path) -> Carrier:
    """An older state of the carrier, after this desk has seen a newer one."""
    old = copied(site.carrier, folder / "old")
    site.centre.publish()
    site.folder().believe(site.carrier, site.clock)
    return old


def gone(site: Site, folder: Path) -> Carrier:
    """No carrier."""
    return Carrier(folder / "nothing")


def replanned(change: Callable[[Site, SittingPlan], SittingPlan]) -> Callable[[Site, Path], Carrier]:
    """A carrier on which the registrar published another plan and release."""

    def spoil(site: Site, folder: Path) -> Carrier:
        site.code = site.centre.announce(change(site, site.centre.plan(site.proctor)))
        return site.carrier

    return spoil


def over(site: Site, plan: SittingPlan) -> SittingPlan:
    """Its window has passed."""
    return msgspec.structs.replace(plan, closes_at=Instant(plan.opens_at + HOUR // 2))


def for_others(site: Site, plan: SittingPlan) -> SittingPlan:
    """Another, approved proctor is in it, and this one is not."""
    other = new_identity(Role.PROCTOR, "west", "okafor")
    site.centre.approve(other)
    return msgspec.structs.replace(plan, proctors=(other.identity,))


def unknown_kiosk(site: Site, plan: SittingPlan) -> SittingPlan:
    """One of its kiosks was never approved."""
    stranger = new_identity(Role.KIOSK, "west", "kiosk-03").identity
    slots = (*plan.kiosks[:2], msgspec.structs.replace(plan.kiosks[2], identity=stranger))
    return msgspec.structs.replace(plan, kiosks=slots)


def unknown_recipient(site: Site, plan: SittingPlan) -> SittingPlan:
    """Results would be sealed to somebody the centre never published."""
    stranger = new_identity(Role.CENTRE, "centre", "mallory").identity
    return msgspec.structs.replace(plan, recipients=(*plan.recipients, stranger))


def other_package(site: Site, plan: SittingPlan) -> SittingPlan:
    """It names another package's digest."""
    return msgspec.structs.replace(plan, package_digest=digest(b"another"))


def revoked(site: Site, folder: Path) -> Carrier:
    """The proctor's identity was withdrawn."""
    site.centre.repository.withdraw(site.proctor.identity.target())
    site.centre.publish()
    return site.carrier


def misplaced(site: Site, folder: Path) -> Carrier:
    """The plan of one sitting published under another's name."""
    plan = msgspec.structs.replace(site.centre.plan(site.proctor), sitting="east-9")
    raw = seal_plan(plan, site.centre.keys["registrar-1"])
    site.centre.repository.stage_target("sittings", plan_target(SITTING), raw)
    site.centre.publish()
    return site.carrier


def wrong_signer(site: Site, folder: Path) -> Carrier:
    """A release made by a registrar whose key is not of the ceremony."""
    stranger = new_identity(Role.REGISTRAR, "centre", "registrar-9")
    site.centre.keys["registrar-1"], kept = stranger, site.centre.keys["registrar-1"]
    plan = site.centre.plan(site.proctor)
    raw = seal_plan(plan, stranger)
    site.centre.keys["registrar-1"] = kept
    site.centre.repository.stage_target("sittings", plan_target(SITTING), raw)
    site.centre.publish()
    return site.carrier


def no_release(site: Site, folder: Path) -> Carrier:
    """The release was withdrawn."""
    site.centre.repository.withdraw(release_target(SITTING))
    site.centre.publish()
    return site.carrier


FAULTS = {
    "altered release": Fault(CarrierAlteredError, altered("release.json"), support=True),
    "altered plan": Fault(CarrierAlteredError, altered("plan.eks")),
    "altered package": Fault(CarrierAlteredError, altered("p1.ekp"), support=True),
    "altered list": Fault(CarrierAlteredError, altered("sittings.json")),
    "foreign carrier": Fault(CarrierAlteredError, foreign),
    "older carrier": Fault(OldCarrierError, stale),
    "no carrier": Fault(CarrierMissingError, gone),
    "plan out of its window": Fault(PlanWindowError, replanned(over), support=True),
    "proctor not in plan": Fault(NotInPlanError, replanned(for_others)),
    "kiosk not approved": Fault(refusals.KioskNotApprovedError, replanned(unknown_kiosk), support=True),
    "recipient not approved": Fault(
        refusals.RecipientNotApprovedError, replanned(unknown_recipient), support=True
    ),
    "package not the plan's": Fault(refusals.PackageNotPlannedError, replanned(other_package), support=True),
    "proctor revoked": Fault(refusals.ProctorNotApprovedError, revoked),
    "plan misplaced": Fault(refusals.PlanMisplacedError, misplaced),
    "unknown signer": Fault(SignatureError, wrong_signer),
    "no release": Fault(TargetMissingError, no_release, support=True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_refused_before_a_code_is_asked_for(site: Site, fault: str, tmp_path: Path) -> None:
    """Each wrong carrier or plan is refused with its own code, and nothing of it stays on the desk."""
    carrier = FAULTS[fault].spoil(site, tmp_path / "fault")
    with pytest.raises(FAULTS[fault].expect) as caught:
        prepare(site.folder(), carrier, SITTING, site.clock)
    assert names_support(caught.value) == FAULTS[fault].support
    assert not site.folder().sitting(SITTING).exists()


def test_a_plan_that_changed_after_the_opening_stops_it(site: Site) -> None:
    """When the centre republishes the plan, opening again is refused and names the support contact."""
    site.open().close()
    site.centre.announce(site.centre.plan(site.proctor))
    with pytest.raises(refusals.PlanChangedError) as caught:
        site.open()
    assert names_support(caught.value)


def test_a_release_for_another_version_of_the_plan_does_not_open(site: Site) -> None:
    """A genuine release that was made for an earlier plan is refused before the code is asked for."""
    plan = site.centre.plan(site.proctor)
    raw = seal_plan(plan, site.centre.keys["registrar-1"])
    site.centre.repository.stage_target("sittings", plan_target(SITTING), raw)
    site.centre.publish()
    with pytest.raises(ExamKioskError) as caught:
        prepare(site.folder(), site.carrier, SITTING, site.clock)
    assert caught.value.code == "seal-broken"


def test_a_crash_before_genesis_leaves_no_sitting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that dies while it makes the vault opens the sitting afresh the next time."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("proctor.store.reserve", die)
        with pytest.raises(KeyboardInterrupt):
            site.open()
    assert not site.folder().sitting(SITTING).exists()
    with site.open() as opened:
        assert opened.state.phase is Phase.OPEN


def test_the_plan_is_sealed_to_its_proctor(site: Site) -> None:
    """The desk reads the plan with its own key; the publisher cannot."""
    raw = site.folder().believe(site.carrier, site.clock).target(plan_target(SITTING), limit=1 << 20)
    ring = Keyring([site.centre.keys["registrar-1"].identity.holder()])
    assert open_plan(raw, ring, site.proctor).sitting == SITTING
    with pytest.raises(ExamKioskError):
        open_plan(raw, ring, site.centre.keys["publisher"])


def test_unlock_files_are_told_as_they_are_written(site: Site) -> None:
    """The caller hears each kiosk's name once its file was read back."""
    opening = prepare(site.folder(), site.carrier, SITTING, site.clock)
    heard: list[str] = []
    with opening.open(site.code, software="test", floor=MINIMUM) as opened:
        issue_unlocks(opened, site.carrier, opening.floor, cost=MINIMUM, told=heard.append)
    assert heard == ["kiosk-01", "kiosk-02", "kiosk-03"]
