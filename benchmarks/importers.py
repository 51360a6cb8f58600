"""Two importers against one, on one PostgreSQL: how long the same number of records each takes, by the wall clock.

An importer is a process that judges for itself, so that it has one core. Each one imports bundles of sittings and
kiosks of its own, as machines beside each other do, into a new ledger of the same server, which shares the cores with
them. Where no PostgreSQL is installed there is no row.
"""

from __future__ import annotations

import multiprocessing as mp
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.intake import NOW, sitting_of
from benchmarks.measure import Ratio
from results.centre.importing import import_all, sources
from results.centre.intake import KnownPlan, Office
from results.centre.judging.pool import Here
from results.centre.ledger import open_ledger
from tests.results import builders as b
from tests.results.postgres import Server, programs, running

ITEMS = 100
SEATS = 50
SITTINGS = 6
"""Each importer's, with a bundle of as many records as there are seats."""
ROUNDS = 3
IMPORTERS = 2
_fork = mp.get_context("fork")


def ratios() -> Iterator[Ratio]:
    """The time of two importers for twice the records, a record, against that of one."""
    found = programs()
    if found is None:
        return
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name, running(found) as server:
        place, w = Path(name), b.world(SEATS * IMPORTERS, ITEMS)
        folders = [place / f"in-{one}" for one in range(IMPORTERS)]
        for one, folder in enumerate(folders):
            folder.mkdir()
            for number in range(one * SITTINGS, (one + 1) * SITTINGS):
                here = sitting_of(w, number)
                made = {
                    n: b.sitting_record(here, n, ITEMS // 2) for n in range(one * SEATS, (one + 1) * SEATS)
                }
                (folder / f"{number}.ekb").write_bytes(b.bundle(here, made))
        pairs = [
            tuple(_seconds(server, w, place, some) for some in (folders[:1], folders))
            for _ in range(ROUNDS + 1)
        ][1:]
    records = SITTINGS * SEATS
    alone = tuple(1_000 * pair[0] / records for pair in pairs)
    beside = tuple(1_000 * pair[1] / (IMPORTERS * records) for pair in pairs)
    yield Ratio("two importers on PostgreSQL", beside, alone, "one importer", "0.59", "ms a record")


def _seconds(server: Server, w: b.World, place: Path, folders: list[Path]) -> float:
    """How long it takes until as many importers as folders have imported one each into a new ledger."""
    address = server.database()
    centre = Path(tempfile.mkdtemp(dir=place))
    open_ledger(centre, w.centre, make=True, at=address)
    ready = _fork.Barrier(len(folders) + 1)
    children = [
        _fork.Process(target=_importer, args=(ready, w, centre, address, folder)) for folder in folders
    ]
    for child in children:
        child.start()
    ready.wait()
    began = time.perf_counter()
    for child in children:
        child.join()
        if child.exitcode:
            raise SystemExit("an importer failed")
    return time.perf_counter() - began


def _importer(ready: mp.synchronize.Barrier, w: b.World, centre: Path, address: str, folder: Path) -> None:
    """One importer, which begins when all are ready."""
    plans: dict[str, KnownPlan | None] = {}

    def plan(sitting: str) -> KnownPlan | None:
        if sitting not in plans:
            plans[sitting] = sitting_of(w, int(sitting.removeprefix("sitting-"))).office().plan(sitting)
        return plans[sitting]

    ledger = open_ledger(centre, w.centre, at=address)
    ready.wait()
    met = import_all(sources([folder]), ledger, Here(Office(w.centre, plan)), plan, NOW, lambda _: None)
    if met.records != SITTINGS * SEATS:
        raise SystemExit(1)
