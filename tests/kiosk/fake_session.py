"""A session process for tests of the screens: speaks the protocol over a real socket, in the loop of the test."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec

from exam_packages.form import Agreement, AgreementId, Item
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ItemId,
    OptionId,
    Paragraph,
    Response,
    is_empty,
)
from kiosk import protocol as p
from kiosk.protocol import Phase, View

SAMPLES = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"
START, ADMIT, RESUME = "7KM3QX9ABT", "0A14TZR6WY", "M4HW0PXV3J"
RECEIPT, CHECKPOINT = "5TQ8ZK2M7VWA9", "QW7T3ZK9M1"
CANDIDATE, NAME = "C-0042", "Ana Maria Example"
HOUR = 3_600_000
HANDED_IN_AT = 1_795_356_299_000
WRONG = p.Problem(
    "code-wrong", "This code is not the right one.", "Read it again, group by group, and type it once more."
)


def sample_items(count: int = 100) -> tuple[Item, ...]:
    """The first items of the sample bank, read just well enough to be shown."""
    text = "".join(path.read_text() for path in sorted((SAMPLES / "items").glob("*.txt")))
    items = []
    for source in re.split(r"^@ ", text, flags=re.MULTILINE)[1:][:count]:
        name, _, body = source.partition("\n")
        body = body.split("\n\n", 1)[1]
        stem, options = re.split(r"\n\n(?=a\) )", body.split("\nkey:")[0], maxsplit=1)
        found = re.split(r"^([a-h])\) ", options, flags=re.MULTILINE)[1:]
        items.append(
            choice_item(
                name,
                [" ".join(part.split()) for part in stem.split("\n\n")],
                [" ".join(option.split()) for option in found[1::2]],
            )
        )
    return tuple(items)


def choice_item(name: str, stem: Sequence[str], options: Sequence[str], most: int = 1) -> Item:
    """An item with these paragraphs and options; option ids are `o1`, `o2` .."""
    choices = tuple(Choice(OptionId(f"o{place + 1}"), text) for place, text in enumerate(options))
    return Item(
        ItemId(name), tuple(Paragraph(part) for part in stem), ChoiceInteraction(choices, max_choices=most)
    )


def sample_agreements() -> tuple[Agreement, ...]:
    """The two agreements of the sample programme."""
    titles = {"non-disclosure": "Non-disclosure terms", "code-of-conduct": "Code of conduct"}
    return tuple(
        Agreement(AgreementId(name), title, (SAMPLES / f"agreements/{name}.txt").read_text())
        for name, title in titles.items()
    )


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
        self.agreed = 0
        self.index = 0
        self.responses: dict[ItemId, Response] = {}
        self.flags: set[ItemId] = set()
        self.struck: dict[ItemId, tuple[OptionId, ...]] = {}
        self.limit = self.remaining = 2 * HOUR + HOUR // 2
        self.lost = 252_000
        self.cause = "The machine lost power and was started again."
        self.outcome = "completed"
        self.alive = True
        self.saved = 0
        self.disk_low = False
        self.resume_n = 1

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

    def send_tick(self, remaining: int) -> None:
        """Move the clock."""
        self.remaining = remaining
        self._socket.send(p.frame(p.Tick(remaining)))

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
    def marks(self) -> str:
        """One character an item, as in `View`."""
        marks = ""
        for item in self.items:
            answered = item.id in self.responses and not is_empty(self.responses[item.id])
            flagged = item.id in self.flags
            marks += "F" if answered and flagged else "*" if answered else "f" if flagged else "."
        return marks

    def view(self) -> View:
        """The whole view of the present state."""
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
        )
        replace = msgspec.structs.replace
        if self.phase not in {Phase.LOCKED, Phase.SIGN_IN, Phase.STOPPED}:
            view = replace(view, candidate=CANDIDATE, name=NAME)
        if self.phase is Phase.AGREEMENT:
            place = f"{self.agreed + 1} of {len(self.agreements)}"
            view = replace(view, agreement=self.agreements[self.agreed], agreement_place=place)
        if self.phase is Phase.INSTRUCTIONS:
            text = (SAMPLES / "instructions.txt").read_text()
            view = replace(view, instructions=text, limit=self.limit, remaining=self.limit)
        if self.phase is Phase.TESTING:
            view = replace(
                view, question=self._question(), marks=self.marks, remaining=self.remaining, limit=self.limit
            )
        if self.phase is Phase.SUSPENDED:
            view = replace(view, resume_n=1, lost=self.lost, cause=self.cause, checkpoint=CHECKPOINT)
        if self.phase is Phase.STOPPED:
            view = replace(view, resume_n=self.resume_n)
        if self.phase is Phase.FINISHED:
            view = replace(view, ending=self._ending())
        return view

    def _question(self) -> p.Question:
        item = self.items[self.index]
        options = item.interaction.options if isinstance(item.interaction, ChoiceInteraction) else ()
        return p.Question(
            self.index,
            item,
            tuple(option.id for option in options),
            self.responses.get(item.id),
            item.id in self.flags,
            self.struck.get(item.id, ()),
        )

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
            "The sealed record is on the carrier, read back and checked.",
            "Results are sent by post within 14 days.",
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
            case p.SignIn(candidate, code):
                self._redeem(candidate + code, CANDIDATE + ADMIT, Phase.CONFIRM)
            case p.EnterResumeCode(code):
                self._redeem(code, RESUME, Phase.TESTING)
            case p.ConfirmIdentity():
                self.phase = Phase.AGREEMENT
            case p.Accept():
                self.agreed += 1
                if self.agreed == len(self.agreements):
                    self.phase = Phase.INSTRUCTIONS
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
        self.send_view()

    def _mark(self, command: p.Command) -> None:
        self.saved += 1
        match command:
            case p.Go(index):
                self.index = index
            case p.Answer(item, ChosenOptions() as response):
                self.responses[item] = response
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
