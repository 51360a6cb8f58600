"""What the screen and the session process say to each other over their socketpair: commands one way, views the other.

A frame is a u32 length, big-endian, then one JSON message. The screen holds no truth: each command is
answered by a whole
`View`, drawn from what the store confirmed; `Tick` only moves the clock on the screen.
"""

from __future__ import annotations

from keys.encoding import decode, encode
from keys.errors import DocumentTooLargeError
from kiosk.asked import (
    MAX_COMMENT,
    MAX_EXPRESSION,
    MAX_NOTE,
    MAX_SCRATCHPAD,
    Accept,
    Answer,
    Begin,
    Calculate,
    Command,
    ConfirmEquipment,
    ConfirmIdentity,
    Decline,
    EndTutorial,
    EnterActionCode,
    EnterResumeCode,
    EnterStartCode,
    Flag,
    Go,
    GoOn,
    HandIn,
    Highlight,
    Leave,
    Practise,
    Prefer,
    ShowAnswers,
    SignIn,
    StartAgain,
    Strike,
    TakeBreak,
    WriteComment,
    WriteNote,
)
from kiosk.told import (
    AnswerLine,
    AreaLine,
    Ending,
    Limit,
    Phase,
    Practice,
    Problem,
    Question,
    Rest,
    Tick,
    View,
)

__all__ = [
    "MAX_COMMENT",
    "MAX_EXPRESSION",
    "MAX_FRAME",
    "MAX_NOTE",
    "MAX_SCRATCHPAD",
    "Accept",
    "Answer",
    "AnswerLine",
    "AreaLine",
    "Begin",
    "Calculate",
    "Command",
    "ConfirmEquipment",
    "ConfirmIdentity",
    "Decline",
    "EndTutorial",
    "Ending",
    "EnterActionCode",
    "EnterResumeCode",
    "EnterStartCode",
    "Flag",
    "Frames",
    "Go",
    "GoOn",
    "HandIn",
    "Highlight",
    "Leave",
    "Limit",
    "Message",
    "Phase",
    "Practice",
    "Practise",
    "Prefer",
    "Problem",
    "Question",
    "Rest",
    "ShowAnswers",
    "SignIn",
    "StartAgain",
    "Strike",
    "TakeBreak",
    "Tick",
    "View",
    "WriteComment",
    "WriteNote",
    "frame",
    "read_command",
    "read_message",
]

MAX_FRAME = 4 * 1024 * 1024
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
