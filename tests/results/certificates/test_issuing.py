"""Issuing: a certificate a pass that counts, once, and everything that keeps one from being issued."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exam_packages.sitting_plan import Mode, RosterEntry, seal_plan
from keys.encoding import Instant
from keys.errors import SignatureError, UnknownSignerError, WrongRoleError
from keys.statement import Keyring
from results.centre.certificates import issuing
from results.centre.certificates.acting import revoke
from results.centre.certificates.badge import read_badge
from results.centre.certificates.document import Basis, read_certificate
from results.centre.certificates.issuing import OtherExamError, certificate, issue
from results.centre.certificates.numbers import NUMBER
from results.centre.certificates.pages import page
from results.centre.certificates.register import Register, Status
from results.centre.office import Centre
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from tests.results import builders as b
from tests.results.certificates import holders as h

JUDGED = issuing._judged


@pytest.fixture
def at(tmp_path: Path) -> tuple[Centre, ScoreRun]:
    """A centre and its run, in which two have passed."""
    return h.scored(tmp_path)


def test_a_pass_makes_a_certificate_valid_three_years(at: tuple[Centre, ScoreRun]) -> None:
    """Who passed has one, signed, with the name of the roster, good through the same day three years later."""
    centre, run = at
    done = h.issued(*at)
    assert (len(done.issued), done.extended, done.left_out, done.doubtful) == (2, (), (), ())
    found = h.entries(centre)
    assert {one.candidate for one in found} == {b.candidate(0), b.candidate(1)}
    for one in found:
        assert NUMBER.fullmatch(one.number)
        assert one.status(h.NOW.wall) is Status.VALID
        assert one.status(Instant(one.until + 1)) is Status.LAPSED
        # b.START lies on 2027-01-10: good through 2030-01-10.
        assert 0 <= one.until - b.START - 3 * h.YEAR < 2 * h.DAY
        with centre.ledger.transaction() as books:
            raw, badge = Register(books).documents(one.number)
        signed = read_certificate(raw, centre.trusted.keyring)
        assert (signed.number, signed.name, signed.until) == (one.number, one.name, one.until)
        assert (signed.basis, signed.run) == (Basis.PASS, run.run)
        assert read_badge(badge, centre.trusted.keyring)["id"] == signed.page


def test_issuing_again_makes_nothing_twice(at: tuple[Centre, ScoreRun]) -> None:
    """The second issuing finds the same certificates there, and so does that of a later run over the same passes."""
    centre, run = at
    first = h.issued(*at)
    before = h.entries(centre)
    assert h.issued(*at).present == first.issued
    other = msgspec.structs.replace(run, run="cetl-practice-1-k2-aaaaaaaa")
    again = h.issued(centre, other, h.NOW.wall + h.DAY)
    assert (again.issued, again.extended, set(again.present)) == ((), (), set(first.issued))
    assert h.entries(centre) == before


def _enter(centre: Centre, kind: Kind, run: ScoreRun, candidate: str) -> None:
    with centre.ledger.transaction() as books:
        enter(books, Act(kind, Scope(run.run, "", "", candidate), "looked at", "Ray", h.NOW.wall))


@pytest.mark.parametrize(("kind", "why"), [(Kind.HOLD, "held"), (Kind.INVALIDATE, "invalidated")])
def test_a_result_that_is_not_free_has_no_certificate(
    at: tuple[Centre, ScoreRun], kind: Kind, why: str
) -> None:
    """Held or invalidated, a pass is left out by that word; released, it has its certificate."""
    centre, run = at
    _enter(centre, kind, run, b.candidate(0))
    done = h.issued(*at)
    assert [(one.candidate, one.why) for one in done.left_out] == [(b.candidate(0), why)]
    assert len(done.issued) == 1
    if kind is Kind.HOLD:
        _enter(centre, Kind.RELEASE, run, b.candidate(0))
        assert len(h.issued(*at).issued) == 1


def test_a_certificate_whose_result_was_invalidated_is_named(at: tuple[Centre, ScoreRun]) -> None:
    """What rests on a result that no longer counts is told each time, until a person revokes it."""
    centre, run = at
    h.issued(*at)
    _enter(centre, Kind.INVALIDATE, run, b.candidate(1))
    doubtful = h.issued(*at).doubtful
    assert [one.number for one in h.entries(centre) if one.candidate == b.candidate(1)] == list(doubtful)


def _other_plan(centre: Centre, folder: Path, **changes: object) -> Centre:
    """The same centre where another plan of the sitting is published now."""
    plan = msgspec.structs.replace(h.W.plan, **changes)
    other = dataclasses.replace(h.W, plan=plan, plan_file=seal_plan(plan, h.W.registrar))
    return h.believed(centre, other, folder)


def _roster(**changes: object) -> tuple[RosterEntry, ...]:
    first, *rest = h.W.plan.roster
    return (msgspec.structs.replace(first, **changes), *rest)


@pytest.mark.parametrize(
    ("name", "said"),
    [("Ann\u202e \x1b[2JLee\u200b", "Ann [2JLee"), ("\u202e", b.candidate(0)), ("A" * 500, "A" * 200)],
)
def test_a_name_acts_on_no_page(at: tuple[Centre, ScoreRun], tmp_path: Path, name: str, said: str) -> None:
    """What turns text around or acts on a screen is in no document; one of nothing else is the candidate number."""
    centre, run = at
    other = _other_plan(centre, tmp_path / "other", roster=_roster(name=name))
    h.issued(other, run)
    (entry,) = (one for one in h.entries(other) if one.candidate == b.candidate(0))
    with other.ledger.reading() as books:
        raw, _ = Register(books).documents(entry.number)
    assert (entry.name, read_certificate(raw, other.trusted.keyring).name) == (said, said)


def test_a_name_of_an_earlier_program_acts_on_no_page(at: tuple[Centre, ScoreRun]) -> None:
    """Page and next document have the letters of a name that was entered as it came, and nothing else of it."""
    centre, run = at
    h.issued(*at)
    entry = h.entries(centre)[0]
    with centre.ledger.reading() as books:
        of = read_certificate(Register(books).documents(entry.number)[0], centre.trusted.keyring)
    for named in (True, False):
        shown = page(dataclasses.replace(entry, name="\u202eAnn \u200bLee", named=named), of, h.NOW.wall)
        assert "\u202e" not in shown
        assert "\u200b" not in shown
    older = dataclasses.replace(entry, name="\u202eAnn Lee")
    assert certificate(h.rules(), older, Basis.PASS, run.scores[0], run.run).name == "Ann Lee"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"roster": _roster(eligible_until=Instant(b.START - 1))},
            "not eligible any more when the session opened",
        ),
        ({"roster": _roster(candidate="C-9999")}, "not in the plan's roster"),
        ({"mode": Mode.REHEARSAL}, "a rehearsal"),
    ],
)
def test_eligibility_is_judged_from_the_plan_as_published(
    at: tuple[Centre, ScoreRun], tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    """Not eligible on the day, not in the roster, a rehearsal: no certificate, though the run has the pass."""
    centre, run = at
    done = h.issued(_other_plan(centre, tmp_path / "other", **changes), run)
    assert (b.candidate(0), why) in [(one.candidate, one.why) for one in done.left_out]
    assert all(one.candidate != b.candidate(0) for one in h.entries(centre))


def test_the_last_moment_of_the_window_counts(at: tuple[Centre, ScoreRun], tmp_path: Path) -> None:
    """Who was eligible until the very moment at which the session opened was eligible."""
    centre, run = at
    other = _other_plan(centre, tmp_path / "other", roster=_roster(eligible_until=Instant(b.START)))
    assert len(h.issued(other, run).issued) == 2


def test_every_agreement_must_have_been_accepted(at: tuple[Centre, ScoreRun]) -> None:
    """An agreement that the record does not have is named; nothing is issued without it."""
    done = h.issued(*at, said=h.rules(agreements='["terms", "code-of-conduct"]'))
    assert done.issued == ()
    assert {one.why for one in done.left_out} == {"not accepted: code-of-conduct"}


def test_an_unpublished_plan_is_said(at: tuple[Centre, ScoreRun]) -> None:
    """A sitting whose plan is not published has no certificates."""
    centre, run = at
    bare = dataclasses.replace(centre, trusted=dataclasses.replace(centre.trusted, targets={}))
    assert {one.why for one in h.issued(bare, run).left_out} == {"the plan of its sitting is not published"}


def test_only_rules_of_the_exam_and_the_certifier_issue(at: tuple[Centre, ScoreRun]) -> None:
    """Rules of another exam are refused, and so is any signer who is no certifier."""
    with pytest.raises(OtherExamError):
        h.issued(*at, said=h.rules(exam='"other"'))
    centre, run = at
    with pytest.raises(WrongRoleError):
        issue(centre, h.rules(), run, h.W.scoring.signer(), h.NOW.wall)
    assert h.entries(centre) == []


def _later(centre: Centre, run: ScoreRun, by: int) -> tuple[ScoreRun, Centre]:
    """The run of another sitting `by` ms later in which the first candidate passed again, and how it is read.

    The record is that of the first sitting; its plan is published under the later sitting's name.
    """
    first = next(one for one in run.scores if one.candidate == b.candidate(0))
    again: CandidateScore = msgspec.structs.replace(first, sitting="west-later", attempt=2)
    return msgspec.structs.replace(run, run=f"later-{by}", scores=(again,)), centre


def _moved(monkeypatch: pytest.MonkeyPatch, by: int) -> None:
    """Have every session that is judged from now on begin `by` ms later than it did."""

    def later(*words: Any) -> object:
        found = JUDGED(*words)
        assert isinstance(found, issuing._Pass)
        return dataclasses.replace(found, began=Instant(found.began + by))

    monkeypatch.setattr(issuing, "_judged", later)


def test_after_a_revocation_only_a_later_session_counts(
    at: tuple[Centre, ScoreRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another pass from before the revocation makes nothing; one of a session after it makes a new number."""
    centre, run = at
    first = h.issued(*at)
    known = centre.plan(h.W.plan.sitting)
    monkeypatch.setattr(Centre, "plan", lambda *_: known)
    for number in first.issued:
        with centre.ledger.transaction() as books:
            revoke(books, number, "Fraud.", "Ray", h.NOW.wall)
    second, _ = _later(centre, run, 0)
    _moved(monkeypatch, 0)
    assert [one.why for one in h.issued(centre, second).left_out] == [
        "a certificate was revoked after this pass"
    ]
    _moved(monkeypatch, h.YEAR)
    fresh = h.issued(centre, second)
    assert len(fresh.issued) == 1
    assert fresh.issued[0] not in first.issued


def test_passing_again_extends_the_certificate(
    at: tuple[Centre, ScoreRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second pass while it is valid keeps the number, for three years from then; after it lapsed it is a new one."""
    centre, run = at
    first = h.issued(*at)
    known = centre.plan(h.W.plan.sitting)
    monkeypatch.setattr(Centre, "plan", lambda *_: known)
    holder = next(one for one in h.entries(centre) if one.candidate == b.candidate(0))
    _moved(monkeypatch, h.YEAR)
    done = h.issued(_later(centre, run, h.YEAR)[1], _later(centre, run, h.YEAR)[0])
    assert (done.issued, done.extended) == ((), (holder.number,))
    after = next(one for one in h.entries(centre) if one.number == holder.number)
    assert 0 <= after.until - holder.until - h.YEAR < 2 * h.DAY
    assert (after.version, after.granted) == (2, holder.granted)
    third, _ = _later(centre, run, 6 * h.YEAR)
    third = msgspec.structs.replace(third, scores=(msgspec.structs.replace(third.scores[0], attempt=3),))
    _moved(monkeypatch, 6 * h.YEAR)
    fresh = h.issued(centre, third)
    assert len(fresh.issued) == 1
    assert fresh.issued[0] not in first.issued


def test_a_certificate_is_believed_from_the_certifier_alone(at: tuple[Centre, ScoreRun]) -> None:
    """Without the certifier's key, or with a byte changed, neither document nor badge is believed."""
    centre, _ = at
    number = h.issued(*at).issued[0]
    with centre.ledger.transaction() as books:
        raw, badge = Register(books).documents(number)
    for ring in (Keyring([]), h.W.keyring):
        with pytest.raises(UnknownSignerError):
            read_certificate(raw, ring)
        with pytest.raises(UnknownSignerError):
            read_badge(badge, ring)
    head, _, signature = badge.split(".")
    with pytest.raises(SignatureError):
        read_badge(f"{head}.e30.{signature}", centre.trusted.keyring)
