"""What every command asks and answers: hidden passphrases, typed codes, and one JSON object or text on stdout.

Secrets come from the terminal or from a file descriptor that the caller opened, never from an argument.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Mapping

import typer

from keys.errors import ExamKioskError
from keys.text import sanitise

MAX_LINE = 1024
_TERMINAL = "/dev/tty"


class NoTerminalError(ExamKioskError):
    """A question cannot be asked: there is no terminal, and no descriptor was given."""

    code = "no-terminal"
    what = "There is no terminal to ask for the {label} on."
    next_step = "Run the command on a terminal, or hand the answer over with --passphrase-fd or --code-fd."


class DescriptorError(ExamKioskError):
    """The given file descriptor yields no line of text."""

    code = "descriptor-unreadable"
    what = "No line for the {label} could be read from file descriptor {number}."
    next_step = "Open the descriptor for the command, for example with `--passphrase-fd 3 3<FILE`."


class UnreadableAnswerError(ExamKioskError):
    """What was typed is not text in the terminal's own encoding."""

    code = "answer-unreadable"
    what = "What was typed for the {label} holds something that is no character."
    next_step = "Type it again; if it is refused again, set the terminal to UTF-8."


class PassphrasesDifferError(ExamKioskError):
    """The two entries of a new passphrase differ."""

    code = "passphrases-differ"
    what = "The two passphrases are not the same."
    next_step = "Run the command again and type the same passphrase twice."


def read_passphrase(descriptor: int | None, label: str, *, confirm: bool = False) -> str:
    """A passphrase from one line of `descriptor`, else asked for without echo, twice where `confirm` says so.

    `label` says whose it is.
    Raises `DescriptorError`, `NoTerminalError`, `UnreadableAnswerError`, `PassphrasesDifferError` or `typer.Abort`.
    """
    if descriptor is not None:
        return _line(descriptor, label)
    first = _ask(label)
    if confirm and _ask(f"{label}, again") != first:
        raise PassphrasesDifferError
    return first


def read_code(descriptor: int | None, label: str) -> str:
    """A typed code or fingerprint from one line of `descriptor`, else asked for on the terminal; nothing is checked.

    Raises `DescriptorError`, `NoTerminalError`, `UnreadableAnswerError` or `typer.Abort`.
    """
    if descriptor is not None:
        return _line(descriptor, label)
    _need_terminal(label)
    question = label[0].upper() + label[1:]
    while not (answer := _text(lambda: _typed(question), label).strip()):
        typer.echo(f"Nothing was typed. Type the {label}, or press Ctrl+C to stop.", err=True)
    return answer


def emit(as_json: bool, values: Mapping[str, object], text: str) -> None:
    """Answer a command on stdout: `values` as one JSON object where `as_json` says so, else `text`."""
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    else:
        typer.echo(sanitise(text, limit=len(text), newlines=True))


def _line(descriptor: int, label: str) -> str:
    """One line, byte by byte, so that the next question may read the next line of the same descriptor."""
    found = bytearray()
    try:
        while len(found) <= MAX_LINE and (byte := os.read(descriptor, 1)) and byte != b"\n":
            found += byte
        line = found.decode().rstrip("\r")
    except (OSError, UnicodeDecodeError):
        raise DescriptorError(label=label, number=descriptor) from None
    if not line or len(found) > MAX_LINE:
        raise DescriptorError(label=label, number=descriptor)
    return line


def _ask(label: str) -> str:
    _need_terminal(label)
    try:
        return _text(lambda: getpass.getpass(f"{label[0].upper()}{label[1:]}: "), label)
    except (EOFError, KeyboardInterrupt):
        raise typer.Abort from None


def _typed(question: str) -> str:
    """One line from the terminal, which may be empty. Raises `typer.Abort` on Ctrl+C and at the end of input."""
    return str(typer.prompt(question, default="", show_default=False, err=True))


def _text(ask: Callable[[], str], label: str) -> str:
    """The answer, if it is text: Python fails on bytes that are none, or hands them over as lone surrogates."""
    try:
        answer = ask()
        answer.encode()
    except UnicodeError:
        raise UnreadableAnswerError(label=label) from None
    return answer


def _need_terminal(label: str) -> None:
    try:
        os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        raise NoTerminalError(label=label) from None
