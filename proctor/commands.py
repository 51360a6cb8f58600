"""What a proctor can ask of a sitting, imperative; sitting.py decides. Candidates go by number, kiosks by fingerprint.

`proctor` is the fingerprint of the key that acts.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys.codes import Verb
from keys.encoding import Digest, Instant
from results.wire.closing import FinalState
from results.wire.sitting_events import RecordCollected


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """Open it: everything on the carrier was verified and the release code was right. `nonce` is 32 random bytes.

    `rebuilt`: on another machine than the one that opened it first.
    """

    nonce: bytes
    proctor: str
    plan_digest: Digest
    software: str
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class NoteUnlock:
    """An unlock file was written for a kiosk and read back."""

    kiosk: str
    unlock: str
    digest: Digest
    proctor: str


@dataclass(frozen=True, slots=True)
class ShowCodes:
    """Show all start codes, and admission codes for the planned seats."""

    proctor: str


@dataclass(frozen=True, slots=True)
class ShowAgain:
    """Show codes again that were issued before; nothing new is issued."""

    proctor: str


@dataclass(frozen=True, slots=True)
class CheckIdentity:
    """Compare a candidate with a document of the list `acts.DOCUMENTS`; names that differ need a `note`."""

    candidate: str
    document: str
    photo_seen: bool
    name_matches: bool
    proctor: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefuseCandidate:
    """Turn a candidate away, for a reason of the list `acts.REFUSE`."""

    candidate: str
    reason: str
    note: str
    proctor: str


@dataclass(frozen=True, slots=True)
class Admit:
    """Give a candidate this kiosk as seat."""

    candidate: str
    kiosk: str
    proctor: str


@dataclass(frozen=True, slots=True)
class IssueResumeCode:
    """Show resume code `n` of a kiosk, or the next one where `n` is None."""

    kiosk: str
    proctor: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class IssueAction:
    """Show an action code for the candidate's kiosk.

    `verb` is `Verb.BREAK_OVER`, `END`, `VOID`, `ADD` or `TAKE`; `minutes` belong to the last two. Time beyond what one
    proctor may add needs the fingerprint of a `second` one and their signature over `codes.agreement(state, command)`.
    """

    candidate: str
    verb: Verb
    minutes: int
    reason: str
    proctor: str
    second: str = ""
    second_signature: bytes = b""


@dataclass(frozen=True, slots=True)
class IssueRoomCode:
    """Show the code that pauses every kiosk, or the one that lets them go on."""

    pause: bool
    reason: str
    proctor: str


@dataclass(frozen=True, slots=True)
class MoveCandidate:
    """Show a move-in code: the candidate goes on at `kiosk` with `minutes` of exam time.

    `checkpoint` is the source's last known checkpoint code, as typed.
    """

    candidate: str
    kiosk: str
    checkpoint: str
    minutes: int
    reason: str
    proctor: str


@dataclass(frozen=True, slots=True)
class HearCheckpoint:
    """Note a checkpoint code that was read from a kiosk's screen, as typed."""

    kiosk: str
    checkpoint: str
    proctor: str


@dataclass(frozen=True, slots=True)
class ReportIncident:
    """Write down an irregularity, or with the number of one that is there, write it anew; 0 is a new one.

    No `candidates`: the room. `began` in wall ms; `category` is a code of `incidents.CATEGORIES`.
    """

    incident: int
    category: str
    candidates: tuple[str, ...]
    began: Instant
    text: str
    witnesses: str
    follow_up: str
    proctor: str


@dataclass(frozen=True, slots=True)
class CollectRecord:
    """Take a record into account that was verified and copied into the desk's folder."""

    found: RecordCollected


@dataclass(frozen=True, slots=True)
class DeclareAbsence:
    """The proctor's word on a candidate."""

    candidate: str
    outcome: FinalState
    proctor: str


@dataclass(frozen=True, slots=True)
class CloseSitting:
    """Close it, if it balances."""

    proctor: str


Command = (
    OpenSitting
    | NoteUnlock
    | ShowCodes
    | ShowAgain
    | CheckIdentity
    | RefuseCandidate
    | Admit
    | IssueResumeCode
    | IssueAction
    | IssueRoomCode
    | MoveCandidate
    | HearCheckpoint
    | ReportIncident
    | CollectRecord
    | DeclareAbsence
    | CloseSitting
)
