"""What came when from where, counted by import, by site and by problem. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from keys.clock import utc
from results.centre.pages.frame import moment
from results.centre.pages.gathering import File, Seen
from results.centre.pages.held import HeldFile
from results.centre.tables import State

NO_SITE = "no known site"


@dataclass(frozen=True, slots=True)
class Counts:
    """Files of one import or site: `bundles` of which `bundles_held`, records by where they stand; times in UTC."""

    name: str
    bundles: int
    bundles_held: int
    records: int
    admitted: int
    repeats: int
    held: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Came:
    """A file that came: a bundle with its records counted by where they stand, or a record that came loose."""

    sitting: str
    kind: str
    source: str
    at: str
    made: str
    state: str
    reason: str
    admitted: int
    repeats: int
    held: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason for which files are held, with how many and the site of each; `example` says it of one of them."""

    code: str
    files: int
    rejected: int
    example: str
    sites: str


def by_import(seen: Seen) -> tuple[Counts, ...]:
    """The imports, the newest first: what was entered at one moment is one."""
    times = sorted({one.imported_at for one in (*seen.bundles, *seen.records)}, reverse=True)
    return tuple(
        _counts(
            utc(at, seconds=True).removesuffix(" UTC"),
            [one for one in seen.bundles if one.imported_at == at],
            [one for one in seen.records if one.imported_at == at],
        )
        for at in times
    )


def by_site(seen: Seen) -> tuple[Counts, ...]:
    """The sites with something here, by name."""
    bundles, records = _parted(seen, seen.bundles), _parted(seen, seen.records)
    return tuple(
        _counts(name, bundles.get(name, []), records.get(name, []))
        for name in sorted({*bundles, *records}, key=lambda name: (name == NO_SITE, name))
    )


def all_of(seen: Seen) -> Counts:
    """Everything together."""
    return _counts("", seen.bundles, seen.records)


def came(seen: Seen, site: str) -> tuple[Came, ...]:
    """Every file of a site, in the order in which they came."""
    counted: dict[str, Counter[str]] = {}
    for one in seen.records:
        counted.setdefault(one.bundle, Counter())[one.state] += one.count
    bundles = [
        _came(one, "bundle", one.made_at, counted.get(one.bundle, Counter()))
        for one in _parted(seen, seen.bundles).get(site, [])
    ]
    loose = [
        _came(one, "record", 0, Counter({one.state: one.count}))
        for one in _parted(seen, seen.records).get(site, [])
        if not one.bundle
    ]
    return tuple(sorted((*bundles, *loose), key=lambda one: (one.at, one.sitting, one.source)))


def problems(seen: Seen) -> tuple[Problem, ...]:
    """The reasons for which files are held, the most frequent first."""
    found: dict[str, list[HeldFile]] = {}
    for one in seen.held:
        if one.state == State.QUARANTINED.value:
            found.setdefault(
                one.decisions[-1].held_for if not one.waits and one.decisions else one.reason, []
            ).append(one)
    return tuple(
        Problem(
            code,
            len(files),
            sum(not one.waits for one in files),
            next((one.sentence for one in files if one.waits), files[0].sentence),
            ", ".join(sorted({seen.sites.get(one.sitting, NO_SITE) for one in files})),
        )
        for code, files in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )


def _parted(seen: Seen, files: Iterable[File]) -> dict[str, list[File]]:
    found: dict[str, list[File]] = {}
    for one in files:
        found.setdefault(seen.sites.get(one.sitting, NO_SITE), []).append(one)
    return found


def _counts(name: str, bundles: Iterable[File], records: Iterable[File]) -> Counts:
    bundles, records = list(bundles), list(records)
    states: Counter[str] = Counter()
    for one in records:
        states[one.state] += one.count
    times = [one.imported_at for one in (*bundles, *records)]
    return Counts(
        name,
        len(bundles),
        sum(one.state == State.QUARANTINED.value for one in bundles),
        states.total(),
        states[State.ADMITTED.value],
        states[State.REPEAT.value],
        states[State.QUARANTINED.value],
        moment(min(times)) if times else "",
        moment(max(times)) if times else "",
    )


def _came(one: File, kind: str, made: int, states: Counter[str]) -> Came:
    return Came(
        one.sitting,
        kind,
        one.source,
        moment(one.imported_at),
        moment(made),
        one.state,
        one.reason,
        states[State.ADMITTED.value],
        states[State.REPEAT.value],
        states[State.QUARANTINED.value],
    )
