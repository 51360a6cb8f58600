"""Where a candidate may go: the form laid out in one candidate's order, and which moves its parts allow. Pure.

Rules (QTI 3.0 navigationMode, submissionMode, timeLimits).
1. Inside a nonlinear part any item may be shown, answered and flagged at any time.
2. Inside a linear part only the next item may be shown; an item that was left is closed.
3. From a part one goes on to the first item of the next part: from the last item of a linear part, from any item of a
   nonlinear one. A part that was left is closed.
4. Answers and strike-outs are given to the item on the screen. A flag may be set on any item that may still be shown.
5. A part or section with a time limit of its own is closed for good once it was left or its time is over. None of its
   items may be shown then.
6. Whoever is moved on because a time is over goes to the next item of the part that may be shown, else in a nonlinear
   part to an earlier one, else to the next part: nothing is closed by it that the candidate could still have used.
7. Where items are submitted one by one, an item that was left may be shown again, if rules 1 and 2 let it, but its
   answer stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType

from exam_packages import route
from exam_packages.form import (
    BreakClock,
    DeliveryForm,
    Exhibit,
    Instruments,
    Item,
    NavigationMode,
    Section,
    Stimulus,
    SubmissionMode,
    TestPart,
)
from exam_packages.interactions import ItemId, OptionId
from keys.errors import ExamKioskError
from results.wire.events import Scope
from terminal.language import _

Timed = tuple[Scope, str]
"""A part or section that has a time limit of its own, as the record names it."""


class MoveRefusedError(ExamKioskError):
    """A move that the part's navigation mode does not allow."""

    code = "move-refused"
    what = "That question cannot be shown now: {detail}."
    next_step = "Go on with the question on the screen."


class NoSuchItemError(ExamKioskError):
    """A place or item that the form does not have, or that is not on the screen."""

    code = "item-unknown"
    what = "That question is not the one on the screen."
    next_step = "Look at the question on the screen and try again."


@dataclass(frozen=True, slots=True)
class Place:
    """An item where one candidate meets it: its part, its section (counted over the whole form), and its option ids in
    the order shown.
    """

    part: int
    section: int
    order: tuple[OptionId, ...]
    item: Item = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """All places in order, where each item stands, and what else the form says of parts, texts, instruments, breaks."""

    places: tuple[Place, ...]
    parts: tuple[TestPart, ...] = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    index: Mapping[ItemId, int] = field(repr=False)
    stimuli: Mapping[str, Stimulus] = field(repr=False)
    exhibits: Mapping[str, Exhibit] = field(repr=False)
    instruments: Instruments
    breaks: int
    break_clock: BreakClock

    def find(self, item: ItemId) -> Place:
        """The place of an item. Raises `NoSuchItemError`."""
        if item not in self.index:
            raise NoSuchItemError
        return self.places[self.index[item]]

    def part(self, index: int) -> TestPart:
        """The part of a place."""
        return self.parts[self.places[index].part]

    def section(self, index: int) -> Section:
        """The section of a place."""
        return self.sections[self.places[index].section]

    def linear(self, index: int) -> bool:
        """Whether the part of a place only goes forward."""
        return self.part(index).navigation is NavigationMode.LINEAR

    def individual(self, index: int) -> bool:
        """Whether the part of a place submits item by item."""
        return self.part(index).submission is SubmissionMode.INDIVIDUAL

    def timed(self, index: int) -> Mapping[Timed, int]:
        """The part and the section of a place, where they have a limit, each with the form's limit in ms."""
        part, section = self.part(index), self.section(index)
        both = (((Scope.PART, part.id), part.time_limit), ((Scope.SECTION, section.id), section.time_limit))
        return {key: limit for key, limit in both if limit}


def lay_out(form: DeliveryForm, seed: str) -> Layout:
    """The form as the candidate of this seed meets it: the same after every restart."""
    items = {item.id: item for item in form.items}
    sections = [(number, section) for number, part in enumerate(form.parts) for section in part.sections]
    home = {
        ref.item: (part, number) for number, (part, section) in enumerate(sections) for ref in section.refs
    }
    places = tuple(
        Place(*home[wanted], route.options(seed, items[wanted]), items[wanted])
        for wanted in route.order(seed, form)
    )
    return Layout(
        places,
        form.parts,
        tuple(section for _number, section in sections),
        MappingProxyType({place.item.id: number for number, place in enumerate(places)}),
        MappingProxyType({stimulus.id: stimulus for stimulus in form.stimuli}),
        MappingProxyType({exhibit.id: exhibit for exhibit in form.exhibits}),
        form.instruments,
        form.unscheduled_breaks,
        form.unscheduled_clock,
    )


def check_move(layout: Layout, here: int, there: int, closed: AbstractSet[Timed] = frozenset()) -> None:
    """Whether one may go from place `here` to place `there`. Raises `MoveRefusedError` or `NoSuchItemError`."""
    if not 0 <= there < len(layout.places):
        raise NoSuchItemError
    now, then = layout.places[here].part, layout.places[there].part
    if then < now:
        raise MoveRefusedError(detail=_("its part of the test is closed"))
    if not closed.isdisjoint(layout.timed(there)):
        raise MoveRefusedError(detail=_("its time is over"))
    if then > now and there != next_part(layout, here):
        raise MoveRefusedError(detail=_("the next part begins with its first question"))
    if layout.linear(here) and there != here and there != _next(layout, here, closed):
        raise MoveRefusedError(detail=_("in this part questions come one after another"))


def may_show(layout: Layout, here: int, there: int, closed: AbstractSet[Timed] = frozenset()) -> bool:
    """Whether one may go from place `here` to place `there` now."""
    try:
        check_move(layout, here, there, closed)
    except (MoveRefusedError, NoSuchItemError):
        return False
    return True


def is_gone(layout: Layout, here: int, there: int, closed: AbstractSet[Timed] = frozenset()) -> bool:
    """Whether place `there` may never be shown again to one who stands at `here` (rules 2, 3 and 5)."""
    now, then = layout.places[here].part, layout.places[there].part
    passed = then == now and layout.linear(here) and there < here
    return then < now or passed or not closed.isdisjoint(layout.timed(there))


def next_part(layout: Layout, here: int) -> int | None:
    """The first place of the part after that of `here`, or None after the last."""
    part = layout.places[here].part
    return next((number for number, place in enumerate(layout.places) if place.part > part), None)


def onward(layout: Layout, here: int, closed: AbstractSet[Timed]) -> int | None:
    """Where one goes on from a place whose time is over (rule 6); None if nothing is left to show."""
    inside = [
        there
        for there, place in enumerate(layout.places)
        if place.part == layout.places[here].part
        and there != here
        and not is_gone(layout, here, there, closed)
    ]
    later = [there for there in inside if there > here]
    return next(iter(later or inside), next_part(layout, here))


def may_mark(layout: Layout, here: int, item: ItemId, closed: AbstractSet[Timed] = frozenset()) -> bool:
    """Whether an item may be flagged while place `here` is on the screen (rule 4)."""
    there = layout.index.get(item)
    if there is None or not closed.isdisjoint(layout.timed(there)):
        return False
    same_part = layout.places[there].part == layout.places[here].part
    return there == here or (same_part and not layout.linear(here))


def _next(layout: Layout, here: int, closed: AbstractSet[Timed]) -> int | None:
    later = range(here + 1, len(layout.places))
    return next((there for there in later if not is_gone(layout, here, there, closed)), None)
