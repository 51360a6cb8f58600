"""An analysis in words and tables, as a command prints it; pages are drawn elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from results.centre.analysis.listing import cell, columns
from results.scoring.analysis import TestAnalysis
from results.scoring.angoff import AngoffFigures, RoundFigures
from results.scoring.figures import DecisionFigures, Flag, ItemFigures


def analysis_text(found: TestAnalysis) -> str:
    """The whole analysis: the test, areas, items with their options, times, and the flags in words at the end."""
    return "\n".join(
        line
        for part in (
            _test(found),
            _groups(found),
            _areas(found),
            _items(found),
            _options(found),
            _times(found),
            _changes(found),
            _decision(found),
            _flags(found.flags),
        )
        for line in part
    ).rstrip()


def decision_text(found: DecisionFigures) -> str:
    """The figures of decisions at a cut, in sentences."""
    return "\n".join(
        [
            f"Decisions at a cut of {found.cut} of {found.items} items (Livingston & Lewis, 1995):",
            f"  {found.accuracy:.1%} are right.",
            f"  {found.false_pass:.1%} pass who should not, {found.false_fail:.1%} fail who should pass.",
            f"  {found.consistency:.1%} would be the same on another form, by chance {found.chance:.1%}.",
            f"  Kappa is {cell(found.kappa)}.",
            f"  {found.passing:.1%} pass; the model expects {found.passing_expected:.1%}.",
            f"  Reliability {found.reliability:.3f}: the test is worth {found.effective_length} equal items.",
            f"  Of these {found.effective_cut} pass, the nearest whole number.",
            f"  True shares run from {found.lower:.3f} to {found.upper:.3f}, by {found.moments} moments.",
        ]
    )


def angoff_text(found: AngoffFigures) -> str:
    """Every round of a panel, and the recommended cut."""
    lines = [line for one in found.rounds for line in _round(one)]
    last = found.rounds[-1]
    return "\n".join(
        [
            *lines,
            f"Recommended: {found.recommended} of {found.items} passes.",
            f"  It is {last.cut:.2f} in round {last.round}, with a standard error of {last.standard_error:.2f}.",
        ]
    )


def _test(found: TestAnalysis) -> Iterator[str]:
    test = found.test
    yield f"{found.source}: {_many(test.n, 'candidate')}, {_many(test.items, 'item')}"
    yield ""
    yield from (
        f"  {name.ljust(28)}{cell(value)}"
        for name, value in (
            ("Mean", test.mean),
            ("SD", test.sd),
            ("Least, median, most", f"{test.least}, {test.median:g}, {test.most}"),
            ("Skewness, kurtosis", f"{cell(test.skewness)}, {cell(test.kurtosis)}"),
            ("Mean difficulty (p)", test.mean_difficulty),
            ("Mean discrimination", test.mean_discrimination),
            ("Alpha (KR-20)", test.alpha),
            ("Lambda-2", test.lambda2),
            ("Odd-even, stepped up", f"{cell(test.split_half)}, {cell(test.spearman_brown)}"),
            ("SEM", test.sem),
        )
    )
    if found.withheld:
        yield f"  Left out: {_many(found.withheld, 'result')} held or invalidated."
    yield ""


def _groups(found: TestAnalysis) -> Iterator[str]:
    if found.groups:
        yield from columns(
            ["group", "n", "mean", "SD", "alpha", "passing"],
            [[one.group, one.n, one.mean, one.sd, one.alpha, one.passing] for one in found.groups],
        )
        yield ""


def _areas(found: TestAnalysis) -> Iterator[str]:
    if found.areas:
        yield from columns(
            ["area", "items", "mean", "SD", "p", "alpha", "SEM", "r"],
            [
                [
                    one.area,
                    one.items,
                    one.mean,
                    one.sd,
                    one.mean_difficulty,
                    one.alpha,
                    one.sem,
                    one.correlation,
                ]
                for one in found.areas
            ],
        )
        yield ""


def _items(found: TestAnalysis) -> Iterator[str]:
    flagged = {flag.subject for flag in found.flags}
    yield from columns(
        ["item", "p", "r", "r bis", "D", "omitted", "not reached", "alpha without", ""],
        [
            [
                *(one.item, one.difficulty, one.discrimination, one.biserial, one.upper_lower),
                *(one.omitted, one.not_reached, one.alpha_without, _sign(one, flagged)),
            ]
            for one in found.items
        ],
    )
    yield ""


def _sign(one: ItemFigures, flagged: set[str]) -> str:
    return ", ".join(
        word for word in ("" if one.counts else "on trial", "look" if one.item in flagged else "") if word
    )


def _options(found: TestAnalysis) -> Iterator[str]:
    """Shares of each option by fifths, of items with more than right and wrong."""
    rows = [
        [
            f"{item.item} {option.option}{' *' if option.key else ''}",
            option.share,
            option.point_biserial,
            *option.fifths,
        ]
        for item in found.items
        if any(
            option.option not in {"0", "1"} for option in item.options if not option.option.startswith("(")
        )
        for option in item.options
    ]
    if rows:
        yield from columns(["option (* key)", "share", "r", "fifth 1", "2", "3", "4", "5"], rows)
        yield ""


def _times(found: TestAnalysis) -> Iterator[str]:
    if found.speed:
        yield from columns(
            ["item", "median s", "mean s", "rapid below s", "rapid", "changed"],
            [
                [
                    one.item,
                    *(_seconds(ms) for ms in (one.median, one.mean, one.threshold)),
                    one.rapid,
                    one.changed,
                ]
                for one in found.speed
            ],
        )
        yield ""
    effort = found.effort
    if effort and effort.below:
        yield f"{_many(effort.below, 'candidate')} answered fewer than {effort.least:.0%} of the items with effort."
        yield ""


def _changes(found: TestAnalysis) -> Iterator[str]:
    if found.changes:
        yield from columns(
            ["changed answers of", "changed", "to right", "from right", "wrong to wrong"],
            [
                [one.item, one.changed, one.wrong_to_right, one.right_to_wrong, one.wrong_to_wrong]
                for one in found.changes
            ],
        )
        yield ""


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000


def _decision(found: TestAnalysis) -> Iterator[str]:
    if found.decision:
        yield decision_text(found.decision)
        yield ""


def _flags(flags: tuple[Flag, ...]) -> Iterator[str]:
    yield "Nothing to look at." if not flags else f"To look at ({len(flags)}):"
    for flag in flags:
        where = " ".join(word for word in (flag.subject, flag.option) if word) or "the test"
        yield f"  {where}: {flag.words} ({flag.threshold} {flag.limit:g})"


def _round(one: RoundFigures) -> Iterator[str]:
    yield (
        f"Round {one.round}: cut {one.cut:.2f}, SD {one.sd:.2f}, standard error {one.standard_error:.2f}, "
        f"{_many(one.judges, 'judge')}, agreement {cell(one.agreement)}"
    )
    yield from columns(
        ["judge", "cut", "r panel", "r difficulty", "off", "distance", ""],
        [
            [
                *(judge.judge, judge.cut, judge.with_panel, judge.with_difficulty, judge.off, judge.distance),
                "far off" if judge.far else "",
            ]
            for judge in one.each
        ],
    )
    if one.impact:
        yield from columns(
            ["SEs from the cut", "cut", "least that passes", "passing"],
            [[f"{row.errors:+d}", row.cut, row.least_passing, row.passing] for row in one.impact],
        )
    yield ""


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
