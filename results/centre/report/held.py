"""Which results of a run are not to be told: those that are held or invalidated, by sitting, candidate and attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from results.centre.runs import CandidateScore
from results.centre.standing.books import Result
from results.centre.standing.rules import Standing

Standings = Mapping[Result, Standing]


def free(scores: Iterable[CandidateScore], held: Standings) -> tuple[CandidateScore, ...]:
    """The results that may be told."""
    return tuple(one for one in scores if (one.sitting, one.candidate, one.attempt) not in held)
