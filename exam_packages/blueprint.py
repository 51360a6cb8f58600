"""`Blueprint`: categories, areas, tasks, core values and weights; and whether a set of items meets it.

Rules.
1. Weights are whole percents. Categories add up to 100, and the areas of a category to the category's weight.
2. A task's code begins with its area's code: 1A belongs to area 1, 10E to area 10.
3. A form of n items holds n x weight / 100 of each area. Where that is no whole number the largest remainders are
   rounded up (Hamilton's method), the earlier area first among equals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from exam_packages.complaint import Complaint, Toml
from keys.errors import ExamKioskError


class BlueprintUnmetError(ExamKioskError):
    """A set of items that holds too few or too many of an area; every such area is named."""

    code = "blueprint-unmet"
    what = "These items make no form of {total}: {detail}."
    next_step = "Add or take out items of each area that is named, then run the command again."


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the frozen values of a blueprint."""


class Category(_Value, frozen=True):
    """A part of the whole that is reported by itself; `weight` in percent."""

    code: str
    title: str
    weight: int


class SkillArea(_Value, frozen=True):
    """An area of a category; `weight` in percent of the whole."""

    code: int
    category: str
    title: str
    weight: int


class Task(_Value, frozen=True):
    """What a certified person can do; an item is coded to one."""

    code: str
    title: str

    @property
    def area(self) -> int:
        """The area's code, the number at the front of the task's; 0 where there is none."""
        number = self.code.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return int(number) if number.isdecimal() else 0


class CoreValue(_Value, frozen=True):
    """A tag of items, not scored."""

    code: str
    title: str


class Shortfall(_Value, frozen=True):
    """An area with `found` items where the blueprint asks for `needed`; there may be too many as well."""

    area: SkillArea
    needed: int
    found: int

    def __str__(self) -> str:
        """What is wrong, with the area's name."""
        return f"area {self.area.code} ({self.area.title}) needs {self.needed} items and has {self.found}"


class Blueprint(_Value, frozen=True):
    """What a form must hold."""

    categories: tuple[Category, ...]
    areas: tuple[SkillArea, ...]
    tasks: tuple[Task, ...]
    values: tuple[CoreValue, ...]

    def area_of(self, task: str) -> SkillArea | None:
        """The area of a task code, or None for a code that is no task here."""
        found = next((one for one in self.tasks if one.code == task), None)
        return next((area for area in self.areas if found and area.code == found.area), None)

    def counts(self, total: int) -> dict[int, int]:
        """How many of `total` items each area holds, by area code."""
        shares = {area.code: divmod(total * area.weight, 100) for area in self.areas}
        missing = total - sum(whole for whole, _ in shares.values())
        by_remainder = sorted(shares, key=lambda code: -shares[code][1])
        raised = set(by_remainder[:missing])
        return {code: whole + (code in raised) for code, (whole, _) in shares.items()}

    def shortfalls(self, tasks: Iterable[str], total: int) -> tuple[Shortfall, ...]:
        """Every area that a set of items misses for a form of `total`, given the items' task codes."""
        found = Counter(area.code for area in map(self.area_of, tasks) if area)
        needed = self.counts(total)
        return tuple(
            Shortfall(area, needed[area.code], found[area.code])
            for area in self.areas
            if needed[area.code] != found[area.code]
        )

    def require(self, tasks: Iterable[str], total: int) -> None:
        """Raise `BlueprintUnmetError`, with the areas' names, unless a set of items makes a form of `total`."""
        if missed := self.shortfalls(tasks, total):
            raise BlueprintUnmetError(total=total, detail="; ".join(map(str, missed)))


def read_blueprint(file: str, text: str) -> tuple[Blueprint, tuple[Complaint, ...]]:
    """The blueprint that a TOML text describes, and everything that is wrong with it."""
    toml = Toml(file, text)
    for key in toml.content.keys() - {"category", "area", "task", "value"}:
        toml.complain(max(toml.line(key), toml.line(table=key)), f"“{key}” is not known here.")
    blueprint = Blueprint(
        toml.read_each(Category, "category"),
        toml.read_each(SkillArea, "area"),
        toml.read_each(Task, "task"),
        toml.read_each(CoreValue, "value"),
    )
    if not toml.complaints:
        _check(blueprint, toml)
    return blueprint, tuple(toml.complaints)


def _check(blueprint: Blueprint, toml: Toml) -> None:
    """Complain about what contradicts itself: rules 1 and 2, and codes that stand twice."""
    if (total := sum(category.weight for category in blueprint.categories)) != 100:
        toml.complain(toml.line(table="category"), f"The categories weigh {total} percent, not 100.")
    for place, category in enumerate(blueprint.categories):
        weight = sum(area.weight for area in blueprint.areas if area.category == category.code)
        if weight != category.weight:
            told = f"The areas of category {category.code} weigh {weight} percent, and it weighs {category.weight}."
            toml.complain(toml.line("weight", "category", place), told)
    known = {category.code for category in blueprint.categories}
    for place, area in enumerate(blueprint.areas):
        if area.category not in known:
            told = f"Area {area.code} is in category {area.category}, which is not listed."
            toml.complain(toml.line("category", "area", place), told)
        if area.weight < 0:
            toml.complain(toml.line("weight", "area", place), "A weight is not below 0.")
    numbers = {area.code for area in blueprint.areas}
    for place, task in enumerate(blueprint.tasks):
        if task.area not in numbers:
            told = f"Task {task.code} belongs to no listed area."
            toml.complain(toml.line("code", "task", place), told)
    for table, codes in (
        ("category", [category.code for category in blueprint.categories]),
        ("area", [str(area.code) for area in blueprint.areas]),
        ("task", [task.code for task in blueprint.tasks]),
        ("value", [value.code for value in blueprint.values]),
    ):
        for place, code in enumerate(codes):
            if code in codes[:place]:
                toml.complain(toml.line("code", table, place), f"The {table} {code} stands twice.")
