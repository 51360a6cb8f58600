"""`python -m benchmarks`: measure, print, write docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks import analysis, importers, intake, irt, package, save, screen

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. Every row is one thing against its baseline, measured in turn in the same run; where there are
three figures they are p50 / p95 / p99. Quote the ratios: the machines are shared and noisy. A target is the ratio aimed
at, at p50 where nothing else is said; the rows without one are for comparing one version with the next.

The screen is measured on a pseudo-terminal of 80x24, from the start or the key to the last byte of the frame, against
the barest Textual app that repaints one line. Its rows are the whole program, with supervisor, session process and
disk: a form of 100 items with a stimulus of 2,000 words, and the time left running.

| what | against | unit | ours | baseline | ratio | rounds | target |
|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Run every benchmark and write the page."""
    rows: list[str] = []
    for part in (save, package, screen, intake, importers, analysis, irt):
        for ratio in part.ratios():
            print(
                f"{ratio.name}: {ratio.at(50):.2f} at p50, {ratio.at(95):.2f} at p95 of {ratio.against}",
                flush=True,
            )
            rows.append(ratio.row())
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    PAGE.write_text(HEAD + "\n".join(rows) + f"\n\nMeasured with {machine}.\n", "utf-8")
    print(f"written: {os.path.relpath(PAGE)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
