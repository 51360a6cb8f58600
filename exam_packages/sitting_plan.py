"""`SittingPlan`: which candidates sit which form at which site, when, with which proctors, kiosks and policies."""

from __future__ import annotations

import enum
from typing import NewType

import msgspec

from keys import container, primitives
from keys.clock import utc
from keys.container import Part
from keys.encoding import Digest, Document, Instant, decode, encode
from keys.errors import ExamKioskError
from keys.identities import Identity, PrivateIdentity
from keys.sealing import Context, Envelope, open_content, open_envelope, seal_content, seal_to
from keys.statement import SITTING_PLAN, Keyring, Role, sign, verify

SittingId = NewType("SittingId", str)
CandidateId = NewType("CandidateId", str)
KIND = SITTING_PLAN.name
PLAN = "plan"
MAX_PLAN = 8 * 1024 * 1024


class PlanWindowError(ExamKioskError):
    """The sitting's window is not open now."""

    code = "plan-window"
    what = "This sitting's plan is valid from {opens} to {closes}; this machine's clock says {clock}."
    next_step = "Check the clock; if it is right, call {support}."


class EligibilityOverError(ExamKioskError):
    """A candidate whose authorisation has run out."""

    code = "eligibility-over"
    what = "Candidate {candidate} was authorised until {until}; this machine's clock says {clock}."
    next_step = "Check the clock; if it is right, do not admit the candidate and call {support}."


class NotInPlanError(ExamKioskError):
    """A kiosk or proctor that the plan does not name."""

    code = "not-in-plan"
    what = "{who} is not in the plan of sitting {sitting}."
    next_step = "Use a machine or key of this sitting, or call {support}."


class PlanDocumentError(ExamKioskError):
    """A plan that contradicts itself."""

    code = "plan-inconsistent"
    what = "The sitting plan is not in order: {detail}."
    next_step = "Mend the plan or roster file and make it again."


class Mode(enum.StrEnum):
    """What a sitting is for; part of every key derivation, so that a rehearsal's codes open nothing real."""

    LIVE = "live"
    REHEARSAL = "rehearsal"


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the frozen values inside a plan."""


class Accommodations(_Value, frozen=True):
    """What the plan grants a candidate: `extra_percent` and `extra_minutes` of time, `extra_breaks` that stop the
    clock, a `theme` of the screen, free text for the proctor.
    """

    extra_percent: int = 0
    extra_minutes: int = 0
    extra_breaks: int = 0
    note: str = ""
    theme: str = ""


class RosterEntry(_Value, frozen=True):
    """An authorised candidate: number, name, attempt, eligibility id and until when it holds; planned kiosk
    name or empty; `language` of the screens ("es"), empty for the kiosk's own.
    """

    candidate: CandidateId
    name: str
    attempt: int
    eligibility: str
    eligible_until: Instant
    kiosk: str = ""
    accommodations: Accommodations = Accommodations()
    language: str = ""

    def eligible(self, now: Instant) -> bool:
        """Whether the authorisation still holds, to its last moment."""
        return now <= self.eligible_until


class KioskSlot(_Value, frozen=True):
    """A kiosk of the sitting; spares have no planned candidate."""

    identity: Identity
    spare: bool = False


class Policies(_Value, frozen=True):
    """How the sitting is run. `one_proctor_minutes` is the most time one proctor may add to an attempt.

    Who comes more than `late_minutes` after the opening is not admitted; 0 admits until the sitting closes.
    """

    support_contact: str
    result_notice: str
    one_proctor_minutes: int = 30
    desk_and_kiosk_on_one_machine: bool = False
    late_minutes: int = 0


class SittingPlan(Document, frozen=True, tag="sitting-plan/1"):
    """One sitting. `package` is the target name of the exam package and `package_digest` of its whole file."""

    sitting: SittingId
    mode: Mode
    programme: str
    exam: str
    site: str
    room: str
    opens_at: Instant
    closes_at: Instant
    package: str
    package_digest: Digest
    form: str
    form_digest: Digest
    roster: tuple[RosterEntry, ...]
    proctors: tuple[Identity, ...]
    kiosks: tuple[KioskSlot, ...]
    recipients: tuple[Identity, ...]
    policies: Policies

    def entry(self, candidate: str) -> RosterEntry | None:
        """The roster line of a candidate number, or None."""
        return next((entry for entry in self.roster if entry.candidate == candidate), None)

    def kiosk(self, fingerprint: str) -> KioskSlot | None:
        """The slot of the kiosk with this fingerprint, or None."""
        return next((slot for slot in self.kiosks if slot.identity.fingerprint == fingerprint), None)

    def check(self) -> None:
        """Raise `PlanDocumentError` unless ids are unique, planned kiosks exist and the window is a window."""
        complaints = (
            (self.opens_at < self.closes_at, "it closes before it opens"),
            (
                _unique([entry.candidate for entry in self.roster]),
                "a candidate number stands twice in the roster",
            ),
            (_unique([slot.identity.name for slot in self.kiosks]), "a kiosk stands twice"),
            (bool(self.roster and self.proctors and self.kiosks and self.recipients), "a list is empty"),
            (
                all(one.role is Role.PROCTOR for one in self.proctors),
                "someone listed as a proctor is not one",
            ),
            (
                all(slot.identity.role is Role.KIOSK for slot in self.kiosks),
                "a machine listed as a kiosk is not one",
            ),
            (
                all(one.role is Role.CENTRE for one in self.recipients),
                "results would be sealed to someone who is not a recipient at the centre",
            ),
            (
                {entry.kiosk for entry in self.roster if entry.kiosk}
                <= {slot.identity.name for slot in self.kiosks},
                "a candidate is seated at a kiosk that is not listed",
            ),
            (
                _unique([entry.kiosk for entry in self.roster if entry.kiosk]),
                "two candidates are seated at one kiosk",
            ),
        )
        for holds, detail in complaints:
            if not holds:
                raise PlanDocumentError(detail=detail)

    def check_window(self, now: Instant) -> None:
        """Raise `PlanWindowError` outside the window."""
        if not self.opens_at <= now <= self.closes_at:
            raise PlanWindowError(
                opens=utc(self.opens_at),
                closes=utc(self.closes_at),
                clock=utc(now),
                support=self.policies.support_contact,
            )

    def check_eligible(self, entry: RosterEntry, now: Instant) -> None:
        """Raise `EligibilityOverError` for a candidate of the roster whose authorisation does not hold any more."""
        if not entry.eligible(now):
            raise EligibilityOverError(
                candidate=entry.candidate,
                until=utc(entry.eligible_until),
                clock=utc(now),
                support=self.policies.support_contact,
            )


def plan_target(sitting: str) -> str:
    """The name under which a sitting's plan is published."""
    return f"sittings/{sitting}/plan.eks"


class PlanHeader(Document, frozen=True, tag="sealed-plan/1"):
    """What the registrar signs; the plan itself, with its names, is the sealed part `plan`."""

    sitting: SittingId
    mode: Mode
    site: str
    envelopes: tuple[Envelope, ...]
    parts: tuple[Part, ...]


def seal_plan(plan: SittingPlan, registrar: PrivateIdentity) -> bytes:
    """The plan file, after `check`: signed by the registrar, sealed to the plan's proctors, kiosks and recipients.

    The registrar is a recipient too, to make the release later.
    """
    plan.check()
    key = primitives.entropy(32)
    context = _context(plan.sitting, plan.mode)
    holders = (*plan.proctors, *(slot.identity for slot in plan.kiosks), *plan.recipients, registrar.identity)
    sealed = {PLAN: seal_content(key, PLAN, encode(plan), context)}
    header = PlanHeader(
        plan.sitting,
        plan.mode,
        plan.site,
        tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in holders),
        container.describe(sealed),
    )
    return container.pack(sign(encode(header), SITTING_PLAN, registrar.signer()), tuple(sealed.values()))


def read_plan_header(raw: bytes, keyring: Keyring) -> PlanHeader:
    """What a registrar signed of a plan, for whoever may not open it. Raises as `container.split` and `verify`."""
    envelope, _ = container.split(raw, kind=KIND)
    return decode(verify(envelope, SITTING_PLAN, keyring).payload, PlanHeader, name=KIND, limit=MAX_PLAN)


def open_plan(raw: bytes, keyring: Keyring, holder: PrivateIdentity) -> SittingPlan:
    """The plan, for one it is sealed to.

    Raises the errors of `container`, `verify` and `decode`, `WrongRecipientError`, `SealError` or `PlanDocumentError`.
    """
    header = read_plan_header(raw, keyring)
    _, body = container.split(raw, kind=KIND)
    sealed = container.parts(body, header.parts, kind=KIND)
    context = _context(header.sitting, header.mode)
    key = open_envelope(header.envelopes, holder.identity.fingerprint, holder.sealing, context, kind=KIND)
    clear = open_content(key, PLAN, sealed.get(PLAN, b""), context, kind=KIND)
    plan = decode(clear, SittingPlan, name=KIND, limit=MAX_PLAN)
    if (plan.sitting, plan.mode, plan.site) != (header.sitting, header.mode, header.site):
        raise PlanDocumentError(detail="it is not the plan that its header names")
    plan.check()
    return plan


def _context(sitting: str, mode: str) -> Context:
    return Context("sitting-plan", sitting, mode)


def _unique(values: list[str]) -> bool:
    return len(values) == len(set(values))
