"""A suspended session as it is seen before a code is typed: which code is asked for, what stopped it, what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from keys.clock import Stamp, check_floor, utc
from keys.errors import ExamKioskError
from kiosk import seating, timing
from kiosk.seating import Pulse
from kiosk.station import Seat, Station
from results.wire.events import ResumeCause
from terminal.language import N_, _

CAUSES = {
    ResumeCause.PROGRAM: N_("The exam program stopped; the machine stayed on."),
    ResumeCause.MACHINE: N_("The machine lost power or was started again."),
    ResumeCause.ASLEEP: N_("The machine was asleep, or stood still; it stayed on."),
}
CLOCK_SET = N_("Its clock was set while the session stood.")


class ClockEarlierError(ExamKioskError):
    """The clock is before the moment at which the session was last saved: a question to the proctor, not a refusal."""

    code = "clock-earlier"
    what = "This machine's clock says {clock}, but the session was last saved at {saved}."
    next_step = "Set the clock right if it is wrong, then type the resume code."


@dataclass(frozen=True, slots=True)
class Suspension:
    """The number of the code that is asked for, and the last sign of life."""

    n: int
    pulse: Pulse

    def lost(self, now: Stamp) -> int:
        """Milliseconds of exam time that the stop has cost so far."""
        return self._outage(now).lost

    def cause(self, now: Stamp) -> str:
        """In words what stopped the session, and whether the clock was set meanwhile."""
        words = _(CAUSES[self._outage(now).cause])
        last = self.pulse.at
        was_set = last.boot_id == now.boot_id and timing.jumped(timing.offset(last), now) != 0
        return f"{words} {_(CLOCK_SET)}" if was_set else words

    def check_clock(self, now: Stamp, station: Station) -> None:
        """Raise `ClockBehindError`, or `ClockEarlierError` where the clock went back behind the last sign of life."""
        check_floor(now, station.file.floor.newest)
        if now.wall < self.pulse.at.wall:
            raise ClockEarlierError(clock=utc(now.wall), saved=utc(self.pulse.at.wall))

    def _outage(self, now: Stamp) -> timing.Outage:
        pulse = self.pulse
        return timing.outage(pulse.at, now, running=pulse.running, asleep=pulse.asleep)


def find(station: Station, seat: Seat) -> Suspension:
    """What is known of a seat whose store is not open.

    Raises `StorePutBackError`, `LocalFileAlteredError` or a `StorageError`.
    """
    return Suspension(seating.asked_for(station, seat), seating.read_pulse(station, seat))
