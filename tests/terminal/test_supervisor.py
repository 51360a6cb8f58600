"""Supervisor, zygote, driver and app on a pty: what dies comes back, what is typed does no harm, nothing leaks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.supervisor import FEW, WINDOW, Trouble
from tests.terminal.console import ROOT, Console
from tests.terminal.demo import SECRET

F10 = "\x1b[21~"
GRAMMAR = re.compile(
    r"(?:[^\x00-\x1f\x7f-\x9f]|\n|\x18|\x1b\[(?:H|2J|\d+;\d+H|[\d;]*m|\?(?:7|25|1049|2004)[hl]))*", re.DOTALL
)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A running demo of its own, its first screen drawn."""
    made = Console(tmp_path)
    try:
        made.count(0)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A running demo for the tests that must leave it unharmed."""
    made = Console(tmp_path_factory.mktemp("shared"))
    try:
        made.count(0)
        yield made
    finally:
        made.close()


def in_grammar(written: bytes) -> str:
    """What is left of the output after its longest beginning in the grammar."""
    text = written.decode()
    found = GRAMMAR.match(text)
    return text[found.end() if found else 0 :][:80]


def test_a_killed_screen_is_back_by_itself(console: Console) -> None:
    """SIGKILL of the UI: within two seconds another one shows the same state of the same session."""
    console.send("n")
    console.count(1)
    before, started = console.ui_pid(), time.monotonic()
    os.kill(before, signal.SIGKILL)
    console.wait(lambda text: "pid " in text and f"pid {before}" not in text)
    assert time.monotonic() - started < 2
    console.count(1)
    console.send("n")
    console.count(2)


HOSTILE = {
    "not UTF-8": b"\xff\xfe\xc3\x28\xed\xa0\x80\xf5",
    "kitty key, too many digits": b"\x1b[99999999999999999999;5u",
    "kitty key, beyond Unicode": b"\x1b[1114112u\x1b[1114112;5u",
    "a paste of a megabyte": b"\x1b[200~" + b"N" * 1_000_000 + b"\x1b[201~",
    "mouse and focus": b"\x1b[<0;10;10M\x1b[<0;10;10m\x1b[I\x1b[O",
    "reports": b"\x1b[?2026;1$y\x1b[?2048;2$y\x1b[48;10;10;100;100t\x1b[10;10R",
    "strings": b"\x1b]52;;0\x07\x1bP1$0\x1b\\\x1b_0\x1b\\",
    "ctrl+q, p, z, c, backslash, d, s, v, r, o": b"\x11\x10\x1a\x03\x1c\x04\x13\x16\x12\x0f",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_does_nothing(shared: Console, name: str) -> None:
    """None of these ends, freezes, suspends or answers anything: the same UI counts the next key and only that."""
    before, counted = shared.ui_pid(), shared.counted()
    shared.send(HOSTILE[name])
    shared.read(0.2)
    shared.send("n")
    shared.count(counted + 1)
    assert shared.ui_pid() == before
    assert shared.crashes() == ""


def test_an_unterminated_paste_does_not_deaden_the_keyboard(shared: Console) -> None:
    """A paste that never ends is over after a pause, and keys work again."""
    counted = shared.counted()
    shared.send(b"\x1b[200~nnn")
    shared.read(0.7)
    shared.send("n")
    shared.count(counted + 1)


def test_a_flood_of_keys_is_cut_to_what_a_person_types(shared: Console) -> None:
    """A hundred thousand keys at once neither freeze the screen nor all arrive."""
    counted = shared.counted()
    shared.send("n" * 100_000)
    shared.read(0.5)
    shared.press("\x1bOP", "count one more")
    shared.send("q")
    assert 0 < shared.counted() - counted < 5_000


def test_the_tty_is_as_it_was_and_shows_nothing(console: Console) -> None:
    """After the end the settings are as before, the screen is empty, the cursor visible, the status the session's."""
    assert termios.tcgetattr(console.slave) != console.before
    console.wait(SECRET)
    console.send(F10)
    assert console.finish() == 3
    assert termios.tcgetattr(console.slave) == console.before
    assert console.text().strip() == ""
    assert not console.screen.cursor.hidden
    assert console.written.endswith(b"\x1b[?1049l")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGHUP])
def test_a_signal_to_the_supervisor_stops_nothing(shared: Console, number: signal.Signals) -> None:
    """Neither stop nor quit nor a hang-up that is none reaches the program."""
    before, counted = shared.ui_pid(), shared.counted()
    os.kill(shared.process.pid, number)
    shared.send("n")
    shared.count(counted + 1)
    assert shared.ui_pid() == before


def test_a_terminated_supervisor_leaves_a_clean_tty(console: Console) -> None:
    """SIGTERM ends all three processes and restores the tty."""
    ui = console.ui_pid()
    os.kill(console.process.pid, signal.SIGTERM)
    assert console.finish() == 128 + signal.SIGTERM
    assert termios.tcgetattr(console.slave) == console.before
    with pytest.raises(ProcessLookupError):
        os.kill(ui, 0)


def test_a_lost_tty_ends_with_75(console: Console) -> None:
    """When the line hangs up the program ends by itself, and the session with it."""
    os.close(console.slave)
    os.close(console.master)
    console.master = console.slave = -1
    assert console.process.wait(10) == 75


def test_a_killed_session_is_started_again_with_a_new_screen(console: Console) -> None:
    """The UI does not outlive its session; the next pair starts from what the session stored."""
    console.send("n")
    console.count(1)
    before = console.ui_pid()
    console.send("s")
    console.wait(lambda text: "pid " in text and f"pid {before}" not in text)
    console.count(1)


def test_a_session_that_is_done_ends_all(console: Console) -> None:
    """A session that exits with 0 ends the UI, and the status is 0."""
    console.send("x")
    assert console.finish() == 0
    assert termios.tcgetattr(console.slave) == console.before


@pytest.mark.parametrize(("key", "name"), [("c", "ValueError"), ("h", "KeyError")])
def test_the_crash_log_tells_type_and_place_only(console: Console, key: str, name: str) -> None:
    """A failure in an action or a forgotten task restarts the screen; its words and locals are in no log or output."""
    before = console.ui_pid()
    console.send(key)
    console.wait(lambda text: "pid " in text and f"pid {before}" not in text)
    log = console.crashes()
    assert re.search(rf"^pid {before}: builtins\.{name} at \S+demo\.py:\d+", log, re.MULTILINE)
    assert SECRET not in log
    assert "local" not in log
    assert (console.folder / "crash.log").stat().st_mode & 0o777 == 0o600
    assert b"Traceback" not in console.written
    assert b"in the message" not in console.written


def test_five_quick_crashes_call_the_proctor_and_a_key_tries_again(tmp_path: Path) -> None:
    """A UI that cannot start ends at a plain card with the support contact, which a key turns into another try."""
    console = Console(tmp_path, "tests.terminal.demo:dies")
    try:
        console.wait("Call the proctor.")
        console.wait("Support: extension 4")
        assert console.crashes().count("RuntimeError") == FEW
        assert SECRET not in console.crashes() + console.text()
        console.read(1.1)
        console.send(" ")
        console.read(0.7)
        assert console.crashes().count("RuntimeError") == FEW + 1
        assert "Call the proctor." in console.text()
    finally:
        console.close()


def test_trouble_is_five_ends_in_ten_seconds_and_waits_longer_each_time() -> None:
    """Four ends wait nothing; the fifth and those after wait 5, 10, 20, 40, 60, 60 s; ten calm seconds forgive."""
    trouble = Trouble()
    trouble.started(0.0)
    assert [trouble.ended(i * 0.1) for i in range(FEW - 1)] == [0.0] * (FEW - 1)
    waits = []
    now = 1.0
    for _ in range(6):
        waits.append(trouble.ended(now))
        now += waits[-1]
        trouble.started(now)
    assert waits == [5, 10, 20, 40, 60, 60]
    assert trouble.ended(now + WINDOW) == 0.0


def test_slow_crashes_are_no_trouble() -> None:
    """An end every three seconds never reaches five in ten."""
    trouble = Trouble()
    for second in range(0, 60, 3):
        trouble.started(float(second))
        assert trouble.ended(second + 0.1) == 0.0


def test_every_byte_written_is_in_the_grammar(console: Console) -> None:
    """Start, text, help, crash, card and end write text, newlines, colours, cursor moves, four modes; nothing else."""
    console.send("n")
    console.count(1)
    console.send("\x1bOP")
    console.wait("count one more")
    console.send("q")
    console.count(1)
    console.send("e")
    console.read(0.1)
    console.send("\x1b[200~x\x1b[201~typed é \r")
    console.wait("typed é")
    console.send("k")
    console.wait(lambda text: "Typed" in text and "typed é" not in text)
    console.count(1)
    console.send("\x1b[15~" + F10)
    console.finish()
    assert in_grammar(console.written) == ""


@pytest.mark.parametrize(
    "sequence", ["\x1b]52;c;eA==\x07", "\x1b[?1000h", "\x07", "\x1b[?2026$p", "\x9b2J", "\x1b[>1u"]
)
def test_the_grammar_refuses_what_a_stock_app_writes(sequence: str) -> None:
    """Clipboard, mouse, bell, queries, C1 controls and kitty keys are outside the grammar."""
    assert in_grammar(("text\x1b[1m" + sequence).encode()) != ""


def test_a_stopped_tty_stops_nothing_and_is_drawn_once_it_drains(shared: Console) -> None:
    """While the tty is stopped the UI goes on; when it drains the screen is whole and up to date."""
    counted = shared.counted()
    termios.tcflow(shared.slave, termios.TCOOFF)
    for _ in range(40):
        os.write(shared.master, b"n")
        time.sleep(0.015)
    deadline = time.monotonic() + 5
    while shared.stored() < counted + 40 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert shared.stored() == counted + 40
    shared.read(0.1)
    assert f"count {counted} " in shared.text()
    before = len(shared.written)
    termios.tcflow(shared.slave, termios.TCOON)
    shared.count(counted + 40)
    assert shared.written[before:].count(b"count ") < 25
    assert b"\x1b[2J" in shared.written[before:]
    assert "Typed" in shared.text()
    assert "finish" in shared.text()


def test_the_size_is_the_ttys(shared: Console) -> None:
    """A tty that changes its size changes the screen; one too small shows a card and takes no key."""
    counted = shared.counted()
    shared.screen.resize(18, 50)
    termios.tcsetwinsize(shared.slave, (18, 50))
    shared.wait("The screen is too small.")
    shared.send("n")
    shared.read(0.2)
    shared.screen.resize(24, 80)
    termios.tcsetwinsize(shared.slave, (24, 80))
    shared.wait(lambda text: f"count {counted} " in text and "finish" in text)


def test_the_environment_opens_no_door(tmp_path: Path) -> None:
    """`TEXTUAL_DRIVER` names a module to import; it is not looked at even where a plan lets it through."""
    console = Console(tmp_path, TEXTUAL_DRIVER="no.such.module:Driver")
    try:
        console.count(0)
        assert console.crashes() == ""
    finally:
        console.close()


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    """Started from a pipe it ends with one clear sentence, what to do, and its own status."""
    command = [sys.executable, "-m", "tests.terminal.locked", str(tmp_path), "tests.terminal.demo:ui"]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == "There is no terminal to draw on. Start the program on a console.\n"
    assert done.stderr == ""


def test_the_supervisor_needs_the_standard_library_only() -> None:
    """Importing it loads nothing of ours but the two files beside it, and no other library."""
    program = (
        "import sys; before = set(sys.modules); import terminal.supervisor; "
        "names = {m.partition('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names); "
        "print(sorted(names), sorted(m for m in sys.modules if m.startswith('terminal.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['terminal'] ['terminal.child', 'terminal.supervisor', 'terminal.tty']"
