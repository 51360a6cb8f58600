"""What a proctor can ask of a sitting, imperative; sitting.py decides. Candidates go by number, kiosks by fingerprint.

`proctor` is the fingerprint of the key that acts.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys.encoding import Digest
from results.wire.closing import FinalState
from results.wire.sitting_events import RecordCollected


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """Open it: everything on the carrier was verified and the release code was right. `nonce` is 32 random bytes."""

    nonce: bytes
    proctor: str
    plan_digest: Digest
    software: str


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
    | Admit
    | IssueResumeCode
    | CollectRecord
    | DeclareAbsence
    | CloseSitting
)
