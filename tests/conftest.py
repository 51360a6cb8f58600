"""What every test has: no network, a home of its own, and one size of search for hypothesis."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

LONG = os.environ.get("EXAM_KIOSK_FAULTS") == "long"

_slow = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "short", deadline=None, max_examples=40, suppress_health_check=_slow, print_blob=True
)
settings.register_profile("ci", settings.get_profile("short"), derandomize=True)
settings.register_profile("long", settings.get_profile("short"), max_examples=2_000)
settings.load_profile("long" if LONG else "ci" if os.environ.get("CI") else "short")


class NetworkUsedError(AssertionError):
    """A test tried to reach a network, which no machine at a site has."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            raise NetworkUsedError(address)
        connect(self, address)

    patch.setattr(socket.socket, "connect", refuse)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp() / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture(scope="session")
def long_run() -> bool:
    """Whether `make faults` asked for many more kills, crash states and altered bytes."""
    return LONG


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the work tree."""
    return Path(__file__).resolve().parent.parent
