"""The events of a session, past tense: everything a kiosk ever writes down about one attempt.

An event holds identifiers and numbers, never item text. `elapsed` is exam time in ms on the test clock.
"""

from __future__ import annotations

import enum

import msgspec

from exam_packages.form import BreakClock
from exam_packages.interactions import ItemId, OptionId, Response
from keys.encoding import Digest


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag=True):
    """Base of all session events; the tag is the class's name."""


class ResumeCause(enum.StrEnum):
    """Why a session had stopped, as far as the kiosk can tell."""

    PROGRAM = "program"
    MACHINE = "machine"
    ASLEEP = "asleep"


class PauseKind(enum.StrEnum):
    """Why nothing of the exam is shown for a while. HOLD: the time of a stage before the test ran out."""

    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    ROOM = "room"
    HOLD = "hold"


class Scope(enum.StrEnum):
    """What has a time limit of its own, inside the test's (QTI testPart, assessmentSection)."""

    PART = "part"
    SECTION = "section"


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


class CandidateMovedIn(_Event, frozen=True):
    """A move-in code was redeemed: the candidate goes on here with `minutes` of exam time.

    `checkpoint` is the source's last known checkpoint code; what was answered there is joined at the centre.
    """

    candidate: str
    attempt: int
    serial: int
    checkpoint: str
    minutes: int


class SessionCarried(_Event, frozen=True):
    """Directly after a move in: the source's journal up to the named checkpoint was here, and is gone on with.

    `kiosk` (fingerprint) and `session` are the source's, `lines` its journal as chained, up to `head` and `count`.
    `statement` is the source's own signed word on that head: a mirror segment's (docs/formats/mirror.md).
    """

    kiosk: str
    session: str
    head: Digest
    count: int
    lines: tuple[bytes, ...]
    statement: bytes


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


class EquipmentChecked(_Event, frozen=True):
    """The candidate pressed the keys of the check and could read the screen of so many cells."""

    columns: int
    rows: int


class TutorialEnded(_Event, frozen=True):
    """The tutorial was left; `expired` where its time ran out."""

    expired: bool


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


class ResponseEdited(_Event, frozen=True):
    """A long text changed: from character `start` on `removed` characters gave way to `inserted`.

    Recorded in place of `ResponseRecorded` for extended text, so that a journal grows with what is typed.
    """

    item: ItemId
    start: int
    removed: int
    inserted: str
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


class TextHighlighted(_Event, frozen=True):
    """The highlights of a text are now these: (block, first character, end), sorted, none touching another.

    `place` is "item:ID", "stimulus:ID" or "exhibit:ID".
    """

    place: str
    spans: tuple[tuple[int, int, int], ...]
    elapsed: int


class NoteWritten(_Event, frozen=True):
    """The candidate's note to an item, or the scratchpad where `item` is empty, is now `length` characters long.

    `text` is empty unless the form says that notes are kept in the record.
    """

    item: str
    length: int
    text: str
    elapsed: int


class CommentWritten(_Event, frozen=True):
    """The candidate's comment on an item, to its authors; never an answer."""

    item: ItemId
    text: str
    elapsed: int


class CalculationMade(_Event, frozen=True):
    """The calculator worked out `expression`, as typed; `result` as shown."""

    item: ItemId
    expression: str
    result: str
    elapsed: int


class PreferenceSet(_Event, frozen=True):
    """The candidate chose how the screen is: `name` is theme, language or timer."""

    name: str
    value: str


class LimitBegan(_Event, frozen=True):
    """A part or section with a time limit of its own was entered; `limit` in ms with the accommodations."""

    scope: Scope
    id: str
    limit: int
    elapsed: int


class LimitEnded(_Event, frozen=True):
    """A part or section with a limit of its own is closed for good, by leaving it or because its time `expired`."""

    scope: Scope
    id: str
    expired: bool
    elapsed: int


class PauseBegan(_Event, frozen=True):
    """From here on nothing of the exam is shown. `clock` runs, or stops for `length` ms (0: until the pause ends)."""

    kind: PauseKind
    clock: BreakClock
    length: int
    elapsed: int


class PauseEnded(_Event, frozen=True):
    """The pause ended after `lasted` ms, by the code whose redemption stands before this event."""

    kind: PauseKind
    lasted: int
    elapsed: int


class TimeChanged(_Event, frozen=True):
    """A proctor changed the limit of the test from `before` to `after` ms; `two_person` with a second proctor."""

    before: int
    after: int
    two_person: bool
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


class RoomCodeRedeemed(_Event, frozen=True):
    """A typed code for the whole room was redeemed, durably before its effect."""

    verb: int
    serial: int


class TimeExpired(_Event, frozen=True):
    """Terminal: the limit then in force was reached."""

    limit: int
    elapsed: int


class EndedByProctor(_Event, frozen=True):
    """Terminal: a proctor ended the session by a typed code; what was answered counts."""

    elapsed: int


class Voided(_Event, frozen=True):
    """Terminal: a proctor voided the session by a typed code; what was answered is evidence, not an answer."""

    elapsed: int


class HandedIn(_Event, frozen=True):
    """Terminal: the candidate handed in, having been shown both counts."""

    unanswered: int
    flagged: int
    elapsed: int


SessionEvent = (
    SessionOpened
    | CandidateAdmitted
    | CandidateMovedIn
    | SessionCarried
    | IdentityConfirmed
    | AgreementAccepted
    | AgreementDeclined
    | EquipmentChecked
    | TutorialEnded
    | InstructionsRead
    | TestStarted
    | ItemPresented
    | ResponseRecorded
    | ResponseEdited
    | ItemFlagged
    | OptionStruck
    | TextHighlighted
    | NoteWritten
    | CommentWritten
    | CalculationMade
    | PreferenceSet
    | LimitBegan
    | LimitEnded
    | PauseBegan
    | PauseEnded
    | TimeChanged
    | ClockJumped
    | SessionResumed
    | ActionRedeemed
    | RoomCodeRedeemed
    | TimeExpired
    | EndedByProctor
    | Voided
    | HandedIn
)

TERMINAL = (AgreementDeclined, TimeExpired, EndedByProctor, Voided, HandedIn)
