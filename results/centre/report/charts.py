"""Small inline drawings of a report: no script, no address, nothing told by colour alone."""

from __future__ import annotations

from results.scoring.bands import Band

_PLACES = {Band.BELOW: 0, Band.ABOUT: 1, Band.ABOVE: 2}


def scale(scaled: int, cut: int, top: int, *, label: str) -> str:
    """The scale from 0 to `top`, the cut as a line, the score as a marker; `label` is for those who do not see it."""
    score, passing = _percent(scaled, top), _percent(cut, top)
    left, right = f"{min(score, 99):.2f}", f"{passing:.2f}"
    return (
        f'<svg class="scale" role="img" aria-label="{label}" viewBox="0 0 100 12" preserveAspectRatio="none">'
        f'<rect class="track" x="0" y="3" width="100" height="6"/>'
        f'<rect class="reach" x="{right}" y="3" width="{100 - passing:.2f}" height="6"/>'
        f'<rect class="cut" x="{right}" y="0" width="0.4" height="12"/>'
        f'<rect class="score" x="{left}" y="1" width="1" height="10"/></svg>'
    )


def share(correct: int, total: int, passing: float, *, label: str) -> str:
    """A bar of `correct` out of `total`, with a line at the share that just passes overall."""
    filled = _percent(correct, total)
    return (
        f'<svg class="bar" role="img" aria-label="{label}" viewBox="0 0 100 10" preserveAspectRatio="none">'
        f'<rect class="track" x="0" y="1" width="100" height="8"/>'
        f'<rect class="fill" x="0" y="1" width="{filled:.2f}" height="8"/>'
        f'<rect class="cut" x="{min(100 * passing, 99.6):.2f}" y="0" width="0.4" height="10"/></svg>'
    )


def band(found: Band, *, label: str) -> str:
    """Three fields, below, about and above the passing level, with a mark in one of them."""
    place = _PLACES[found]
    fields = "".join(f'<rect class="field" x="{n * 34}" y="2" width="32" height="6"/>' for n in range(3))
    return (
        f'<svg class="band" role="img" aria-label="{label}" viewBox="0 0 100 10" preserveAspectRatio="none">'
        f'{fields}<rect class="fill" x="{place * 34}" y="2" width="32" height="6"/></svg>'
    )


def _percent(part: int, whole: int) -> float:
    return max(0.0, min(100.0, 100 * part / whole)) if whole else 0.0
