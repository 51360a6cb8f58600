"""What is said of a machine before an exam: each check on a machine that fails it, and the real look on this one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from keys.carrier import Carrier, room
from keys.clock import Stamp
from keys.encoding import Instant
from keys.preflight import Light
from terminal import machine, preflight, vt
from terminal.machine import Machine
from tests.terminal.machines import GOOD

DAY = preflight.DAY


class _Clock:
    def now(self) -> Stamp:
        """Always the same moment."""
        return Stamp(Instant(2_000_000_000_000), 1, "boot")


@dataclass(frozen=True)
class Here:
    """What the common checks look at."""

    machine: Machine = GOOD
    carrier: Carrier = field(default_factory=lambda: Carrier(Path("/none")))
    clock: _Clock = field(default_factory=_Clock)
    folder: Path = Path("/")
    newest: Instant = Instant(0)  # noqa: RUF009 - a number by another name
    expires: Instant = Instant(100 * DAY)  # noqa: RUF009 - as above
    needed_until: Instant = Instant(10 * DAY)  # noqa: RUF009 - as above


NOT_LOCKED = vt.Locks(1, (vt.SWITCHING,), (vt.CONSOLE_KEYS, vt.SYSTEM_REQUEST))
FAULTS: list[tuple[str, Light, dict[str, Any]]] = [
    ("screen", Light.RED, {"columns": 63}),
    ("screen", Light.RED, {"rows": 21}),
    ("screen", Light.AMBER, {"columns": 64, "rows": 22}),
    ("screen", Light.AMBER, {"columns": 0, "rows": 0}),
    ("characters", Light.RED, {"utf8": False}),
    ("characters", Light.AMBER, {"colours": 0}),
    ("memory", Light.RED, {"memory": preflight.LEAST_MEMORY - 1}),
    ("memory", Light.AMBER, {"memory": preflight.LEAST_MEMORY}),
    ("console", Light.AMBER, {"locks": vt.Locks(0, (), (vt.SWITCHING,))}),
    ("console", Light.AMBER, {"locks": NOT_LOCKED}),
    ("swap", Light.AMBER, {"swap": True, "lockable": False}),
    ("cores", Light.AMBER, {"cores": "|/usr/bin/collect %p"}),
    ("others", Light.AMBER, {"others": ("ann",)}),
    ("networks", Light.AMBER, {"networks": ("eth0",)}),
]


@pytest.mark.parametrize(("name", "light", "fault"), FAULTS)
def test_each_fault_of_a_machine_is_found(name: str, light: Light, fault: dict[str, Any]) -> None:
    """A machine in order is green; one fault makes its own check amber or red, with what to do."""
    check = getattr(preflight, name)
    assert check(Here()).light is Light.GREEN
    found = check(Here(replace(GOOD, **fault)))
    assert (found.light, bool(found.fix)) == (light, True)


@pytest.mark.parametrize(
    ("expires", "light"), [(9, Light.RED), (10, Light.AMBER), (16, Light.AMBER), (17, Light.GREEN)]
)
def test_lists_must_last_until_after_the_sitting(expires: int, light: Light) -> None:
    """They hold to its end, and a week longer in case it is put off."""
    assert preflight.lists_last(Here(expires=Instant(expires * DAY))).light is light


@pytest.mark.parametrize(("free", "light"), [(99, Light.RED), (100, Light.AMBER), (200, Light.GREEN)])
def test_room_is_measured(free: int, light: Light, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than is needed is red, less than twice that amber."""
    monkeypatch.setattr(preflight, "room", lambda _: free)
    assert preflight.disk(Here(), 100).light is light


def test_swap_that_memory_stays_out_of_is_green() -> None:
    """Where a process may lock its memory, swap does no harm."""
    assert preflight.swap(Here(replace(GOOD, swap=True, lockable=True))).light is Light.GREEN


def test_the_look_at_this_machine_reads_what_the_kernel_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Swap, memory, core pattern and networks come from the kernel's files; what is not there is nothing."""
    proc, net = tmp_path / "proc", tmp_path / "net"
    (proc / "sys/kernel").mkdir(parents=True)
    (proc / "swaps").write_text("Filename\n/swapfile file 1 0 -2\n")
    (proc / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable: 1024 kB\n")
    (proc / "sys/kernel/core_pattern").write_text("|/bin/x\n")
    for name, state in (("lo", "up"), ("eth0", "up"), ("wlan0", "down")):
        (net / name).mkdir(parents=True)
        (net / name / "operstate").write_text(f"{state}\n")
    monkeypatch.setattr(machine, "PROC", proc)
    monkeypatch.setattr(machine, "NETWORKS", net)
    found = machine.look(0)
    assert (found.swap, found.memory, found.cores) == (True, 1 << 20, "|/bin/x")
    assert (found.networks, found.others) == (("eth0",), ())
    for path in (proc / "swaps", proc / "meminfo", net / "eth0/operstate"):
        path.unlink()
    found = machine.look(0)
    assert (found.swap, found.memory, found.networks) == (False, 0, ())


def test_a_console_is_locked_only_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look from inside a running program does not give back the lock that its supervisor holds."""
    done: list[str] = []

    def lock(_: int) -> vt.Locks:
        done.append("lock")
        return NOT_LOCKED

    monkeypatch.setattr(vt, "lock", lock)
    monkeypatch.setattr(vt, "unlock", lambda *_: done.append("unlock"))
    machine.look(0)
    assert done == []
    assert machine.look(0, try_locks=True).locks == NOT_LOCKED
    assert done == ["lock", "unlock"]


def test_somebody_else_at_work_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process of another person's counts; those of the system and of oneself do not."""
    owners = {"1": 0, "20": 1234, "21": 1234, "30": 4321, "self": 1234}
    for name in owners:
        (tmp_path / name).mkdir()
    monkeypatch.setattr(machine, "PROC", tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 4321)

    class _User:
        pw_name = "ann"

    monkeypatch.setattr("pwd.getpwuid", lambda _: _User)

    class _Seen:
        def __init__(self, user: int) -> None:
            self.st_uid = user

    stat = Path.stat
    monkeypatch.setattr(
        Path,
        "stat",
        lambda path, **more: _Seen(owners[path.name]) if path.name in owners else stat(path, **more),
    )
    assert set(machine._others()) == {"ann"}


def test_the_room_of_a_folder_that_is_not_there_yet_is_that_of_the_one_above(tmp_path: Path) -> None:
    """A desk's disk is measured before anything is on it."""
    assert abs(room(tmp_path / "not/there") - room(tmp_path)) < 1 << 26
    assert abs(Carrier(tmp_path).room() - room(tmp_path)) < 1 << 26


def test_trying_a_carrier_out_leaves_nothing(tmp_path: Path) -> None:
    """The file is written, read back and gone."""
    Carrier(tmp_path).try_out(1000)
    assert list(tmp_path.iterdir()) == []
