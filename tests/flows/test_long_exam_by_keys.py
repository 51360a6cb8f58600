"""A long exam on the real screens over a real store, driven to its end by keys alone."""

from __future__ import annotations

import asyncio
import re
import socket
from functools import partial
from pathlib import Path

from exam_packages.form import DeliveryForm, FormId, Item, ItemRef, Section
from exam_packages.form import TestPart as Part
from exam_packages.interactions import (
    Choice,
    ChosenOptions,
    Interaction,
    ItemId,
    NumericInteraction,
    OptionId,
    OrderInteraction,
    Paragraph,
    Response,
    TextEntryInteraction,
    TypedText,
)
from kiosk import protocol as p
from kiosk.app import KioskApp
from kiosk.protocol import Phase
from kiosk.runner import Runner
from tests.kiosk.driving import Driver
from tests.kiosk.forms import HOUR, SENTINEL, choice
from tests.kiosk.reading import sealed
from tests.kiosk.world import World

CHOICES = 300
SKIPPED = range(49, CHOICES, 50)
"""Places that are flagged and left, and found again in the review."""


def long_form() -> DeliveryForm:
    """Three hundred choices and three questions of other kinds, in one part."""
    order = OrderInteraction(tuple(Choice(OptionId(letter), f"step {letter}") for letter in "ABC"))
    others: dict[str, Interaction] = {
        "o1": TextEntryInteraction(40),
        "o2": NumericInteraction(),
        "o3": order,
    }
    items = (
        *(choice(f"i{number}") for number in range(1, CHOICES + 1)),
        *(
            Item(ItemId(name), (Paragraph(f"{SENTINEL} stem of {name}"),), kind)
            for name, kind in others.items()
        ),
    )
    section = Section("s", "", tuple(ItemRef(item.id) for item in items))
    return DeliveryForm(FormId("f1"), 1, "en", 8 * HOUR, (Part("p", "", (section,)),), items)


def right(place: int) -> str:
    """The option that the candidate picks at a place."""
    return "ABCD"[place * 7 % 4]


class Hands(Driver):
    """The app over a real session: each command is done, durably, and answered by the view that follows from it."""

    def __init__(self, runner: Runner) -> None:
        self._ours, theirs = socket.socketpair()
        self._runner, self._frames = runner, p.Frames()
        self.app = KioskApp(theirs, theme="dark")

    def attach(self) -> None:
        """Serve the screen, and tell it how things stand."""
        asyncio.get_running_loop().add_reader(self._ours, self._hear)
        self._ours.sendall(p.frame(self._runner.view()))

    def hang_up(self) -> None:
        """Serve it no more."""
        asyncio.get_running_loop().remove_reader(self._ours)
        self._ours.close()

    def _hear(self) -> None:
        for raw in self._frames.feed(self._ours.recv(65_536)):
            self._ours.sendall(p.frame(self._runner.submit(p.read_command(raw))))

    def at(self, place: int) -> bool:
        """Whether the question at this place is on the screen."""
        return f"stem of {self._name(place)} " in " ".join(self.rows()) + " "

    def _name(self, place: int) -> str:
        return f"i{place + 1}" if place < CHOICES else f"o{place - CHOICES + 1}"

    async def answer(self, place: int) -> None:
        """Press the letter that stands before the right option, or type."""
        await self.until(partial(self.at, place), f"question {place + 1}")
        if place < CHOICES:
            (letter,) = re.findall(rf"([A-D])\. {SENTINEL} i{place + 1} {right(place)}\b", self.text())
            self.key(letter.lower())
        else:
            await self.press(*("word", "42", "cab")[place - CHOICES])


async def sit(hands: Hands, count: int) -> None:
    """Answer all but a few, flag those, find each in the review, answer it, and hand in."""
    async with hands.app.run_test(size=(80, 24)):
        hands.attach()
        for place in range(count):
            if place in SKIPPED:
                await hands.until(partial(hands.at, place), f"question {place + 1}")
                hands.key("f")
            else:
                await hands.answer(place)
            if place < count - 1:
                hands.key("f8")
        await hands.press("f6", sees=f"{count - len(SKIPPED)} answered   {len(SKIPPED)} not answered")
        for place in SKIPPED:
            await hands.press("u", sees=f"Question {place + 1}: not answered")
            hands.key("enter")
            await hands.answer(place)
            await hands.sees("answer saved")
            await hands.press("f6", sees="answered   ")
        await hands.sees(f"{count} answered   0 not answered   {len(SKIPPED)} flagged")
        await hands.press("f10", sees="Hand in your answers?")
        assert re.search(rf"Answered +{count} +of {count}", hands.text())
        await hands.press("y", sees="Press Enter to hand in")
        await hands.press("enter", sees="You have handed in.")
        hands.hang_up()


def test_three_hundred_questions_are_answered_by_keys_alone(tmp_path: Path) -> None:
    """Every question is answered, those that were left are found in the review, and the sealed record holds the right
    300 options and the three other answers.
    """
    form = long_form()
    world = World(tmp_path, form=form).build()
    runner = world.testing()
    asyncio.run(sit(Hands(runner), len(form.items)))
    assert runner.view().phase is Phase.FINISHED

    record, _ = sealed(world)
    expected: dict[ItemId, Response] = {
        ItemId(f"i{place + 1}"): ChosenOptions((OptionId(right(place)),)) for place in range(CHOICES)
    }
    expected |= {
        ItemId("o1"): TypedText("word"),
        ItemId("o2"): TypedText("42"),
        ItemId("o3"): ChosenOptions(tuple(OptionId(letter) for letter in "CAB")),
    }
    assert {item: answer.response for item, answer in record.answers.items()} == expected
    assert [item for item, one in record.answers.items() if one.flagged] == [f"i{one + 1}" for one in SKIPPED]
