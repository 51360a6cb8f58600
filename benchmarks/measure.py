"""Paired timing: the thing and its baseline in turn, A B A B .., so that a machine that drifts slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PERCENTS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One row of the table: what was measured against what, in `unit`, how often, and what was aimed at."""

    name: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...]
    against: str
    target: str = ""
    unit: str = "ms"

    def at(self, percent: int) -> float:
        """Our cost over the baseline's at this percentile."""
        return percentile(self.ours, percent) / percentile(self.baseline, percent)

    def row(self) -> str:
        """A line of the table in docs/benchmarks.md."""
        ours, base = (
            " / ".join(f"{percentile(values, percent):.2f}" for percent in self._percents())
            for values in (self.ours, self.baseline)
        )
        ratios = " / ".join(f"{self.at(percent):.2f}" for percent in self._percents())
        cells = (self.name, self.against, self.unit, ours, base, ratios, str(len(self.ours)), self.target)
        return f"| {' | '.join(cells)} |"

    def _percents(self) -> tuple[int, ...]:
        return PERCENTS if len(self.ours) > 1 else PERCENTS[:1]


def percentile(values: Sequence[float], percent: int) -> float:
    """The percentile by linear interpolation between the order statistics."""
    if len(values) == 1 or percent == 50:
        return statistics.median(values)
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def milliseconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began) / 1e6


def paired(
    name: str,
    ours: Callable[[], float],
    against: str,
    baseline: Callable[[], float],
    *,
    rounds: int,
    target: str = "",
) -> Ratio:
    """Take both figures in turn after one warm-up each."""
    ours()
    baseline()
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    return Ratio(name, tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs), against, target)


def timed(act: Callable[[], object]) -> Callable[[], float]:
    """The same, answering with the milliseconds it took."""
    return lambda: milliseconds(act)
