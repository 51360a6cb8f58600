"""What is asked of the rules of a session: the screen's commands, and those that the runner alone gives. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.marking import Mark
from kiosk.protocol import (
    Accept,
    ConfirmEquipment,
    ConfirmIdentity,
    Decline,
    EndTutorial,
    Go,
    HandIn,
    Prefer,
    TakeBreak,
)
from kiosk.timing import Outage
from results.wire import events as e


@dataclass(frozen=True, slots=True)
class Observe:
    """Time goes by; no one did anything."""


@dataclass(frozen=True, slots=True)
class Open:
    """The start code opened the unlock; `opened` is the genesis."""

    opened: e.SessionOpened


@dataclass(frozen=True, slots=True)
class Admit:
    """Candidate number and admission code were verified together."""

    candidate: str
    attempt: int
    serial: int


@dataclass(frozen=True, slots=True)
class MoveIn:
    """Candidate number and move-in code were verified together, with the source's checkpoint code and minutes left.

    `carried` is the source's journal up to that checkpoint, where its mirror is here.
    """

    candidate: str
    attempt: int
    serial: int
    checkpoint: str
    minutes: int
    carried: e.SessionCarried | None = None


@dataclass(frozen=True, slots=True)
class Redeem:
    """An action code of this candidate was verified."""

    verb: int
    serial: int


@dataclass(frozen=True, slots=True)
class RedeemRoom:
    """A code of the whole room was verified."""

    verb: int
    serial: int


@dataclass(frozen=True, slots=True)
class Start:
    """The candidate begins: their limit in ms and the seed of the order that `State.layout` was laid out with."""

    limit: int
    route: str


@dataclass(frozen=True, slots=True)
class Calculated:
    """The calculator worked out an expression."""

    expression: str
    result: str


@dataclass(frozen=True, slots=True)
class Resume:
    """R_n was verified. The clock stood at `stood_at` ms; the proctor chose whether the lost time is given back."""

    n: int
    stood_at: int
    stop: Outage
    credit: bool


Command = (
    Observe
    | Open
    | Admit
    | MoveIn
    | ConfirmIdentity
    | Accept
    | Decline
    | ConfirmEquipment
    | EndTutorial
    | Start
    | Go
    | Mark
    | Calculated
    | Prefer
    | TakeBreak
    | HandIn
    | Redeem
    | RedeemRoom
    | Resume
)
