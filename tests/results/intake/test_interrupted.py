"""An import that is stopped anywhere, by a person or by the power, and done again ends as if it had not been."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from results.centre import importing
from results.centre.imported import report
from results.centre.importing import Done, import_all, sources
from results.centre.judging.pool import judges
from results.centre.ledger import open_ledger
from results.centre.spool import Spool
from tests.results.carried import FILES, NOW, W, snapshot, take, write

STEPS = (1, 2, 5)


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_import_with_processes_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """SIGKILL after some files, with files being judged: importing again ends in the ledger of one undisturbed import,
    and no judging process is left.
    """
    monkeypatch.setattr(importing, "TOGETHER", 2)
    write(tmp_path / "in", FILES)
    ledger = open_ledger(tmp_path, W.centre, make=True)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        left = step

        def told(_: Done) -> None:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

        office = W.office()
        with judges(office, 2) as pool:
            own = open_ledger(tmp_path, W.centre)
            import_all(sources([tmp_path / "in"]), own, pool, office.plan, NOW, told)
        os._exit(0)
    os.close(writing)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert os.read(reading, 1) == b""  # every process that held the other end has ended
    os.close(reading)
    office = W.office()
    with judges(office, 2) as pool:
        report(ledger, import_all(sources([tmp_path / "in"]), ledger, pool, office.plan, NOW, lambda _: None))
    whole = open_ledger(tmp_path / "whole", W.centre, make=True)
    take(whole, sources([tmp_path / "in"]))
    assert snapshot(ledger) == snapshot(whole)


def test_no_list_of_files_or_digests_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand places and digests go through a temporary file, some at a time."""
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(1_200):
        (folder / f"{n:04}.ekr").touch()
    found = sources([folder])
    most: list[int] = []
    rows = Spool.rows

    def counted(self: Spool, query: str, *values: object) -> Iterator[list[tuple[object, ...]]]:
        for some in rows(self, query, *values):
            most.append(len(some))
            yield some

    monkeypatch.setattr(Spool, "rows", counted)
    assert [path.name for path in found] == [f"{n:04}.ekr" for n in range(1_200)]
    assert (len(found), sum(most), max(most)) == (1_200, 1_200, 500)
