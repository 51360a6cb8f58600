"""Everything about one held file but its answers: whence it is, why it is held, what contradicts it, who decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from keys.clock import utc
from keys.text import sanitise
from results.centre.books import Books, filed
from results.centre.deciding import Word
from results.centre.judging.verdicts import Claimed, Kind
from results.centre.quarantine.acting import CannotAdmitError, Desk, believed, named
from results.centre.quarantine.books import Decision, history
from results.centre.settling import Filed
from results.centre.shelf import Shelf
from results.centre.tables import State
from results.wire.closing import ClosingLine

_SAID = ("sitting", "mode", "kiosk", "session", "candidate", "attempt", "outcome", "head", "entries")


@dataclass(frozen=True, slots=True)
class Other:
    """Another record of the session or the candidate, where it stands, and how it stands to the one that is told."""

    digest: str
    source: str
    state: str
    reason: str
    stands: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A file: what it says of itself, why it is where it is, and whether a person could admit it (`can_admit`).

    `said` are facts of a file whose signature held; `claimed` is what the header of any other says, which nothing
    proves. `page` is what the closing page says.
    """

    kind: str
    digest: str
    source: str
    size: int
    state: str
    reason: str
    sentence: str
    imported_at: str
    said: dict[str, object]
    claimed: dict[str, str | int]
    page: str
    others: tuple[Other, ...]
    decisions: tuple[Decision, ...]
    can_admit: bool
    why_not: str


def show(desk: Desk, digest: str) -> Shown:
    """A file by the beginning of its digest. Raises `HeldUnknownError`."""
    with desk.ledger.reading() as books:
        kind, row = named(books, digest)
        decisions = tuple(history(books, row.digest))
        is_sound = kind == "record" and row.facts is not None
        others, page = beside(books, row) if is_sound else ((), "")
    can_admit, why_not = _can_admit(desk, kind, row)
    said = {name: getattr(row, name) for name in _SAID if getattr(row, name, "") not in {"", 0}}
    size = len(row.file or b"")
    claimed = {} if said else _claims(desk, bytes(row.file or b""))
    return Shown(
        kind,
        row.digest,
        row.source,
        size,
        row.state,
        row.reason,
        row.sentence,
        utc(row.imported_at),
        said,
        claimed,
        page,
        others,
        decisions,
        can_admit,
        why_not,
    )


def _claims(desk: Desk, raw: bytes) -> dict[str, str | int]:
    """What the header of a file claims."""
    if not raw:
        return {}
    found = desk.judges.verdict(desk.judges.submit(Kind.CLAIM, raw))
    if not isinstance(found, Claimed):
        return {}
    return {
        name: sanitise(one, limit=100) if isinstance(one, str) else one for name, one in found.said.items()
    }


def _can_admit(desk: Desk, kind: str, row: sa.Row[Any]) -> tuple[bool, str]:
    if row.state != State.QUARANTINED.value:
        return False, "it is not in quarantine."
    if kind == "record" and row.facts is None:
        try:
            believed(desk.judges, row)
        except CannotAdmitError as error:
            return False, str(error.values["why"])
    return True, ""


def beside(books: Books, row: sa.Row[Any]) -> tuple[tuple[Other, ...], str]:
    """Every other record of a sound one's session or candidate, and what the closing page says of the candidate."""
    related = books.related({(row.kiosk, row.session)}, {(row.sitting, row.candidate)})
    mine = next(filed(one) for one in related if one.digest == row.digest)
    sources = books.standing(row_table(), [one.digest for one in related])
    others = tuple(
        Other(one.digest, sources[one.digest].source, one.state, one.reason, _stands(mine, filed(one)))
        for one in sorted(related, key=lambda one: one.digest)
        if one.digest != row.digest
    )
    lines = Shelf(books).lines({(row.sitting, row.candidate)})
    seat = (row.sitting, row.candidate)
    return others, _page(mine, lines.get(seat)) if seat in lines else "no closing page is here"


def row_table() -> sa.Table:
    """The table of records."""
    from results.centre.tables import records

    return records


def _page(mine: Filed, line: ClosingLine | None) -> str:
    if line is None:
        return "the closing pages contradict each other about this candidate"
    if (line.kiosk, line.session) == mine.source:
        which = "of this journal" if line.head in mine.heads else "of another journal than this one"
        return f"{line.state.value}, with this session, {line.count} entries {which}"
    return (
        f"{line.state.value}, with another session"
        if line.session
        else f"{line.state.value}, without a record"
    )


def _stands(mine: Filed, other: Filed) -> str:
    """How another record stands to this one, in words."""
    if other.source != mine.source:
        same = (other.seat, other.attempt) == (mine.seat, mine.attempt)
        return "another session of the same attempt" if same else "another candidate's"
    if len(other.heads) == len(mine.heads) and other.heads.begin_with(mine.heads):
        return "the same journal, sealed again"
    if mine.begins_with(other):
        return f"a beginning of this one, {len(mine.heads) - len(other.heads)} entries shorter"
    if other.begins_with(mine):
        return f"goes on from this one, {len(other.heads) - len(mine.heads)} entries longer"
    pairs = zip(mine.heads, other.heads, strict=False)
    parted = next(at for at, (one, two) in enumerate(pairs) if one != two)
    return f"contradicts this one from entry {parted} on"


def decision_values(one: Decision) -> dict[str, object]:
    """A decision for a program."""
    return {
        "decision": one.word.value,
        "reason": one.reason,
        "by": one.by,
        "at": utc(one.at),
        "held_for": one.held_for,
    }


def decision_text(one: Decision) -> str:
    """A decision for a person."""
    word = "admitted" if one.word is Word.ADMIT else "rejected"
    return f"{word} by {one.by} at {utc(one.at)}: {one.reason}"


def shown_values(one: Shown) -> dict[str, object]:
    """A file for a program."""
    return {
        "kind": one.kind,
        "digest": one.digest,
        "source": one.source,
        "bytes": one.size,
        "state": one.state,
        "code": one.reason,
        "what": one.sentence,
        "imported_at": one.imported_at,
        "said": one.said,
        "claimed": one.claimed,
        "closing_page": one.page,
        "others": [
            {
                "digest": other.digest,
                "source": other.source,
                "state": other.state,
                "code": other.reason,
                "stands": other.stands,
            }
            for other in one.others
        ],
        "decisions": [decision_values(each) for each in one.decisions],
        "can_admit": one.can_admit,
        "why_not": one.why_not,
    }


def shown_text(one: Shown) -> str:
    """A file for a person."""
    why = f" [{one.reason}] {one.sentence}" if one.reason else ""
    lines = [
        f"{one.kind} {one.source}, {one.size} bytes, imported at {one.imported_at}",
        f"  digest {one.digest}",
        f"  {one.state}:{why}" if why else f"  {one.state}",
        *(f"  {name} {sanitise(str(value), limit=100)}" for name, value in one.said.items()),
    ]
    lines += [f"  claims, not verified: {name} {value}" for name, value in one.claimed.items()]
    lines += [f"  closing page: {one.page}"] if one.page else []
    lines += [
        f"  beside it {other.source} ({other.digest[:16]}, {other.state}): {other.stands}"
        for other in one.others
    ]
    lines += [f"  {decision_text(each)}" for each in one.decisions]
    lines.append("  A person can admit it." if one.can_admit else f"  It cannot be admitted: {one.why_not}")
    return "\n".join(lines)
