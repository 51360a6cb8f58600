"""Paired timing: the thing and its baseline in turn, A B A B .., so that a machine that drifts slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """One row of the table: what was measured against what, in ms, and how often."""

    name: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...]
    against: str

    def at(self, percent: int) -> float:
        """Our cost over the baseline's at this percentile."""
        return percentile(self.ours, percent) / percentile(self.baseline, percent)

    def row(self) -> str:
        """A line of the table in docs/benchmarks.md."""
        ours = f"{percentile(self.ours, 50):.2f} / {percentile(self.ours, 99):.2f}"
        base = f"{percentile(self.baseline, 50):.2f} / {percentile(self.baseline, 99):.2f}"
        ratios = f"{self.at(50):.2f} | {self.at(99):.2f}"
        return f"| {self.name} | {self.against} | {ours} | {base} | {ratios} | {len(self.ours)} |"


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
    name: str, ours: Callable[[], object], against: str, baseline: Callable[[], object], *, rounds: int
) -> Ratio:
    """Time both in turn after one warm-up each."""
    ours()
    baseline()
    pairs = [(milliseconds(ours), milliseconds(baseline)) for _ in range(rounds)]
    return Ratio(name, tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs), against)
