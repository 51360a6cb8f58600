"""`ClosingPage`: the proctor's signed word that every authorised candidate has one final state."""

from __future__ import annotations

import enum

import msgspec

from keys.encoding import Digest, Document, Instant, decode, encode
from keys.statement import CLOSING_PAGE, Keyring, Signer, sign, verify


class FinalState(enum.StrEnum):
    """The final states of an authorised candidate; together they make up the number authorised."""

    COMPLETED = "completed"
    TIMED_OUT = "timed out"
    ENDED_BY_PROCTOR = "ended by proctor"
    UNFINISHED = "unfinished"
    DECLINED_TERMS = "declined terms"
    TURNED_AWAY = "turned away"
    NO_SHOW = "no-show"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


class ClosingLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One candidate's end: the record's file digest and final head where there is a record, else empty."""

    candidate: str
    attempt: int
    state: FinalState
    kiosk: str = ""
    session: str = ""
    record: str = ""
    head: str = ""
    count: int = 0


class ClosingPage(Document, frozen=True, tag="closing-page/1"):
    """A closed sitting. `authorised` equals the number of `lines`, one a candidate."""

    sitting: str
    mode: str
    plan_digest: Digest
    proctor: str
    closed_at: Instant
    authorised: int
    lines: tuple[ClosingLine, ...]


def sign_closing(page: ClosingPage, signer: Signer) -> bytes:
    """The signed page."""
    return sign(encode(page), CLOSING_PAGE, signer)


def read_closing(raw: bytes, keyring: Keyring) -> ClosingPage:
    """A genuine closing page. Raises the errors of `verify` and `decode`."""
    return decode(verify(raw, CLOSING_PAGE, keyring).payload, ClosingPage, name=CLOSING_PAGE.name)
