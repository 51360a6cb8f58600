"""How much memory and time the judging of one file may take; the kernel holds the process to it.

Rules.
1. Memory and time grow with the file's size, far beyond what any honest file takes.
2. A process that goes beyond is ended by the kernel, or answers that memory ran out and ends itself.
3. Nothing of it is ever written to a core file.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1024 * 1024
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: bytes of memory beyond what the process has at its start, and seconds on the processor.

    `patience` is how many times the seconds may pass on the wall, since the machine has other things to do.
    """

    memory: int = 512 * MEBIBYTE
    memory_a_byte: int = 24
    seconds: int = 20
    seconds_a_mebibyte: int = 4
    patience: int = 6

    def memory_for(self, size: int) -> int:
        """Bytes for a file of this size."""
        return self.memory + size * self.memory_a_byte

    def answer_for(self, size: int) -> int:
        """Bytes of the verdict on a file of this size: what is said of it is in it, and little else."""
        return MEBIBYTE + 2 * size

    def seconds_for(self, size: int) -> int:
        """Seconds on the processor for a file of this size."""
        return self.seconds + size * self.seconds_a_mebibyte // MEBIBYTE

    def wait_for(self, size: int) -> int:
        """Seconds on the wall for a file of this size."""
        return self.seconds_for(size) * self.patience


def no_core() -> None:
    """Let nothing of this process be written down when it is ended."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def in_use() -> tuple[int, int]:
    """Bytes of addresses and of data that this process has."""
    found = {"VmSize": 0, "VmData": 0}
    for line in _STATUS.read_text("ascii").splitlines():
        name, _, value = line.partition(":")
        if name in found:
            found[name] = int(value.split()[0]) * 1024
    return found["VmSize"], found["VmData"]


def hold_to(limits: Limits, size: int, at_start: tuple[int, int]) -> None:
    """Hold this process to what a file of `size` bytes may take from now on; `at_start` is what it had `in_use`."""
    memory = limits.memory_for(size)
    for kind, used in zip((resource.RLIMIT_AS, resource.RLIMIT_DATA), at_start, strict=True):
        _soft(kind, used + memory)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _soft(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + 1 + limits.seconds_for(size))


def _soft(kind: int, wanted: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
