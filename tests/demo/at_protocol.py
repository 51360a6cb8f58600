"""A simulated candidate at the real session process: the same messages that the screen sends, without the screen."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from exam_packages.interactions import ChosenOptions, OptionId
from kiosk import protocol as p
from tests.demo.cast import Player
from tests.demo.commands import StepFailedError
from tests.kiosk.way_in import go_in


class Kiosk:
    """One kiosk's session process and the socket that a screen would hold."""

    def __init__(self, station: Path, carrier: Path, *more: str) -> None:
        """Start the process on this station and connect to it; `more` is added to its command line."""
        self._station, self._carrier, self._more = station, carrier, more
        self._start()
        self.view = self._next()

    def program(self) -> tuple[str, ...]:
        """What the interpreter runs."""
        return ("-m", "kiosk.runner")

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self.process = subprocess.Popen(
            [
                sys.executable,
                *self.program(),
                *("--station", str(self._station)),
                *("--carrier", str(self._carrier)),
                *self._more,
                *("--control-fd", str(theirs.fileno())),
            ],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        screen, session = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        socket.send_fds(self._control, [b"ui"], [session.fileno()])
        session.close()
        screen.settimeout(60)
        self._screen, self._frames, self._waiting = screen, p.Frames(), list[bytes]()

    def hear(self) -> p.Message:
        """Wait for the next message: a view, or the tick of a second."""
        while not self._waiting:
            received = self._screen.recv(65536)
            if not received:
                raise StepFailedError(f"the session process of {self._station.name} went away")
            self._waiting += self._frames.feed(received)
        return p.read_message(self._waiting.pop(0))

    def _next(self) -> p.View:
        while not isinstance(message := self.hear(), p.View):
            pass
        return message

    def say(self, command: p.Command) -> p.View:
        """Send one command and wait for the view that answers it. Raises `StepFailedError` for a refusal."""
        self._screen.sendall(p.frame(command))
        self.view = self._next()
        while not self.view.reply:
            self.view = self._next()
        if self.view.problem:
            problem = self.view.problem
            raise StepFailedError(
                f"{self._station.name} [{problem.code}]: {problem.what} {problem.next_step}"
            )
        return self.view

    def pull_the_plug(self) -> None:
        """Kill the session process as a power cut would, and start the machine again."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.start_again()

    def start_again(self) -> None:
        """Start the program again after its process has ended."""
        self._screen.close()
        self._control.close()
        self._start()
        self.view = self._next()

    def close(self) -> None:
        """Leave the last screen and wait for the process to end."""
        self._screen.sendall(p.frame(p.Leave()))
        self.process.wait(timeout=30)
        self._screen.close()
        self._control.close()


def begin(kiosk: Kiosk, player: Player, start_code: str, admission_code: str) -> p.View:
    """From the locked screen to the first item."""
    kiosk.say(p.EnterStartCode(start_code))
    return go_in(kiosk.say, kiosk.say(p.SignIn(player.number, admission_code)))


def resume(kiosk: Kiosk, code: str) -> p.View:
    """The proctor types the resume code and gives the lost time back."""
    return kiosk.say(p.EnterResumeCode(code, credit=True))


def answer(kiosk: Kiosk, picked: Mapping[str, str], places: range) -> p.View:
    """Go through these places and answer what the player has an answer for; flag every seventeenth."""
    view = kiosk.view
    for place in places:
        if view.question is None or view.question.index != place:
            view = kiosk.say(p.Go(place))
        question = view.question
        if question is None:
            raise StepFailedError(f"no question at place {place}")
        option = picked.get(question.item.id)
        if option is not None:
            view = kiosk.say(p.Answer(question.item.id, ChosenOptions((OptionId(option),))))
        if place % 17 == 16:
            view = kiosk.say(p.Flag(question.item.id, on=True))
    return view


def hand_in(kiosk: Kiosk) -> str:
    """Hand in with the counts that the marks show; the receipt code."""
    marks = kiosk.view.marks
    counts = p.HandIn(
        unanswered=sum(mark in ".f" for mark in marks), flagged=sum(mark in "fF" for mark in marks)
    )
    ending = kiosk.say(counts).ending
    if ending is None:
        raise StepFailedError("handing in did not end the session")
    kiosk.close()
    return ending.receipt
