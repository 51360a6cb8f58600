"""What `kiosk run` starts, in the standard library only, so that the first screen waits for nothing else.

The session process looks whether it may run here; `exam_kiosk` and `kiosk.cli` say in words why it may not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from terminal import supervisor, vt

SCREEN, LINES = "kiosk.app:main", "kiosk.linear.front:main"
SCREEN_SEES = ("TERM", "COLORTERM", "NO_COLOR")
"""What of the environment reaches the screen's process; the rest stays outside."""
LOG = "screen.log"
KEYS = "station.key"
"""What an enrolled kiosk's folder holds (`kiosk.station`, which brings the crypto libraries along)."""


def run(station: Path, carrier: Path, *, linear: bool = False, mirror: Path | None = None) -> int:
    """Lock this terminal and run the exam on it; return the exit status, `supervisor.REFUSED` if it may not run here.

    `linear` tells it line after line instead of drawing screens; `mirror` is a folder of a second medium.
    Raises `SupervisorError` without a terminal, or `OSError`.
    """
    locks = vt.lock(0)
    try:
        return supervisor.run(plan(station, carrier, locks.unlocked, linear=linear, mirror=mirror))
    finally:
        vt.unlock(0, locks)


def at_once(arguments: Sequence[str]) -> int | None:
    """Run what `exam-kiosk kiosk run` is mostly called with: a station and a carrier that are there, on a terminal.

    `None` for anything else, and for what went wrong before it began: the ordinary way repeats it and says why.
    """
    named = dict(zip(arguments[::2], arguments[1::2], strict=False))
    given = {"--station", "--carrier"}
    if len(arguments) != 2 * len(named) or set(named) - {"--mirror"} != given:
        return None
    station, carrier = Path(named["--station"]), Path(named["--carrier"])
    mirror = Path(named["--mirror"]) if "--mirror" in named else None
    if not ((station / KEYS).is_file() and os.isatty(0) and os.isatty(1)):
        return None
    try:
        status = run(station, carrier, mirror=mirror)
    except (OSError, supervisor.SupervisorError):
        return None
    return None if status == supervisor.REFUSED else status


def plan(
    station: Path,
    carrier: Path,
    not_locked: tuple[str, ...],
    *,
    linear: bool = False,
    mirror: Path | None = None,
) -> supervisor.Plan:
    """What the supervisor runs; the session process is told what of the console is `not_locked`."""
    folder = station.resolve()
    session: tuple[str, ...] = ("kiosk.runner", "--station", str(folder), "--carrier", str(carrier.resolve()))
    if mirror is not None:
        session += ("--mirror", str(mirror.resolve()))
    words = (word for name in not_locked for word in ("--not-locked", name))
    return on_screens((*session, *words), folder, linear=linear)


def on_screens(session: Sequence[str], folder: Path, *, linear: bool) -> supervisor.Plan:
    """The candidate's screens in front of this session process of our interpreter; their log goes to `folder`."""
    seen = {name: os.environ[name] for name in SCREEN_SEES if name in os.environ}
    return supervisor.Plan(
        session=(sys.executable, "-P", "-m", *session),
        ui=LINES if linear else SCREEN,
        crash_log=folder / LOG,
        environment={**seen, "LANG": "C.UTF-8", "PATH": os.defpath},
        plain=linear,
    )
