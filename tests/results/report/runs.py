"""Score runs without a ledger, for the tests of reports: so many items right, one candidate each."""

from __future__ import annotations

from collections.abc import Sequence

from exam_packages import form as f
from exam_packages.interactions import ChosenOptions, ItemId, OptionId
from keys.encoding import Digest, Instant, digest
from results.centre.facts import ItemFact, SessionFacts
from results.centre.inputs import Inputs
from results.centre.runs import Scorable, ScoreRun, make_run
from results.scoring.scores import ruler
from tests.results import builders as b


def facts_of(responses: dict[str, str]) -> SessionFacts:
    """The facts of a session with these answers; an empty one was taken back."""
    items = tuple(
        ItemFact(ItemId(item), ChosenOptions((OptionId(option),)) if option else None, 1_500, 1, 0, False, "")
        for item, option in responses.items()
    )
    return SessionFacts(
        opened_at=b.START,
        started_at=Instant(b.START + 60_000),
        ended_at=Instant(b.START + b.HOUR),
        limit=b.LIMIT,
        elapsed=b.HOUR,
        resumes=0,
        lost=0,
        credited=0,
        clock_jumps=(),
        not_locked=(),
        software="0.1.0",
        unlock="unlock-1",
        final_head=Digest(""),
        final_count=1,
        items=items,
        acts=(),
        notes=(),
        moved_from="",
    )


def run_of(right: Sequence[int], *, items: int, attempts: Sequence[int] = ()) -> ScoreRun:
    """A run over candidates with so many items right, in one sitting, of these attempts or the first."""
    w = b.world(1, items)
    front = f.Front(w.form.form, "cetl", "Practice <Exam>", "For practice", "en", (), "", items, b.LIMIT)
    by = ruler(w.form, w.key.form_digest, w.key, w.table)
    inputs = Inputs(by, front, w.key.form_digest, digest(b"key"), digest(b"table"))
    found = [
        Scorable(
            digest(f"record {n}".encode()),
            w.plan.sitting,
            "live",
            b.candidate(n),
            attempts[n] if attempts else 1,
            f"{n:032x}",
            "completed",
            facts_of(b.right(w, count)),
        )
        for n, count in enumerate(right)
    ]
    return make_run(inputs, found, "0.1.0")
