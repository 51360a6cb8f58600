"""How long personal data stays: the rule file, and what is due by it. Pure.

The rule file is TOML; each number is in whole days, and what it does not name stays:

    answers = 365    # records: what was answered, written and noted, and the journals
    desks = 730      # the desks' journals, closing pages and incidents
    scores = 3650    # the scores and the runs that hold them
    certificates = 3650  # holders' names and signed documents
    least = 10       # statistics of fewer candidates are not kept

Rules.
1. Days count from the result: for a record from the first run that scored its attempt, else from its import; for a desk
   from the last result of its sitting, else from the bundle's import; for scores from the making of their run; for a
   certificate from its end, so that the register answers as long as one is valid, and names a revoked one as long.
2. What is held or under an open appeal stays, and what waits in quarantine for a person; what a person has rejected
   goes with the rest.
3. A run goes as a whole, since it is signed as a whole: it stays while one of its results is held or under appeal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from keys.errors import ExamKioskError

DAY = 86_400_000
ANSWERS, DESKS, SCORES, CERTIFICATES = "answers", "desks", "scores", "certificates"
KINDS = (ANSWERS, DESKS, SCORES, CERTIFICATES)
MOST_DAYS = 36_500


class RetentionRulesError(ExamKioskError):
    """A rule file that is none."""

    code = "retention-rules"
    what = "The retention rules {name} are not in order: {detail}."
    next_step = (
        "Write a whole number of days for each of answers, desks, scores and certificates that shall go."
    )


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days after the result, or a certificate's end, None for never; of fewer than `least` candidates no statistics are
    kept.
    """

    answers: int | None = None
    desks: int | None = None
    scores: int | None = None
    certificates: int | None = None
    least: int = 10

    def days(self, kind: str) -> int | None:
        """The days of a kind, None where it stays."""
        found = (self.answers, self.desks, self.scores, self.certificates)
        return dict(zip(KINDS, found, strict=True))[kind]

    def words(self, kind: str) -> str:
        """The rule of a kind, as it is kept beside what it erased."""
        since = "their end" if kind == CERTIFICATES else "the result"
        return f"{kind}: {self.days(kind)} days after {since}"


@dataclass(frozen=True, slots=True)
class Held:
    """Something with personal data. `since` is the wall time (ms) that its days count from.

    `thing` is a record's or bundle's digest, a run's name, or a certificate's number; `rows` how many rows of the
    ledger it is. `kept` says in words why it stays whatever its age, or is empty; `candidate` whose it is, or of a desk
    and a run on whose account it stays, where that is known.
    """

    kind: str
    thing: str
    sitting: str
    since: int
    rows: int
    kept: str = ""
    candidate: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes now, and what is due and stays, each by thing."""

    due: tuple[Held, ...]
    kept: tuple[Held, ...]

    def of(self, kind: str) -> tuple[Held, ...]:
        """What goes of a kind."""
        return tuple(one for one in self.due if one.kind == kind)


def read_rules(raw: bytes, name: str) -> Rules:
    """The rules of a file. Raises `RetentionRulesError`."""
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), Rules)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise RetentionRulesError(name=name, detail=str(error).splitlines()[0][:200]) from None
    days = [found.days(kind) for kind in KINDS if found.days(kind) is not None]
    if not days:
        raise RetentionRulesError(name=name, detail="they name nothing that would ever go")
    if not all(one is not None and 0 <= one <= MOST_DAYS for one in days) or found.least < 1:
        raise RetentionRulesError(name=name, detail=f"a number of days is not between 0 and {MOST_DAYS}")
    return found


def due(rules: Rules, found: Iterable[Held], now: int, erased: Collection[tuple[str, str]] = ()) -> Plan:
    """What of this goes at `now`; `erased` are the kinds and things that went before."""
    old = [
        one
        for one in found
        if (days := rules.days(one.kind)) is not None
        and one.since + days * DAY <= now
        and (one.kind, one.thing) not in erased
    ]
    return Plan(tuple(one for one in old if not one.kept), tuple(one for one in old if one.kept))
