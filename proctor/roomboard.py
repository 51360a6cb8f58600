"""The room as the desk knows it: one row a candidate, who is where, and what is done here or came back. Pure. Rules.

1. There is no network: what was done here is the desk's own word, and only a record on a carrier says what a kiosk did.
2. Every candidate of the roster is in exactly one `Place`, so that the counts of the places make up the authorised.
3. Who has a slip is still waited for: seated is who was compared with a document and has a code.
4. A code counts as redeemed when a record that came back cannot be there without it.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exam_packages.sitting_plan import RosterEntry
from keys.codes import Verb
from keys.encoding import Instant, grouped
from keys.text import sanitise
from proctor.state import State
from results.wire.acts import is_two_person
from results.wire.closing import FinalState
from results.wire.sitting_events import RecordCollected

LONGEST_NAME = 60
MINUTE = 60_000
DAY = 24 * 60


class Place(enum.StrEnum):
    """Where a candidate stands."""

    WAITING = "waiting"
    SEATED = "seated"
    DONE = "done"
    CONFLICT = "conflict"


class Show(enum.StrEnum):
    """Which rows are shown."""

    ALL = "all"
    WAITING = "waiting"
    SEATED = "seated"
    DONE = "done"
    TROUBLE = "trouble"


class Order(enum.StrEnum):
    """How rows are sorted."""

    NUMBER = "number"
    NAME = "name"
    SEAT = "seat"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate: `seat` by name, `minutes` as planned and changed (None where the limit is not known here), codes
    `issued` here and `redeemed` by what came back, `back` the outcome of the record, the checkpoint `heard` last.

    `state` is the last thing done here. `here` and `came` say in words what was done at the desk, and what came back
    on a carrier.
    """

    candidate: str
    name: str
    seat: str
    place: Place
    state: str
    minutes: int | None
    issued: int
    redeemed: int
    back: str
    incidents: int
    heard: str
    trouble: tuple[str, ...]
    here: str
    came: str


def rows(state: State, limit: int) -> tuple[Row, ...]:
    """One row a candidate in the order of the roster. `limit` is the form's, in ms, or 0 where it is not known."""
    unsettled = {one.candidate for one in state.reconciliation().unsettled}
    return tuple(_row(state, entry, limit, entry.candidate in unsettled) for entry in state.plan.roster)


def row_of(state: State, candidate: str, limit: int) -> Row:
    """The row of one candidate. Raises `NotInPlanError`."""
    state.entry(candidate)
    return next(row for row in rows(state, limit) if row.candidate == candidate)


def pick(all_rows: Iterable[Row], show: Show, search: str, order: Order) -> tuple[Row, ...]:
    """The rows of a filter and a search in number, name or seat, sorted; equals stay in the order of the roster."""
    wanted = search.casefold().strip()
    kept = (
        row
        for row in all_rows
        if _shown(row, show)
        and (not wanted or any(wanted in text.casefold() for text in (row.candidate, row.name, row.seat)))
    )
    keys = {
        Order.NUMBER: lambda row: row.candidate,
        Order.NAME: lambda row: row.name.casefold(),
        Order.SEAT: lambda row: (not row.seat, row.seat),
        Order.STATE: lambda row: (tuple(Place).index(row.place), row.state),
    }
    return tuple(sorted(kept, key=keys[order]))


def counts(all_rows: Iterable[Row]) -> Mapping[Place, int]:
    """How many are in each place; every place is there."""
    found = Counter(row.place for row in all_rows)
    return {place: found[place] for place in Place}


def counts_words(all_rows: tuple[Row, ...]) -> str:
    """The sum that must hold: authorised = waiting + seated + done (+ conflict)."""
    found = counts(all_rows)
    parts = [f"{found[place]} {place}" for place in Place if place is not Place.CONFLICT or found[place]]
    return f"{len(all_rows)} authorised = {' + '.join(parts)}"


def planned_minutes(entry: RosterEntry, limit: int) -> int:
    """The limit of a candidate with what the plan grants, in minutes; `limit` of the form in ms."""
    granted = entry.accommodations
    return (limit + limit * granted.extra_percent // 100) // MINUTE + granted.extra_minutes


def changed_minutes(state: State, candidate: str) -> int:
    """The minutes that codes issued here added and took, redeemed or not."""
    total = 0
    for one in state.actions_of(candidate):
        verb = one.event.verb
        if Verb.ADD < verb < Verb.TAKE or is_two_person(verb):
            total += verb % 256
        elif Verb.TAKE < verb < Verb.ADD_TWO_PERSON:
            total -= verb % 256
    return total


def clock_words(at: Instant) -> str:
    """The hour and minute of an instant in UTC, as "09:05"."""
    minutes = at // MINUTE % DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _shown(row: Row, show: Show) -> bool:
    if show is Show.ALL:
        return True
    return bool(row.trouble) if show is Show.TROUBLE else row.place == Place(show.value)


def _row(state: State, entry: RosterEntry, limit: int, unsettled: bool) -> Row:
    candidate = entry.candidate
    records = state.records_of(candidate)
    counting = state.counts(candidate)
    conflict = unsettled and len(records) > 1
    seat = state.seat(entry)
    if conflict:
        place = Place.CONFLICT
    elif not unsettled:
        place = Place.DONE
    else:
        place = Place.SEATED if _seated(state, candidate) else Place.WAITING
    changed = changed_minutes(state, candidate)
    heard = state.checkpoint(seat) if seat else None
    admitted = bool(state.seats.get(candidate))
    resumes = state.resumes.get(seat, 0) if admitted else 0
    moves = sum(one.event.candidate == candidate for one in state.moves)
    issued = admitted + resumes + len(state.actions_of(candidate)) + moves
    incidents = len(state.incidents_of(candidate))
    return Row(
        candidate=candidate,
        name=sanitise(entry.name, limit=LONGEST_NAME),
        seat=state.kiosk_name(seat) if seat else "",
        place=place,
        state=_state(state, candidate),
        minutes=planned_minutes(entry, limit) + changed if limit else None,
        issued=issued,
        redeemed=sum(_redeemed(one) for one in records),
        back=counting.outcome if counting else ", ".join(one.outcome for one in records),
        incidents=incidents,
        heard=heard.event.checkpoint if heard else "",
        trouble=_trouble(state, entry, conflict, resumes, incidents),
        here=_here(state, entry, changed, resumes),
        came=_came(state, records),
    )


def _state(state: State, candidate: str) -> str:
    """The last thing that this desk did for a candidate, in a word or two."""
    word = state.absences.get(candidate)
    if word is not None:
        return word.value
    if _seated(state, candidate):
        return "moved" if state.moved(candidate) else "admitted"
    if candidate in state.checks:
        return "at the door"
    return "slip made" if state.seats.get(candidate) else "waiting"


def _seated(state: State, candidate: str) -> bool:
    """Whether somebody was let in: a seat alone may be a slip that was printed before anybody came."""
    return bool(state.seats.get(candidate)) and (
        candidate in state.checks or state.moved(candidate) is not None
    )


def _redeemed(record: RecordCollected) -> int:
    """The codes without which this record would not be: one to sign in, and one where a proctor ended or voided it."""
    ended = record.outcome in {FinalState.ENDED_BY_PROCTOR, FinalState.VOIDED}
    return bool(record.candidate) + ended


def _trouble(
    state: State, entry: RosterEntry, conflict: bool, resumes: int, incidents: int
) -> tuple[str, ...]:
    checked = state.identity(entry.candidate)
    reasons = (
        (conflict, "two records"),
        (bool(resumes), "was stopped"),
        (state.moved(entry.candidate) is not None, "was moved"),
        (checked is not None and not checked.last.name_matches, "names differ"),
        (bool(incidents), "incident"),
    )
    return tuple(words for holds, words in reasons if holds)


def _here(state: State, entry: RosterEntry, changed: int, resumes: int) -> str:
    """What was done at the desk for a candidate."""
    candidate, said = entry.candidate, []
    checked = state.identity(candidate)
    if checked is not None:
        said.append(f"identity checked {clock_words(checked.came)}")
    if state.seats.get(candidate):
        said.append(f"admission code shown for {state.kiosk_name(state.seats[candidate])}")
    if resumes:
        said.append(f"resume code {resumes}")
    if changed:
        said.append(f"{changed:+} min")
    verbs = {one.event.verb for one in state.actions_of(candidate)}
    words = ((Verb.BREAK_OVER, "break over"), (Verb.END, "end code"), (Verb.VOID, "void code"))
    said += [word for verb, word in words if verb in verbs]
    moved = state.moved(candidate)
    if moved is not None:
        said.append(f"moved from {state.kiosk_name(moved.event.source)}")
    word = state.absences.get(candidate)
    if word is not None:
        said.append(f"declared {word}")
    heard = state.checkpoint(state.seat(entry)) if state.seat(entry) else None
    if heard is not None:
        said.append(f"heard {grouped(heard.event.checkpoint)} at {clock_words(heard.at)}")
    return ", ".join(said) or "nothing yet"


def _came(state: State, records: tuple[RecordCollected, ...]) -> str:
    """What came back on a carrier of a candidate."""
    return ", ".join(f"{one.outcome} from {state.kiosk_name(one.kiosk)}" for one in records) or "nothing yet"
