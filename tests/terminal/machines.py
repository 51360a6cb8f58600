"""A machine in order, for every test of a preflight."""

from __future__ import annotations

from terminal import vt
from terminal.machine import Machine

GOOD = Machine(
    columns=80,
    rows=24,
    colours=8,
    utf8=True,
    locks=vt.Locks(1, (vt.SWITCHING, vt.CONSOLE_KEYS, vt.SYSTEM_REQUEST), ()),
    memory=1 << 31,
    swap=False,
    lockable=True,
    cores="core",
    others=(),
    networks=(),
)
