"""`python -m benchmarks`: measure, print, write docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks import package, save, screen

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. Every row is one thing against its baseline, measured in turn in the same run; times are in
ms, p50 / p99. Quote the ratios: the machines are shared and noisy.

| what | against | ours | baseline | ratio at p50 | ratio at p99 | rounds |
|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Run every benchmark and write the page."""
    rows: list[str] = []
    for part in (save, package, screen):
        for ratio in part.ratios():
            print(
                f"{ratio.name}: {ratio.at(50):.2f} at p50, {ratio.at(99):.2f} at p99 of {ratio.against}",
                flush=True,
            )
            rows.append(ratio.row())
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    PAGE.write_text(HEAD + "\n".join(rows) + f"\n\nMeasured with {machine}.\n", "utf-8")
    print(f"written: {os.path.relpath(PAGE)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
