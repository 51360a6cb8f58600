"""What stays of results when the persons go: counts alone, from which classical figures can still be made.

Typed words are never counted one by one: they may name a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from exam_packages.interactions import ChosenOptions, ItemId
from keys.encoding import Digest, Document
from results.centre.facts import SessionFacts
from results.centre.runs import CandidateScore, ScoreRun
from results.scoring.scores import FULL, NOTHING, OMITTED, PARTIAL


class ItemCounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item: how many earned all, a part, nothing, or left it out; and how many chose each option.

    `options` is empty for an item that is no choice, or where the answers had gone before. `time` is the sum of the
    time on screen in ms, `changes` of the changes of an answer.
    """

    item: ItemId
    full: int
    partial: int
    nothing: int
    omitted: int
    options: tuple[tuple[str, int], ...]
    time: int
    changes: int


class KeptStatistics(Document, frozen=True, tag="kept-statistics/1"):
    """The counts of `persons` candidates of a run. `scaled` and `raw` are pairs of score and number.

    `counts` is the count table of right and wrong answers by total score (results/scoring/counts.py), which merges with
    those of other erasures under the same key.
    """

    run: str
    form: str
    form_digest: Digest
    key_version: int
    key_digest: Digest
    table_digest: Digest
    persons: int
    passed: int
    scaled: tuple[tuple[int, int], ...]
    raw: tuple[tuple[int, int], ...]
    items: tuple[ItemCounts, ...]
    counts: bytes


def statistics(
    run: ScoreRun, found: Sequence[CandidateScore], facts: Mapping[Digest, SessionFacts]
) -> KeptStatistics:
    """The statistics of these scores of a run; `facts` by record, of those whose answers are still there."""
    return KeptStatistics(
        run.run,
        run.form,
        run.form_digest,
        run.key_version,
        run.key_digest,
        run.table_digest or run.equating_digest,
        len(found),
        sum(one.score.passed for one in found),
        tuple(sorted(Counter(one.score.scaled for one in found).items())),
        tuple(sorted(Counter(one.score.raw for one in found).items())),
        tuple(_item(place, item, found, facts) for place, item in enumerate(run.items)),
        _table(run, found),
    )


def _item(
    place: int, item: ItemId, found: Sequence[CandidateScore], facts: Mapping[Digest, SessionFacts]
) -> ItemCounts:
    marks = Counter(one.score.marks[place] for one in found)
    options: Counter[str] = Counter()
    time = changes = 0
    for one in found:
        told = facts.get(one.record)
        for fact in told.items if told else ():
            if fact.item == item:
                time, changes = time + fact.time, changes + fact.changes
                if isinstance(fact.response, ChosenOptions):
                    options.update(fact.response.options)
    return ItemCounts(
        item,
        marks[FULL],
        marks[PARTIAL],
        marks[NOTHING],
        marks[OMITTED],
        tuple(sorted(options.items())),
        time,
        changes,
    )


def _table(run: ScoreRun, found: Sequence[CandidateScore]) -> bytes:
    import numpy as np

    from results.scoring.counts import count, to_bytes
    from results.scoring.matrix import from_scores

    value = {FULL: 1, OMITTED: -1}
    rows = [[value.get(mark, 0) for mark in one.score.marks] for one in found]
    scores = np.array(rows, dtype=np.int8).reshape(len(found), len(run.items))
    return to_bytes(count(from_scores([""] * len(found), run.items, scores)))
