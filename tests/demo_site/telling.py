"""How the day is told: chapters, steps with their time, and what happened in them, for a person who sees it first."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.demo.commands import StepFailedError, Story, finish, start

WIDTH = 100
REFUSED = range(1, 128)
"""The statuses of a command that was not done."""
LOOKED = (0, 1)
"""The statuses of a look: 1 where anything is red."""


class Telling(Story):
    """A story in chapters."""

    def chapter(self, title: str, words: str) -> None:
        """A new chapter, and what it is about."""
        print(f"\n{title}", flush=True)
        print(textwrap.fill(words, WIDTH, initial_indent="  ", subsequent_indent="  "), flush=True)

    def note(self, words: str) -> None:
        """Something that happened in the step before."""
        print(textwrap.fill(words, WIDTH, initial_indent="    - ", subsequent_indent="      "), flush=True)

    def ended(
        self, statuses: Collection[int], *arguments: object, secrets: Mapping[str, str] | None = None
    ) -> Any:
        """Run one command with `--json` that ends with one of these statuses, and return its object."""
        words = [*map(str, arguments), "--json"]
        process = start(words, folder=self.folder, secrets=secrets, program=self.program)
        out, err = process.communicate(timeout=600)
        if process.returncode not in statuses:
            raise StepFailedError(
                f"{words} ended with {process.returncode}, not {statuses}: {(err or out)[:2000]}"
            )
        return json.loads(out)

    def refused(self, code: str, *arguments: object, secrets: Mapping[str, str] | None = None) -> str:
        """Run one command that must be refused with this code; what it said."""
        error = self.ended(REFUSED, *arguments, secrets=secrets).get("error", {"code": "", "what": ""})
        self.check(
            error["code"] == code, f"not refused with {code}: {arguments} [{error['code']}] {error['what']}"
        )
        return str(error["what"])

    def check(self, holds: object, what: str) -> None:
        """Stop the story unless this holds."""
        if not holds:
            raise StepFailedError(what)

    def together(self, commands: list[tuple[list[str], dict[str, str]]]) -> list[Any]:
        """Run commands with `--json`, two at a time; their objects in order."""

        def one(command: tuple[list[str], dict[str, str]]) -> Any:
            words, secrets = [*command[0], "--json"], command[1]
            return json.loads(
                finish(start(words, folder=self.folder, secrets=secrets, program=self.program), words)
            )

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(one, commands))
