"""The events of a session, past tense: everything a kiosk ever writes down about one attempt.

An event holds identifiers and numbers, never item text. `elapsed` is exam time in ms on the test clock.
"""

from __future__ import annotations

import enum

import msgspec

from exam_packages.interactions import ItemId, OptionId, Response
from keys.encoding import Digest


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag=True):
    """Base of all session events; the tag is the class's name."""


class ResumeCause(enum.StrEnum):
    """Why a session had stopped, as far as the kiosk can tell."""

    PROGRAM = "program"
    MACHINE = "machine"


class SessionOpened(_Event, frozen=True):
    """Genesis. `nonce` is 32 random bytes, so that heads leak no answers; `session` is random too."""

    nonce: bytes
    session: str
    sitting: str
    mode: str
    kiosk: str
    plan_digest: Digest
    package_digest: Digest
    form_digest: Digest
    unlock: str
    software: str
    not_locked: tuple[str, ...] = ()


class CandidateAdmitted(_Event, frozen=True):
    """A candidate number and admission code were redeemed together."""

    candidate: str
    attempt: int
    serial: int


class IdentityConfirmed(_Event, frozen=True):
    """The candidate said that the name shown is theirs."""


class AgreementAccepted(_Event, frozen=True):
    """One agreement, with the digest of the text that was shown."""

    agreement: str
    text_digest: Digest


class AgreementDeclined(_Event, frozen=True):
    """Terminal: no item was opened."""

    agreement: str
    text_digest: Digest


class InstructionsRead(_Event, frozen=True):
    """The candidate left the instructions and asked to begin."""


class TestStarted(_Event, frozen=True):
    """The clock began; `limit` in ms with the candidate's accommodations; `route` is the seed of the order shown."""

    limit: int
    route: str


class ItemPresented(_Event, frozen=True):
    """An item came on the screen; `order` are its option ids as shown, empty where it has none."""

    item: ItemId
    order: tuple[OptionId, ...]
    elapsed: int


class ResponseRecorded(_Event, frozen=True):
    """The response to an item is now this one; an empty response takes an answer back."""

    item: ItemId
    response: Response
    elapsed: int


class ItemFlagged(_Event, frozen=True):
    """The candidate's mark for review was set or taken off."""

    item: ItemId
    flagged: bool
    elapsed: int


class OptionStruck(_Event, frozen=True):
    """An option was struck out or not; never an answer."""

    item: ItemId
    option: OptionId
    struck: bool
    elapsed: int


class ClockJumped(_Event, frozen=True):
    """The wall clock moved against boottime by `by` ms; time left is not changed by it."""

    by: int


class SessionResumed(_Event, frozen=True):
    """Resumed with R_n after a stop. `lost` ms were measured, `credited` of them given back by the proctor's choice."""

    n: int
    cause: ResumeCause
    lost: int
    credited: int
    elapsed: int


class ActionRedeemed(_Event, frozen=True):
    """A typed action code was redeemed, durably before its effect."""

    verb: int
    serial: int


class TimeExpired(_Event, frozen=True):
    """Terminal: the limit then in force was reached."""

    limit: int
    elapsed: int


class HandedIn(_Event, frozen=True):
    """Terminal: the candidate handed in, having been shown both counts."""

    unanswered: int
    flagged: int
    elapsed: int


SessionEvent = (
    SessionOpened
    | CandidateAdmitted
    | IdentityConfirmed
    | AgreementAccepted
    | AgreementDeclined
    | InstructionsRead
    | TestStarted
    | ItemPresented
    | ResponseRecorded
    | ItemFlagged
    | OptionStruck
    | ClockJumped
    | SessionResumed
    | ActionRedeemed
    | TimeExpired
    | HandedIn
)

TERMINAL = (AgreementDeclined, TimeExpired, HandedIn)
