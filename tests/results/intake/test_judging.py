"""Judging in processes of their own: the same verdicts, and a file that stops one costs only itself."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.encoding import digest
from results.centre import importing
from results.centre.imported import Report, report
from results.centre.importing import import_all
from results.centre.intake import Office, Sound, judge
from results.centre.judging import verdicts, worker
from results.centre.judging.limits import MEBIBYTE, Limits
from results.centre.judging.pool import Here, judges
from results.centre.judging.verdicts import Kind, Place, Refused, SoundRecord, verdict
from results.centre.ledger import Ledger, open_ledger
from tests.results import builders as b
from tests.results.carried import BUNDLE, FILES, NOW, WHOLE, W, snapshot, take, write

SHORT = Limits(seconds=1, patience=60)


def take_with_processes(ledger: Ledger, paths: list[Path], limits: Limits | None = None) -> Report:
    """Import files, two judged at a time."""
    office = W.office()
    with judges(office, 2, limits) as pool:
        return report(ledger, import_all(paths, ledger, pool, office.plan, NOW, lambda _: None))


@settings(max_examples=4)
@given(st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=14))
def test_processes_and_one_process_end_in_the_same_ledger(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    """Any files in any order, judged by several processes, twice: ledger and report are those of one process."""
    folder = tmp_path_factory.mktemp("processes")
    write(folder / "in", FILES)
    paths = [folder / "in" / name for name in names]
    alone, together = (open_ledger(folder / name, W.centre, make=True) for name in ("alone", "together"))
    assert take_with_processes(together, paths) == take(alone, paths)
    before = snapshot(together)
    assert before == snapshot(alone)
    again = take_with_processes(together, paths)
    assert (again.records.admitted, again.records.quarantined, snapshot(together)) == (0, 0, before)


def _hangs() -> None:
    while True:
        pass


def _sleeps() -> None:
    time.sleep(600)


def _eats() -> None:
    kept = bytearray()
    while True:
        kept.extend(bytes(16_000_000))


def _dies() -> None:
    os._exit(0)


@pytest.mark.parametrize(
    ("act", "limits", "told"),
    [
        (_hangs, SHORT, "longer"),
        (_sleeps, Limits(seconds=1, patience=1), "longer"),
        (_eats, Limits(memory=80_000_000), "memory"),
        (_dies, SHORT, "ended without an answer"),
    ],
)
def test_a_file_that_stops_its_process_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], limits: Limits, told: str
) -> None:
    """It is held with a code that says time or memory, all others are in; once the program is mended it is judged
    again.
    """
    real = judge

    def strange(raw: bytes, office: Office, *, decided: bool = False) -> Any:
        if raw == WHOLE[0]:
            act()
        return real(raw, office, decided=decided)

    monkeypatch.setattr(verdicts, "judge", strange)
    ledger = open_ledger(tmp_path, W.centre, make=True)
    paths = write(tmp_path / "in", {"1.ekr": WHOLE[1], "0.ekr": WHOLE[0], "2.ekr": WHOLE[2]})
    (found,) = [
        one
        for one in take_with_processes(ledger, paths, limits).quarantined
        if one.digest == digest(WHOLE[0])
    ]
    assert found.code == "judging-stopped"
    assert told in found.what
    with ledger.reading() as books:
        assert books.counts() == {"admitted": 2, "repeat": 0, "quarantined": 1}
    monkeypatch.undo()
    take_with_processes(ledger, paths)
    with ledger.reading() as books:
        assert books.counts()["admitted"] == 3


def test_an_answer_that_is_no_verdict_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that decode to something else are told as no answer, and nothing of them is used."""

    def strange(kind: Kind, raw: bytes, office: Office) -> Any:
        return {"type": "record", "code": "import os"} if raw == WHOLE[0] else verdict(kind, raw, office)

    monkeypatch.setattr(worker, "verdict", strange)
    ledger = open_ledger(tmp_path, W.centre, make=True)
    found = take_with_processes(ledger, write(tmp_path / "in", {"0.ekr": WHOLE[0], "1.ekr": WHOLE[1]}))
    assert [(one.source, one.code) for one in found.quarantined] == [("0.ekr", "judging-stopped")]
    assert found.records.admitted == 1


def _closes(files: socket.socket, *_: object) -> None:
    files.recv(1)
    files.close()
    time.sleep(600)


def _floods(files: socket.socket, *_: object) -> None:
    files.recv(1)
    files.sendall((3 * MEBIBYTE).to_bytes(8, "big") + bytes(3 * MEBIBYTE))
    time.sleep(600)


@pytest.mark.parametrize("act", [_closes, _floods])
def test_a_process_that_breaks_its_word_is_ended(
    monkeypatch: pytest.MonkeyPatch, act: Callable[..., None]
) -> None:
    """One that hangs up and goes on, or sends far more than a verdict: nobody waits for it or keeps what it sent."""
    monkeypatch.setattr(worker, "work", act)
    before = time.monotonic()
    with judges(W.office(), 1) as pool:
        ticket = pool.submit(Kind.RECORD, WHOLE[0])
        found = pool.verdict(ticket)
    assert isinstance(found, Refused)
    assert found.code == "judging-stopped"
    assert time.monotonic() - before < 20


@pytest.mark.parametrize(
    "places", [[(0, 90), (0, 90)], [(-9, 5)], [(5, 4)], [(0, 10_000_000)], [(0, 0)] * 5_000]
)
def test_places_that_a_bundle_does_not_have_are_no_answer(
    monkeypatch: pytest.MonkeyPatch, places: list[tuple[int, int]]
) -> None:
    """Records that overlap, stand outside of the file or are too many: nothing is cut out of it."""

    def strange(kind: Kind, raw: bytes, office: Office) -> Any:
        found = verdict(kind, raw, office)
        told = tuple(Place("a.ekr", start, end) for start, end in places)
        return msgspec.structs.replace(found, records=told)

    monkeypatch.setattr(worker, "verdict", strange)
    with judges(W.office(), 1) as pool:
        found = pool.verdict(pool.submit(Kind.BUNDLE, BUNDLE))
    assert isinstance(found, Refused)
    assert found.code == "judging-stopped"


def test_a_file_that_comes_in_pieces_is_read_whole() -> None:
    """A process that was paused while a file came reads the rest of it; where no more comes it reads nothing."""
    raw = WHOLE[0]
    for whole in (True, False):
        mine, theirs = socket.socketpair()
        sender = threading.Thread(target=_in_pieces, args=(mine, raw if whole else raw[:-1]))
        sender.start()
        with _Pausing(fileno=theirs.detach()) as files:
            assert worker._exactly(files, len(raw)) == (raw if whole else b"")
        sender.join()


def _in_pieces(files: socket.socket, raw: bytes) -> None:
    for at in range(0, len(raw), 997):
        files.sendall(raw[at : at + 997])
    files.close()


class _Pausing(socket.socket):
    """One whose reader is interrupted again and again: waiting for all of it is given up each time."""

    def recv(self, size: int, _flags: int = 0, /) -> bytes:
        return super().recv(size)


def test_a_large_bundle_is_judged_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else is being judged when one is handed in; what is in the ledger in the end is the same."""
    paths = write(tmp_path / "in", {f"{n}.ekb": b.bundle(W, {n: WHOLE[n]}) for n in range(3)} | FILES)
    paths.sort(key=lambda one: one.suffix != ".ekb")
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    before = open_ledger(tmp_path / "one", W.centre, make=True)
    take(before, paths)
    monkeypatch.setattr(importing, "ALONE", 1_000)
    ledger = open_ledger(tmp_path / "other", W.centre, make=True)
    judging = _Counting(W.office())
    import_all(paths, ledger, judging, W.office().plan, NOW, lambda _: None)
    assert judging.beside == {0}
    assert snapshot(ledger) == snapshot(before)


class _Counting(Here):
    """Judges that remember how many verdicts were still waited for when a bundle came."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.beside: set[int] = set()

    def submit(self, kind: Kind, raw: bytes) -> int:
        if kind is Kind.BUNDLE:
            self.beside.add(len(self._waiting))
        return super().submit(kind, raw)


@pytest.mark.parametrize("heads", [b"", bytes(32), bytes(31)], ids=["none", "others", "torn"])
def test_heads_that_no_journal_has_are_no_answer(monkeypatch: pytest.MonkeyPatch, heads: bytes) -> None:
    """None, fewer than entries, or others than the header's: a record is never settled by them."""

    def strange(kind: Kind, raw: bytes, office: Office) -> Any:
        return msgspec.structs.replace(verdict(kind, raw, office), heads=heads)

    monkeypatch.setattr(worker, "verdict", strange)
    with judges(W.office(), 1) as pool:
        found = pool.verdict(pool.submit(Kind.RECORD, WHOLE[0]))
    assert isinstance(found, Refused)
    assert found.code == "judging-stopped"


def test_no_process_is_left_behind() -> None:
    """When judging is over its processes have ended."""
    with judges(W.office(), 2) as pool:
        tickets = [pool.submit(Kind.RECORD, raw) for raw in WHOLE * 3]
        assert all(isinstance(pool.verdict(one), SoundRecord) for one in tickets)
        children = [child.pid for child in pool._children]
    assert len(children) == 2
    for pid in children:
        deadline = time.monotonic() + 5
        while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not os.path.exists(f"/proc/{pid}")


def test_what_is_sent_says_what_was_found() -> None:
    """A verdict through bytes is the verdict: what settling takes of a record is the same, and a refusal its reason."""
    found = verdict(Kind.RECORD, WHOLE[0], W.office())
    whole = judge(WHOLE[0], W.office())
    assert isinstance(found, SoundRecord)
    assert isinstance(whole, Sound)
    assert found.filed(digest(WHOLE[0])).heads.raw == whole.filed.heads.raw
    assert isinstance(verdict(Kind.RECORD, b"nothing", W.office()), Refused)
