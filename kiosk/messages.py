"""What reaches the app from the session process, as messages of the screen; past tense."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from kiosk.protocol import Tick, View


@dataclass
class ViewArrived(Message):
    """The session process said what is true now."""

    view: View


@dataclass
class TimeTicked(Message):
    """The session process said how much time is left, or is lost so far."""

    tick: Tick


class ScreenStood(Message):
    """A screen has its widgets and its caret: keys may act on it."""


class LinkClosed(Message):
    """The session process is gone."""


class PreferenceChosen(Message):
    """The candidate chose how the screen is to be."""
