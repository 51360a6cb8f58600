"""The events of a sitting at the desk, past tense. Every act of a proctor is one; `proctor` is a fingerprint."""

from __future__ import annotations

import msgspec

from keys.encoding import Digest, Instant


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag=True):
    """Base of all sitting events; the tag is the class's name."""


class SittingOpened(_Event, frozen=True):
    """Genesis: plan, package and release were verified and the release code opened them.

    A desk that was `rebuilt` on another machine shows action codes from serial 16 on, so that none is shown twice.
    """

    nonce: bytes
    sitting: str
    mode: str
    proctor: str
    plan_digest: Digest
    package_digest: Digest
    software: str
    rebuilt: bool = False


class IdentityChecked(_Event, frozen=True):
    """A proctor compared the candidate with a document: its kind, whether a photo was seen, whether the names match.

    Where they differ, `note` says why the candidate is believed all the same, or is empty.
    """

    candidate: str
    document: str
    photo_seen: bool
    name_matches: bool
    proctor: str
    note: str = ""


class CandidateRefused(_Event, frozen=True):
    """A proctor turned a candidate away, for a reason of the list and in their own words."""

    candidate: str
    reason: str
    note: str
    proctor: str


class ActionIssued(_Event, frozen=True):
    """An action code was shown for a candidate's kiosk; `reason` is of the list.

    `second` and `second_signature` are of the proctor who agreed, over `acts.agreed`; empty where one was enough.
    """

    candidate: str
    attempt: int
    kiosk: str
    verb: int
    serial: int
    reason: str
    proctor: str
    second: str = ""
    second_signature: bytes = b""


class RoomCodeIssued(_Event, frozen=True):
    """A code for every kiosk of the room was shown: pause or resume."""

    verb: int
    serial: int
    reason: str
    proctor: str


class CandidateMoved(_Event, frozen=True):
    """A move-in code was shown: the candidate goes on at `kiosk`, from the `checkpoint` of the `source` kiosk.

    `minutes` of exam time are left. From here on the source gets no resume code.
    """

    candidate: str
    attempt: int
    source: str
    kiosk: str
    checkpoint: str
    minutes: int
    serial: int
    reason: str
    proctor: str


class CheckpointHeard(_Event, frozen=True):
    """A checkpoint code was read from a kiosk's screen."""

    kiosk: str
    checkpoint: str
    proctor: str


class IncidentReported(_Event, frozen=True):
    """An irregularity: its `category` of the list, for these candidates (none: the room), since `began` (wall ms).

    A later one of the same `incident` number stands in place of the one before; all stay in the journal.
    """

    incident: int
    category: str
    candidates: tuple[str, ...]
    began: Instant
    text: str
    witnesses: str
    follow_up: str
    proctor: str


class UnlockIssued(_Event, frozen=True):
    """An unlock file was written for a kiosk and read back."""

    kiosk: str
    unlock: str
    digest: Digest
    proctor: str


class CodesShown(_Event, frozen=True):
    """Start and admission codes were shown to the proctor."""

    proctor: str


class AdmissionIssued(_Event, frozen=True):
    """A candidate was given an admission code for a kiosk."""

    candidate: str
    attempt: int
    kiosk: str
    serial: int
    proctor: str


class ResumeCodeIssued(_Event, frozen=True):
    """Resume code R_n of a kiosk was shown; n only rises."""

    kiosk: str
    n: int
    proctor: str


class RecordCollected(_Event, frozen=True):
    """A sealed record was read from a carrier and its kiosk's signature verified; `moved_from` as in its header."""

    kiosk: str
    session: str
    candidate: str
    outcome: str
    digest: Digest
    head: Digest
    count: int
    moved_from: str = ""


class AbsenceDeclared(_Event, frozen=True):
    """The proctor's word on a candidate without a record: no-show, turned away, withdrawn, voided or unfinished."""

    candidate: str
    outcome: str
    proctor: str


class SittingClosed(_Event, frozen=True):
    """Reconciliation balanced and the proctor closed the sitting."""

    authorised: int
    outcomes: dict[str, int]
    proctor: str


SittingEvent = (
    SittingOpened
    | IdentityChecked
    | CandidateRefused
    | ActionIssued
    | RoomCodeIssued
    | CandidateMoved
    | CheckpointHeard
    | IncidentReported
    | UnlockIssued
    | CodesShown
    | AdmissionIssued
    | ResumeCodeIssued
    | RecordCollected
    | AbsenceDeclared
    | SittingClosed
)
