"""What acts of people make of a result. Pure.

Rules.
1. An act is about a `Scope`: every result that agrees with the words it names. One without a run is about all runs,
   also those that are made later.
2. A result is invalidated while an invalidation of it stands, else held while a hold of it stands, else free.
3. A release ends for what it names the holds on it and on anything wider, never those on something narrower: a hold on
   one candidate outlives the release of the whole sitting, and one candidate may be released out of a held sitting.
   From wide to narrow: run, form, sitting, candidate, attempt.
4. An invalidation is not released. Only an appeal that is upheld ends it, and every hold, in the manner of rule 3.
5. An appeal is opened, then upheld or denied. While it is open the result stands as it stood.
6. Nothing is done twice: what stands already is not placed again, and what does not stand cannot be ended.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from keys.errors import ExamKioskError


class Kind(enum.StrEnum):
    """What a person can do with results."""

    HOLD = "hold"
    RELEASE = "release"
    INVALIDATE = "invalidate"
    APPEAL_OPENED = "appeal opened"
    APPEAL_UPHELD = "appeal upheld"
    APPEAL_DENIED = "appeal denied"


HELD, INVALIDATED = "held", "invalidated"
APPEALS = {Kind.APPEAL_OPENED: "open", Kind.APPEAL_UPHELD: "upheld", Kind.APPEAL_DENIED: "denied"}


class ActError(ExamKioskError):
    """An act that cannot follow what was done before."""

    code = "act-out-of-order"
    what = "The act cannot be done: {detail}."
    next_step = "See what was done with `results acts`, and name exactly what is meant."


class ActScopeError(ExamKioskError):
    """An act about nothing, or about something that is not there."""

    code = "act-about-nothing"
    what = "The act cannot be done: {detail}."
    next_step = (
        "Name a run, form, sitting or candidate that the centre knows; an attempt only with its candidate."
    )


class ActUnsignedError(ExamKioskError):
    """An act without a person or without a reason."""

    code = "act-unsigned"
    what = "An act needs {missing}, in words."
    next_step = "Say who does it with --by, and why with --reason."


@dataclass(frozen=True, slots=True)
class Scope:
    """Which results: those that agree with every word that is not empty. `attempt` is 0 for every attempt."""

    run: str = ""
    form: str = ""
    sitting: str = ""
    candidate: str = ""
    attempt: int = 0

    def covers(self, other: Scope) -> bool:
        """Whether this is about everything that `other` is about."""
        mine, theirs = self.words(), other.words()
        return all(not word or word == said for word, said in zip(mine, theirs, strict=True))

    @property
    def depth(self) -> int:
        """How narrow it is: the place of the last word that is named, 0 for a run, 4 for an attempt."""
        return max((place for place, word in enumerate(self.words()) if word), default=0)

    def words(self) -> tuple[str | int, ...]:
        """The parts in order."""
        return self.run, self.form, self.sitting, self.candidate, self.attempt

    def __str__(self) -> str:
        """What it is about, as people read it."""
        names = ("run", "form", "sitting", "candidate", "attempt")
        return ", ".join(f"{name} {word}" for name, word in zip(names, self.words(), strict=True) if word)


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did: `at` is wall time in ms since 1970 UTC."""

    kind: Kind
    scope: Scope
    reason: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a result stands that is not free: "held" or "invalidated" by whom, when and why.

    `appeal` is "open", "upheld", "denied", or empty where there was none.
    """

    state: str
    reason: str
    by: str
    at: int
    appeal: str = ""


def standing(result: Scope, acts: Sequence[Act]) -> Standing | None:
    """How a result stands after these acts, oldest first; None where it is free."""
    appeal = ""
    stand: list[Act] = []
    for act in acts:
        if act.scope.covers(result):
            stand = _after(stand, act)
            appeal = APPEALS.get(act.kind, appeal)
    deciding = next((one for one in reversed(stand) if one.kind is Kind.INVALIDATE), None) or next(
        iter(reversed(stand)), None
    )
    if deciding is None:
        return None
    state = INVALIDATED if deciding.kind is Kind.INVALIDATE else HELD
    return Standing(state, deciding.reason, deciding.by, deciding.at, appeal)


def appeal(result: Scope, acts: Sequence[Act]) -> str:
    """Where the newest appeal of a result stands: open, upheld, denied, or empty where there was none."""
    found = [APPEALS[act.kind] for act in acts if act.kind in APPEALS and act.scope.covers(result)]
    return found[-1] if found else ""


def check(act: Act, before: Sequence[Act]) -> None:
    """Raise `ActError`, `ActScopeError` or `ActUnsignedError` for an act that cannot follow these, oldest first."""
    if not act.by.strip():
        raise ActUnsignedError(missing="the name of the person who does it")
    if not act.reason.strip():
        raise ActUnsignedError(missing="a reason")
    if not str(act.scope):
        raise ActScopeError(detail="it names nothing that it would be about")
    if act.scope.attempt and not act.scope.candidate:
        raise ActScopeError(detail="an attempt is named without its candidate")
    detail = _objection(act, standing(act.scope, before), appeal(act.scope, before))
    if detail:
        raise ActError(detail=detail)


def _objection(act: Act, stands: Standing | None, appealed: str) -> str:
    """Why an act cannot be done where what it is about stands so, or empty."""
    what, state = str(act.scope), stands.state if stands else ""
    match act.kind:
        case Kind.HOLD if state:
            return f"{what} is {state} already"
        case Kind.INVALIDATE if state == INVALIDATED:
            return f"{what} is invalidated already"
        case Kind.RELEASE if state == INVALIDATED:
            return f"{what} is invalidated, and only an appeal that is upheld ends that"
        case Kind.RELEASE if not state:
            return f"{what} is not held"
        case Kind.APPEAL_OPENED if appealed == "open":
            return f"there is an open appeal about {what} already"
        case Kind.APPEAL_UPHELD | Kind.APPEAL_DENIED if appealed != "open":
            return f"there is no open appeal about {what}"
    return ""


def _after(stand: list[Act], act: Act) -> list[Act]:
    """The holds and invalidations of one result that stand after one more act about it."""
    match act.kind:
        case Kind.HOLD | Kind.INVALIDATE:
            return [*stand, act]
        case Kind.RELEASE:
            return [one for one in stand if one.kind is Kind.INVALIDATE or one.scope.depth > act.scope.depth]
        case Kind.APPEAL_UPHELD:
            return [one for one in stand if one.scope.depth > act.scope.depth]
    return stand
