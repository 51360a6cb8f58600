"""`exam-kiosk kiosk ...` as a person runs it: what it answers, what it refuses, and what it takes from itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import exam_kiosk
from keys.identities import approve
from keys.statement import Role
from kiosk import launch
from kiosk import protocol as p
from kiosk import station as stations
from kiosk.station import Station
from terminal import supervisor, vt
from tests.kiosk.processes import Process
from tests.kiosk.world import SITTING, World, refused


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    """Run a command with --json and return its one object."""
    capsys.readouterr()
    assert exam_kiosk.run(["kiosk", *arguments, "--json"]) == status
    answered: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answered


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that is refused, and return the code."""
    return str(answer(capsys, *arguments, status=1)["error"]["code"])


def enrolling(world: World, folder: Path, name: str = "kiosk-09", fingerprint: str = "") -> list[str]:
    """The command that enrols a new kiosk."""
    typed = fingerprint or world.repository.root_fingerprint()
    where = ["--station", str(folder), "--carrier", str(world.carrier.root)]
    return ["enrol", *where, "--site", "west", "--name", name, "--root-fingerprint", typed]


def test_enrolling_leaves_a_request_with_the_fingerprint_that_is_shown(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The request on the carrier is approved by the fingerprint; asking again gives the same one."""
    told = answer(capsys, *enrolling(world, tmp_path / "new"))
    raw = world.carrier.read(str(told["request"]), limit=1 << 16)
    identity, _ = approve(raw, Role.KIOSK, str(told["fingerprint"]))
    assert (identity.site, identity.name) == ("west", "kiosk-09")
    assert answer(capsys, *enrolling(world, tmp_path / "new")) == told


def test_enrolling_is_refused_with_a_wrong_fingerprint_or_name(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A root that is not the one on paper, a carrier that is not there, a folder that is another kiosk's."""
    assert failed(capsys, *enrolling(world, tmp_path / "a", fingerprint="0" * 16)) == "root-fingerprint-wrong"
    assert not (tmp_path / "a").exists()
    answer(capsys, *enrolling(world, tmp_path / "b"))
    assert failed(capsys, *enrolling(world, tmp_path / "b", name="kiosk-10")) == "kiosk-already-enrolled"
    assert failed(capsys, *enrolling(world, tmp_path / "c", name="Kiosk 10")) == "name-refused"
    shutil.rmtree(world.carrier.root)
    assert failed(capsys, *enrolling(world, tmp_path / "d", fingerprint="0" * 16)) == "carrier-missing"
    unasked = enrolling(world, tmp_path / "e")[:-2]
    assert failed(capsys, *unasked) == "carrier-missing", "the fingerprint was asked for first"


def test_status_and_export_tell_what_is_here(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """An open sitting with its next code, then a sealed one with its record, which is exported again and again."""
    at = ("--station", str(world.station))
    drive = ("--carrier", str(world.carrier.root))
    assert answer(capsys, "status", *at)["sittings"] == []
    assert answer(capsys, "export", *at, *drive) == {"exported": []}
    runner = world.testing()
    (seat,) = answer(capsys, "status", *at)["sittings"]
    assert (seat["sitting"], seat["state"]) == (SITTING, "open, resumes with code 1")
    runner.submit(p.HandIn(5, 0))
    told = answer(capsys, "status", *at)
    assert told["sittings"][0]["state"] == "sealed, completed"
    first = answer(capsys, "export", *at, *drive)
    assert answer(capsys, "export", *at, *drive) == first
    assert len(told["outbox"]) == 1
    shutil.rmtree(world.carrier.root)
    assert failed(capsys, "export", *at, *drive) == "carrier-missing"


def test_a_folder_that_is_no_kiosk_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Every command says that the machine is not enrolled, and `run` says so before it takes the terminal."""
    at = ("--station", str(tmp_path))
    drive = ("--carrier", str(tmp_path))
    assert failed(capsys, "status", *at) == "kiosk-not-enrolled"
    assert failed(capsys, "export", *at, *drive) == "kiosk-not-enrolled"
    assert exam_kiosk.run(["kiosk", "run", *at, *drive]) == 1
    assert "kiosk-not-enrolled" in capsys.readouterr().err


def test_running_locks_the_console_and_tells_the_session_what_it_could_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console is locked before the supervisor runs and unlocked after it, whatever its end."""
    locks = vt.Locks(0, (vt.SWITCHING,), (vt.CONSOLE_KEYS, vt.SYSTEM_REQUEST))
    done: list[object] = []

    def lock(fd: int) -> vt.Locks:
        done.append(("lock", fd))
        return locks

    def running(plan: supervisor.Plan) -> int:
        done.append(plan.session[-4:])
        if len(done) > 3:
            raise supervisor.SupervisorError
        return 3

    monkeypatch.setattr(vt, "lock", lock)
    monkeypatch.setattr(vt, "unlock", lambda fd, held: done.append(("unlock", fd, held)))
    monkeypatch.setattr(supervisor, "run", running)
    command = ["kiosk", "run", "--station", str(world.station), "--carrier", str(world.carrier.root)]
    assert exam_kiosk.run(command) == 3
    words = ("--not-locked", vt.CONSOLE_KEYS, "--not-locked", vt.SYSTEM_REQUEST)
    assert done == [("lock", 0), words, ("unlock", 0, locks)]
    assert exam_kiosk.run(command) == 1
    assert done[3:] == [("lock", 0), words, ("unlock", 0, locks)]


def test_running_without_a_terminal_is_told_in_words(world: World) -> None:
    """Started from a pipe: one code and two sentences, no traceback."""
    program = "import exam_kiosk; exam_kiosk.main()"
    where = ["--station", str(world.station), "--carrier", str(world.carrier.root)]
    done = subprocess.run(
        [sys.executable, "-c", program, "kiosk", "run", *where],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = (
        "error [terminal-missing]: There is no terminal to draw on.\nnext: Start the program on a console.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_kiosk_without_its_station_file_is_refused(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys alone are not enough."""
    (world.station / stations.STATION).unlink()
    assert failed(capsys, "status", "--station", str(world.station)) == "station-file-missing"


def test_the_session_process_leaves_no_core(world: World) -> None:
    """Its limit for core files is zero, so a crash writes no memory to a disk."""
    process = Process(world)
    limits = Path(f"/proc/{process.process.pid}/limits").read_text("ascii")
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    process.end()


def test_a_pulled_carrier_is_told_in_words(world: World) -> None:
    """Without its drive the start screen says so, and the code is not counted."""
    world.carrier.root.rename(world.folder / "pulled")
    assert refused(world.runner().submit(p.EnterStartCode(world.resume_code(0)))) == "carrier-missing"


def test_a_kiosk_that_starts_at_once_reads_no_command_line(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal a station and a carrier are enough; all else, and a station that is refused, goes the long way."""
    ran: list[tuple[Path, Path]] = []
    mirrors: list[Path | None] = []

    def running(station: Path, carrier: Path, *, mirror: Path | None = None) -> int:
        ran.append((station, carrier))
        mirrors.append(mirror)
        return status

    monkeypatch.setattr(launch, "run", running)
    monkeypatch.setattr(os, "isatty", lambda _: True)
    where = (world.station, world.carrier.root)
    at, drive = ("--station", str(where[0])), ("--carrier", str(where[1]))
    status = 3
    assert launch.at_once([*drive, *at]) == 3
    assert ran == [where]
    for other in ([*at], [*at, "--help"], [*at, *at], [*at, *drive, "--x"], ["--station", "no", *drive]):
        assert launch.at_once(other) is None
    assert ran == [where]
    second = world.folder / "second drive"
    assert launch.at_once([*at, "--mirror", str(second), *drive]) == 3
    assert mirrors == [None, second]
    status = supervisor.REFUSED
    assert launch.at_once([*at, *drive]) is None
    with Station(world.station).alone():
        assert exam_kiosk.run(["kiosk", "run", *at, *drive]) == 1
    assert "kiosk-running" in capsys.readouterr().err


def test_the_start_knows_the_file_that_makes_a_station() -> None:
    """`launch` names it again, since `kiosk.station` brings the crypto libraries along."""
    assert launch.KEYS == stations.KEYS


def test_the_start_needs_the_standard_library_only() -> None:
    """What is imported before the screen's process begins: our own light files and nothing else."""
    program = (
        "import sys, exam_kiosk, kiosk.launch; "
        "print(sorted({m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names) - {'__main__'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import sys; sys.path.append('.'); " + program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['exam_kiosk', 'keys', 'kiosk', 'terminal']"


def test_the_screens_process_has_no_crypto_library() -> None:
    """Neither before its first screen nor with every screen imported: there is nothing in it to hold a key with."""
    program = (
        "import sys, kiosk.app\n"
        "for name in kiosk.app.LATER: __import__(name)\n"
        "print(sorted({'nacl', 'cryptography', 'sqlcipher3', 'tuf', 'securesystemslib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
