"""Small inline drawings of a report, as SVG: no script, no address, nothing told by colour alone.

Every function takes a `label` for those who do not see the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def whole(part: float, total: float, *, label: str | int) -> Markup:
    """A bar of `part` out of `total`."""
    return _BAR.format(label, _rect("track", 0, 1, 100, 8) + _rect("fill", 0, 1, _percent(part, total), 8))


def changed(parts: Sequence[float], total: float, *, label: str) -> Markup:
    """A bar of up to three parts of `total`, one after the other."""
    drawn, place = _rect("track", 0, 1, 100, 8), 0.0
    for kind, part in zip(("fill", "half", "cut"), parts, strict=False):
        drawn += _rect(kind, place, 1, _percent(part, total), 8)
        place += _percent(part, total)
    return _BAR.format(label, drawn)


def _whisker(points: float, total: float, error: float, kind: str) -> Markup:
    low, high = _percent(points - error, total), _percent(points + error, total)
    return _rect(kind, low, 4, max(high - low, 0.4), 2)


def _cut(passing: float) -> Markup:
    return _rect("cut", min(100 * passing, 99.5), 0, 0.5, 10)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    """A rectangle; `kind` is one of our own classes. Drawn so often that `Markup.format` would be most of a page."""
    return Markup(f'<rect class="{kind}" x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"/>')  # noqa: S704 - our own word and numbers


def _percent(part: float, whole: float) -> float:
    return max(0.0, min(100.0, 100 * part / whole)) if whole else 0.0
