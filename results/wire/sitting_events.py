"""The events of a sitting at the desk, past tense. Every act of a proctor is one; `proctor` is a fingerprint."""

from __future__ import annotations

import msgspec

from keys.encoding import Digest


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag=True):
    """Base of all sitting events; the tag is the class's name."""


class SittingOpened(_Event, frozen=True):
    """Genesis: plan, package and release were verified and the release code opened them."""

    nonce: bytes
    sitting: str
    mode: str
    proctor: str
    plan_digest: Digest
    package_digest: Digest
    software: str


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
    | UnlockIssued
    | CodesShown
    | AdmissionIssued
    | ResumeCodeIssued
    | RecordCollected
    | AbsenceDeclared
    | SittingClosed
)
