"""What happens to each candidate, at their own kiosk: the ordinary sitting, and all that a day brings besides."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk import protocol as p
from kiosk.protocol import Phase
from tests.demo import at_protocol, at_terminal
from tests.demo.cast import choices
from tests.demo.commands import StepFailedError
from tests.demo.terminal import Terminal
from tests.demo.texts import Bank
from tests.demo_site.cast import ALONE, LIMIT, MINUTE, TOGETHER, Part, Room, Turn
from tests.demo_site.desk import Proctors
from tests.demo_site.seats import Seat
from tests.kiosk.way_in import go_in

DRIVES = "second-drives"
HALF = 10
"""How many questions are answered before something happens."""


@dataclass
class Day:
    """Everything that the candidates' turns share; `receipts` by candidate; `lightly`: as `seats.Seat`."""

    folder: Path
    desk: Proctors
    room: Room
    bank: Bank
    receipts: dict[str, str] = field(default_factory=dict)
    lightly: bool = False

    def check(self, holds: object, what: str) -> None:
        """Stop the story unless this holds."""
        self.desk.story.check(holds, what)

    def seat(self, one: Part, kiosk: str = "", drive: Path | None = None) -> Seat:
        """The candidate's kiosk, started with the carrier that was brought to it."""
        carrier = self.folder / self.room.carrier(one)
        return Seat(self.folder / (kiosk or one.kiosk), carrier, drive, lightly=self.lightly)

    def begin(self, one: Part, code: str, drive: Path | None = None) -> Seat:
        """The candidate at the first question."""
        seat = self.seat(one, drive=drive)
        at_protocol.begin(seat, one.player, self.desk.starts[one.kiosk], code)
        return seat

    def answer(self, seat: Seat, one: Part, first: int = 0, last: int | None = None) -> p.View:
        """Answer from one place up to another, or to the end."""
        picked = choices(one.player, self.bank.correct, self.bank.options)
        last = len(seat.view.marks) if last is None else last
        return at_protocol.answer(seat, picked, range(first, last))

    def finish(self, seat: Seat, one: Part, first: int = 0) -> None:
        """Answer the rest and hand in."""
        self.answer(seat, one, first)
        self.receipts[one.number] = at_protocol.hand_in(seat)

    # --------------------------------------------------------------------------------------------- one turn each

    def sit(self, one: Part, code: str) -> str:
        """The whole turn of a candidate who was admitted; what there is to tell of it."""
        turns: dict[Turn, Callable[[Part, str], str]] = {
            Turn.PLAIN: self._plain,
            Turn.AT_SCREEN: self._at_screen,
            Turn.MORE_TIME: self._more_time,
            Turn.OWN_BREAK: self._own_break,
            Turn.CREDITED: self._power_cut,
            Turn.CHARGED: self._power_cut,
            Turn.MOVED: self._moved,
            Turn.TWO_PERSONS: self._two_persons,
            Turn.ENDED: self._ended,
        }
        return turns[one.turn](one, code)

    def _plain(self, one: Part, code: str) -> str:
        self.finish(self.begin(one, code), one)
        return ""

    def _at_screen(self, one: Part, code: str) -> str:
        minutes = ("--minutes", ALONE, "--reason", "started-late")
        added = self.desk.do("add-time", one.number, *minutes)["code"]
        words = ["kiosk", "run", "--station", one.kiosk, "--carrier", self.room.carrier(one)]
        terminal = Terminal(words, self.folder)
        picked = choices(one.player, self.bank.correct, self.bank.options)
        codes = (self.desk.starts[one.kiosk], code, added)
        try:
            self.receipts[one.number] = at_terminal.sit(terminal, one.player, codes, picked, self.bank)
        finally:
            terminal.hang_up()
        return f"sat at the real screen, by keys alone; one proctor gave {ALONE} minutes, typed there"

    def _more_time(self, one: Part, code: str) -> str:
        seat = self.begin(one, code)
        minutes = seat.view.limit // MINUTE
        self.check(minutes == LIMIT * 3 // 2, f"{one.kiosk} gives {minutes} minutes")
        self.finish(seat, one)
        return f"has half as much time again by the plan: {minutes} minutes, not {LIMIT}"

    def _own_break(self, one: Part, code: str) -> str:
        seat = self.begin(one, code)
        self.check(seat.view.limit == (LIMIT + 20) * MINUTE, f"{one.kiosk} gives {seat.view.limit} ms")
        self.answer(seat, one, last=HALF)
        self.check(seat.say(p.TakeBreak()).phase is Phase.PAUSED, "the break did not begin")
        over = self.desk.do("break-over", one.number, "--reason", "came-back")["code"]
        self.check(seat.say(p.EnterActionCode(over)).phase is Phase.TESTING, "the break did not end")
        self.finish(seat, one, HALF)
        return "has 20 minutes and a break by the plan, took the break, and a proctor's code ended it"

    def _power_cut(self, one: Part, code: str) -> str:
        given = one.turn is Turn.CREDITED
        seat = self.begin(one, code)
        self.answer(seat, one, last=HALF)
        began = time.monotonic()
        before = seat.say(p.Go(HALF))
        stopped = seat.lose_power()
        self.check(stopped.phase is Phase.SUSPENDED, f"{one.kiosk} is not suspended")
        again = self.desk.do("resume-code", "--kiosk", one.kiosk)
        self.check(again["number"] == stopped.resume_n, f"{one.kiosk} asks for code {stopped.resume_n}")
        after = seat.say(p.EnterResumeCode(again["resume_code"], credit=given))
        went_by = (time.monotonic() - began) * 1000
        self.check((after.marks, after.question) == (before.marks, before.question), "an answer was lost")
        cost = before.remaining - after.remaining
        right = cost <= went_by - stopped.lost + MINUTE // 60 if given else cost >= stopped.lost
        self.check(right, f"the stop cost {cost} of {went_by:.0f} ms, {stopped.lost} ms without power")
        self.finish(seat, one, HALF)
        word = "given back" if given else "not given back"
        return f"lost power after question {HALF}; resume code 1, no answer lost, the lost time {word}"

    def _moved(self, one: Part, code: str) -> str:
        drive = self.folder / DRIVES / one.kiosk
        drive.mkdir(parents=True)
        spare = self.room.spares[0]
        seat = self.begin(one, code, drive)
        before = self.answer(seat, one, last=HALF + 2)
        seat.until_mirrored()
        checkpoint = before.checkpoint
        self.desk.do("checkpoint", checkpoint, "--kiosk", one.kiosk)
        seat.die()
        minutes = before.remaining // MINUTE
        left = ("--checkpoint", checkpoint, "--minutes", minutes, "--reason", "kiosk-dead")
        move = self.desk.do("move", one.number, "--kiosk", spare, *left)
        seat = self.seat(one, spare, drive)
        seat.say(p.EnterStartCode(self.desk.starts[spare]))
        view = go_in(seat.say, seat.say(p.SignIn(one.number, move["code"], move["checkpoint"], minutes)))
        self.check(
            view.marks == before.marks, f"{spare} shows {view.marks}, and {one.kiosk} had {before.marks}"
        )
        why = self.desk.refused("kiosk-left", "resume-code", "--kiosk", one.kiosk)
        self.check(one.number in why, "the refusal does not say who was moved")
        self.finish(seat, one, HALF + 2)
        text = f"goes on at {spare}: {one.kiosk} died for good after question {HALF + 2}"
        return f"{text}. Its second drive brought every answer along; {one.kiosk} gets no code any more"

    def _two_persons(self, one: Part, code: str) -> str:
        seat = self.begin(one, code)
        before = self.answer(seat, one, last=HALF)
        asked = ("add-time", one.number, "--minutes", TOGETHER, "--reason", "unwell")
        why = self.desk.refused("agreement-needed", *asked)
        added = self.desk.agree(*asked)
        self.check(added["two_person"], "the code is not one of two proctors")
        after = seat.say(p.EnterActionCode(added["code"]))
        self.check(after.limit == before.limit + TOGETHER * MINUTE, f"{one.kiosk} gives {after.limit} ms")
        self.finish(seat, one, HALF)
        return f"was unwell: “{why}” A second proctor agreed, and the kiosk gave {TOGETHER} minutes"

    def _ended(self, one: Part, code: str) -> str:
        seat = self.begin(one, code)
        self.answer(seat, one, last=HALF)
        ended = self.desk.do("end", one.number, "--reason", "left")
        view = seat.say(p.EnterActionCode(ended["code"]))
        if view.ending is None:
            raise StepFailedError(f"{one.kiosk} did not end")
        self.receipts[one.number] = view.ending.receipt
        seat.close()
        return f"left and did not come back: a proctor ended the test, its {HALF} answers count"

    # ------------------------------------------------------------------------------------------------- the alarm

    def alarm(self, codes: dict[str, str]) -> str:
        """An alarm while the last ones sit: one code pauses every kiosk, another lets all go on."""
        parts = self.room.at(Turn.ALARM)
        seats = [self.begin(one, codes[one.number]) for one in parts]
        before = [self.answer(seat, one, last=HALF).marks for seat, one in zip(seats, parts, strict=True)]
        pause = self.desk.do("pause-room", "--reason", "alarm")["code"]
        for seat in seats:
            self.check(seat.say(p.EnterActionCode(pause)).phase is Phase.PAUSED, "a kiosk does not pause")
        text = (
            "--text",
            "Fire alarm, the room was left and everyone counted.",
            "--follow-up",
            "Room paused.",
        )
        self.desk.do("incident", "R2", *text)
        go_on = self.desk.do("resume-room", "--reason", "over")["code"]
        after = [seat.say(p.EnterActionCode(go_on)).marks for seat in seats]
        self.check(after == before, "a pause cost an answer")
        for seat, one in zip(seats, parts, strict=True):
            self.finish(seat, one, HALF)
        return f"one code paused {', '.join(one.kiosk for one in parts)}, another let them go on"
