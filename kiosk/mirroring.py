"""The mirror of the session's journal on a second medium: written beside the candidate's path, and never waited for.

Rules.
1. The session hands over what is new once a second, after its replies; sealing and writing is a thread's own work.
   So no answer is ever later, or refused, because of the medium.
2. A medium that is not there, fails, or has not answered for `LATE` ms is told as lost. It is tried again every
   `AGAIN` ms, from the first segment on, since another medium may be in by then.
3. A segment is written whole, durably and read back before the next; a kill at any moment leaves a mirror that is
   whole up to some entry.
4. Once the sealed record of the ended session is on a carrier, the mirror is removed. It is of no use any more then.

What a mirror holds is results/wire/mirror.py's; taking one over is kiosk/moving.py's.
"""

from __future__ import annotations

import enum
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from keys.carrier import Carrier, CarrierMissingError
from keys.clock import Stamp
from keys.codes import checkpoint_code
from keys.encoding import Instant
from keys.errors import ExamKioskError
from kiosk.live import Live
from kiosk.seating import Seated
from kiosk.station import Seat, Station
from results.wire.journal import Head
from results.wire.mirror import MirrorHeader, Segment, cut, mirror_folder, seal_segment, segment_name

LATE = 10_000
"""Milliseconds after which a medium that has not answered counts as lost."""
AGAIN = 15_000
"""Milliseconds between two tries of a lost medium."""


class Kept(enum.StrEnum):
    """Where the mirror stands: there is none, it follows the journal, or its medium is lost."""

    NONE = ""
    FOLLOWS = "follows"
    LOST = "lost"


class Mirror:
    """The mirror of whatever session this process holds; without a medium it does nothing."""

    def __init__(self, station: Station, medium: Path | None) -> None:
        """Mirror to this folder of a second medium, which may come and go; nothing is touched yet."""
        self._station, self._medium = station, medium
        self._work: _Work | None = None
        self._open: Segment | None = None
        self._handed = Head()
        self._began = self._failed = 0
        self._removed = False
        self.kept = Kept.NONE

    @property
    def medium(self) -> Carrier | None:
        """The medium as a drive, unless there is none or a write to it hangs."""
        if self._medium is None or (self._work is not None and not self._work.done):
            return None
        return Carrier(self._medium)

    def follow(self, live: Live, now: Stamp) -> None:
        """Hand over what is new in the journal, if the last write is done; never waits, never raises."""
        if self._medium is None or not self._may_write(now):
            return
        store = live.seated.store
        if self._handed == store.head:
            return
        first = self._open is None
        start = Segment(0, 0, (), Head()) if self._open is None else self._open
        try:
            raws = store.raws(start.first)
        except ExamKioskError:
            return
        segments = cut(raws, start.number, start.end)
        self._open, self._handed, self._began = _following(segments, start), store.head, now.boot
        write = _writing(self._medium, self._station, live.seated, segments, live)
        self._work = _Work(write)
        self._removed = False
        if first:
            self.kept = self.kept or Kept.FOLLOWS

    def remove(self, seat: Seat, now: Stamp) -> None:
        """Remove the mirror of an ended session whose record is on a carrier; never waits, never raises."""
        if self._medium is None or self._removed or not self._may_write(now):
            return
        folder = self._medium / mirror_folder(seat.sitting, self._station.identity.fingerprint, seat.session)
        self._removed, self._began, self.kept = True, now.boot, Kept.NONE
        self._work = _Work(lambda: shutil.rmtree(folder, ignore_errors=True))

    def wait(self, seconds: float) -> None:
        """Give a write that is under way so much time to end, where the process ends anyway."""
        if self._work is not None:
            self._work.wait(seconds)

    def _may_write(self, now: Stamp) -> bool:
        """Whether the medium is free; notes how the last write went."""
        work = self._work
        if work is None:
            return self.kept is not Kept.LOST or now.boot - self._failed >= AGAIN
        if not work.done:
            if now.boot - self._began >= LATE:
                self._lose(now)
            return False
        self._work = None
        if work.failed:
            self._lose(now)
            return False
        if not self._removed:
            self.kept = Kept.FOLLOWS
        return True

    def _lose(self, now: Stamp) -> None:
        self.kept, self._failed = Kept.LOST, now.boot
        self._open, self._handed = None, Head()


class _Work:
    """One thing done in a thread of its own, which the process does not wait for at its end."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.failed = False
        self._act = act
        self._thread = threading.Thread(target=self._run, daemon=True, name="mirror")
        self._thread.start()

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._act()
        except (ExamKioskError, OSError):
            self.failed = True


def within(seconds: float, act: Callable[[], None]) -> bool:
    """Do this in a thread, and wait for it no longer than so many seconds; whether it was done."""
    work = _Work(act)
    work.wait(seconds)
    return work.done and not work.failed


def _following(segments: tuple[Segment, ...], start: Segment) -> Segment:
    """The segment that the next lines belong to, without its lines and with the head before them."""
    last = segments[-1]
    if last.full:
        return Segment(last.number + 1, last.end.count, (), last.end)
    before = segments[-2].end if len(segments) > 1 else start.end
    return Segment(last.number, last.first, (), before)


def _writing(
    medium: Path, station: Station, seated: Seated, segments: tuple[Segment, ...], live: Live
) -> Callable[[], None]:
    """What the thread does: seal these segments and write them, one after the other. It shares nothing that changes."""
    record, seat, signer = live.state.record, seated.seat, station.private.signer()
    folder = mirror_folder(seat.sitting, station.identity.fingerprint, seat.session)
    at = seated.store.last.wall if seated.store.last else Instant(0)
    codes, key, plan = seated.codes, seated.mirror_key, seated.plan

    def header(end: Head) -> MirrorHeader:
        checkpoint = checkpoint_code(codes, seat.session, end.digest, end.count)
        bound = (seat.plan_digest, seat.package_digest)
        who = (record.candidate, record.attempt)
        return MirrorHeader(
            seat.session,
            plan.sitting,
            plan.mode.value,
            station.identity.fingerprint,
            *bound,
            *who,
            0,
            0,
            end.digest,
            end.count,
            checkpoint,
            at,
        )

    def write() -> None:
        if not medium.is_dir():
            raise CarrierMissingError(name=str(medium))
        drive = Carrier(medium)
        for one in segments:
            drive.write(
                segment_name(folder, one.number), seal_segment(one, header(one.end), key, plan, signer)
            )

    return write
