"""An item analysis as a page shows it: every figure in words, flags beside their items, options with their fifths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keys.text import sanitise
from results.centre.report.candidate import provenance
from results.centre.report.datasets import REAL, TEXT, WHOLE, YES_NO, Column, Dataset
from results.centre.runs import ScoreRun
from results.scoring.analysis import TestAnalysis
from results.scoring.figures import (
    ChangeFigures,
    EffortFigures,
    Figure,
    Flag,
    ItemFigures,
    OptionFigures,
    SpeedFigures,
)

HEADS = ("n", "p", "r", "r bis", "Omitted", "Not reached", "Alpha without", "Median s", "Rapid")
SPEED_HEADS = (
    "Seen by",
    "Median s",
    "Mean s",
    "Rapid below s",
    "Rapid",
    "Right of rapid",
    "Changes",
    "Changed it",
)
CHANGES = ("Wrong to right", "Wrong to wrong", "Right to wrong")
NAMED = 100


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option's figures in words."""

    name: str
    key: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item's figures in words; `lines` are name, key or not, and shares by fifth of its options
    (those who chose none are in the table alone).
    """

    anchor: str
    item: str
    area: str
    counts: bool
    cells: tuple[str, ...]
    flags: tuple[str, ...]
    options: tuple[OptionLine, ...]
    lines: tuple[tuple[str, bool, tuple[Figure, ...]], ...]


@dataclass(frozen=True, slots=True)
class SpeedLine:
    """An item's times and rapid guesses in words; `rapid` is the share of those who saw it."""

    anchor: str
    item: str
    cells: tuple[str, ...]
    rapid: float


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """How many changed an item's answer, or any where `item` is empty; `parts` of them in the order of `CHANGES`."""

    anchor: str
    item: str
    changed: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FlagLine:
    """Something to look at; without an item it is of the test."""

    anchor: str
    item: str
    code: str
    words: str
    limit: str


@dataclass(frozen=True, slots=True)
class ItemsReport:
    """The analysis of a form; `points` are difficulty, discrimination, item, and whether it is flagged.

    `times` are median s, difficulty, item, and whether it is flagged; `changes` begin with all items together; `little`
    are those whose effort is below what `effort` names, at most `NAMED`.
    """

    title: str
    form: str
    figures: tuple[tuple[str, str], ...]
    flags: tuple[FlagLine, ...]
    points: tuple[tuple[float, float, str, bool], ...]
    items: tuple[ItemLine, ...]
    times: tuple[tuple[float, float, str, bool], ...]
    speed: tuple[SpeedLine, ...]
    effort: tuple[tuple[str, str], ...]
    little: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    provenance: tuple[tuple[str, str], ...]


def items_report(run: ScoreRun, found: TestAnalysis) -> ItemsReport:
    """The report of a run's analysis."""
    anchors = {one.item: f"item-{n}" for n, one in enumerate(found.items, 1)}
    speed = {one.item: one for one in found.speed}
    flagged: dict[str, list[str]] = {}
    for flag in found.flags:
        flagged.setdefault(flag.subject, []).append(flag.code)
    return ItemsReport(
        sanitise(run.title, limit=1_000),
        run.form,
        (
            ("Candidates", str(found.test.n)),
            ("Withheld", str(found.withheld)),
            ("Items that count", str(found.test.items)),
            ("Alpha (KR-20)", _number(found.test.alpha, 3)),
            ("Standard error", _number(found.test.sem)),
        ),
        tuple(
            FlagLine(anchors.get(flag.subject, ""), flag.subject, flag.code, _said(flag), f"{flag.limit:g}")
            for flag in found.flags
        ),
        tuple(
            (one.difficulty, one.discrimination, one.item, one.item in flagged)
            for one in found.items
            if one.discrimination is not None
        ),
        tuple(
            ItemLine(
                anchors[one.item],
                one.item,
                one.area,
                one.counts,
                _cells(one, speed.get(one.item)),
                tuple(dict.fromkeys(flagged.get(one.item, ()))),
                tuple(_option(option) for option in one.options),
                tuple(
                    (option.option, option.key, option.fifths)
                    for option in one.options
                    if not option.option.startswith("(")
                ),
            )
            for one in found.items
        ),
        _times(found, speed, flagged),
        tuple(_speed(one, anchors) for one in found.speed if one.seen),
        _effort(found.effort),
        tuple(sanitise(one, limit=80) for one in found.effort.persons[:NAMED]) if found.effort else (),
        _changes(found.changes, anchors),
        (*provenance(run), ("Analysis", f"exam-kiosk {found.software}")),
    )


ITEM_COLUMNS = (
    Column("item", TEXT, "the item"),
    Column("area", TEXT, "its area's code"),
    Column("counts", YES_NO, "whether it counts in the score, or is on trial"),
    Column("n", WHOLE, "results"),
    Column("difficulty", REAL, "share who earned it (p)"),
    Column("sd", REAL, "standard deviation of what it earned"),
    Column("discrimination", REAL, "corrected point-biserial: with the score on the other items"),
    Column("biserial", REAL, "the biserial of it"),
    Column("upper_lower", REAL, "difference of p between the upper and the lower group (D)"),
    Column("omitted", REAL, "share who passed it over"),
    Column("not_reached", REAL, "share who did not reach it"),
    Column("alpha_without", REAL, "the test's alpha without the item"),
    Column("median_ms", REAL, "median time on screen in ms"),
    Column("rapid", REAL, "share of rapid guesses among those who saw it"),
    Column("flags", TEXT, "codes of what to look at, parted by spaces"),
)
OPTION_COLUMNS = (
    Column("item", TEXT, "the item"),
    Column("option", TEXT, "the option's identifier, or what stands for none"),
    Column("key", YES_NO, "whether it is the right one"),
    Column("chosen", WHOLE, "results that chose it"),
    Column("share", REAL, "share that chose it"),
    Column("mean", REAL, "mean raw score of those"),
    Column("point_biserial", REAL, "choosing it with the score on the other items"),
    *(
        Column(f"fifth_{n}", REAL, f"share of the fifth {n} (1 the lowest) that chose it")
        for n in range(1, 6)
    ),
)


def item_sets(found: TestAnalysis) -> tuple[Dataset, Dataset]:
    """The analysis as tables: a line an item, and a line an option of each."""
    speed = {one.item: one for one in found.speed}
    flagged: dict[str, list[str]] = {}
    for flag in found.flags:
        flagged.setdefault(flag.subject, []).append(flag.code)
    items = tuple(
        (
            one.item,
            one.area,
            one.counts,
            one.n,
            one.difficulty,
            one.sd,
            one.discrimination,
            one.biserial,
            one.upper_lower,
            one.omitted,
            one.not_reached,
            one.alpha_without,
            speed[one.item].median if one.item in speed else None,
            speed[one.item].rapid if one.item in speed else None,
            " ".join(dict.fromkeys(flagged.get(one.item, ()))),
        )
        for one in found.items
    )
    options = tuple(
        (
            one.item,
            option.option,
            option.key,
            option.chosen,
            option.share,
            option.mean,
            option.point_biserial,
            *option.fifths,
        )
        for one in found.items
        for option in one.options
    )
    return (
        Dataset("items", "one line an item; confidential", ITEM_COLUMNS, items),
        Dataset(
            "options", "one line an option; confidential: it says which are right", OPTION_COLUMNS, options
        ),
    )


def _times(
    found: TestAnalysis, speed: Mapping[str, SpeedFigures], flagged: Mapping[str, Sequence[str]]
) -> tuple[tuple[float, float, str, bool], ...]:
    return tuple(
        (median / 1_000, one.difficulty, one.item, one.item in flagged)
        for one in found.items
        if one.item in speed and (median := speed[one.item].median) is not None
    )


def _speed(one: SpeedFigures, anchors: Mapping[str, str]) -> SpeedLine:
    cells = (
        str(one.seen),
        _seconds(one.median),
        _seconds(one.mean),
        _seconds(one.threshold),
        _number(one.rapid, 3),
        _number(one.difficulty_rapid, 3),
        f"{one.changes:.2f}",
        _number(one.changed, 3),
    )
    return SpeedLine(anchors.get(one.item, ""), one.item, cells, one.rapid or 0.0)


def _effort(found: EffortFigures | None) -> tuple[tuple[str, str], ...]:
    if found is None or found.mean is None:
        return ()
    return (
        ("Mean effort", f"{found.mean:.3f}: share of the items seen that were not answered rapidly"),
        ("Little effort", f"{found.below} candidates below {found.least:g}"),
    )


def _changes(found: Sequence[ChangeFigures], anchors: Mapping[str, str]) -> tuple[ChangeLine, ...]:
    """A line an item, after one of all together."""
    lines = [
        ChangeLine(
            anchors.get(one.item, ""),
            one.item,
            one.changed,
            (one.wrong_to_right, one.wrong_to_wrong, one.right_to_wrong),
        )
        for one in found
    ]
    if not lines:
        return ()
    parts = tuple(map(sum, zip(*(one.parts for one in lines), strict=True)))
    return (ChangeLine("", "", sum(one.changed for one in lines), parts), *lines)


def _cells(one: ItemFigures, speed: SpeedFigures | None) -> tuple[str, ...]:
    return (
        str(one.n),
        f"{one.difficulty:.3f}",
        _number(one.discrimination, 3),
        _number(one.biserial, 3),
        f"{one.omitted:.3f}",
        f"{one.not_reached:.3f}",
        _number(one.alpha_without, 3),
        _seconds(speed.median if speed else None),
        _number(speed.rapid if speed else None, 3),
    )


def _option(one: OptionFigures) -> OptionLine:
    fifths: Sequence[Figure] = one.fifths
    cells = (
        str(one.chosen),
        f"{one.share:.3f}",
        _number(one.mean, 1),
        _number(one.point_biserial, 3),
        *(_number(share) for share in fifths),
    )
    return OptionLine(one.option, one.key, cells)


def _said(flag: Flag) -> str:
    return f"option {flag.option}: {flag.words}" if flag.option else flag.words


def _seconds(value: Figure) -> str:
    """Milliseconds in seconds: whole from ten on."""
    return "" if value is None else _number(value / 1_000, 0 if value >= 10_000 else 1)


def _number(value: Figure, places: int = 2) -> str:
    return "" if value is None else f"{value:.{places}f}"
