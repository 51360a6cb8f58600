"""What the machine of a session is compared with: forms and terms of many shapes, and a bystander's model of it.

The model knows no anchors and no folds: it adds up milliseconds and remembers what was acknowledged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from hypothesis import strategies as st

from exam_packages.form import Break, BreakClock, DeliveryForm, Instruments, StageLimits, TestPart
from exam_packages.interactions import ExtendedTextInteraction, ItemId, Response, TypedText
from exam_packages.sitting_plan import Accommodations
from kiosk import protocol as p
from kiosk import session
from kiosk.session import Admit, Open, Start, Terms
from results.wire import events as e
from results.wire.events import PauseKind, Scope
from tests.kiosk.rules_alone import (
    ADD,
    ADD_TWO,
    AGREEMENTS,
    BREAK_OVER,
    END,
    MINUTE,
    OPENED,
    SEED,
    TAKE,
    VOID,
    chosen,
    form_of,
    part,
    section,
)

LIMIT = 60 * MINUTE
ONE_PROCTOR = 5
CODES = (BREAK_OVER, BREAK_OVER, END, VOID, ADD + 1, ADD + 4, TAKE + 2, TAKE + 200, ADD_TWO + 3, 0, 4, 7, ADD)
TIMES = st.integers(0, 2 * MINUTE) | st.sampled_from([1, MINUTE, MINUTE, 3 * MINUTE, 8 * MINUTE])
SERIALS = st.integers(1, 7)
TEXTS = st.text("ab ", max_size=6).map(TypedText)
PICKS = st.lists(st.sampled_from("ABCD"), max_size=2, unique=True).map(lambda letters: chosen(*letters))
ANYTHING: tuple[session.Command, ...] = (
    Open(OPENED),
    Admit("C-1", 1, 0),
    p.ConfirmIdentity(),
    p.Accept("other"),
    p.Decline("conduct"),
    p.ConfirmEquipment(1, 1),
    p.EndTutorial(),
    Start(LIMIT, SEED),
    p.TakeBreak(),
    p.Prefer("theme", "mono"),
)
LIMITS = st.sampled_from([0, 0, 2 * MINUTE, 3 * MINUTE, 8 * MINUTE])
LENGTHS = st.sampled_from([MINUTE, 4 * MINUTE])
BREAKS = st.none() | st.builds(Break, LENGTHS) | st.builds(Break, LENGTHS, st.sampled_from(BreakClock))


@st.composite
def forms(draw: st.DrawFn) -> DeliveryForm:
    """One to three parts of one to three sections with one or two items, timed or not, with every way to move."""
    names, parts = iter("abcdefghijklmnopqr"), list[TestPart]()
    for number in range(draw(st.sampled_from([3, 2, 2, 1]))):
        sections = tuple(
            section(f"s{number}{place}", *(next(names) for _ in range(count)), limit=draw(LIMITS))
            for place, count in enumerate(draw(st.lists(st.integers(1, 2), min_size=1, max_size=3)))
        )
        linear, individual = draw(st.booleans()), draw(st.booleans())
        limit, rest = draw(LIMITS), draw(BREAKS)
        parts.append(
            part(f"p{number}", *sections, linear=linear, individual=individual, limit=limit, rest=rest)
        )
    form = form_of(
        *parts,
        time_limit=LIMIT,
        instruments=Instruments(highlighter=True, comments=True),
        unscheduled_breaks=draw(st.integers(0, 2)),
        unscheduled_clock=draw(st.sampled_from(BreakClock)),
    )
    first, *others = form.items
    long = msgspec.structs.replace(first, interaction=ExtendedTextInteraction(20))
    return msgspec.structs.replace(form, items=(long, *others))


TERMS = st.builds(
    Terms,
    st.just(AGREEMENTS),
    st.sampled_from([StageLimits(), StageLimits(2 * MINUTE, 2 * MINUTE, MINUTE)]),
    st.booleans(),
    st.just(ONE_PROCTOR),
    st.builds(Accommodations, st.sampled_from([0, 50]), st.just(0), st.integers(0, 1)),
)


@dataclass
class Model:
    """What a bystander with a stopwatch and a notepad knows. `stands` is how long the clock still stands (ms)."""

    limit: int = 0
    spent: int = 0
    paused: BreakClock | None = None
    stands: int | None = 0
    length: int = 0
    began: tuple[int, int] = (0, 0)
    ends: dict[tuple[Scope, str], int] = field(default_factory=dict)
    alone: int = 0
    answers: dict[ItemId, Response] = field(default_factory=dict)
    flags: dict[ItemId, bool] = field(default_factory=dict)
    struck: dict[tuple[ItemId, str], bool] = field(default_factory=dict)
    spans: dict[str, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)
    comments: dict[ItemId, str] = field(default_factory=dict)
    left: set[ItemId] = field(default_factory=set)
    shown: ItemId | None = None
    onward: bool = False

    @property
    def running(self) -> bool:
        """Whether the clock moves in the next millisecond."""
        return self.limit > 0 and (self.paused is not BreakClock.STOPS or self.stands == 0)

    def advance(self, milliseconds: int) -> None:
        """The stopwatch goes on."""
        if self.paused is BreakClock.STOPS:
            if self.stands is None:
                return
            stood = min(milliseconds, self.stands)
            self.stands -= stood
            milliseconds -= stood
        if self.limit:
            self.spent = min(self.limit, self.spent + milliseconds)

    def tightest(self) -> int:
        """Milliseconds to the next end of any limit in force."""
        return max(0, min([self.limit, *self.ends.values()]) - self.spent)

    def see(self, event: e.SessionEvent, wall: int) -> None:
        """Note an event that was acknowledged."""
        match event:
            case e.TestStarted():
                self.limit = event.limit
            case e.TimeChanged():
                self.alone += 0 if event.two_person else max(0, event.after - event.before)
                assert event.before == self.limit
                self.limit = event.after
            case e.PauseBegan():
                assert self.paused is None
                self.onward = self.onward or event.kind is PauseKind.SCHEDULED
                self.paused, self.length = event.clock, event.length
                self.stands = (event.length or None) if event.clock is BreakClock.STOPS else 0
                self.began = wall, event.length
            case e.PauseEnded():
                self.paused, self.stands = None, 0
            case e.LimitBegan():
                assert (event.scope, event.id) not in self.ends
                self.ends[event.scope, event.id] = self.spent + event.limit
            case e.LimitEnded():
                end = self.ends.pop((event.scope, event.id))
                assert event.expired == (self.spent >= end) or not event.expired
            case e.ItemPresented():
                assert self.paused is None, "something of the exam was shown in a pause"
                if self.shown is not None:
                    self.left.add(self.shown)
                self.shown, self.onward = event.item, False
            case _:
                pass
