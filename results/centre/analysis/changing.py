"""Changed answers, from the journals themselves: of each item, what the first answers were worth and what the last.

Rules.
1. Only records whose facts say that an answer changed are opened.
2. What a candidate who was moved answered before is in the journal that came along; a record that was joined, because
   nothing came along, comes first.
3. Items that people mark are not judged: their first text was never marked. Nor is an item with full credit.
4. An answer that was taken back is no answer. The first answer is the first that was not empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from exam_packages.interactions import ExtendedTextInteraction, ItemId, Response, is_empty
from exam_packages.response_processing import earned, worth
from exam_packages.scoring_key import AdjustmentKind
from keys.encoding import Digest
from results.centre.books import Books
from results.centre.inputs import Inputs
from results.centre.office import Centre
from results.centre.runs import CandidateScore
from results.scoring.figures import ChangeFigures
from results.scoring.speed import changes
from results.wire import carried
from results.wire import events as e
from results.wire.bundle import open_record, read_record
from results.wire.journal import SessionEntry, lines, read


def changed(
    centre: Centre, books: Books, inputs: Inputs, taken: Iterable[CandidateScore]
) -> tuple[ChangeFigures, ...]:
    """The figures of every item whose answer somebody changed, in the form's order, from these candidates' records."""
    keys = {one.item: one for one in inputs.ruler.key.keys}
    judged = {
        item: interaction
        for item, interaction in inputs.ruler.interactions.items()
        if not isinstance(interaction, ExtendedTextInteraction)
        and keys[item].adjusted is not AdjustmentKind.FULL_CREDIT
    }
    first: dict[ItemId, list[bool]] = {item: [] for item in judged}
    last: dict[ItemId, list[bool]] = {item: [] for item in judged}
    for one in taken:
        journal = [
            entry
            for record in (one.joined, one.record)
            if record
            for entry in _entries(centre, books, one, record)
        ]
        for item, given in _answers(journal).items():
            if item in judged and any(response != given[0] for response in given):
                most = worth(judged[item], keys[item])
                first[item].append(earned(judged[item], keys[item], given[0]) == most)
                last[item].append(earned(judged[item], keys[item], given[-1]) == most)
    return tuple(changes(str(item), first[item], last[item]) for item in judged if first[item])


def _answers(journal: Sequence[SessionEntry]) -> dict[ItemId, list[Response]]:
    """Every answer to each item that was not empty, in order, up to the end of the session."""
    found: dict[ItemId, list[Response]] = {}
    for event in _events(journal):
        if isinstance(event, e.TERMINAL):
            break
        if isinstance(event, e.ResponseRecorded) and not is_empty(event.response):
            found.setdefault(event.item, []).append(event.response)
    return found


def _events(journal: Sequence[SessionEntry]) -> Iterator[e.SessionEvent]:
    for entry in journal:
        yield entry.event
        if isinstance(entry.event, e.SessionCarried):
            yield from _events(carried.entries(entry.event))


def _entries(centre: Centre, books: Books, one: CandidateScore, record: Digest) -> tuple[SessionEntry, ...]:
    known = centre.plan(one.sitting)
    if known is None:
        return ()
    sealed = read_record(books.file_of(record), known.kiosk_ring)
    return read(lines(open_record(sealed, centre.recipient)), SessionEntry)[0]
