"""The zygote as a fork: what it does not take over from the supervisor, and what a session that may not run does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from terminal import child
from tests.terminal.console import ROOT, Console

ASKED = """
import json, os, socket, sys
sys.path.insert(1, os.environ["PYTHONPATH"])
from terminal import child, zygote
import time
control = child.fork(lambda ours: zygote.main(ours, "tests.terminal.test_forking:told", {"TERM": "x"}), 2).control
to_us, to_ui = socket.socketpair()
socket.send_fds(control, [child.SCREEN], [to_ui.fileno()])
to_ui.close()
print(to_us.recv(65536).decode())
"""


def told(stream: socket.socket) -> None:
    """A UI that answers with what it sees."""
    descriptors = [int(name) for name in os.listdir("/proc/self/fd")]
    seen = {
        "environment": dict(os.environ),
        "path": sys.path,
        "descriptors": descriptors,
        "tls": sys.modules["ssl"],
    }
    stream.sendall(json.dumps(seen).encode())


def test_a_ui_sees_the_plans_environment_and_imports_from_nowhere_else(tmp_path: Path) -> None:
    """Neither the environment, PYTHONPATH nor the folder of the script reaches the screen; it has no TLS."""
    script = tmp_path / "start.py"
    script.write_text(ASKED, "utf-8")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{foreign}{os.pathsep}{ROOT}", "SECRET": "1"}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    seen = json.loads(done.stdout)
    assert set(seen["environment"]) == {
        "TERM",
        "TEXTUAL_FPS",
        "TEXTUAL_ANIMATIONS",
        "TEXTUAL_DISABLE_KITTY_KEY",
    }
    assert str(foreign) not in seen["path"]
    assert str(tmp_path) not in seen["path"]
    assert str(ROOT) in seen["path"]
    assert seen["tls"] is None


def test_a_fork_holds_no_descriptor_of_the_supervisor() -> None:
    """What else was open is closed: another child's control socket held open would hide its end."""
    kept = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(kept, True)

    def body(control: socket.socket) -> NoReturn:
        mine = {int(name) for name in os.listdir("/proc/self/fd")}
        control.send(json.dumps(sorted(one for one in mine if _open(one))).encode())
        os._exit(0)

    made = child.fork(body, 2)
    try:
        assert json.loads(made.hear()) == [0, 1, 2, child.CONTROL]
        assert made.end(10) == 0
    finally:
        os.close(kept)


def test_a_fork_whose_body_fails_ends_with_one() -> None:
    """Nothing of the parent is run a second time by a fork that failed."""

    def body(control: socket.socket) -> NoReturn:
        raise ValueError

    assert child.fork(body, 2).end(10) == 1


def test_a_program_has_its_own_session_and_no_terminal(tmp_path: Path) -> None:
    """The session process is executed anew, in a group of its own, its output in the log."""
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT, 0o600)
    code = "import os, sys; print(os.getsid(0) == os.getpid(), os.isatty(0), sys.argv[1:]); sys.exit(5)"
    made = child.program((sys.executable, "-c", code), log)
    os.close(log)
    assert made.end(30) == 5
    assert (tmp_path / "log").read_text() == f"True False ['--control-fd', '{child.CONTROL}']\n"


def test_a_session_that_may_not_run_ends_all_at_its_first_start(tmp_path: Path) -> None:
    """Its status is the program's, at once and without five tries; the terminal is given back."""
    (tmp_path / "count").write_text("refused")
    console = Console(tmp_path)
    try:
        assert console.finish(30) == child.REFUSED
        assert console.written.endswith(b"\x1b[?1049l")
    finally:
        console.close()


def _open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
