"""The hash-chained sequence of events: each entry's bytes hold the head before it, a head is the digest of an entry.

Rules.
1. Entry 0 is the genesis and has the previous head `ROOT`.
2. head(n) = SHA-256 of the canonical bytes of entry n; entry n+1 names it.
3. `seq` counts from 0 without a gap.
4. Entries are never changed or removed; a reader that finds otherwise stops.
5. A line of a sitting is signed by the proctor who acted, one of the plan, and says for which mode it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from keys.clock import Stamp
from keys.encoding import Digest, decode, decode_all, digest, digests, encode
from keys.errors import DocumentError, ExamKioskError, SignatureError
from keys.identities import Identity, PrivateIdentity
from keys.statement import sign_raw, verify_raw
from results.wire.events import SessionEvent
from results.wire.sitting_events import SittingEvent

ROOT = Digest("0" * 64)
LINE = "sitting journal line"


class JournalBrokenError(ExamKioskError):
    """The chain does not hold."""

    code = "journal-broken"
    what = "The journal does not hold together at entry {seq}: {detail}."
    next_step = "Keep the machine as it is and call the support contact; nothing was deleted."


class LineUnsignedError(ExamKioskError):
    """A line of a sitting's journal that no proctor of the plan can be held to."""

    code = "journal-line-unsigned"
    what = "Entry {seq} of the sitting's journal is not to be believed: {detail}."
    next_step = "Keep the desk as it is and call the support contact; nothing was deleted."


class SessionEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a session's journal: its number, the head before it, when, and what happened."""

    seq: int
    prev: Digest
    at: Stamp
    event: SessionEvent


class SittingEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a sitting's journal, signed by the acting proctor: Ed25519 over the line without `signature`."""

    seq: int
    prev: Digest
    at: Stamp
    event: SittingEvent
    mode: str = ""
    signer: str = ""
    signature: bytes = b""


Entry = SessionEntry | SittingEntry
N = TypeVar("N", SessionEntry, SittingEntry)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a journal stands: the digest of its last entry and how many there are."""

    digest: Digest = ROOT
    count: int = 0


@dataclass(frozen=True, slots=True)
class Line(Generic[N]):
    """An entry with the exact bytes that are chained."""

    entry: N
    raw: bytes


def next_session_line(head: Head, at: Stamp, event: SessionEvent) -> Line[SessionEntry]:
    """The line that follows `head` in a session's journal."""
    entry = SessionEntry(head.count, head.digest, at, event)
    return Line(entry, encode(entry))


def next_sitting_line(
    head: Head, at: Stamp, event: SittingEvent, mode: str, signer: PrivateIdentity
) -> Line[SittingEntry]:
    """The line that follows `head` in a sitting's journal, signed by the proctor who acts."""
    bare = SittingEntry(head.count, head.digest, at, event, mode, signer.identity.fingerprint)
    entry = msgspec.structs.replace(bare, signature=sign_raw(LINE, encode(bare), signer.signer()))
    return Line(entry, encode(entry))


def advance(head: Head, raw: bytes) -> Head:
    """The head after a line."""
    return Head(digest(raw), head.count + 1)


def read(raws: Iterable[bytes], kind: type[N]) -> tuple[tuple[N, ...], Head]:
    """Verify a whole chain and return its entries and head. Raises `JournalBrokenError`."""
    raws = tuple(raws)
    found = _whole(raws, kind)
    if found is not None:
        return found
    head = Head()
    entries: list[N] = []
    for raw in raws:
        try:
            entry = decode(raw, kind, name="journal entry")
        except DocumentError:
            raise JournalBrokenError(seq=head.count, detail="an entry does not parse") from None
        if entry.seq != head.count:
            raise JournalBrokenError(seq=head.count, detail="an entry is missing or repeated")
        if entry.prev != head.digest:
            raise JournalBrokenError(seq=head.count, detail="an entry was changed")
        entries.append(entry)
        head = advance(head, raw)
    return tuple(entries), head


def _whole(raws: Sequence[bytes], kind: type[N]) -> tuple[tuple[N, ...], Head] | None:
    """The same of a chain that holds, decoded in one go; None for one that does not: `read` finds where."""
    try:
        entries = decode_all(raws, kind, name="journal entry")
    except DocumentError:
        return None
    heads = [ROOT, *digests(raws)]
    if [entry.prev for entry in entries] != heads[:-1]:
        return None
    if [entry.seq for entry in entries] != list(range(len(raws))):
        return None
    return entries, Head(heads[-1], len(raws))


def read_signed(
    raws: Iterable[bytes], proctors: Iterable[Identity], mode: str
) -> tuple[tuple[SittingEntry, ...], Head]:
    """Verify a sitting's whole chain and every signature; return its entries and head.

    Raises `JournalBrokenError` or `LineUnsignedError`.
    """
    entries, head = read(raws, SittingEntry)
    known = {one.fingerprint: one for one in proctors}
    for entry in entries:
        check_signed(entry, known, mode)
    return entries, head


def check_signed(entry: SittingEntry, proctors: Mapping[str, Identity], mode: str) -> None:
    """Raise `LineUnsignedError` unless a proctor, by fingerprint, signed this line as their own act in this mode."""
    signer = proctors.get(entry.signer)
    if signer is None:
        raise LineUnsignedError(seq=entry.seq, detail="its signer is not a proctor of the plan")
    if entry.mode != mode:
        raise LineUnsignedError(seq=entry.seq, detail="it is of another mode")
    if getattr(entry.event, "proctor", entry.signer) != entry.signer:
        raise LineUnsignedError(seq=entry.seq, detail="another proctor is said to have acted")
    bare = encode(msgspec.structs.replace(entry, signature=b""))
    try:
        verify_raw(LINE, bare, entry.signature, signer.signing)
    except SignatureError:
        raise LineUnsignedError(seq=entry.seq, detail="its signature does not hold") from None


def to_bytes(raws: Sequence[bytes]) -> bytes:
    """A journal as a file: one entry a line."""
    return b"".join(raw + b"\n" for raw in raws)


def lines(raw: bytes) -> tuple[bytes, ...]:
    """The lines of a journal file. Raises `JournalBrokenError` where the last line is cut."""
    if raw and not raw.endswith(b"\n"):
        raise JournalBrokenError(seq=raw.count(b"\n"), detail="the last entry is cut short")
    return tuple(raw.split(b"\n")[:-1])
