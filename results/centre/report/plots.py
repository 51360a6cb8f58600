"""Larger drawings of an analysis as SVG: scores, standard errors, items and options. charts.py has the small ones.

Every function takes a `label` for those who do not see the drawing; what it shows stands in a table beside it too.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_LEFT, _TOP, _WIDE, _TALL = 46, 14, 620, 170
_PLOT = Markup('<svg class="plot" role="img" aria-label="{}" viewBox="0 0 690 222">{}</svg>')
_LOW, _HIGH = -0.2, 0.8
Point = tuple[float, float]


def histogram(counts: Sequence[int], cut: int | None, *, label: str, under: str) -> Markup:
    """A column for each score from 0, and a line before the column of the score that just passes."""
    most, wide = max((*counts, 1)), _WIDE / max(len(counts), 1)
    columns = Markup().join(
        Markup('<rect class="fill" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>').format(
            _LEFT + n * wide + 0.4,
            _TOP + _TALL * (1 - count / most),
            max(wide - 0.8, 0.4),
            _TALL * count / most,
        )
        for n, count in enumerate(counts)
        if count
    )
    line = _upright(_LEFT + cut * wide) if cut is not None else Markup()
    return _PLOT.format(label, _frame((0, len(counts) - 1), (0, most), under) + columns + line)


def curve(points: Sequence[Point], cut: float | None, *, label: str, under: str) -> Markup:
    """A line through these points, from 0 up."""
    right, high = max((x for x, _ in points), default=1) or 1, max((y for _, y in points), default=1) or 1
    path = " ".join(f"{_LEFT + _WIDE * x / right:.1f},{_TOP + _TALL * (1 - y / high):.1f}" for x, y in points)
    line = _upright(_LEFT + _WIDE * cut / right) if cut is not None else Markup()
    drawn = Markup('<polyline class="curve" points="{}"/>').format(path)
    return _PLOT.format(label, _frame((0, right), (0, high), under) + drawn + line)


def scatter(points: Sequence[tuple[float, float, str, bool]], *, label: str, under: str) -> Markup:
    """Items by difficulty (0 to 1) and discrimination (`_LOW` to `_HIGH`), with a line at no discrimination."""
    zero = _place((0, 0), (0, 1), (_LOW, _HIGH))[1]
    line = Markup('<line class="dashed" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>').format(
        _LEFT, zero, _LEFT + _WIDE, zero
    )
    return _PLOT.format(
        label, _frame((0, 1), (_LOW, _HIGH), under) + line + _marks(points, (0, 1), (_LOW, _HIGH))
    )


def times(points: Sequence[tuple[float, float, str, bool]], *, label: str, under: str) -> Markup:
    """Items by median time in s, from 0, and difficulty (0 to 1)."""
    most = max((x for x, *_ in points), default=1) or 1
    return _PLOT.format(label, _frame((0, round(most)), (0, 1), under) + _marks(points, (0, most), (0, 1)))


def _marks(points: Sequence[tuple[float, float, str, bool]], x_range: Point, y_range: Point) -> Markup:
    """A mark an item; those that are flagged are ringed and named.

    A name that would stand on another one is left out: it is there when the mark is pointed at, as for all items.
    """
    drawn: list[Markup] = []
    named: list[Point] = []
    for x, y, name, flagged in points:
        left, top = _place((x, y), x_range, y_range)
        drawn.append(
            Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"><title>{}</title></circle>').format(
                "ring" if flagged else "fill", left, top, 4 if flagged else 2.5, name
            )
        )
        if flagged and all(abs(left - one) > 80 or abs(top - other) > 12 for one, other in named):
            named.append((left, top))
            side = (left + 7, "start") if left < _LEFT + 0.85 * _WIDE else (left - 7, "end")
            drawn.append(
                Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
                    side[0], max(top - 6, 11), side[1], name
                )
            )
    return Markup().join(drawn)


def fifths(options: Sequence[tuple[str, bool, Sequence[float | None]]], *, label: str) -> Markup:
    """The share of each fifth of the candidates, the lowest first, that chose each option; the key's line is thick."""
    drawn = [
        Markup('<line class="axis" x1="8" y1="{0}" x2="150" y2="{0}"/>').format(top) for top in (6, 42, 78)
    ]
    ends: list[tuple[float, str]] = []
    for name, key, shares in options:
        points = [(8 + 35.5 * n, 78 - 72 * share) for n, share in enumerate(shares) if share is not None]
        if points:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            drawn.append(
                Markup('<polyline class="{}" points="{}"/>').format("curve" if key else "thin", path)
            )
            ends.append((points[-1][1], name))
    last = -9.0
    for y, name in sorted(ends):
        last = max(y, last + 9)
        drawn.append(Markup('<text x="154" y="{:.1f}">{}</text>').format(last + 3, name))
    return Markup('<svg class="small" role="img" aria-label="{}" viewBox="0 0 190 112">{}</svg>').format(
        label, Markup().join(drawn)
    )


def _place(point: Point, x_range: Point, y_range: Point) -> Point:
    """Where a point is drawn; one outside the ranges stands at their edge."""
    x, y = (
        (min(max(value, low), high) - low) / (high - low)
        for value, (low, high) in zip(point, (x_range, y_range), strict=True)
    )
    return _LEFT + _WIDE * x, _TOP + _TALL * (1 - y)


def _frame(x: Point, y: Point, under: str) -> Markup:
    bottom = _TOP + _TALL
    return Markup(
        '<line class="axis" x1="{0}" y1="{3}" x2="{1}" y2="{3}"/>'
        '<line class="axis" x1="{0}" y1="{2}" x2="{0}" y2="{3}"/>'
        '<text x="{0}" y="{4}">{5:g}</text><text x="{1}" y="{4}" text-anchor="end">{6:g}</text>'
        '<text class="strong" x="{7}" y="{4}" text-anchor="middle">{8}</text>'
        '<text x="{9}" y="{3}" text-anchor="end">{10:.3g}</text>'
        '<text x="{9}" y="{11}" text-anchor="end">{12:.3g}</text>'
    ).format(
        _LEFT,
        _LEFT + _WIDE,
        _TOP,
        bottom,
        bottom + 18,
        x[0],
        x[1],
        _LEFT + _WIDE / 2,
        under,
        _LEFT - 6,
        y[0],
        _TOP + 10,
        y[1],
    )


def _upright(x: float) -> Markup:
    return Markup('<rect class="cut" x="{:.1f}" y="{}" width="1.5" height="{}"/>').format(
        x - 0.75, _TOP - 4, _TALL + 4
    )
