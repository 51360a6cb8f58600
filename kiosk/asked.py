"""What the screen asks of the session process: the commands of kiosk/protocol.py.

A code never reaches a log or a crash report through the `repr` of the command that carries it.
"""

from __future__ import annotations

import msgspec

from exam_packages.interactions import ItemId, OptionId, Response

MAX_EXPRESSION, MAX_NOTE, MAX_SCRATCHPAD, MAX_COMMENT = 80, 2_000, 8_000, 1_000
"""Characters of what a candidate may type: a calculation, a note to an item, the scratchpad, a comment on an item."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="message", tag=True):
    """Base of all commands; the tag is the class's name."""


def _unshown(message: msgspec.Struct) -> str:
    """Codes never reach a log or a crash report."""
    return f"{type(message).__name__}()"


class EnterStartCode(Asked, frozen=True):
    """LOCKED: the proctor typed the start code."""

    __repr__ = _unshown
    code: str


class EnterResumeCode(Asked, frozen=True):
    """SUSPENDED: the proctor typed the next resume code and chose whether the lost time is given back."""

    __repr__ = _unshown
    code: str
    credit: bool


class SignIn(Asked, frozen=True):
    """SIGN_IN: candidate number and admission code; for a move-in code also the source's checkpoint code and the
    minutes of exam time that are left, as the proctor read them.
    """

    __repr__ = _unshown
    candidate: str
    code: str
    checkpoint: str = ""
    minutes: int = 0


class EnterActionCode(Asked, frozen=True):
    """Any phase of an open session: the proctor typed an action code of this candidate, or one of the room."""

    __repr__ = _unshown
    code: str


class ConfirmIdentity(Asked, frozen=True):
    """CONFIRM: the name on the screen is the candidate's."""


class Accept(Asked, frozen=True):
    """AGREEMENT: the agreement on the screen is accepted."""

    agreement: str


class Decline(Asked, frozen=True):
    """AGREEMENT: the agreement on the screen is declined, which ends the sitting."""

    agreement: str


class ConfirmEquipment(Asked, frozen=True):
    """CHECK: the keys of the check were pressed on a screen of so many cells."""

    columns: int
    rows: int


class EndTutorial(Asked, frozen=True):
    """TUTORIAL: leave it."""


class Begin(Asked, frozen=True):
    """INSTRUCTIONS: start the clock and show the first item."""


class Go(Asked, frozen=True):
    """TESTING: show the item at this place, counted from 0."""

    index: int


class Answer(Asked, frozen=True):
    """TESTING: the whole response to an item; an empty one takes it back."""

    item: ItemId
    response: Response


class Flag(Asked, frozen=True):
    """TESTING: mark an item for review or take the mark off."""

    item: ItemId
    on: bool


class Strike(Asked, frozen=True):
    """TESTING: strike an option out or not."""

    item: ItemId
    option: OptionId
    on: bool


class Highlight(Asked, frozen=True):
    """TESTING: the highlights of a text on the screen are now these; see `events.TextHighlighted`."""

    place: str
    spans: tuple[tuple[int, int, int], ...]


class WriteNote(Asked, frozen=True):
    """TESTING: the whole note to the item on the screen, or with `item` empty the scratchpad."""

    item: str
    text: str


class WriteComment(Asked, frozen=True):
    """TESTING: the whole comment on an item to its authors."""

    item: ItemId
    text: str


class Calculate(Asked, frozen=True):
    """TESTING: work out an expression; the result stands last on the view's `tape`."""

    expression: str


class Prefer(Asked, frozen=True):
    """From CONFIRM on: how the screen is to be. `name` is theme, language or timer ("shown", "hidden")."""

    name: str
    value: str


class ShowAnswers(Asked, frozen=True):
    """TESTING: answered by a view with `answers`, every item's response as the scorers will see it."""


class TakeBreak(Asked, frozen=True):
    """TESTING: begin an unscheduled break."""


class Practise(Asked, frozen=True):
    """PRACTICE: begin the questions of an area, or with an empty one all of them mixed."""

    area: str


class GoOn(Asked, frozen=True):
    """RATIONALE, PROFILE: what was shown has been read."""


class HandIn(Asked, frozen=True):
    """TESTING: the second step of handing in, with the two counts the candidate was shown."""

    unanswered: int
    flagged: int


class Leave(Asked, frozen=True):
    """FINISHED: the last screen may go; the session process ends."""


class StartAgain(Asked, frozen=True):
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
