"""A talk in the linear reading mode, without a terminal: typed lines in, told lines out, a session that answers."""

from __future__ import annotations

import contextlib

from exam_packages.form import Item
from exam_packages.interactions import Choice, Interaction, ItemId, OptionId, Paragraph
from kiosk import protocol as p
from kiosk.linear.reader import Reader
from kiosk.protocol import Frames, Phase, Tick, View, frame, read_message
from tests.kiosk.fake_session import FakeSession


class LinearTalk:
    """One reader and one session; `told` holds the lines of the last step."""

    def __init__(self, items: tuple[Item, ...], phase: Phase = Phase.TESTING) -> None:
        self.session = FakeSession(items, phase)
        self.session.screen.setblocking(False)
        self.reader = Reader(80, 24)
        self._frames = Frames()
        self.told: list[str] = []
        self.session.send_view()
        self.pump()

    def type(self, line: str) -> str:
        """Type a line; return everything that is told because of it."""
        self.told = []
        said = self.reader.take(line)
        self.told += said.lines
        for command in said.commands:
            self.session.screen.send(frame(command))
            self.session._readable()
        self.pump()
        return "\n".join(self.told)

    def pump(self) -> str:
        """Hear what the session sent."""
        with contextlib.suppress(BlockingIOError):
            for raw in self._frames.feed(self.session.screen.recv(1 << 20)):
                message = read_message(raw)
                if isinstance(message, View):
                    self.told += self.reader.hear(message)
                elif isinstance(message, Tick):
                    self.told += self.reader.tick(message)
        return "\n".join(self.told)

    def sent(self) -> p.Command:
        """The last command that the session took."""
        return self.session.commands[-1]


def options(*texts: str) -> tuple[Choice, ...]:
    """Options with the ids `o1`, `o2` .."""
    return tuple(Choice(OptionId(f"o{place}"), text) for place, text in enumerate(texts, 1))


def item(interaction: Interaction) -> Item:
    """A question with this interaction."""
    return Item(ItemId("Q-1"), (Paragraph("What is asked."),), interaction)
