"""A reconciliation as JSON values and as text, by site."""

from __future__ import annotations

import dataclasses

from keys.clock import utc
from keys.text import counted
from results.centre.reconciling.settlements import NOTHING_OF_IT
from results.centre.reconciling.values import (
    EXPECTED,
    Happening,
    Incident,
    Reconciliation,
    Seat,
    SittingState,
)


def to_json(found: Reconciliation) -> dict[str, object]:
    """Everything, with times in UTC; `open` counts what a person has to look at."""
    return {
        "at": utc(found.at),
        "open": found.open,
        "missing_sites": list(found.missing_sites),
        "silent_sites": list(found.silent_sites),
        "unknown_sittings": list(found.unknown),
        "strays": list(found.strays),
        "sites": [
            {"site": site, "sittings": [_sitting(one) for one in sittings]}
            for site, sittings in found.sites.items()
        ],
    }


def text(found: Reconciliation) -> str:
    """Site by site: the balance, then what is open, then what happened."""
    lines: list[str] = []
    for site, sittings in found.sites.items():
        lines.append(f"Site {site}")
        for one in sittings:
            lines += _lines(one)
    lines += [f"Sitting {one}: there are files of it, and no published plan." for one in found.unknown]
    lines += [f"In quarantine, of no known sitting: {one}" for one in found.strays]
    lines += [f"Nothing came from {', '.join(found.silent_sites)}."] if found.silent_sites else []
    lines += [f"Of {site} nothing came of {', '.join(missing)}." for site, missing in found.gaps.items()]
    authorised = sum(one.authorised for one in found.sittings)
    sittings_told = counted(len(found.sittings), "sitting")
    lines.append(f"{sittings_told}, {authorised} authorised; {_counted(found.open)} to look at.")
    return "\n".join(lines)


def _sitting(one: SittingState) -> dict[str, object]:
    plain = ("sitting", "room", "mode", "state", "authorised", "states", "balance", "open")
    lists = ("missing_kiosks", "missing_records", "codes", "findings")
    return {
        **{name: getattr(one, name) for name in plain},
        **{name: list(getattr(one, name)) for name in lists},
        "opens_at": utc(one.opens_at),
        "closes_at": utc(one.closes_at),
        "candidates": [dataclasses.asdict(seat) for seat in one.seats],
        "happenings": [{**dataclasses.asdict(told), "at": _time(told.at)} for told in one.happenings],
        "settled": [{**dataclasses.asdict(told), "at": utc(told.at)} for told in one.settled],
        "incidents": [{**dataclasses.asdict(told), "began": _time(told.began)} for told in one.incidents],
    }


def _lines(one: SittingState) -> list[str]:
    lines = [f"  Sitting {one.sitting} ({one.state}): {one.balance}"]
    if one.state == EXPECTED:
        lines.append(f"    expected after {utc(one.closes_at)}")
    lines += [f"    {NOTHING_OF_IT}"] if one.is_missing else []
    lines += [f"    missing kiosk: {name}" for name in one.missing_kiosks]
    lines += [f"    missing: {words}" for words in one.missing_records]
    lines += [f"    {words}" for words in one.findings]
    lines += [line for seat in one.seats for line in _seat(seat)]
    lines += [f"    codes: {words}" for words in one.codes]
    lines += [
        f"    settled by {told.by} at {utc(told.at)}: {told.words}: {told.reason}" for told in one.settled
    ]
    lines += [_happening(told) for told in one.happenings]
    lines += [_incident(told) for told in one.incidents]
    return lines


def _seat(seat: Seat) -> list[str]:
    return [f"    {seat.candidate} ({seat.state}): {words}" for words in seat.open]


def _happening(told: Happening) -> str:
    at = f"{_time(told.at)}  " if told.at else ""
    return f"    {told.kind}: {at}{told.candidate} at {told.kiosk}: {told.words}"


def _incident(told: Incident) -> str:
    whom = ", ".join(told.candidates) or "the room"
    return (
        f"    incident {told.number} ({told.category} {told.words}): {_time(told.began)}  {whom}: {told.text}"
    )


def _time(at: int) -> str:
    return utc(at) if at else ""


def _counted(count: int) -> str:
    return "nothing" if not count else counted(count, "thing")
