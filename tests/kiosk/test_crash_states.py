"""No power cut loses an acknowledged entry: every disk state that recorded system calls of `append` allow is opened."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.errors import ExamKioskError
from kiosk.store import open_store
from tests.kiosk.crash_states import Crash, crashes, last
from tests.vectors.generate_append_trace import KEY, Call, load

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: what is tested is the content of the files, not this disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


def opened(folder: Path, files: dict[str, bytes]) -> tuple[bytes, ...]:
    """The entries of a store that is made of these files. Raises what opening it raises."""
    shutil.rmtree(folder)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    store = open_store(folder, KEY)
    try:
        return store.raws()
    finally:
        store.close()


def fault(folder: Path, crash: Crash, whole: tuple[bytes, ...]) -> str:
    """What is wrong after this power cut; empty if every acknowledged entry is there and the store opens."""
    try:
        found = opened(folder, dict(crash.files))
    except ExamKioskError as error:
        return f"after call {crash.call}: {error.code}"
    if len(found) < crash.acknowledged:
        return f"after call {crash.call}: {crash.acknowledged} acknowledged, {len(found)} found"
    return "" if found == whole[: len(found)] else f"after call {crash.call}: other entries"


def trace(kind: str, folder: Path) -> tuple[list[Call], tuple[bytes, ...]]:
    """A trace, and the entries that it has written in the end."""
    calls = load(kind)
    return calls, opened(folder, dict(last(calls)))


@pytest.mark.faults
def test_no_power_cut_loses_an_acknowledged_entry(folder: Path, *, long_run: bool) -> None:
    """In every state the store opens and holds every entry acknowledged before the cut, and none of its own making."""
    calls, whole = trace("store", folder)
    assert len(whole) == 8
    states = list(crashes(calls, 20_000 if long_run else 600))
    assert len(states) >= 500
    assert [found for crash in states if (found := fault(folder, crash, whole))] == []


@pytest.mark.faults
def test_the_twin_on_wal_and_normal_is_caught(folder: Path) -> None:
    """The same enumeration finds acknowledged entries lost where the store does not sync each commit."""
    calls, whole = trace("twin", folder)
    faults = (fault(folder, crash, whole) for crash in crashes(calls, 300))
    assert any("acknowledged" in found for found in faults)


@pytest.mark.faults
@pytest.mark.parametrize("file", ["vault.db", "vault.db-journal"])
def test_the_store_without_one_files_syncs_is_caught(folder: Path, file: str) -> None:
    """The enumeration sees it if the store's own trace had not synced its pages, or its rollback journal."""
    calls, whole = trace("store", folder)
    begin = next(number for number, call in enumerate(calls) if call["call"] == "begin")
    lazy = [*calls[:begin], *(call for call in calls[begin:] if call != {"call": "sync", "file": file})]
    assert any(fault(folder, crash, whole) for crash in crashes(lazy, 300))


def test_a_trace_ends_with_everything_acknowledged(folder: Path) -> None:
    """Both traces acknowledge every entry that they wrote, and sync as their mode says."""
    for kind in ("store", "twin"):
        calls, whole = trace(kind, folder)
        acknowledged = [call["count"] for call in calls if call["call"] == "ack"]
        assert acknowledged[-1] == len(whole)
        begin = next(number for number, call in enumerate(calls) if call["call"] == "begin")
        syncs = sum(call["call"] == "sync" for call in calls[begin:])
        assert (syncs >= 4 * len(acknowledged)) == (kind == "store")
