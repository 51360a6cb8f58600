"""Item analysis of 100,000 candidates by 115 items against one numpy pass that counts the same, and R's psych."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from functools import reduce
from pathlib import Path

import numpy as np

from benchmarks.measure import Ratio, milliseconds, paired, timed
from results.scoring.analysis import analyse
from results.scoring.counts import CountTable, count, merge
from results.scoring.matrix import Item, Matrix

PERSONS, ITEMS, OPTIONS = 100_000, 115, 4
SIZES = (1_000, 10_000)
MERGED = 10
R_PERSONS = 10_000
PSYCH = (
    "suppressMessages(library(psych)); x <- matrix(as.integer(readBin(commandArgs(TRUE)[1], 'raw', 1e9)), ncol = 115);"
    "s <- proc.time()[3]; invisible(suppressWarnings(alpha(x))); cat(1000 * (proc.time()[3] - s))"
)
MEMORY = """
import sys
from pathlib import Path
from benchmarks.analysis import responses, tested
tested(responses(100))
matrix = responses(int(sys.argv[1]))
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
known = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
tested(matrix)
after = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(int(after["VmHWM"].split()[0]) - int(known["VmRSS"].split()[0]))
"""
"""In KiB: what the analysis takes beyond its matrix and the libraries."""


def responses(persons: int) -> Matrix:
    """Choices among four options by persons who differ, made a slab at a time so that making them takes no memory."""
    rng = np.random.default_rng(115)
    hard = rng.normal(size=(1, ITEMS))
    chosen = np.empty((persons, ITEMS), np.int8)
    for start in range(0, persons, 1_000):
        slab = chosen[start : start + 1_000]
        right = rng.random(slab.shape) < 1 / (1 + np.exp(hard - rng.normal(size=(len(slab), 1))))
        slab[:] = np.where(right, 0, rng.integers(-1, OPTIONS, slab.shape))
    items = tuple(Item(f"q{n}", tuple("ABCD"), 0, f"area-{n % 6}") for n in range(ITEMS))
    return Matrix(tuple(f"{n}" for n in range(persons)), items, chosen, (chosen == 0).astype(np.int8))


def tested(matrix: Matrix) -> object:
    """What the command does with a matrix: the count table, and every figure from it."""
    return analyse(count(matrix), source="bench", software="bench", cut=70)


def bare(matrix: Matrix) -> None:
    """One numpy pass, without regard to memory, that counts option by total score and pairs of items."""
    totals = matrix.scores.sum(axis=1, dtype=np.int64)
    cells = matrix.chosen.astype(np.int64) + 2 + np.arange(ITEMS) * (OPTIONS + 2)
    np.bincount((cells * (ITEMS + 1) + totals[:, None]).ravel())
    single = matrix.scores.astype(np.float32)
    single.T @ single


def ratios() -> list[Ratio]:
    """The whole analysis, its growth, its memory, merged tables, and psych's alpha where R has it."""
    matrix = responses(PERSONS)
    found = [
        paired(
            f"analyse {PERSONS:,} candidates by {ITEMS} items",
            timed(lambda: tested(matrix)),
            "one numpy pass that counts",
            timed(lambda: bare(matrix)),
            rounds=7,
            target="2",
        )
    ]
    table = count(matrix)
    return [*found, *(_growth(matrix, size) for size in SIZES), _merged(table), *_memory(), *_psych(matrix)]


def _growth(matrix: Matrix, size: int) -> Ratio:
    small = responses(size)

    def ours() -> float:
        return milliseconds(lambda: count(matrix)) / PERSONS * 1_000

    def theirs() -> float:
        return milliseconds(lambda: count(small)) / size * 1_000

    return paired(
        f"count 1,000 of {PERSONS:,} candidates", ours, f"1,000 of {size:,}", theirs, rounds=9, target="1"
    )


def _merged(table: CountTable) -> Ratio:
    return paired(
        f"analyse {MERGED} tables of {PERSONS:,}, merged",
        timed(lambda: analyse(reduce(merge, [table] * MERGED), source="bench", software="bench", cut=70)),
        "analyse one of them",
        timed(lambda: analyse(table, source="bench", software="bench", cut=70)),
        rounds=7,
    )


def _memory() -> list[Ratio]:
    """Peak memory beyond the matrix, in processes of their own, in MiB, against what is allowed; by Linux's figures."""
    if not Path("/proc/self/clear_refs").exists():
        return []
    root = Path(__file__).parents[1]
    found: list[Ratio] = []
    for size in (PERSONS // 10, PERSONS):
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(size)], cwd=root, capture_output=True, text=True, check=True
        )
        mib = int(done.stdout) / 1024
        found.append(
            Ratio(f"memory beyond {size:,} responses", (mib,), (200.0,), "what is allowed", "1", unit="MiB")
        )
    return found


def _psych(matrix: Matrix) -> list[Ratio]:
    """Alpha and item-rest correlations by R's psych, of a tenth, where R and psych are installed."""
    program = shutil.which("Rscript")
    if program is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scores"
        file.write_bytes(matrix.scores[:R_PERSONS].tobytes(order="F"))
        done = subprocess.run([program, "-e", PSYCH, str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        return []
    part = Matrix(
        matrix.persons[:R_PERSONS], matrix.items, matrix.chosen[:R_PERSONS], matrix.scores[:R_PERSONS]
    )
    ours = tuple(milliseconds(lambda: tested(part)) for _ in range(5))
    name = f"analyse {R_PERSONS:,} candidates by {ITEMS} items"
    return [Ratio(name, ours[:1], (float(done.stdout),), "alpha of R's psych", "")]
