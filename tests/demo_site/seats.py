"""The kiosks: real session processes, driven by the messages that their screens send."""

from __future__ import annotations

from pathlib import Path

from keys import container
from keys.carrier import Carrier
from keys.encoding import decode
from keys.statement import MIRROR, claimed_payload
from kiosk import protocol as p
from results.wire.mirror import FOLDER, KIND, MAX_SEGMENT, MirrorHeader
from tests.demo import at_protocol
from tests.demo.commands import StepFailedError


class Seat(at_protocol.Kiosk):
    """One kiosk; `drive` is the folder of its second drive, if it has one."""

    def __init__(
        self, station: Path, carrier: Path, drive: Path | None = None, *, lightly: bool = False
    ) -> None:
        """Start it; `lightly`: with the least Argon2id work."""
        self._drive, self._lightly = drive, lightly
        self._boots = 0
        more = () if drive is None else ("--mirror", str(drive))
        super().__init__(station, carrier, *more)

    def program(self) -> tuple[str, ...]:
        """The session process; after a power cut, that of a machine that was started again."""
        again = ("rebooted", f"boot-{self._boots}")
        if self._lightly:
            return ("-m", "tests.demo_site.lightly", *(again if self._boots else ("session",)))
        return ("-m", f"tests.demo_site.{again[0]}", again[1]) if self._boots else super().program()

    def lose_power(self) -> p.View:
        """Kill it and start the machine again; what it shows then."""
        self.process.kill()
        self.process.wait()
        self._boots += 1
        self.start_again()
        return self.view

    def die(self) -> None:
        """Kill it for good."""
        self.process.kill()
        self.process.wait()
        self._screen.close()
        self._control.close()

    def until_mirrored(self) -> None:
        """Let seconds go by until the second drive holds all that is saved."""
        for _ in range(60):
            if self._mirrored() == self.view.checkpoint:
                return
            heard = self.hear()
            self.view = heard if isinstance(heard, p.View) else self.view
        raise StepFailedError("the second drive does not follow")

    def _mirrored(self) -> str:
        """The checkpoint code of the second drive, as its newest segment says it."""
        if self._drive is None:
            raise StepFailedError("this kiosk has no second drive")
        medium = Carrier(self._drive)
        names = medium.names(FOLDER)
        if not names:
            return ""
        statement, _ = container.split(medium.read(names[-1], limit=MAX_SEGMENT), kind=KIND)
        return decode(claimed_payload(statement, MIRROR), MirrorHeader, name=KIND).checkpoint
