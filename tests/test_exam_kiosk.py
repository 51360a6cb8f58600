"""The one command: groups are loaded when used, and no failure shows more than it should."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import ClassVar

import pytest
import typer

import exam_kiosk
from keys.errors import ExamKioskError

SECRET = "the-answer-is-C"


class LostCarrierError(ExamKioskError):
    """An error with a control character in a value, as from a hostile carrier."""

    code: ClassVar[str] = "carrier-lost"
    what: ClassVar[str] = "The carrier {name} is gone."
    next_step: ClassVar[str] = "Plug it in again."


def _command(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Put a `keys` group in place whose one command `act` does what the test needs."""
    group = typer.Typer()
    group.command("act")(act)
    group.callback()(lambda: None)
    monkeypatch.setattr(exam_kiosk, "import_module", lambda _: SimpleNamespace(app=group))


def test_help_names_every_group_and_imports_none() -> None:
    """`--help` lists the five groups without importing any of their libraries."""
    program = (
        "import sys, exam_kiosk\n"
        "status = exam_kiosk.run(['--help'])\n"
        "heavy = {'textual', 'sqlalchemy', 'tuf', 'sqlcipher3', 'nacl', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else status)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in exam_kiosk.ROOMS if f"  {name} " in done.stdout] == list(exam_kiosk.ROOMS)


def test_only_the_group_that_is_used_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Using one group asks for that group's module alone."""
    asked: list[str] = []

    def load(module: str) -> SimpleNamespace:
        asked.append(module)
        return SimpleNamespace(app=typer.Typer())

    monkeypatch.setattr(exam_kiosk, "import_module", load)
    exam_kiosk.application("packages")
    assert asked == ["exam_packages.cli"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints the distribution's name and version, and succeeds."""
    assert exam_kiosk.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("exam-kiosk 0.")


def test_a_persons_mistake_is_two_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error of ours is its code, one sentence and one next step on stderr, control bytes removed, status 1."""

    def act() -> None:
        raise LostCarrierError(name="\x1b]52;c;AAAA\x07A")

    _command(monkeypatch, act)
    assert exam_kiosk.run(["keys", "act"]) == exam_kiosk.FAILED
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "error [carrier-lost]: The carrier ]52;c;AAAAA is gone.\nnext: Plug it in again.\n"


def test_json_is_one_object_on_stdout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--json` the same three things are one object on stdout and stderr stays empty."""

    def act(*, json: bool = False) -> None:
        raise LostCarrierError(name="A")

    _command(monkeypatch, act)
    assert exam_kiosk.run(["keys", "act", "--json"]) == exam_kiosk.FAILED
    told = capsys.readouterr()
    error = {"code": "carrier-lost", "what": "The carrier A is gone.", "next": "Plug it in again."}
    assert (json.loads(told.out), told.err) == ({"error": error}, "")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "drive-full"),
        (errno.EROFS, "drive-read-only"),
        (errno.EACCES, "not-permitted"),
        (errno.EIO, "drive-failing"),
        (errno.ENOENT, "file-missing"),
        (errno.ELOOP, "system-refused"),
    ],
)
def test_the_systems_refusals_are_sentences(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, code: str
) -> None:
    """What the system refuses has a code, a sentence that names the file, and a next step; status 1."""

    def act() -> None:
        raise OSError(number, "no", "plan.json")

    _command(monkeypatch, act)
    assert exam_kiosk.run(["keys", "act"]) == exam_kiosk.FAILED
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"error [{code}]: ")
    assert first.endswith(": plan.json.")
    assert second.startswith("next: ")


def test_a_defect_shows_its_type_and_place_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unexpected error shows its type, file and line: no message, no local, no traceback; status 70."""

    def act() -> None:
        held = SECRET
        raise ValueError(held)

    _command(monkeypatch, act)
    assert exam_kiosk.run(["keys", "act"]) == exam_kiosk.INTERNAL
    told = capsys.readouterr()
    assert told.err.startswith(
        "error [internal]: The program failed with ValueError at tests/test_exam_kiosk.py:"
    )
    assert SECRET not in told.out + told.err
    assert "Traceback" not in told.err


def test_a_part_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A kiosk, which has no SQLAlchemy, answers a centre command with where to run it."""

    def load(_: str) -> SimpleNamespace:
        raise ModuleNotFoundError(name="sqlalchemy.engine")

    monkeypatch.setattr(exam_kiosk, "import_module", load)
    assert exam_kiosk.run(["results", "import"]) == exam_kiosk.FAILED
    assert capsys.readouterr().err.splitlines() == [
        "error [part-not-installed]: This command is not installed on this machine: it needs the `centre` part.",
        "next: Run it at the centre, or install `exam-kiosk[centre]` here.",
    ]


@pytest.mark.parametrize("words", [["kyes"], ["--foo"], ["keys", "no-such-act"], ["keys", "act", "--foo"]])
def test_a_wrong_command_line_is_told_and_is_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """A word that is no command or option is told in the same two lines, with where to look."""
    _command(monkeypatch, lambda: None)
    assert exam_kiosk.run(words) == exam_kiosk.MISUSED
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error [usage]: ")
    assert second.startswith("next: See `exam-kiosk")


def test_a_wrong_choice_is_one_clear_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that is none of an option's words is told with those words, and not with how they are checked."""
    assert exam_kiosk.run(["keys", "new", "x", "--role", "boss", "--name", "x"]) == exam_kiosk.MISUSED
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("error [usage]: Invalid value for '--role': 'boss' is not one of 'root', ")


def test_a_group_alone_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A group without a command is told that one is missing; with `--json`, as an object."""
    _command(monkeypatch, lambda: None)
    assert exam_kiosk.run(["keys"]) == exam_kiosk.MISUSED
    assert "Missing command" in capsys.readouterr().err
    assert exam_kiosk.run(["keys", "--json"]) == exam_kiosk.MISUSED
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage"


def test_a_chosen_status_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that ends itself with a status has that status."""

    def act() -> None:
        raise typer.Exit(3)

    _command(monkeypatch, act)
    assert exam_kiosk.run(["keys", "act"]) == 3


def test_a_question_nobody_answers_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A prompt that meets the end of its input stops with a sentence."""

    def act() -> None:
        raise EOFError

    _command(monkeypatch, act)
    assert exam_kiosk.run(["keys", "act"]) == exam_kiosk.FAILED
    assert "error [no-answer]: " in capsys.readouterr().err
