"""Secrets come from a terminal or a descriptor, never from an argument, and answers are one object or text."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from keys import prompt
from keys.prompt import (
    DescriptorError,
    NoTerminalError,
    PassphrasesDifferError,
    UnreadableAnswerError,
    emit,
    read_code,
    read_passphrase,
)

ROOT = Path(__file__).parents[2]


@contextmanager
def lines(content: bytes) -> Iterator[int]:
    """A descriptor that holds `content` and then ends."""
    reading, writing = os.pipe()
    try:
        os.write(writing, content)
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def test_each_question_reads_one_line() -> None:
    """A passphrase and a code may come one after the other on one descriptor, with any line ends."""
    with lines("tall ships\r\nABC DEF\nünïcode".encode()) as descriptor:
        assert read_passphrase(descriptor, "passphrase", confirm=True) == "tall ships"
        assert read_code(descriptor, "code") == "ABC DEF"
        assert read_code(descriptor, "code") == "ünïcode"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\n", b"x" * 1025 + b"\n", b"x" * 60_000])
def test_a_descriptor_without_a_line_is_told(content: bytes) -> None:
    """No line, an empty one, one that is no text and one that does not end are refused."""
    with lines(content) as descriptor, pytest.raises(DescriptorError):
        read_passphrase(descriptor, "passphrase")


def test_a_descriptor_that_is_not_open_is_told() -> None:
    """The words name the descriptor."""
    with pytest.raises(DescriptorError) as caught:
        read_code(999, "release code")
    assert "descriptor 999" in caught.value.diagnostics().what


@pytest.mark.parametrize("ask", [read_passphrase, read_code])
def test_without_a_terminal_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ask: Callable[[None, str], str]
) -> None:
    """Where there is nobody to ask, the words say how to hand the answer over."""
    monkeypatch.setattr(prompt, "_TERMINAL", str(tmp_path / "none"))
    with pytest.raises(NoTerminalError) as caught:
        ask(None, "passphrase")
    assert "--passphrase-fd" in caught.value.diagnostics().next_step


def test_two_entries_must_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new passphrase is typed twice; the two entries are compared."""
    typed = iter(("one and all", "one and none", "all or none", "all or none"))
    monkeypatch.setattr(prompt, "_TERMINAL", os.devnull)
    monkeypatch.setattr("getpass.getpass", lambda _label: next(typed))
    with pytest.raises(PassphrasesDifferError):
        read_passphrase(None, "new passphrase", confirm=True)
    assert read_passphrase(None, "new passphrase", confirm=True) == "all or none"


@pytest.mark.parametrize("ask", [read_passphrase, read_code])
@pytest.mark.parametrize("answer", ["sesame\udcff", None], ids=["a lone surrogate", "a decoder that fails"])
def test_what_is_typed_must_be_text(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[None, str], str], answer: str | None
) -> None:
    """Bytes that are no text in the terminal's encoding are refused, however Python hands them over."""

    def typed(*_arguments: object, **_options: object) -> str:
        return b"\xff".decode() if answer is None else answer

    monkeypatch.setattr(prompt, "_TERMINAL", os.devnull)
    monkeypatch.setattr("getpass.getpass", typed)
    monkeypatch.setattr("typer.prompt", typed)
    with pytest.raises(UnreadableAnswerError):
        ask(None, "release code")


@pytest.mark.parametrize("interruption", [EOFError, KeyboardInterrupt])
def test_a_question_that_is_not_answered_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    """Ctrl+D and Ctrl+C stop without a traceback."""

    def interrupted(_label: str) -> str:
        raise interruption

    monkeypatch.setattr(prompt, "_TERMINAL", os.devnull)
    monkeypatch.setattr("getpass.getpass", interrupted)
    with pytest.raises(typer.Abort):
        read_passphrase(None, "passphrase")


def test_a_passphrase_is_not_echoed() -> None:
    """On a real terminal the question is shown and what is typed is not."""
    child, terminal = pty.fork()
    if child == 0:
        typed = read_passphrase(None, "passphrase of kim")
        os.write(1, str(len(typed)).encode())
        os._exit(0)
    shown = b""
    while b"kim: " not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, b"sesame seed\n")
    while b"11" not in shown:
        shown += os.read(terminal, 1024)
    os.close(terminal)
    os.waitpid(child, 0)
    assert b"Passphrase of kim: " in shown
    assert b"sesame" not in shown


@pytest.mark.parametrize("end", [b"ABC DEF\n", b"\x03", b"\x04"], ids=["an answer", "Ctrl+C", "Ctrl+D"])
def test_an_empty_entry_is_told_and_asked_again(end: bytes) -> None:
    """Enter alone brings one line of help and the question again; Ctrl+C and Ctrl+D end it."""
    program = (
        "import typer\nfrom keys.prompt import read_code\n"
        "try: print('<' + read_code(None, 'release code') + '>')\n"
        "except typer.Abort: print('<none>')\n"
    )
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a run in the background hands on that it is ignored
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.execv(sys.executable, [sys.executable, "-c", program])
    shown = b""
    for typed in (b"\n", b" \n", end):
        seen = len(shown)
        while b"Release code: " not in shown[seen:]:
            shown += os.read(terminal, 1024)
        os.write(terminal, typed)
    while b">" not in shown:
        if select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 1024)
        elif end == b"\x03":  # it may fall between the question and the read; a person presses again
            os.write(terminal, end)
    os.close(terminal)
    os.waitpid(child, 0)
    assert shown.count(b"Type the release code, or press Ctrl+C to stop.") == 2
    assert (b"<ABC DEF>" if end.isupper() else b"<none>") in shown


def test_an_answer_is_one_object_or_clean_text(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json there is one JSON object on one line; the text shows nothing that acts on a terminal."""
    emit(True, {"name": "Zoë", "roles": ("a", "b")}, "unused")
    assert json.loads(capsys.readouterr().out) == {"name": "Zoë", "roles": ["a", "b"]}
    emit(False, {}, "two\nlines\x1b[31m")
    assert capsys.readouterr().out == "two\nlines[31m\n"


def test_the_module_is_cheap_to_import() -> None:
    """What every command asks with loads neither TUF nor the terminal library."""
    code = "import sys, keys.prompt; print([name for name in ('tuf', 'textual', 'urllib3') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
