"""The checks that desk and kiosk have in common: their machine, its disk and clock, and the carrier in it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from keys.carrier import Carrier, room
from keys.clock import Clock, check_floor, utc
from keys.encoding import Instant
from keys.preflight import Finding, amber, green, red
from terminal import vt
from terminal.machine import Machine

MIB = 1024 * 1024
TRIED, SLOW = 4 * MIB, 20_000
"""How many bytes are written to try a carrier out, and the milliseconds from which on it is slow."""

LEAST, USUAL = (64, 22), (80, 24)
"""Columns and rows: below the first no screen is drawn, from the second on nothing is folded."""

LEAST_MEMORY, AMPLE_MEMORY = 384 * MIB, 768 * MIB
"""Opening a code takes 257 MiB for a moment."""

DAY = 24 * 3_600_000
SPARE_DAYS = 7


class Look(Protocol):
    """What every preflight looks at."""

    @property
    def carrier(self) -> Carrier:
        """The drive."""

    @property
    def clock(self) -> Clock:
        """The clock."""

    @property
    def machine(self) -> Machine:
        """The machine."""

    @property
    def folder(self) -> Path:
        """The program's own folder."""

    @property
    def newest(self) -> Instant:
        """The newest signed time that was seen here."""

    @property
    def expires(self) -> Instant:
        """When the first of the carrier's lists runs out."""

    @property
    def needed_until(self) -> Instant:
        """When the sitting ends."""


def clock(look: Look) -> Finding:
    """Not before this release, nor before what was signed."""
    now = look.clock.now()
    check_floor(now, look.newest)
    return green(f"It says {utc(now.wall)}; compare it with another one.")


def carrier_there(look: Look) -> Finding:
    """A drive that the centre has published to."""
    look.carrier.present()
    return green(f"It is at {look.carrier.root}.")


def carrier_health(look: Look) -> Finding:
    """It takes a file, gives it back as it was, and is not slow."""
    look.carrier.present()
    began = look.clock.now().boot
    look.carrier.try_out(TRIED)
    took = look.clock.now().boot - began
    if took > SLOW:
        return amber(f"{TRIED // MIB} MiB took {took // 1000} s.", "Take a faster drive for the day.")
    return green(f"{TRIED // MIB} MiB written and read back.")


def carrier_room(look: Look, need: int) -> Finding:
    """Room on the carrier for what is written there."""
    look.carrier.present()
    fix = "Remove what is not of the exam from it, or take a larger carrier."
    return _room(look.carrier.room(), need, fix)


def disk(look: Look, need: int) -> Finding:
    """Room on the disk."""
    return _room(room(look.folder), need, "Make room on the disk of this machine.")


def lists_last(look: Look) -> Finding:
    """The signed lists hold until after the sitting."""
    ends, told = look.expires, f"The carrier's lists are good until {utc(look.expires)}."
    if ends < look.needed_until:
        return red(
            f"{told} The sitting ends at {utc(look.needed_until)}.", "Ask the centre for a new carrier."
        )
    if ends < look.needed_until + SPARE_DAYS * DAY:
        return amber(told, "Ask the centre for a new carrier if the sitting may be put off.")
    return green(told)


def screen(look: Look) -> Finding:
    """The screen is as large as the program needs."""
    columns, rows = look.machine.columns, look.machine.rows
    if not columns:
        return amber("There is no terminal here to measure.", "Run this on the screen of the day.")
    told = f"{columns} columns, {rows} rows."
    if columns < LEAST[0] or rows < LEAST[1]:
        return red(told, f"Choose a smaller font: {LEAST[0]} columns and {LEAST[1]} rows are needed.")
    if columns < USUAL[0] or rows < USUAL[1]:
        return amber(told, f"It will do. With {USUAL[0]} columns and {USUAL[1]} rows more is seen at once.")
    return green(told)


def characters(look: Look) -> Finding:
    """The screen has colours and takes UTF-8."""
    told = f"{look.machine.colours} colours, {'UTF-8' if look.machine.utf8 else 'not UTF-8'}."
    if not look.machine.utf8:
        fix = "Set the console or the locale to UTF-8 (`unicode_start`, or LANG=C.UTF-8)."
        return red(told, fix)
    if look.machine.colours < 8:
        return amber(told, "It will do: nothing is told by colour alone. Set TERM to what this terminal is.")
    return green(told)


def memory(look: Look) -> Finding:
    """Enough free memory to open a code."""
    told = f"{look.machine.memory // MIB} MiB free."
    if look.machine.memory < LEAST_MEMORY:
        return red(told, "End other programs, or take a machine with more memory.")
    if look.machine.memory < AMPLE_MEMORY:
        return amber(told, "End other programs.")
    return green(told)


def console(look: Look) -> Finding:
    """The console's own keys and its switching can be locked."""
    locks = look.machine.locks
    if not locks.console:
        return amber(
            "This is not a virtual console; nothing of it can be locked.", "Run the exam on the console."
        )
    if locks.unlocked:
        named = ", ".join(locks.unlocked)
        fix = "Give the program CAP_SYS_TTY_CONFIG and turn SysRq off; else watch this seat."
        return amber(f"Console {locks.console}; not locked: {named}.", fix)
    return green(
        f"Console {locks.console}: {vt.SWITCHING}, {vt.CONSOLE_KEYS} and {vt.SYSTEM_REQUEST} locked."
    )


def swap(look: Look) -> Finding:
    """No page of an item is swapped out."""
    if not look.machine.swap:
        return green("There is none.")
    if look.machine.lockable:
        return green("It is on; the program keeps its memory out of it.")
    return amber("It is on, and memory cannot be locked.", "Turn it off: `swapoff -a`.")


def cores(look: Look) -> Finding:
    """No crash writes memory to a disk; the program allows none of itself, whatever the kernel is told."""
    if look.machine.cores.startswith("|"):
        return amber(
            "The kernel hands core files to a program.", "Turn it off: `sysctl -w kernel.core_pattern=core`."
        )
    return green("The program allows none of itself.")


def others(look: Look) -> Finding:
    """Nobody else works on this machine."""
    if look.machine.others:
        return amber(f"Others have programs running: {', '.join(look.machine.others)}.", "Log them out.")
    return green("Nobody else works on this machine.")


def networks(look: Look) -> Finding:
    """No network is needed, so none should be up."""
    if look.machine.networks:
        named = ", ".join(look.machine.networks)
        return amber(f"A network is up: {named}.", "Pull the cable or turn it off; the exam needs none.")
    return green("None is up.")


def _room(free: int, need: int, fix: str) -> Finding:
    told = f"{free // MIB} MiB free, {-(-need // MIB)} MiB needed."
    if free < need:
        return red(told, fix)
    return amber(told, fix) if free < 2 * need else green(told)
