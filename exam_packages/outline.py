"""The outline of a test: its parts and sections as programme.toml lists them, and which items go into which section.

Rules.
1. Without any [[part]] and [[section]] a test has one part with one section, and every item is in it.
2. A section takes items by id, by task code or by area. An item goes where it is named most closely: by its id before
   its task, by its task before its area. One section may take nothing by name: the rest goes there.
3. Every item has one section, and every section an item.
4. A section in listed order has the items that it names by id first, as they are named, then the rest as the bank has
   them. Otherwise they are mixed once, the same for every candidate; those with one stimulus then stay together.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from exam_packages.blueprint import Blueprint
from exam_packages.complaint import Complaint, Toml
from exam_packages.form import Break, BreakClock, NavigationMode, SubmissionMode
from exam_packages.interactions import ItemId
from exam_packages.place import Place
from exam_packages.programme import ID, MAX_MINUTES, MINUTE

MAX_BREAK = 240


class SectionOrder(enum.StrEnum):
    """How a section's items are put in order when the form is made."""

    MIXED = "mixed"
    LISTED = "listed"


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the tables as an author writes them."""


class BreakEntry(_Entry, frozen=True):
    """`break_after` of a part: whole minutes, and what the clock of the test does meanwhile."""

    minutes: int
    clock: BreakClock = BreakClock.STOPS


class PartEntry(_Entry, frozen=True):
    """A [[part]]. Minutes are whole; 0 means no limit of its own."""

    id: str
    title: str
    navigation: NavigationMode = NavigationMode.NONLINEAR
    submission: SubmissionMode = SubmissionMode.SIMULTANEOUS
    minutes: int = 0
    break_after: BreakEntry | None = None


class SectionEntry(_Entry, frozen=True):
    """A [[section]] of a part; `shuffle` orders its items anew for each candidate."""

    id: str
    part: str
    title: str = ""
    minutes: int = 0
    order: SectionOrder = SectionOrder.MIXED
    shuffle: bool = False
    items: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()


class SectionPlan(_Entry, frozen=True):
    """A section and the line where it stands."""

    entry: SectionEntry
    place: Place


class PartPlan(_Entry, frozen=True):
    """A part with its sections, and the line where it stands."""

    entry: PartEntry
    sections: tuple[SectionPlan, ...]
    place: Place

    @property
    def pause(self) -> Break | None:
        """The break that is due after this part, in ms."""
        due = self.entry.break_after
        return Break(due.minutes * MINUTE, due.clock) if due else None


class Coded(Protocol):
    """What an outline asks of an item."""

    @property
    def id(self) -> ItemId:
        """The item's id."""

    @property
    def task(self) -> str:
        """The code of its task."""


def read_outline(toml: Toml, minutes: int) -> tuple[PartPlan, ...]:
    """The parts and sections of a TOML text, for a test of `minutes`; complaints go to `toml`."""
    before = len(toml.complaints)
    parts, sections = toml.read_each(PartEntry, "part"), toml.read_each(SectionEntry, "section")
    if len(toml.complaints) > before:
        return ()
    _check_names(toml, parts, sections)
    _check_times(toml, parts, sections, minutes)
    plans = [
        SectionPlan(entry, Place(toml.file, toml.line("", "section", at)))
        for at, entry in enumerate(sections)
    ]
    return tuple(
        PartPlan(
            part,
            tuple(one for one in plans if one.entry.part == part.id),
            Place(toml.file, toml.line("", "part", at)),
        )
        for at, part in enumerate(parts)
    )


def _check_names(toml: Toml, parts: Sequence[PartEntry], sections: Sequence[SectionEntry]) -> None:
    names = [part.id for part in parts]
    listed: tuple[tuple[str, list[str]], ...] = (
        ("part", names),
        ("section", [section.id for section in sections]),
    )
    for table, ids in listed:
        for at, name in enumerate(ids):
            if not ID.fullmatch(name):
                told = f"The id of a {table} is lower-case letters, digits and dashes, at most 40."
                toml.complain(toml.line("id", table, at), told)
            if name in ids[:at]:
                toml.complain(toml.line("id", table, at), f"The {table} “{name}” stands twice.")
    for at, section in enumerate(sections):
        if section.part not in names:
            told = f"Section “{section.id}” is in part “{section.part}”, which is not listed."
            toml.complain(toml.line("part", "section", at), told)
    for at, name in enumerate(names):
        if all(section.part != name for section in sections):
            toml.complain(toml.line("", "part", at), f"Part “{name}” has no section.")
    rest = [at for at, one in enumerate(sections) if not (one.items or one.tasks or one.areas)]
    for at in rest[1:]:
        told = f"Section “{sections[rest[0]].id}” takes the rest already; say which items “{sections[at].id}” takes."
        toml.complain(toml.line("", "section", at), told)


def _check_times(
    toml: Toml, parts: Sequence[PartEntry], sections: Sequence[SectionEntry], minutes: int
) -> None:
    whole = {part.id: part.minutes or minutes for part in parts}
    tables: tuple[tuple[str, list[tuple[str, int, int]]], ...] = (
        ("part", [(f"Part “{one.id}”", one.minutes, minutes) for one in parts]),
        (
            "section",
            [(f"Section “{one.id}”", one.minutes, whole.get(one.part, MAX_MINUTES)) for one in sections],
        ),
    )
    for table, rows in tables:
        for at, (name, asked, most) in enumerate(rows):
            if not 0 <= asked <= most:
                inside = "its part" if table == "section" else "the test"
                told = f"{name} has {asked} minutes; {inside} has {most}, and 0 is no limit of its own."
                toml.complain(toml.line("minutes", table, at), told)
    for at, part in enumerate(parts):
        if part.break_after and not 1 <= part.break_after.minutes <= MAX_BREAK:
            toml.complain(
                toml.line("break_after", "part", at), f"A break is from 1 to {MAX_BREAK} minutes long."
            )
    if parts and parts[-1].break_after:
        toml.complain(
            toml.line("break_after", "part", len(parts) - 1),
            "Nothing comes after the last part, so no break is due there.",
        )


def allotted(
    outline: Sequence[PartPlan], items: Sequence[Coded], blueprint: Blueprint
) -> dict[str, tuple[ItemId, ...]]:
    """The items of each section by its id, in listed order: those that it names by id, then the rest as given."""
    sections = [section.entry for part in outline for section in part.sections]
    taken: dict[str, list[ItemId]] = {section.id: [] for section in sections}
    for item in items:
        if section := _home(sections, item, blueprint):
            taken[section.id].append(item.id)
    for section in sections:
        named = [name for name in map(ItemId, section.items) if name in taken[section.id]]
        taken[section.id] = [*named, *(name for name in taken[section.id] if name not in named)]
    return {name: tuple(found) for name, found in taken.items()}


def outline_faults(
    outline: Sequence[PartPlan], items: Sequence[Coded], blueprint: Blueprint
) -> Iterator[Complaint]:
    """Why these sections do not share out these items: rule 3, names that are not there, claims that collide."""
    sections = [section for part in outline for section in part.sections]
    entries = [section.entry for section in sections]
    known = {
        "item": {str(item.id) for item in items},
        "task": {task.code for task in blueprint.tasks},
        "area": {str(area.code) for area in blueprint.areas},
    }
    claimed: dict[tuple[str, str], str] = {}
    for section in sections:
        for kind, names in _claims(section.entry):
            for name in names:
                before = claimed.setdefault((kind, name), section.entry.id)
                if name not in known[kind]:
                    yield _at(section, f"names the {kind} {name}, which is not there.")
                elif before != section.entry.id:
                    yield _at(section, f"names the {kind} {name}, and so does section “{before}”.")
    homes = [_home(entries, item, blueprint) for item in items]
    for section in sections:
        if section.entry not in homes:
            yield _at(section, "has no item.")
    lost = [item.id for item, home in zip(items, homes, strict=True) if home is None]
    if outline and lost:
        place = outline[0].place
        told = f"No section takes item {lost[0]}" + (f" and {len(lost) - 1} more." if lost[1:] else ".")
        yield Complaint(place.file, place.line, told)


def _at(section: SectionPlan, told: str) -> Complaint:
    return Complaint(section.place.file, section.place.line, f"Section “{section.entry.id}” {told}")


def _claims(section: SectionEntry) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "item", section.items
    yield "task", section.tasks
    yield "area", tuple(map(str, section.areas))


def _home(sections: Sequence[SectionEntry], item: Coded, blueprint: Blueprint) -> SectionEntry | None:
    """The section of an item: rule 2."""
    area = blueprint.area_of(item.task)
    by_name = (
        *(one for one in sections if item.id in one.items),
        *(one for one in sections if item.task in one.tasks),
        *(one for one in sections if area and area.code in one.areas),
        *(one for one in sections if not (one.items or one.tasks or one.areas)),
    )
    return by_name[0] if by_name else None
