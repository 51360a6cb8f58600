"""Two runs of a form compared: every result has a line, the difference, and the reason."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest

from exam_packages import form as f
from exam_packages.interactions import ChosenOptions, OptionId
from exam_packages.scoring_key import Adjustment, AdjustmentKind, ScoringKey
from keys.encoding import Digest, Instant, digest, encode
from keys.errors import ExamKioskError
from results.centre.facts import SessionFacts, facts
from results.centre.inputs import Inputs
from results.centre.rescoring import telling
from results.centre.rescoring.comparison import compare
from results.centre.runs import Scorable, ScoreRun, make_run
from results.scoring.scores import ruler
from results.wire import journal
from results.wire.record import fold
from tests.results import builders as b

W = b.world(4, 12)


def told(n: int, correct: int) -> SessionFacts:
    raws = b.chain(b.session(W, n, b.right(W, correct)))
    entries, _ = journal.read(raws, journal.SessionEntry)
    return facts(entries, [digest(raw) for raw in raws], fold(one.event for one in entries))


def scorable(n: int, correct: int, *, record: str = "r", state: str = "completed") -> Scorable:
    found = digest(f"{record}{n}".encode())
    return Scorable(found, "west", "live", b.candidate(n), 1, f"{n:032x}", state, told(n, correct))


def run(*found: Scorable, key: ScoringKey = W.key, form_digest: Digest | None = None) -> ScoreRun:
    digests = digest(encode(key)), digest(encode(W.table))
    front = f.Front(W.form.form, "cetl", "Exam", "", "en", (), "", 12, b.LIMIT)
    made = form_digest or W.plan.form_digest
    return make_run(
        Inputs(ruler(W.form, W.plan.form_digest, key, W.table), front, made, *digests), found, "1"
    )


def rekeyed(item: int, option: str) -> ScoringKey:
    done = Adjustment(AdjustmentKind.REKEYED, 2, "An author", Instant(0), "The source was misread")
    one = msgspec.structs.replace(
        W.key.keys[item], correct=ChosenOptions((OptionId(option),)), adjustment=done
    )
    keys = (*W.key.keys[:item], one, *W.key.keys[item + 1 :])
    return msgspec.structs.replace(W.key, version=2, keys=keys)


def test_a_rekeyed_item_is_told_candidate_by_candidate() -> None:
    """Who gave the new correct answer gains an item and passes by it, who gave the old one loses it; the key is why."""
    one, other = scorable(0, 8), scorable(1, 12)
    found = compare(run(one, other), run(one, other, key=rekeyed(11, "A")))
    first, second = found.lines
    assert (first.told, first.passes_now, first.why) == (
        "600 (+67)",
        True,
        ("key version 2: item i11 re-keyed",),
    )
    assert (second.told, second.kind, second.passes_no_more) == ("733 (-67)", "changed", False)
    assert found.differs == (
        ("key", "version 1, then version 2"),
        ("adjustment", "item i11 re-keyed: The source was misread"),
    )


def test_who_is_new_or_gone_is_told_with_the_reason() -> None:
    """A record that came later, one that was withdrawn, one whose end does not count any more, and another record."""
    before = run(scorable(0, 10), scorable(1, 12), scorable(3, 4))
    after = run(scorable(0, 9, record="x"), scorable(2, 12), scorable(3, 4, state="voided"))
    found = {one.candidate: one for one in compare(before, after).lines}
    assert [(one.candidate, one.told) for one in found.values()] == [
        ("C-1001", "600 (-67)"),
        ("C-1002", "800 (gone)"),
        ("C-1003", "800 (new)"),
        ("C-1004", "267 (gone)"),
    ]
    assert found["C-1001"].why == ("another record counts", "other answers: item i9")
    assert found["C-1002"].why == (f"{after.run} had no admitted record of it",)
    assert found["C-1002"].passes_no_more
    assert found["C-1003"].passes_now
    assert found["C-1004"].why == (f"{after.run} left it out: voided",)


def test_a_run_and_itself_differ_in_nothing() -> None:
    """Every line is the same, without a reason, and nothing is told to differ."""
    same = run(scorable(0, 10), scorable(1, 12))
    found = compare(same, same)
    assert (found.differs, [(one.kind, one.why) for one in found.lines]) == ((), [("same", ())] * 2)


def test_a_result_that_is_held_says_so() -> None:
    """In the text, the values and the table, on its own line and no other."""
    one, other = scorable(0, 8), scorable(1, 7)
    stand = {("west", one.candidate, 1): "held"}
    found = compare(run(one, other), run(one, other, key=rekeyed(11, "A")), stand)
    lines = telling.text(found).splitlines()
    assert [("(held)" in line) for line in lines if one.candidate in line] == [True]
    assert not any("(held)" in line for line in lines if one.candidate not in line)
    results = telling.values(found)["results"]
    assert isinstance(results, list)
    assert [line["standing"] for line in results] == ["held", ""]
    rows = csv.DictReader(io.StringIO(telling.table(found)))
    assert [row["standing"] for row in rows] == ["held", ""]


def test_runs_of_different_forms_are_refused() -> None:
    """They are told apart by the form's digest, in a sentence."""
    with pytest.raises(ExamKioskError) as caught:
        compare(run(scorable(0, 1)), run(scorable(0, 1), form_digest=digest(b"another")))
    assert caught.value.code == "runs-not-comparable"


def test_text_values_and_table_say_the_same() -> None:
    """The text names who changed, the values and the table every result, with the same figures."""
    one, other = scorable(0, 8), scorable(1, 7)
    found = compare(run(one), run(one, other, key=rekeyed(11, "A")))
    text, values = telling.text(found), telling.values(found)
    assert "C-1001, attempt 1, sitting west: 600 (+67), passes now: key version 2: item i11 re-keyed" in text
    assert "0 as before, 1 changed, 1 new, 0 gone; 1 pass now who did not, 0 pass no more." in text
    rows = list(csv.DictReader(io.StringIO(telling.table(found))))
    results = values["results"]
    assert isinstance(results, list)
    assert [(row["candidate"], row["scaled_after"], row["difference"]) for row in rows] == [
        ("C-1001", "600", "67"),
        ("C-1002", "533", ""),
    ]
    assert [one["told"] for one in results] == ["600 (+67)", "533 (new)"]
