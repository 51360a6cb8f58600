"""The verdict on a file as it goes from the process that judged it to the one that enters it: plain values, as bytes.

Rules.
1. Whoever parsed foreign bytes is believed in nothing but this: no code comes back, and what does not decode is no
   verdict.
2. The bytes of a record are never sent back: a bundle's records are named by where they stand in its file.
3. Those places do not overlap, so that a bundle's records are never more than its bytes.
4. One that was stopped by the limits says so; what is settled among records is not decided here.
"""

from __future__ import annotations

import contextlib
import enum
from typing import Annotated

import msgspec

from keys.container import MAGIC, MAX_PARTS
from keys.encoding import Digest
from keys.errors import Diagnostics, ExamKioskError
from results.centre.intake import CLOSING, Office, Sound, SoundBundle, judge, judge_bundle
from results.centre.salvaging import Told, judge_disk, read_held
from results.centre.settling import Behind, Filed, Heads, Quarantined
from results.wire.bundle import BundleHeader, RecordHeader, claimed_bundle, claimed_record
from results.wire.closing import ClosingPage
from results.wire.escrow import VaultEscrow
from results.wire.events import TimeChanged
from results.wire.salvage import read_disk

CLAIMED = (
    *("sitting", "mode", "kiosk", "session", "candidate", "attempt", "outcome"),
    *("proctor", "head", "count", "sealed_at", "made_at"),
)
"""What is told of a header that nobody believes."""
_HEAD = 32


class Kind(enum.IntEnum):
    """What a file is taken for; one that a person decides for is judged without what they may waive.

    A dead kiosk's disk is read as it is held, or as the record that a person admits. Of one that nobody believes only
    what its header claims is asked for.
    """

    RECORD = 1
    BUNDLE = 2
    DECIDED_RECORD = 3
    DECIDED_BUNDLE = 4
    DISK = 5
    HELD_DISK = 6
    CLAIM = 7


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="refused"):
    """A file that goes to quarantine, with the reason in words."""

    code: str
    what: str
    next_step: str

    @property
    def reason(self) -> Diagnostics:
        """The reason."""
        return Diagnostics(self.code, self.what, self.next_step)


class SoundRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="record"):
    """A record with which nothing is wrong by itself: its header without envelopes and parts, and what is kept of it.

    `heads` are 32 bytes an entry, `facts` a `SessionFacts` document. `two_person` says whether time by two persons is
    in it.
    """

    header: RecordHeader
    heads: bytes
    behind: tuple[Behind, ...]
    facts: bytes
    two_person: bool

    def filed(self, found: Digest) -> Filed:
        """The record as settling takes it; `found` is the digest of its file."""
        one = self.header
        return Filed(
            found,
            one.kiosk,
            one.session,
            one.sitting,
            one.candidate,
            one.attempt,
            one.outcome,
            Heads(self.heads),
            one.moved_from,
            self.behind,
        )


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a record stands in its bundle's file: its name, first byte and end."""

    name: str
    start: int
    end: int


class OpenedBundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="bundle"):
    """What could be believed of a bundle, as `SoundBundle` says; `page` is the signed page as it came."""

    header: BundleHeader
    records: Annotated[tuple[Place, ...], msgspec.Meta(max_length=MAX_PARTS)]
    closing: ClosingPage | None
    page: bytes | None
    desk: bytes | None
    refused: Refused | None


class Claimed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="claimed"):
    """What the header of a file says of it, unverified, by name; nothing where it has no header."""

    said: dict[str, str | int]


Verdict = Refused | SoundRecord | OpenedBundle | Told | Claimed


def verdict(kind: Kind, raw: bytes, office: Office) -> Verdict:
    """Judge a file."""
    if kind in {Kind.BUNDLE, Kind.DECIDED_BUNDLE}:
        opened = judge_bundle(raw, office, decided=kind is Kind.DECIDED_BUNDLE)
        return refused(opened) if isinstance(opened, Quarantined) else _bundle(raw, opened)
    if kind is Kind.HELD_DISK:
        told = read_held(raw, office)
        return refused(told) if isinstance(told, Quarantined) else told
    if kind is Kind.CLAIM:
        return Claimed(claims(raw))
    of_disk = kind is Kind.DISK
    found = judge_disk(raw, office) if of_disk else judge(raw, office, decided=kind is Kind.DECIDED_RECORD)
    return refused(found) if isinstance(found, Quarantined) else sound(found)


def claims(raw: bytes) -> dict[str, str | int]:
    """What the header of a record, a bundle or a dead kiosk's disk claims; nothing of it was verified."""
    for read in (claimed_record, claimed_bundle, _claimed_disk):
        with contextlib.suppress(ExamKioskError):
            header = read(raw)
            return {
                name: getattr(header, name) for name in CLAIMED if getattr(header, name, "") not in {"", 0}
            }
    return {}


def _claimed_disk(raw: bytes) -> VaultEscrow:
    return read_disk(raw).claimed


def check_verdict(found: Verdict, size: int) -> None:
    """See that a verdict on a file of `size` bytes makes sense.

    A bundle's records stand in it one behind another; a journal has as many heads as entries, the last the one that
    the header names, and none is empty. Raises `msgspec.ValidationError`.
    """
    if isinstance(found, SoundRecord | Told) and not _has_heads(found):
        raise msgspec.ValidationError("no journal has these heads")
    at = 0
    for place in found.records if isinstance(found, OpenedBundle) else ():
        if not at <= place.start <= place.end <= size:
            raise msgspec.ValidationError(f"no place in a file of {size} bytes")
        at = place.end


def _has_heads(found: SoundRecord | Told) -> bool:
    if isinstance(found, Told):
        return bool(found.heads) and not len(found.heads) % _HEAD
    header = found.header
    whole = len(found.heads) == _HEAD * header.count > 0 and found.heads[-_HEAD:].hex() == header.head
    return whole and all(one.heads for one in found.behind)


def refused(found: Quarantined) -> Refused:
    """A reason as it is sent."""
    return Refused(found.reason.code, found.reason.what, found.reason.next_step)


def sound(found: Sound) -> SoundRecord:
    """A sound record as it is sent."""
    header = msgspec.structs.replace(found.header, envelopes=(), parts=())
    two_person = any(isinstance(one.event, TimeChanged) and one.event.two_person for one in found.facts.acts)
    return SoundRecord(header, found.filed.heads.raw, found.filed.behind, found.kept, two_person)


def _bundle(raw: bytes, found: SoundBundle) -> OpenedBundle:
    at = len(MAGIC) + 4 + int.from_bytes(raw[len(MAGIC) : len(MAGIC) + 4], "big")
    places: list[Place] = []
    for part in found.header.parts:
        if part.name in found.records:
            places.append(Place(part.name, at, at + len(found.records[part.name])))
        at += part.length
    header = msgspec.structs.replace(found.header, envelopes=(), parts=())
    reason = refused(found.refused) if found.refused else None
    return OpenedBundle(header, tuple(places), found.closing, found.parts.get(CLOSING), found.desk, reason)
