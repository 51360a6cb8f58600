"""Which sound records count where persons have decided: the set and the decisions, never the order of either. Pure.

Rules.
1. A rejected record is as if it were not there: it contradicts nothing, and counts for nothing.
2. An admitted one counts, whatever contradicts it. What is a beginning of it, or was left behind for it, is kept beside
   it; the other records of its session and of its attempt wait for a person.
3. Two admitted records of one session or attempt contradict each other: none of them counts.
4. Whatever no decision touches is settled by settling.py.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from keys.encoding import Digest
from results.centre.reasons import AttemptConflictError, DecidedOtherwiseError, RejectedError
from results.centre.settling import (
    Admitted,
    AlreadyPresent,
    Filed,
    Lines,
    Moves,
    Quarantined,
    Verdict,
    left_behind,
    settle,
)


class Word(enum.StrEnum):
    """What a person decided about a file."""

    ADMIT = "admit"
    REJECT = "reject"


Words = Mapping[Digest, Word]
"""The last decision on each file on which there is one."""

_NONE: Moves = MappingProxyType({})


def decide(
    filed: Iterable[Filed], lines: Lines, moves: Moves = _NONE, words: Words = MappingProxyType({})
) -> dict[Digest, Verdict]:
    """The verdict on each of these records, which are all that share a session or a candidate with each other.

    `lines` and `moves` as in `settle`.
    """
    everything = sorted(filed, key=lambda one: one.digest)
    verdicts: dict[Digest, Verdict] = {}
    standing: list[Filed] = []
    for one in everything:
        if words.get(one.digest) is Word.REJECT:
            verdicts[one.digest] = Quarantined(RejectedError().diagnostics())
        else:
            standing.append(one)
    chosen = [one for one in standing if words.get(one.digest) is Word.ADMIT]
    for one in chosen:
        others = [other for other in chosen if other is not one and _shares(other, one)]
        verdicts[one.digest] = _against(one) if others else Admitted()
        for other in standing:
            if other not in chosen and _shares(other, one):
                verdicts[other.digest] = _beside(other, one)
    for one in chosen:
        if isinstance(verdicts[one.digest], Admitted):
            verdicts |= _left(one, standing, moves)
    return verdicts | settle([one for one in standing if one.digest not in verdicts], lines, moves)


def _shares(other: Filed, one: Filed) -> bool:
    return other.source == one.source or (other.seat, other.attempt) == (one.seat, one.attempt)


def _against(one: Filed) -> Quarantined:
    return Quarantined(AttemptConflictError(attempt=one.attempt, candidate=one.candidate).diagnostics())


def _beside(other: Filed, one: Filed) -> Verdict:
    """What becomes of a record of the session or attempt of one that was decided for."""
    if other.source == one.source and one.begins_with(other):
        return AlreadyPresent()
    error = DecidedOtherwiseError(attempt=one.attempt, candidate=one.candidate)
    return Quarantined(error.diagnostics())


def _left(one: Filed, standing: Iterable[Filed], moves: Moves) -> dict[Digest, Verdict]:
    """What is kept as left behind by a candidate who was moved, where that explains all their other sessions."""
    if not one.moved_from:
        return {}
    sessions: dict[tuple[str, str], list[Filed]] = {}
    for other in standing:
        if (other.seat, other.attempt) == (one.seat, one.attempt):
            sessions.setdefault(other.source, []).append(other)
    return left_behind(list(sessions.values()), {one.digest: Admitted()}, moves)
