"""A machine that cannot start a process for a moment does not put the candidate at a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal import supervisor
from terminal.supervisor import Plan

PLAN = Plan(("true",), "tests.terminal.demo:main", Path("log"), {})


class FakeTty:
    """Takes cards and has nothing else to do."""

    def __init__(self, *, plain: bool) -> None:
        assert not plain

    def show(self, card: object) -> None:
        """Nothing is drawn."""

    def gone(self) -> bool:
        """It is there."""
        return False

    def forget(self) -> None:
        """Nothing to forget."""

    forget_keys = forget


class FakeChild:
    """A process that takes every word."""

    def send(self, word: bytes, descriptor: object = None) -> None:
        """It is taken."""


def test_a_start_that_fails_later_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start tells its error to the caller; once the room has begun, an error is a failure like any other."""
    answers: list[FakeChild | None] = [None, FakeChild(), FakeChild(), None]

    def child(*_arguments: object, **_options: object) -> FakeChild:
        made = answers.pop(0)
        if made is None:
            raise OSError(11, "no process now")
        return made

    monkeypatch.setattr(supervisor, "fork", child)
    monkeypatch.setattr(supervisor, "program", child)
    monkeypatch.setattr(supervisor, "Tty", FakeTty)
    room = supervisor._Supervisor(PLAN, 2, None)  # type: ignore[arg-type]  # no signal is waited for here
    with pytest.raises(OSError, match="no process now"):
        room._start_due(room._due)
    room._start_due(room._due)
    room._session = None
    room._start_due(room._due)
    assert answers == []
    assert room._status is None
