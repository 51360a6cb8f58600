"""Small inline drawings of a report, as SVG: no script, no address, nothing told by colour alone.

Every function takes a `label` for those who do not see the drawing.
"""

from __future__ import annotations

from markupsafe import Markup

_BAR = Markup(
    '<svg class="bar" role="img" aria-label="{}" viewBox="0 0 100 10" preserveAspectRatio="none">{}</svg>'
)


def scale(scaled: int, cut: int, top: int, *, label: str) -> Markup:
    """The scale from 0 to `top`, the cut as a line, the score as a marker."""
    score, passing = 7 * _percent(scaled, top), 7 * _percent(cut, top)
    return Markup(
        '<svg class="scale" role="img" aria-label="{}" viewBox="0 0 704 46">'
        '<rect class="track" x="2" y="8" width="700" height="14"/>'
        '<rect class="reach" x="{:.1f}" y="8" width="{:.1f}" height="14"/>'
        '<rect class="cut" x="{:.1f}" y="3" width="2" height="24"/>'
        '<rect class="score" x="{:.1f}" y="4" width="7" height="22"/>'
        '<text x="2" y="42">0</text><text class="strong" x="{:.1f}" y="42" text-anchor="middle">{} passes</text>'
        '<text x="702" y="42" text-anchor="end">{}</text></svg>'
    ).format(
        label,
        passing + 2,
        700 - passing,
        passing + 1,
        min(score + 2, 697) - 2,
        min(max(passing, 60), 640) + 2,
        cut,
        top,
    )


def share(points: float, total: float, error: float, passing: float, *, label: str) -> Markup:
    """A bar of `points` out of `total`, one standard error to either side, and a line at the share that passes."""
    return _BAR.format(
        label,
        _rect("track", 0, 1, 100, 8)
        + _rect("fill", 0, 1, _percent(points, total), 8)
        + _whisker(points, total, error, "half")
        + _cut(passing),
    )


def spread(points: float, total: float, error: float, passing: float, *, label: str) -> Markup:
    """A mark at `points` out of `total`, one standard error to either side, and a line at the share that passes."""
    place = _percent(points, total)
    return _BAR.format(
        label,
        _rect("track", 0, 1, 100, 8)
        + _whisker(points, total, error, "half")
        + _rect("fill", min(max(place - 0.7, 0), 98.6), 2, 1.4, 6)
        + _cut(passing),
    )


def _whisker(points: float, total: float, error: float, kind: str) -> Markup:
    low, high = _percent(points - error, total), _percent(points + error, total)
    return _rect(kind, low, 4, max(high - low, 0.4), 2)


def _cut(passing: float) -> Markup:
    return _rect("cut", min(100 * passing, 99.5), 0, 0.5, 10)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>').format(
        kind, x, y, width, height
    )


def _percent(part: float, whole: float) -> float:
    return max(0.0, min(100.0, 100 * part / whole)) if whole else 0.0
