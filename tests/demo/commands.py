"""Run the product's own commands as a person would: a process each, secrets over a pipe, never as arguments."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).with_name("exam-kiosk"))


class StepFailedError(Exception):
    """A command of the story did not succeed; the story ends there."""


def start(
    arguments: list[str],
    *,
    folder: Path,
    secrets: Mapping[str, str] | None = None,
    program: tuple[str, ...] = (PROGRAM,),
) -> subprocess.Popen[str]:
    """Start `exam-kiosk` with `arguments`; each secret goes through a pipe of its own, named by its option."""
    ends: list[int] = []
    for option, secret in (secrets or {}).items():
        read, write = os.pipe()
        os.write(write, secret.encode() + b"\n")
        os.close(write)
        arguments = [*arguments, option, str(read)]
        ends.append(read)
    try:
        return subprocess.Popen(
            [*program, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=ends,
            env={**os.environ, "COLUMNS": "100"},
        )
    finally:
        for end in ends:
            os.close(end)


def finish(process: subprocess.Popen[str], arguments: list[str]) -> str:
    """Wait for a command and return what it printed. Raises `StepFailedError` with its complaint."""
    out, err = process.communicate(timeout=600)
    if process.returncode:
        said = err.strip() or out.strip()
        raise StepFailedError(f"exam-kiosk {shlex.join(arguments)}\n{said}")
    return out


@dataclass
class Story:
    """The folder where the story happens, how long each step took, and what is run for `exam-kiosk`."""

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)
    program: tuple[str, ...] = (PROGRAM,)

    def run(self, *arguments: object, secrets: Mapping[str, str] | None = None) -> str:
        """Run one command and return what it printed."""
        words = [str(argument) for argument in arguments]
        return finish(start(words, folder=self.folder, secrets=secrets, program=self.program), words)

    def report(self, *arguments: object, secrets: Mapping[str, str] | None = None) -> Any:
        """Run one command with `--json` and return its object."""
        return json.loads(self.run(*arguments, "--json", secrets=secrets))

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[None]:
        """Say what happens, do it, and say how long it took."""
        print(f"  {what:<66}", end="", flush=True)
        began = time.monotonic()
        try:
            yield
        except BaseException:
            print("  FAILED", flush=True)
            raise
        self.seconds[name] = round(time.monotonic() - began, 2)
        print(f"{self.seconds[name]:7.1f} s", flush=True)
