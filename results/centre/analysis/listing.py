"""Plain columns of figures for a terminal or a file: what an analysis prints without `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keys.text import sanitise

_NAME = 40


def columns(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table: the first column to the left, the others to the right; a float has three decimals."""
    cells = [[sanitise(cell(one), limit=_NAME) for one in row] for row in rows]
    widths = [max(len(line[n]) for line in (list(heads), *cells)) for n in range(len(heads))]
    return [
        "  ".join(
            one.ljust(width) if n == 0 else one.rjust(width)
            for n, (one, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in ([*heads], *cells)
    ]


def cell(value: object) -> str:
    """A figure as it is printed; a dash for one that there is none of."""
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def known(value: float) -> float | None:
    """A figure as JSON has it: six decimals, and None for one that is not finite."""
    found = float(value)
    return round(found, 6) if found - found == 0 else None


def tail(value: float) -> float | None:
    """A probability as JSON has it: six digits, however small it is, and None for one that is not finite."""
    found = float(value)
    return float(f"{found:.6g}") if found - found == 0 else None
