"""Where a candidate may go: the form laid out in one candidate's order, and which moves its parts allow. Pure.

Rules (QTI 3.0 navigationMode and submissionMode).
1. Inside a nonlinear part any item may be shown, answered and flagged at any time.
2. Inside a linear part only the next item may be shown; an item that was left is closed.
3. From a part one goes on to the first item of the next part: from the last item of a linear part, from any item of a
   nonlinear one. A part that was left is closed.
4. Answers and strike-outs are given to the item on the screen. A flag may be set on any item that may still be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from exam_packages import route
from exam_packages.form import DeliveryForm, Item, NavigationMode
from exam_packages.interactions import ItemId, OptionId
from keys.errors import ExamKioskError


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
    """An item where one candidate meets it: its part, and its option ids in the order shown."""

    part: int
    order: tuple[OptionId, ...]
    item: Item = field(repr=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """All places in order, `linear` for each part, and where each item stands."""

    places: tuple[Place, ...]
    linear: tuple[bool, ...]
    index: Mapping[ItemId, int] = field(repr=False)

    def find(self, item: ItemId) -> Place:
        """The place of an item. Raises `NoSuchItemError`."""
        if item not in self.index:
            raise NoSuchItemError
        return self.places[self.index[item]]


def lay_out(form: DeliveryForm, seed: str) -> Layout:
    """The form as the candidate of this seed meets it: the same after every restart."""
    items = {item.id: item for item in form.items}
    part_of = {
        ref.item: number
        for number, part in enumerate(form.parts)
        for section in part.sections
        for ref in section.refs
    }
    places = tuple(
        Place(part_of[wanted], route.options(seed, items[wanted]), items[wanted])
        for wanted in route.order(seed, form)
    )
    linear = tuple(part.navigation is NavigationMode.LINEAR for part in form.parts)
    index = MappingProxyType({place.item.id: number for number, place in enumerate(places)})
    return Layout(places, linear, index)


def check_move(layout: Layout, here: int, there: int) -> None:
    """Whether one may go from place `here` to place `there`. Raises `MoveRefusedError` or `NoSuchItemError`."""
    if not 0 <= there < len(layout.places):
        raise NoSuchItemError
    now, then = layout.places[here].part, layout.places[there].part
    if then < now:
        raise MoveRefusedError(detail="its part of the test is closed")
    if now == then:
        if layout.linear[now] and there != here + 1:
            raise MoveRefusedError(detail="in this part questions come one after another")
        return
    first = next(number for number, place in enumerate(layout.places) if place.part > now)
    if there != first:
        raise MoveRefusedError(detail="the next part begins with its first question")
    if layout.linear[now] and there != here + 1:
        raise MoveRefusedError(detail="in this part questions come one after another")


def may_mark(layout: Layout, here: int, item: ItemId) -> bool:
    """Whether an item may be flagged while place `here` is on the screen (rule 4)."""
    there = layout.index.get(item)
    if there is None:
        return False
    part = layout.places[here].part
    return there == here or (layout.places[there].part == part and not layout.linear[part])
