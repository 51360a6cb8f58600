"""What acts make of a result: a table of histories, and what may follow what."""

from __future__ import annotations

import pytest

from keys.errors import ExamKioskError
from results.centre.standing.rules import Act, Kind, Scope, Standing, appeal, check, standing

ANN = Scope("run-1", "form-1", "west", "C-1", 1)
BEN = Scope("run-1", "form-1", "west", "C-2", 1)
LATER = Scope("run-2", "form-1", "west", "C-1", 1)
SITTING, FORM = Scope(form="form-1", sitting="west"), Scope(form="form-1")
ONE = Scope(form="form-1", sitting="west", candidate="C-1")
RUN = Scope(run="run-1")


def history(*steps: tuple[Kind, Scope]) -> list[Act]:
    return [Act(kind, scope, f"reason {n}", f"person {n}", n) for n, (kind, scope) in enumerate(steps)]


TABLE = {
    "a hold on a sitting holds everyone in it": ([(Kind.HOLD, SITTING)], "held", "held"),
    "a hold on one candidate holds that one": ([(Kind.HOLD, ONE)], "held", ""),
    "a release of what was held frees it": ([(Kind.HOLD, SITTING), (Kind.RELEASE, SITTING)], "", ""),
    "one may be released out of a held sitting": ([(Kind.HOLD, SITTING), (Kind.RELEASE, ONE)], "", "held"),
    "a hold on one outlives the release of the sitting": (
        [(Kind.HOLD, ONE), (Kind.HOLD, SITTING), (Kind.RELEASE, SITTING)],
        "held",
        "",
    ),
    "a release of the form leaves what is held on its own": (
        [(Kind.HOLD, ONE), (Kind.HOLD, FORM), (Kind.RELEASE, FORM)],
        "held",
        "",
    ),
    "a sitting may be released out of a held form": ([(Kind.HOLD, FORM), (Kind.RELEASE, SITTING)], "", ""),
    "an invalidation outweighs a hold and a release": (
        [(Kind.INVALIDATE, ONE), (Kind.HOLD, SITTING), (Kind.RELEASE, SITTING)],
        "invalidated",
        "",
    ),
    "an appeal that is open changes nothing": (
        [(Kind.INVALIDATE, SITTING), (Kind.APPEAL_OPENED, ONE)],
        "invalidated",
        "invalidated",
    ),
    "an appeal that is upheld frees what it names": (
        [(Kind.INVALIDATE, FORM), (Kind.APPEAL_OPENED, ONE), (Kind.APPEAL_UPHELD, ONE)],
        "",
        "invalidated",
    ),
    "an appeal that is denied frees nobody": (
        [(Kind.INVALIDATE, ONE), (Kind.APPEAL_OPENED, ONE), (Kind.APPEAL_DENIED, ONE)],
        "invalidated",
        "",
    ),
}


@pytest.mark.parametrize(("steps", "ann", "ben"), TABLE.values(), ids=TABLE.keys())
def test_a_result_stands_as_the_acts_make_it(steps: list[tuple[Kind, Scope]], ann: str, ben: str) -> None:
    """Each history leaves both candidates as the table says."""
    found = [standing(one, history(*steps)) for one in (ANN, BEN)]
    assert [one.state if one else "" for one in found] == [ann, ben]


def test_a_standing_names_the_act_that_decides() -> None:
    """The newest invalidation, else the newest hold, with its reason, person and time; and the appeal."""
    done = history((Kind.HOLD, SITTING), (Kind.INVALIDATE, ONE), (Kind.HOLD, FORM), (Kind.APPEAL_OPENED, ONE))
    assert standing(ANN, done) == Standing("invalidated", "reason 1", "person 1", 1, "open")
    assert standing(BEN, done) == Standing("held", "reason 2", "person 2", 2)
    assert (appeal(ANN, done), appeal(BEN, done)) == ("open", "")


def test_an_act_without_a_run_is_about_later_runs_too() -> None:
    """What names a run is about that run; what names none is about every one."""
    assert standing(LATER, history((Kind.HOLD, RUN))) is None
    assert standing(LATER, history((Kind.HOLD, ONE))) is not None


REFUSED = {
    "nothing is held": ([], Kind.RELEASE, ONE, "is not held"),
    "held already": ([(Kind.HOLD, SITTING)], Kind.HOLD, ONE, "is held already"),
    "only one is held": ([(Kind.HOLD, ONE)], Kind.RELEASE, SITTING, "is not held"),
    "invalidated already": ([(Kind.INVALIDATE, SITTING)], Kind.INVALIDATE, ONE, "is invalidated already"),
    "an invalidation is not released": ([(Kind.INVALIDATE, ONE)], Kind.RELEASE, ONE, "only an appeal"),
    "no appeal to uphold": ([(Kind.INVALIDATE, ONE)], Kind.APPEAL_UPHELD, ONE, "no open appeal"),
    "decided already": (
        [(Kind.APPEAL_OPENED, ONE), (Kind.APPEAL_DENIED, ONE)],
        Kind.APPEAL_UPHELD,
        ONE,
        "no open appeal",
    ),
    "open already": ([(Kind.APPEAL_OPENED, ONE)], Kind.APPEAL_OPENED, ONE, "open appeal"),
    "about nothing": ([], Kind.HOLD, Scope(), "names nothing"),
    "an attempt of nobody": ([], Kind.HOLD, Scope(sitting="west", attempt=2), "without its candidate"),
}


@pytest.mark.parametrize(("steps", "kind", "scope", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_follow_is_refused_in_a_sentence(
    steps: list[tuple[Kind, Scope]], kind: Kind, scope: Scope, words: str
) -> None:
    """Each act out of order is refused, and the sentence says why."""
    with pytest.raises(ExamKioskError) as caught:
        check(Act(kind, scope, "why", "who", 9), history(*steps))
    assert words in caught.value.diagnostics().what


@pytest.mark.parametrize(("reason", "by"), [("", "who"), ("  ", "who"), ("why", "")])
def test_an_act_needs_a_person_and_a_reason(reason: str, by: str) -> None:
    """An empty name or reason is refused."""
    with pytest.raises(ExamKioskError) as caught:
        check(Act(Kind.HOLD, ONE, reason, by, 9), [])
    assert caught.value.code == "act-unsigned"
