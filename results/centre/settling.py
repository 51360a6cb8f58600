"""Which of the sound records of one candidate counts: a function of their set, so the order of import never matters.

Rules.
1. A session is a kiosk's: its name is told apart by the kiosk that signed it, so no kiosk can touch another's.
2. Of one session's records the longest journal counts; one that is the same or a beginning of it is a repeat.
3. Two journals of one session that part ways contradict each other: every record of that session goes to quarantine.
4. Once the sitting's closing page is there, only what agrees with its line counts; the rest goes to quarantine.
5. Where closing pages contradict each other about a candidate, none of that candidate's records counts. A page has no
   rank that its signer could choose: not its length, not its time, not its digest, not when it came.
6. A candidate who was moved counts once: where the closing page names the session that goes on with another one, that
   counts, and what was left behind is kept as evidence; entries after the move are told as such. Where the answers did
   not come along, the desk's journal tells which kiosks were left, one after the other; without it, the page, the
   candidate and the attempt do, where only one session can have been left (and joining.py tells from when on).
   Where they did, the journal that came along and the one left behind must be beginnings of each other: if they part
   ways, every record of both sessions goes to quarantine.
7. Without a closing page, records of two sessions for one attempt all go to quarantine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import overload

import msgspec

from keys.encoding import Digest, Document
from keys.errors import Diagnostics, ExamKioskError
from results.centre.reasons import (
    AfterMoveError,
    AttemptConflictError,
    ClosingConflictError,
    ClosingMismatchError,
    ForkError,
    MovedOnError,
)
from results.wire.closing import ClosingLine, FinalState

NO_REASON = Diagnostics("", "", "")


@dataclass(frozen=True, slots=True)
class Admitted:
    """The record counts."""


@dataclass(frozen=True, slots=True)
class AlreadyPresent:
    """The same, or a beginning of what counts, is in the ledger; or what counts goes on with it, for the `reason`."""

    reason: Diagnostics = NO_REASON


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Kept for a person to judge, with the reason."""

    reason: Diagnostics


Verdict = Admitted | AlreadyPresent | Quarantined

Lines = Mapping[tuple[str, str], ClosingLine | None]
"""What the closing pages say, by sitting and candidate; None where they contradict each other."""

Moves = Mapping[tuple[str, str, str], str]
"""The kiosk that was left, by sitting, candidate and the kiosk moved to, as the desks' journals say."""


class Behind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A journal that came along from another kiosk: `heads[n]` is its head after entry n."""

    kiosk: str
    session: str
    heads: tuple[Digest, ...]


class LeftBehind(Document, frozen=True, tag="left-behind/1"):
    """The journals that came along with a record, nearest first, as the ledger keeps them."""

    journals: tuple[Behind, ...]


class Heads(Sequence[Digest]):
    """The heads after each entry of a journal, as the ledger keeps them: 32 bytes each, in hex only where looked at."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        """The heads in `raw`, one after another."""
        self.raw = raw

    def __len__(self) -> int:
        """How many there are."""
        return len(self.raw) // 32

    @overload
    def __getitem__(self, at: int) -> Digest: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Digest, ...]: ...
    def __getitem__(self, at: int | slice) -> Digest | tuple[Digest, ...]:
        """One head, or some."""
        if isinstance(at, slice):
            return tuple(self[n] for n in range(*at.indices(len(self))))
        n = range(len(self))[at]
        return Digest(self.raw[n * 32 : n * 32 + 32].hex())

    def begin_with(self, other: Heads) -> bool:
        """Whether the other heads are the first ones here."""
        return self.raw.startswith(other.raw)


def packed(heads: Iterable[Digest]) -> Heads:
    """Heads as the ledger keeps them."""
    return Heads(bytes.fromhex("".join(heads)))


@dataclass(frozen=True, slots=True)
class Filed:
    """A sound record: `heads[n]` is its journal's head after entry n; its own head is the last.

    `moved_from` is the checkpoint code of the session that its own one goes on with, or empty. `behind` are the
    journals that came along, nearest first.
    """

    digest: Digest
    kiosk: str
    session: str
    sitting: str
    candidate: str
    attempt: int
    outcome: str
    heads: Heads
    moved_from: str = ""
    behind: tuple[Behind, ...] = ()

    @property
    def source(self) -> tuple[str, str]:
        """The kiosk, by fingerprint, and its session."""
        return self.kiosk, self.session

    @property
    def seat(self) -> tuple[str, str]:
        """The sitting and candidate."""
        return self.sitting, self.candidate

    def begins_with(self, other: Filed) -> bool:
        """Whether the other's journal is this one's, or a beginning of it."""
        return self.heads.begin_with(other.heads)


def settle(
    filed: Iterable[Filed], lines: Lines, moves: Moves = MappingProxyType({})
) -> dict[Digest, Verdict]:
    """The verdict on each of these sound records, which are all that share a session or a candidate with each other.

    `lines` holds the closing page's line of a candidate, where there is one, `moves` what a desk wrote of its moves.
    """
    sessions: dict[tuple[str, str], list[Filed]] = {}
    for one in sorted(filed, key=lambda one: one.digest):
        sessions.setdefault(one.source, []).append(one)
    verdicts: dict[Digest, Verdict] = {}
    counting: dict[tuple[str, str], list[tuple[str, str]]] = {}
    seats: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for session, records in sessions.items():
        verdicts |= _session(records, lines)
        seats.setdefault(records[0].seat, []).append(session)
        for one in records:
            if isinstance(verdicts[one.digest], Admitted):
                counting.setdefault(one.seat, []).append(session)
    for several in counting.values():
        if len(several) > 1:
            found = [one for session in several for one in sessions[session]]
            verdicts |= _all(
                found, AttemptConflictError(attempt=found[0].attempt, candidate=found[0].candidate)
            )
    for several in seats.values():
        verdicts |= left_behind([sessions[session] for session in several], verdicts, moves)
    for one in [one for records in sessions.values() for one in records if one.behind]:
        verdicts |= _parted(one, sessions)
    return verdicts


def _parted(one: Filed, sessions: Mapping[tuple[str, str], Sequence[Filed]]) -> dict[Digest, Verdict]:
    """The verdicts where a journal that came along contradicts the one that was left at its kiosk; else none."""
    found: dict[Digest, Verdict] = {}
    for behind in one.behind:
        left = sessions.get((behind.kiosk, behind.session), ())
        if not all(_agree(behind.heads, other.heads) for other in left):
            both = (*left, *sessions[one.source])
            found |= _all(both, ForkError(session=behind.session))
    return found


def _agree(some: Sequence[Digest], others: Sequence[Digest]) -> bool:
    """Whether one journal is a beginning of the other."""
    both = min(len(some), len(others))
    return tuple(some[:both]) == tuple(others[:both])


def left_behind(
    several: Sequence[Sequence[Filed]], verdicts: Mapping[Digest, Verdict], moves: Moves
) -> dict[Digest, Verdict]:
    """The verdicts on the sessions with which the one that counts goes on; none unless all others are among these.

    Of several sessions one counts only where the closing page names it.
    """
    arrived = [
        one
        for records in several
        for one in records
        if one.moved_from and isinstance(verdicts.get(one.digest), Admitted)
    ]
    left = [records for records in several if records[0].source not in {one.source for one in arrived}]
    if len(arrived) != 1:
        return {}
    gone_on_with = _gone_on_with(arrived[0], [records[0] for records in left], moves)
    if not all(records[0].source in gone_on_with for records in left):
        return {}
    return {
        found: _kept(by_digest[found], arrived[0]) if isinstance(verdict, Admitted) else verdict
        for records in left
        for by_digest in ({one.digest: one for one in records},)
        for found, verdict in _session(records, {}).items()
    }


def _gone_on_with(arrived: Filed, left: Sequence[Filed], moves: Moves) -> set[tuple[str, str]]:
    """The sessions that the arrived one goes on with, back to the first: they came along, or were left by a move.

    `left` are all other sessions of the candidate. Where no desk's journal says what the earliest known one was moved
    from, it is the only session that is still unexplained, if that was not moved in itself.
    """
    last, kiosk = arrived, arrived.kiosk
    found = {(one.kiosk, one.session) for one in arrived.behind}
    seen = {kiosk}
    while True:
        kiosk = last.behind[-1].kiosk if last.behind and kiosk == last.kiosk else kiosk
        kiosk, known = moves.get((*arrived.seat, kiosk), ""), kiosk
        if not kiosk or kiosk in seen:
            break
        seen.add(kiosk)
        here = [one for one in left if one.kiosk == kiosk]
        if len(here) == 1:
            last = here[0]
            found |= {last.source, *((one.kiosk, one.session) for one in last.behind)}
    rest = [one for one in left if one.source not in found]
    if (
        len(rest) == 1
        and known == last.kiosk
        and not last.behind
        and last.moved_from
        and not rest[0].moved_from
    ):
        found.add(rest[0].source)
    return found


def _kept(one: Filed, arrived: Filed) -> AlreadyPresent:
    """Why a record that was left behind is kept: as part of the attempt, or also as evidence of what came after."""
    for behind in arrived.behind:
        count = len(behind.heads)
        if (behind.kiosk, behind.session) == one.source and len(one.heads) > count:
            later = AfterMoveError(candidate=one.candidate, count=count, later=len(one.heads) - count)
            return AlreadyPresent(later.diagnostics())
    return AlreadyPresent(MovedOnError(candidate=one.candidate).diagnostics())


def _session(records: Sequence[Filed], lines: Lines) -> dict[Digest, Verdict]:
    """The verdicts on the records of one session."""
    longest = max(records, key=lambda one: len(one.heads))
    if not all(longest.begins_with(one) for one in records):
        return _all(records, ForkError(session=longest.session))
    line = lines.get(longest.seat)
    if line is None and longest.seat in lines:
        sitting, candidate = longest.seat
        return _all(records, ClosingConflictError(sitting=sitting, candidate=candidate))
    named = line.record if line else ""
    agreeing = [one for one in records if _disagreement(one, line) is None]
    counts = max(agreeing, key=lambda one: (len(one.heads), one.digest == named), default=None)
    return {one.digest: _beside(one, counts, line) for one in records}


def _beside(one: Filed, counts: Filed | None, line: ClosingLine | None) -> Verdict:
    """The verdict on one record of a session in which `counts` is the one that counts."""
    if one is counts:
        return Admitted()
    if counts is not None and counts.begins_with(one):
        return AlreadyPresent()
    detail = _disagreement(one, line)
    error = ClosingMismatchError(sitting=one.sitting, candidate=one.candidate, detail=detail)
    return Quarantined(error.diagnostics())


def _all(records: Iterable[Filed], error: ExamKioskError) -> dict[Digest, Verdict]:
    return dict.fromkeys((one.digest for one in records), Quarantined(error.diagnostics()))


def _disagreement(one: Filed, line: ClosingLine | None) -> str | None:
    """What the closing page says otherwise, or None."""
    if line is None:
        return None
    if not line.session:
        return f"{line.state.value}, without a record"
    if (line.kiosk, line.session) != one.source:
        return "another session is the one that counts"
    if not 0 < line.count <= len(one.heads):
        return "the record that was collected is longer than this one"
    if one.heads[line.count - 1] != line.head:
        return "the record that was collected is another one"
    if line.state.value != one.outcome and line.state is not FinalState.VOIDED:
        return f"{line.state.value} there, and {one.outcome} in the record"
    return None
