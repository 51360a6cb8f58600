"""The desk's commands as a proctor runs them: one process each in life, one call each in the tests."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

import exam_kiosk
from tests.proctor.simulated import FIRST, PASSPHRASE, SITTING, Site

SEEN = ("--document", "passport", "--photo", "--name-matches")
"""A document in order, as options of `identity`."""


def piped(line: str) -> str:
    """The number of a descriptor with one line to read."""
    read, write = os.pipe()
    os.write(write, line.encode() + b"\n")
    os.close(write)
    return str(read)


class Proctor:
    """Runs `exam-kiosk proctor` on one desk and reads its answer."""

    def __init__(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        self.site, self.capsys = site, capsys

    def run(self, *words: str, passphrase: str = PASSPHRASE) -> int:
        """One command line; its exit status."""
        acting = () if words[0] == "enrol" or "--proctor" in words else ("--proctor", FIRST)
        secret = (*acting, "--passphrase-fd", piped(passphrase))
        return exam_kiosk.run(["proctor", *words, "--desk", str(self.site.path), *secret])

    def text(self, *words: str, passphrase: str = PASSPHRASE) -> str:
        """What a command that succeeds prints."""
        assert self.run(*words, passphrase=passphrase) == 0, self.capsys.readouterr()
        return self.capsys.readouterr().out

    def json(self, *words: str, passphrase: str = PASSPHRASE) -> dict[str, Any]:
        """The object of a command that succeeds."""
        found: dict[str, Any] = json.loads(self.text(*words, "--json", passphrase=passphrase))
        return found

    def refused(self, *words: str, passphrase: str = PASSPHRASE) -> dict[str, str]:
        """The error of a command that fails, which holds no traceback and is nothing but an object."""
        assert self.run(*words, "--json", passphrase=passphrase) == 1
        told = self.capsys.readouterr()
        assert told.err == ""
        error: dict[str, str] = json.loads(told.out)["error"]
        return error

    @property
    def carrier(self) -> tuple[str, str]:
        """The option that names the carrier."""
        return ("--carrier", str(self.site.carrier.root))

    def open(self, code: str = "") -> tuple[str, ...]:
        """The words of the opening."""
        return ("open", *self.carrier, "--sitting", SITTING, "--code-fd", piped(code or self.site.code))
