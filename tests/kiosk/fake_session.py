"""A session process for tests of the screens: speaks the protocol over a real socket, in the loop of the test."""

from __future__ import annotations

import asyncio
import socket

import msgspec

from exam_packages.form import Exhibit, Instruments, Item, Stimulus
from exam_packages.interactions import (
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    ItemId,
    OptionId,
    Response,
    TypedText,
    is_empty,
)
from keys.encoding import crockford, uncrockford
from kiosk import protocol as p
from kiosk.protocol import Phase, View
from tests.kiosk.sample_texts import SAMPLES, choice_item, sample_agreements, sample_items

__all__ = ["FakeSession", "choice_item", "sample_agreements", "sample_items"]

START, ADMIT, RESUME = "7KM3QX9ABT", "0A14TZR6WY", "M4HW0PXV3J"
MOVE_IN = "0414TZR6WY"
TAG = "TAG000X"
"""The last seven characters of every action code that the fake takes."""
BREAK_OVER, END, VOID, ROOM_PAUSE, ROOM_RESUME, ADD, TAKE, ADD_TWO = 1, 2, 3, 5, 6, 256, 512, 768
RECEIPT, CHECKPOINT = "5TQ8ZK2M7VWA9", "QW7T3ZK9M1"
CANDIDATE, NAME = "C-0042", "Ana Maria Example"
HOUR = 3_600_000
MINUTE = HOUR // 60
HANDED_IN_AT = 1_795_356_299_000
WRONG = p.Problem(
    "code-wrong", "This code is not the right one.", "Read it again, group by group, and type it once more."
)
UNSUITED = p.Problem(
    "code-unsuited", "This code is right, but it cannot be used now.", "Ask the desk which code is needed."
)


def action(verb: int, serial: int = 1) -> str:
    """An action code that the fake takes; each works once."""
    return crockford(verb, 2) + crockford(serial, 1) + TAG


def _sum(expression: str) -> str:
    """What the fake's calculator makes of whole numbers that are added; of anything else nothing."""
    parts = expression.replace(" ", "").split("+")
    return str(sum(map(int, parts))) if all(part.isdigit() for part in parts) else ""


class FakeSession:
    """Answers each command with a view, as the protocol says. Tests read `commands` and change the state."""

    def __init__(self, items: tuple[Item, ...], phase: Phase = Phase.LOCKED) -> None:
        self.screen, self._socket = socket.socketpair()
        self._socket.setblocking(False)
        self._frames = p.Frames()
        self.items = items
        self.phase = phase
        self.commands: list[p.Command] = []
        self.held: list[p.Command] | None = None
        self.problem: p.Problem | None = None
        self.agreements = sample_agreements()
        self.agreed = self.index = self.saved = self.stage = 0
        self.responses: dict[ItemId, Response] = {}
        self.flags: set[ItemId] = set()
        self.struck: dict[ItemId, tuple[OptionId, ...]] = {}
        self.limit = self.remaining = 2 * HOUR + HOUR // 2
        self.lost = 252_000
        self.cause = "The machine lost power and was started again."
        self.outcome = "completed"
        self.alive = True
        self.disk_low = False
        self.mirror = self.moved = ""
        self.resume_n = 1
        self.carried = True
        self.exported = "The sealed record is on the carrier, read back and checked."
        self.inner: p.Limit | None = None
        self.rest: p.Rest | None = None
        self.paused_from = Phase.TESTING
        self.tutorial = True
        self.instruments = Instruments()
        self.scratchpad = ""
        self.tape: tuple[tuple[str, str], ...] = ()
        self.breaks = 0
        self.preferences: dict[str, str] = {}
        self.sections: tuple[tuple[int, str], ...] = ()
        self.closed: set[int] = set()
        self.shut: set[int] = set()
        self.short: dict[ItemId, str] = {}
        self.notes: dict[str, str] = {}
        self.comments: dict[ItemId, str] = {}
        self.highlights: dict[str, tuple[tuple[int, int, int], ...]] = {}
        self.redeemed: set[str] = set()
        self.stimuli: dict[str, Stimulus] = {}
        self.exhibits: dict[str, Exhibit] = {}
        self.part = self.closes = ""
        self.practice: p.Practice | None = None
        self.linear = False

    def attach(self) -> None:
        """Start to listen, and send the first view."""
        asyncio.get_running_loop().add_reader(self._socket, self._readable)
        self.send_view()

    def hang_up(self) -> None:
        """End as if killed."""
        if self.alive:
            self.alive = False
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def send_view(self) -> None:
        """Say what is true now."""
        self._socket.send(p.frame(self.view()))

    def send_tick(self, remaining: int, *, inner: int = 0, rest: int = 0, stage: int = 0) -> None:
        """Move the clock."""
        self.remaining = remaining
        self._socket.send(p.frame(p.Tick(remaining, inner=inner, rest=rest, stage=stage)))

    def send_lost(self, lost: int) -> None:
        """Let the lost time grow."""
        self._socket.send(p.frame(p.Tick(0, lost)))

    def send_raw(self, raw: bytes) -> None:
        """Send bytes that may not be a message."""
        self._socket.send(raw)

    def hold(self) -> None:
        """Leave commands unanswered from now on, like a slow disk."""
        self.held = []

    def release(self, count: int | None = None) -> None:
        """Answer the first `count` held commands; all of them, and those to come, without a count."""
        held, self.held = self.held or [], None
        for command in held[:count]:
            self._obey(command)
        if count is not None:
            self.held = held[count:]

    @property
    def acts(self) -> list[p.Command]:
        """The commands that change or move something: all but the questions for the answers."""
        return [command for command in self.commands if not isinstance(command, p.ShowAnswers)]

    @property
    def marks(self) -> str:
        """One character an item, as in `View`."""
        marks = ""
        for place, item in enumerate(self.items):
            answered = item.id in self.responses and not is_empty(self.responses[item.id])
            flagged = item.id in self.flags
            mark = "F" if answered and flagged else "*" if answered else "f" if flagged else "."
            marks += ("+" if answered else ",") if place in self.closed else mark
        return marks

    def view(self, *, reply: bool = False, answers: bool = False) -> View:
        """The whole view of the present state: to a command (`reply`), to one that asks for `answers`."""
        view = View(
            self.phase,
            kiosk="kiosk-01",
            site="North Hall, Leeds",
            support="Exam office, +1 555 0100",
            problem=self.problem,
            title="CETL Practice Exam",
            notice="Practice material. Not affiliated with CoSN or the CETL programme.",
            saved=self.saved,
            disk_low=self.disk_low,
            mirror=self.mirror,
            moved=self.moved,
            reply=reply,
            preferences=dict(self.preferences),
        )
        replace = msgspec.structs.replace
        if self.practice is not None:
            return self._practised(view, answers=answers)
        if self.phase not in {Phase.LOCKED, Phase.SIGN_IN, Phase.STOPPED}:
            view = replace(view, candidate=CANDIDATE, name=NAME, checkpoint=CHECKPOINT, stage=self.stage)
        if self.phase is Phase.AGREEMENT:
            place = f"{self.agreed + 1} of {len(self.agreements)}"
            view = replace(view, agreement=self.agreements[self.agreed], agreement_place=place)
        if self.phase is Phase.INSTRUCTIONS:
            text = (SAMPLES / "instructions.txt").read_text()
            view = replace(view, instructions=text, limit=self.limit, remaining=self.limit)
        if self.phase is Phase.TESTING:
            view = replace(
                view,
                question=self._question(),
                marks=self.marks,
                leaving=self._leaving(),
                sections=self.sections,
                remaining=self.remaining,
                limit=self.limit,
                inner=self.inner,
                instruments=self.instruments,
                scratchpad=self.scratchpad,
                tape=self.tape,
                breaks=self.breaks,
                break_clock="runs" if self.breaks else "",
                answers=self._answers() if answers else (),
            )
        if self.phase is Phase.PAUSED:
            view = replace(view, rest=self.rest, remaining=self.remaining, limit=self.limit)
        if self.phase is Phase.SUSPENDED:
            view = replace(view, resume_n=1, lost=self.lost, cause=self.cause, checkpoint=CHECKPOINT)
        if self.phase is Phase.STOPPED:
            view = replace(view, resume_n=self.resume_n)
        if self.phase is Phase.FINISHED:
            view = replace(view, ending=self._ending())
        return view

    def _practised(self, view: View, *, answers: bool) -> View:
        """A view of practice: no candidate, no checkpoint, no clock."""
        view = msgspec.structs.replace(view, kiosk="Practice", site="", support="", practice=self.practice)
        if self.phase is not Phase.TESTING:
            return view
        asked = {"question": self._question(), "marks": self.marks}
        return msgspec.structs.replace(view, **asked, answers=self._answers() if answers else ())

    def _leaving(self) -> str:
        """All other places are told to close what `closes` says."""
        letter = self.closes[:1] or "."
        return "".join(
            "x" if place in self.shut else "." if place == self.index else letter
            for place in range(len(self.items))
        )

    def _question(self) -> p.Question:
        item = self.items[self.index]
        options = getattr(item.interaction, "options", ())
        return p.Question(
            self.index,
            item,
            tuple(option.id for option in options),
            self.responses.get(item.id),
            item.id in self.flags,
            self.struck.get(item.id, ()),
            highlights=dict(self.highlights),
            note=self.notes.get(item.id, ""),
            comment=self.comments.get(item.id, ""),
            section=next((title for first, title in reversed(self.sections) if first <= self.index), ""),
            closed=self.index in self.closed,
            short=self.short.get(item.id, ""),
            stimulus=self.stimuli.get(item.stimulus),
            exhibits=tuple(self.exhibits[name] for name in item.exhibits if name in self.exhibits),
            part=self.part,
            linear=self.linear,
        )

    def _answers(self) -> tuple[p.AnswerLine, ...]:
        return tuple(
            p.AnswerLine(place, self._words(item), item.id in self.flags, self.short.get(item.id, ""))
            for place, item in enumerate(self.items)
        )

    def _words(self, item: Item) -> str:
        match self.responses.get(item.id):
            case ChosenOptions(options) if isinstance(item.interaction, ChoiceInteraction):
                known = list(item.interaction.options)
                chosen = [(place, one.text) for place, one in enumerate(known) if one.id in options]
                return "; ".join(f"{'ABCDEFGH'[place]}: {text}" for place, text in chosen)
            case ChosenOptions(options):
                return ", ".join(options)
            case ChosenPairs(pairs):
                return "; ".join(f"{left}: {right}" for left, right in pairs)
            case TypedText(text):
                return text
        return ""

    def _ending(self) -> p.Ending:
        declined = self.outcome == "declined terms"
        answered = sum(mark in "*F" for mark in self.marks)
        return p.Ending(
            self.outcome,
            0 if declined else answered,
            0 if declined else len(self.items) - answered,
            0 if declined else len(self.flags),
            HANDED_IN_AT,
            "" if declined else RECEIPT,
            self.exported,
            "Results are sent by post within 14 days.",
            self.carried,
        )

    def _readable(self) -> None:
        try:
            received = self._socket.recv(65_536)
        except BlockingIOError:
            return
        if not received:
            self.hang_up()
            return
        for raw in self._frames.feed(received):
            command = p.read_command(raw)
            self.commands.append(command)
            if self.held is None:
                self._obey(command)
            else:
                self.held.append(command)

    def _obey(self, command: p.Command) -> None:
        self.problem = None
        match command:
            case p.EnterStartCode(code):
                self._redeem(code, START, Phase.SIGN_IN)
            case p.SignIn(candidate, code, checkpoint):
                right = MOVE_IN + CHECKPOINT if checkpoint else ADMIT
                self._redeem(candidate + code + checkpoint, CANDIDATE + right, Phase.CONFIRM)
            case p.EnterResumeCode(code):
                self._redeem(code, RESUME, Phase.TESTING)
            case p.ConfirmIdentity():
                self.phase = Phase.AGREEMENT
            case p.Accept():
                self.agreed += 1
                if self.agreed == len(self.agreements):
                    self.phase = Phase.CHECK
            case p.ConfirmEquipment():
                self.phase = Phase.TUTORIAL if self.tutorial else Phase.INSTRUCTIONS
            case p.EndTutorial():
                self.phase = Phase.INSTRUCTIONS
            case p.EnterActionCode(code):
                self._act(code)
            case p.TakeBreak():
                self.breaks -= 1
                self.pause("unscheduled", "runs", 10 * MINUTE)
            case p.Decline():
                self.phase, self.outcome = Phase.FINISHED, "declined terms"
            case p.Begin():
                self.phase = Phase.TESTING
            case p.HandIn():
                self.phase = Phase.FINISHED
            case p.Leave() | p.StartAgain():
                self.hang_up()
                return
            case _:
                self._mark(command)
        view = self.view(reply=True, answers=isinstance(command, p.ShowAnswers))
        self._socket.send(p.frame(view))

    def pause(self, kind: str, clock: str, length: int = 0) -> None:
        """Show nothing of the exam from now on."""
        self.paused_from, self.phase = self.phase, Phase.PAUSED
        self.rest = p.Rest(kind, clock, length, length)

    def _act(self, code: str) -> None:
        if code[3:] != TAG or code in self.redeemed:
            self.problem = WRONG
            return
        self.redeemed.add(code)
        verb = uncrockford(code[:2])
        match verb:
            case 1 | 6 if self.phase is Phase.PAUSED:
                self.phase, self.rest = self.paused_from, None
            case 2 | 3:
                self.phase, self.outcome = Phase.FINISHED, "ended by proctor" if verb == END else "voided"
            case 5:
                self.pause("room", "stops")
            case verb if verb > ADD:
                change = (verb % ADD) * MINUTE * (-1 if TAKE < verb < ADD_TWO else 1)
                self.limit, self.remaining = self.limit + change, self.remaining + change
            case _:
                self.problem = UNSUITED

    def _mark(self, command: p.Command) -> None:
        self.saved += 1
        match command:
            case p.Go(index):
                self.index = index
            case p.Answer(item, response):
                self.responses[item] = response
            case p.Highlight(place, spans):
                self.highlights[place] = spans
            case p.WriteNote("", text):
                self.scratchpad = text
            case p.WriteNote(item, text):
                self.notes[item] = text
            case p.WriteComment(item, text):
                self.comments[item] = text
            case p.Calculate(expression):
                self.tape = (*self.tape, (expression, _sum(expression)))
            case p.Prefer(name, value):
                self.preferences[name] = value
            case p.Flag(item, on):
                (self.flags.add if on else self.flags.discard)(item)
            case p.Strike(item, option, on):
                others = tuple(other for other in self.struck.get(item, ()) if other != option)
                self.struck[item] = (*others, option) if on else others

    def _redeem(self, typed: str, right: str, phase: Phase) -> None:
        if typed == right:
            self.phase = phase
        else:
            self.problem = WRONG
