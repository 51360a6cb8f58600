"""What the session process tells the screen: whole views and ticks, the answers of kiosk/protocol.py."""

from __future__ import annotations

import enum

import msgspec

from exam_packages.form import Agreement, Exhibit, Instruments, Item, Stimulus
from exam_packages.interactions import OptionId, Response


class Phase(enum.StrEnum):
    """Which screen is due."""

    LOCKED = "locked"
    SIGN_IN = "sign in"
    CONFIRM = "confirm"
    AGREEMENT = "agreement"
    CHECK = "check"
    TUTORIAL = "tutorial"
    INSTRUCTIONS = "instructions"
    TESTING = "testing"
    PAUSED = "paused"
    PRACTICE = "practice"
    RATIONALE = "rationale"
    PROFILE = "profile"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    FINISHED = "finished"


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="message", tag=True):
    """Base of all messages; the tag is the class's name."""


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the last command had no effect, in the candidate's language; `wait` is ms until another try is looked at."""

    code: str
    what: str
    next_step: str
    wait: int = 0


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item on the screen: its option ids in the order to show, the response in force, marks of the candidate.

    `highlights` are spans by place (`events.TextHighlighted`) of the texts that come with it. `linear` parts have no
    way back.
    `closed` says that this item may be read but not answered any more. `short` says what the response still lacks
    ("choose 2", "order all"), or is empty.
    """

    index: int
    item: Item
    order: tuple[OptionId, ...]
    response: Response | None
    flagged: bool
    struck: tuple[OptionId, ...]
    stimulus: Stimulus | None = None
    exhibits: tuple[Exhibit, ...] = ()
    highlights: dict[str, tuple[tuple[int, int, int], ...]] = {}
    note: str = ""
    comment: str = ""
    part: str = ""
    section: str = ""
    linear: bool = False
    closed: bool = False
    short: str = ""


class AnswerLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item in the list of all answers: its response in `words` by the letters and texts on the screen, and what it
    still lacks.
    """

    index: int
    words: str
    flagged: bool
    short: str = ""


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part or section whose own time ends first: its `scope` ("part", "section"), title, ms left and ms in all."""

    scope: str
    title: str
    remaining: int
    limit: int


class Rest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pause: its `kind` and `clock` (`events.PauseBegan`), and ms of its length still to go; 0 where it has none."""

    kind: str
    clock: str
    length: int
    remaining: int


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last screen: how it ended, counts, hand-in time (wall ms), receipt code, and where the sealed record is.

    `exported` is a sentence for the proctor, true as of this view; `result_notice` is the plan's word on the result.
    `carried` says that the sealed record was read back from a carrier.
    """

    outcome: str
    answered: int
    unanswered: int
    flagged: int
    handed_in_at: int
    receipt: str
    exported: str
    result_notice: str
    carried: bool = False


class AreaLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An area of a practice form: its questions, how many were ever answered, and how many right the last time."""

    code: str
    title: str
    count: int
    answered: int
    right: int


class Practice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only practice shows. `made_by` is the fingerprint of the file's packager. RATIONALE: the answer given and
    the correct one in words, whether it was `right`, and why.
    """

    made_by: str
    areas: tuple[AreaLine, ...]
    yours: str = ""
    correct: str = ""
    right: bool = False
    why: str = ""


class View(Told, frozen=True):
    """Everything a screen may need, as of now. Fields that do not apply in the phase are empty.

    `marks` has one character an item: `.` unanswered, `*` answered, `f` flagged, `F` flagged and answered; where the
    item may not be shown any more `,` unanswered and `+` answered.
    `leaving` has one character an item too: what going there from the item on the screen closes for good, `i` it,
    `s` its section, `p` its part, `.` nothing, `x` where it may not be shown. `saved` is how
    many events are durable, and `disk_low` says that the last room kept for them was given up. `remaining` and `limit`
    are ms of exam time; `lost` ms and `cause` are for SUSPENDED. `resume_n` is for SUSPENDED, and for STOPPED where
    starting again may help: the number of the code that is asked for then, else 0. `checkpoint` is the typed code of
    the journal's head for the proctor's screens. `reply` says that this view answers a command. `stage` is ms left of
    a stage before the test, 0 where it has no limit. `inner` is the tightest limit inside the test's. `scratchpad` and
    `tape` are the instruments' contents; `breaks` is how many unscheduled breaks are left, `break_clock`
    what the test clock does in the next one. `preferences` hold what the
    candidate or the plan chose. `answers` are for the command that asks for them. `sections` says where each part or
    section begins: the place of its first item and its title; empty where the test has only one. `mirror` is `follows`
    or `lost` where the journal is copied to a second drive. `moved` is a sentence for one who was moved in: whether
    their answers came along.
    """

    phase: Phase
    kiosk: str = ""
    site: str = ""
    sitting: str = ""
    support: str = ""
    problem: Problem | None = None
    title: str = ""
    notice: str = ""
    candidate: str = ""
    name: str = ""
    agreement: Agreement | None = None
    agreement_place: str = ""
    instructions: str = ""
    question: Question | None = None
    marks: str = ""
    leaving: str = ""
    saved: int = 0
    remaining: int = 0
    limit: int = 0
    resume_n: int = 0
    lost: int = 0
    cause: str = ""
    checkpoint: str = ""
    ending: Ending | None = None
    disk_low: bool = False
    reply: bool = False
    stage: int = 0
    inner: Limit | None = None
    rest: Rest | None = None
    instruments: Instruments = Instruments()
    scratchpad: str = ""
    tape: tuple[tuple[str, str], ...] = ()
    breaks: int = 0
    break_clock: str = ""
    preferences: dict[str, str] = {}
    answers: tuple[AnswerLine, ...] = ()
    practice: Practice | None = None
    sections: tuple[tuple[int, str], ...] = ()
    mirror: str = ""
    moved: str = ""


class Tick(Told, frozen=True):
    """Time left, or lost so far in SUSPENDED, in ms, about once a second; dropped when the screen does not read.

    `inner` is what is left of `View.inner`, `rest` of a pause's length, `stage` of a stage before the test.
    """

    remaining: int
    lost: int = 0
    inner: int = 0
    rest: int = 0
    stage: int = 0
