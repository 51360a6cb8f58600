"""Locks of a virtual console, on a keymap of our own and on a pty where there is nothing to lock."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from terminal import vt

SCROLL_LOCK, BOOT, CONSOLE_2, LETTER = 0x209, 0x20C, 0x501, 0xB61


class Keymap:
    """A kernel's keymap: `entries[table, key]`, tables not named do not exist. `refuse` makes every write fail."""

    def __init__(self, entries: dict[tuple[int, int], int], *, refuse: bool = False) -> None:
        self.entries = entries
        self._refuse = refuse

    def __call__(self, fd: int, request: int, argument: bytes) -> bytes:
        table, key, value = struct.unpack("BBH", argument)
        if request == vt.KDSKBENT:
            if self._refuse:
                raise PermissionError
            self.entries[table, key] = value
            return argument
        if not any(known == table for known, _ in self.entries):
            return struct.pack("BBH", table, key, vt.NO_SUCH_MAP)
        return struct.pack("BBH", table, key, self.entries.get((table, key), vt.HOLE))


def test_dangerous_keys_are_voided_and_put_back() -> None:
    """Scroll Lock, boot and console keys in any table do nothing while locked; afterwards all is as before."""
    before = {(0, 30): LETTER, (0, 70): SCROLL_LOCK, (12, 111): BOOT, (8, 60): CONSOLE_2}
    keymap = Keymap(dict(before))
    voided, whole = vt.void_keys(0, keymap)
    assert whole
    assert keymap.entries == {(0, 30): LETTER, (0, 70): vt.HOLE, (12, 111): vt.HOLE, (8, 60): vt.HOLE}
    vt.restore_keys(0, voided, keymap)
    assert keymap.entries == before


def test_a_kernel_that_refuses_is_told() -> None:
    """Without the right, nothing is voided and the answer says so."""
    keymap = Keymap({(0, 70): SCROLL_LOCK}, refuse=True)
    assert vt.void_keys(0, keymap) == ((), False)
    assert keymap.entries == {(0, 70): SCROLL_LOCK}


def test_a_pty_is_no_console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a pty the value names what is not locked; SysRq counts by the kernel's own word."""
    sysrq = tmp_path / "sysrq"
    monkeypatch.setattr(vt, "SYSRQ", sysrq)
    master, slave = os.openpty()
    try:
        sysrq.write_text("438\n")
        assert vt.lock(slave) == vt.Locks(0, (), (vt.SWITCHING, vt.CONSOLE_KEYS, vt.SYSTEM_REQUEST))
        sysrq.write_text("0\n")
        locks = vt.lock(slave)
        assert locks == vt.Locks(0, (vt.SYSTEM_REQUEST,), (vt.SWITCHING, vt.CONSOLE_KEYS))
        vt.unlock(slave, locks)
    finally:
        os.close(master)
        os.close(slave)
