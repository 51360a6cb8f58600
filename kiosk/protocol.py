"""What the screen and the session process say to each other over their socketpair: commands one way, views the other.

A frame is a u32 length, big-endian, then one JSON message. The screen holds no truth: each command is
answered by a whole
`View`, drawn from what the store confirmed; `Tick` only moves the clock on the screen.
"""

from __future__ import annotations

import enum

import msgspec

from exam_packages.form import Agreement, Exhibit, Instruments, Item, Stimulus
from exam_packages.interactions import ItemId, OptionId, Response
from keys.encoding import decode, encode
from keys.errors import DocumentTooLargeError

MAX_FRAME = 4 * 1024 * 1024
MAX_EXPRESSION, MAX_NOTE, MAX_SCRATCHPAD, MAX_COMMENT = 80, 2_000, 8_000, 1_000
"""Characters of what a candidate may type: a calculation, a note to an item, the scratchpad, a comment on an item."""


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


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="message", tag=True):
    """Base of all messages; the tag is the class's name."""


def _unshown(message: msgspec.Struct) -> str:
    """Codes never reach a log or a crash report."""
    return f"{type(message).__name__}()"


class EnterStartCode(_Message, frozen=True):
    """LOCKED: the proctor typed the start code."""

    __repr__ = _unshown
    code: str


class EnterResumeCode(_Message, frozen=True):
    """SUSPENDED: the proctor typed the next resume code and chose whether the lost time is given back."""

    __repr__ = _unshown
    code: str
    credit: bool


class SignIn(_Message, frozen=True):
    """SIGN_IN: candidate number and admission code; for a move-in code also the source's checkpoint code and the
    minutes of exam time that are left, as the proctor read them.
    """

    __repr__ = _unshown
    candidate: str
    code: str
    checkpoint: str = ""
    minutes: int = 0


class EnterActionCode(_Message, frozen=True):
    """Any phase of an open session: the proctor typed an action code of this candidate, or one of the room."""

    __repr__ = _unshown
    code: str


class ConfirmIdentity(_Message, frozen=True):
    """CONFIRM: the name on the screen is the candidate's."""


class Accept(_Message, frozen=True):
    """AGREEMENT: the agreement on the screen is accepted."""

    agreement: str


class Decline(_Message, frozen=True):
    """AGREEMENT: the agreement on the screen is declined, which ends the sitting."""

    agreement: str


class ConfirmEquipment(_Message, frozen=True):
    """CHECK: the keys of the check were pressed on a screen of so many cells."""

    columns: int
    rows: int


class EndTutorial(_Message, frozen=True):
    """TUTORIAL: leave it."""


class Begin(_Message, frozen=True):
    """INSTRUCTIONS: start the clock and show the first item."""


class Go(_Message, frozen=True):
    """TESTING: show the item at this place, counted from 0."""

    index: int


class Answer(_Message, frozen=True):
    """TESTING: the whole response to an item; an empty one takes it back."""

    item: ItemId
    response: Response


class Flag(_Message, frozen=True):
    """TESTING: mark an item for review or take the mark off."""

    item: ItemId
    on: bool


class Strike(_Message, frozen=True):
    """TESTING: strike an option out or not."""

    item: ItemId
    option: OptionId
    on: bool


class Highlight(_Message, frozen=True):
    """TESTING: the highlights of a text on the screen are now these; see `events.TextHighlighted`."""

    place: str
    spans: tuple[tuple[int, int, int], ...]


class WriteNote(_Message, frozen=True):
    """TESTING: the whole note to the item on the screen, or with `item` empty the scratchpad."""

    item: str
    text: str


class WriteComment(_Message, frozen=True):
    """TESTING: the whole comment on an item to its authors."""

    item: ItemId
    text: str


class Calculate(_Message, frozen=True):
    """TESTING: work out an expression; the result stands last on the view's `tape`."""

    expression: str


class Prefer(_Message, frozen=True):
    """From CONFIRM on: how the screen is to be. `name` is theme, language or timer ("shown", "hidden")."""

    name: str
    value: str


class ShowAnswers(_Message, frozen=True):
    """TESTING: answered by a view with `answers`, every item's response as the scorers will see it."""


class TakeBreak(_Message, frozen=True):
    """TESTING: begin an unscheduled break."""


class Practise(_Message, frozen=True):
    """PRACTICE: begin the questions of an area, or with an empty one all of them mixed."""

    area: str


class GoOn(_Message, frozen=True):
    """RATIONALE, PROFILE: what was shown has been read."""


class HandIn(_Message, frozen=True):
    """TESTING: the second step of handing in, with the two counts the candidate was shown."""

    unanswered: int
    flagged: int


class Leave(_Message, frozen=True):
    """FINISHED: the last screen may go; the session process ends."""


class StartAgain(_Message, frozen=True):
    """STOPPED: the proctor looked at the machine; the session process ends, and a fresh one is started."""


Command = (
    EnterStartCode
    | EnterResumeCode
    | EnterActionCode
    | SignIn
    | ConfirmIdentity
    | Accept
    | Decline
    | ConfirmEquipment
    | EndTutorial
    | Begin
    | Go
    | Answer
    | Flag
    | Strike
    | Highlight
    | WriteNote
    | WriteComment
    | Calculate
    | Prefer
    | ShowAnswers
    | TakeBreak
    | Practise
    | GoOn
    | HandIn
    | Leave
    | StartAgain
)


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the last command had no effect, in the candidate's language; `wait` is ms until another try is looked at."""

    code: str
    what: str
    next_step: str
    wait: int = 0


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item on the screen: its option ids in the order to show, the response in force, marks of the candidate.

    `highlights` are spans by place (`events.TextHighlighted`) of the texts that come with it. `linear` parts have no
    way back. `closes` names what the next step forward closes for good ("item", "section", "part"), or is empty.
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
    closes: str = ""
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


class View(_Message, frozen=True):
    """Everything a screen may need, as of now. Fields that do not apply in the phase are empty.

    `marks` has one character an item: `.` unanswered, `*` answered, `f` flagged, `F` flagged and answered; where the
    item may not be shown any more `,` unanswered and `+` answered.
    `saved` is how
    many events are durable, and `disk_low` says that the last room kept for them was given up. `remaining` and `limit`
    are ms of exam time; `lost` ms and `cause` are for SUSPENDED. `resume_n` is for SUSPENDED, and for STOPPED where
    starting again may help: the number of the code that is asked for then, else 0. `checkpoint` is the typed code of
    the journal's head for the proctor's screens. `reply` says that this view answers a command. `stage` is ms left of
    a stage before the test, 0 where it has no limit. `inner` is the tightest limit inside the test's. `scratchpad` and
    `tape` are the instruments' contents; `breaks` is how many unscheduled breaks are left, `break_clock`
    what the test clock does in the next one. `preferences` hold what the
    candidate or the plan chose. `answers` are for the command that asks for them. `sections` says where each part or
    section begins: the place of its first item and its title; empty where the test has only one.
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


class Tick(_Message, frozen=True):
    """Time left, or lost so far in SUSPENDED, in ms, about once a second; dropped when the screen does not read.

    `inner` is what is left of `View.inner`, `rest` of a pause's length, `stage` of a stage before the test.
    """

    remaining: int
    lost: int = 0
    inner: int = 0
    rest: int = 0
    stage: int = 0


Message = View | Tick


def frame(message: Command | Message) -> bytes:
    """One message as it goes over the socket."""
    raw = encode(message)
    return len(raw).to_bytes(4, "big") + raw


class Frames:
    """Bytes in, whole frames out (sans I/O)."""

    def __init__(self) -> None:
        """Start with nothing received."""
        self._kept = bytearray()

    def feed(self, received: bytes) -> list[bytes]:
        """The frames that are complete after these bytes. Raises `DocumentTooLargeError`."""
        self._kept += received
        whole: list[bytes] = []
        while len(self._kept) >= 4:
            length = int.from_bytes(self._kept[:4], "big")
            if length > MAX_FRAME:
                raise DocumentTooLargeError(kind="message", limit=MAX_FRAME)
            if len(self._kept) < 4 + length:
                break
            whole.append(bytes(self._kept[4 : 4 + length]))
            del self._kept[: 4 + length]
        return whole


def read_command(raw: bytes) -> Command:
    """A frame from the screen. Raises `DocumentError`."""
    command: Command = decode(raw, Command, name="command")
    return command


def read_message(raw: bytes) -> Message:
    """A frame from the session. Raises `DocumentError`."""
    message: Message = decode(raw, Message, name="message")
    return message
