"""The desk: every act by its own command, in the name of the proctor who acts; one command at a time."""

from __future__ import annotations

import threading
from typing import Any

from tests.demo_site.cast import FIRST, SECOND, SITTING
from tests.demo_site.centre import DESK, Secrets
from tests.demo_site.telling import LOOKED, Telling


class Proctors:
    """Two proctors at one desk."""

    def __init__(self, story: Telling, secret: Secrets) -> None:
        """`secret` holds their passphrases."""
        self.story, self.secret = story, secret
        self._turn = threading.Lock()
        self.starts: dict[str, str] = {}
        self.slips: dict[str, str] = {}

    def _words(self, words: tuple[object, ...], by: str) -> tuple[object, ...]:
        return ("proctor", *words, "--desk", DESK, "--proctor", by)

    def do(self, *words: object, by: str = FIRST) -> Any:
        """One command of the desk; what it told."""
        with self._turn:
            return self.story.report(*self._words(words, by), secrets=self.secret[by])

    def refused(self, code: str, *words: object, by: str = FIRST) -> str:
        """One command that the desk must refuse with this code; what it said."""
        with self._turn:
            return self.story.refused(code, *self._words(words, by), secrets=self.secret[by])

    def preflight(self, carrier: str) -> Any:
        """Look everything over; what was found."""
        words = self._words(("preflight", "--carrier", carrier, "--sitting", SITTING), FIRST)
        return self.story.ended(LOOKED, *words, secrets=self.secret[FIRST])

    def open(self, carrier: str, release_code: str) -> Any:
        """Open the sitting, and learn the start codes and what is on the admission slips."""
        words = self._words(("open", "--carrier", carrier, "--sitting", SITTING), FIRST)
        done = self.story.report(*words, secrets={**self.secret[FIRST], "--code-fd": release_code})
        codes = self.do("codes")
        self.starts = {row["kiosk"]: row["start_code"] for row in codes["kiosks"]}
        self.slips = {row["candidate"]: row["admission_code"] for row in codes["candidates"]}
        return done

    def agree(self, *words: object) -> Any:
        """One command of the first proctor that the second one agrees to."""
        secrets = {**self.secret[FIRST], "--second-fd": self.secret[SECOND]["--passphrase-fd"]}
        with self._turn:
            return self.story.report(*self._words((*words, "--second", SECOND), FIRST), secrets=secrets)

    def admit(self, candidate: str, *, slip: bool) -> str:
        """Compare a candidate with a passport and admit them, with a slip or by word; the admission code."""
        self.do("identity", candidate, "--document", "passport", "--photo", "--name-matches")
        return self.slips[candidate] if slip else str(self.do("admit", candidate)["admission_code"])
