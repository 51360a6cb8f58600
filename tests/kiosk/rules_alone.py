"""A session's rules without a store: forms of many shapes, a clock that a test moves, and a journal in memory."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from exam_packages.form import (
    Break,
    BreakClock,
    DeliveryForm,
    Exhibit,
    FormId,
    Instruments,
    Item,
    ItemRef,
    NavigationMode,
    Section,
    StageLimits,
    Stimulus,
    SubmissionMode,
    TestPart,
)
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ExtendedTextInteraction,
    ItemId,
    OptionId,
    Paragraph,
    Table,
)
from keys.clock import Stamp
from keys.encoding import Digest, Instant, digest
from kiosk import session, timing
from kiosk.navigation import lay_out
from kiosk.protocol import Accept, ConfirmEquipment, ConfirmIdentity, Phase
from kiosk.session import Admit, Observe, Open, Resume, Start, State, Terms
from results.wire import events as e

MINUTE = 60_000
HOUR = 60 * MINUTE
SEED = "ab" * 16
LIMIT = 2 * HOUR
DIGEST = Digest("0" * 64)
OPENED = e.SessionOpened(bytes(32), "s", "west-1", "live", "K", DIGEST, DIGEST, DIGEST, "u", "test")
AGREEMENTS = (("nda", digest(b"n")), ("conduct", digest(b"c")))
TERMS = Terms(AGREEMENTS, one_proctor_minutes=30)
ADMIT, BREAK_OVER, END, VOID, MOVE_IN, ROOM_PAUSE, ROOM_RESUME, ADD, TAKE, ADD_TWO = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    256,
    512,
    768,
)


def item(name: str, **more: object) -> Item:
    """A question with three options."""
    options = tuple(Choice(OptionId(letter), letter) for letter in "ABC")
    return msgspec.structs.replace(
        Item(ItemId(name), (Paragraph(f"stem of {name}"),), ChoiceInteraction(options)), **more
    )


def section(name: str, *names: str, limit: int = 0) -> Section:
    """Items in their order."""
    return Section(name, f"Section {name}", tuple(ItemRef(ItemId(one)) for one in names), time_limit=limit)


def form_of(*parts: TestPart, **more: object) -> DeliveryForm:
    """A form of these parts, each item a question of three options."""
    names = [ref.item for part in parts for one in part.sections for ref in one.refs]
    form = DeliveryForm(FormId("f1"), 1, "en", LIMIT, parts, tuple(item(name) for name in names))
    return msgspec.structs.replace(form, **more)


def part(
    name: str,
    *sections: Section,
    linear: bool = False,
    individual: bool = False,
    limit: int = 0,
    rest: Break | None = None,
) -> TestPart:
    """A part of these sections."""
    return TestPart(
        name,
        f"Part {name}",
        sections,
        NavigationMode.LINEAR if linear else NavigationMode.NONLINEAR,
        SubmissionMode.INDIVIDUAL if individual else SubmissionMode.SIMULTANEOUS,
        limit,
        rest,
    )


PLAIN = form_of(part("p", section("s", "a", "b", "c")))
TIMED = form_of(
    part("p", section("s1", "a", "b"), section("s2", "c", "d", limit=10 * MINUTE), section("s3", "e")),
    part("q", section("s4", "f", "g"), linear=True, limit=20 * MINUTE),
)
BROKEN = form_of(
    part("p", section("s1", "a", "b"), rest=Break(15 * MINUTE)),
    part("q", section("s2", "c"), rest=Break(10 * MINUTE, BreakClock.RUNS)),
    part("r", section("s3", "d"), rest=Break(5 * MINUTE)),
    unscheduled_breaks=1,
)
ALL_TOOLS = Instruments(calculator=True, highlighter=True, notes=True, scratchpad=True, comments=True)
TOOLS = msgspec.structs.replace(
    form_of(part("p", section("s", "a", "b"))),
    items=(
        item("a", interaction=ExtendedTextInteraction(200), stimulus="t", exhibits=("x",)),
        item("b", stem=(Table("", (("one", "two"),)),)),
    ),
    stimuli=(Stimulus("t", "Text", (Paragraph("A text of some length."),)),),
    exhibits=(Exhibit("x", "Table", (Paragraph("exhibit"),)),),
    instruments=ALL_TOOLS,
)


class Rules:
    """A live state and the journal that a store would hold. `stand` is the moment, `entries` what happened when."""

    def __init__(self, form: DeliveryForm, terms: Terms = TERMS) -> None:
        self.form = form
        self.fresh = State(terms, layout=lay_out(form, SEED))
        self.state = self.fresh
        self.wall, self.boot, self.boot_id = 1_800_000_000_000, 50_000, "boot-0"
        self.entries: list[tuple[e.SessionEvent, Stamp]] = []
        self.resumes = 0

    def now(self) -> Stamp:
        """The present moment."""
        return Stamp(Instant(self.wall), self.boot, self.boot_id)

    def do(self, *commands: session.Command) -> tuple[e.SessionEvent, ...]:
        """Decide and apply as the runner does; what the last command led to. Every prefix folds to the live state."""
        events: tuple[e.SessionEvent, ...] = ()
        for command in commands:
            events = session.decide(self.state, command, self.now())
            for event in events:
                self.state = session.apply(self.state, event, self.now())
                self.entries.append((event, self.now()))
        return events

    def wait(self, milliseconds: int) -> tuple[e.SessionEvent, ...]:
        """Time goes by on both clocks, and is observed."""
        self.wall += milliseconds
        self.boot += milliseconds
        return self.do(Observe())

    def begin(self) -> Rules:
        """To the first question."""
        self.do(Open(OPENED), Admit("C-1", 1, 0), ConfirmIdentity(), *(Accept(one) for one, _ in AGREEMENTS))
        self.do(ConfirmEquipment(80, 24), Start(LIMIT, SEED))
        return self

    def folded(self) -> State:
        """The state of the journal alone."""
        return session.fold(self.fresh, self.entries)

    def stop(
        self, off: int, *, credit: bool, machine: bool = False, asleep: bool = False
    ) -> e.SessionResumed:
        """The session process ends, and is resumed `off` ms later."""
        last = self.now()
        running, stood_at = session.runs(self.state, last), session.elapsed(self.state, last)
        self.wall += off
        self.boot += off
        if machine:
            self.boot, self.boot_id = 3_000, self.boot_id + "+"
        stop = timing.outage(last, self.now(), running=running, asleep=asleep)
        self.state = replace(self.folded(), suspended=True)
        self.resumes += 1
        *_jumps, resumed = self.do(Resume(self.resumes, stood_at, stop, credit))
        assert isinstance(resumed, e.SessionResumed)
        return resumed

    @property
    def phase(self) -> Phase:
        """Which screen is due."""
        return session.phase(self.state)

    def item(self, index: int) -> ItemId:
        """The item at a place."""
        return lay_out(self.form, SEED).places[index].item.id

    @property
    def left(self) -> int:
        """Milliseconds of exam time left."""
        return session.remaining(self.state, self.now())

    @property
    def shown(self) -> str | None:
        """The item on the screen."""
        return self.state.record.current


def chosen(*letters: str) -> ChosenOptions:
    """A response of these options."""
    return ChosenOptions(tuple(OptionId(letter) for letter in letters))


STAGES = StageLimits(confirm=MINUTE, agreements=5 * MINUTE, tutorial=3 * MINUTE)
STAGED = Terms(AGREEMENTS, STAGES, tutorial=True)


def staged(*commands: session.Command) -> Rules:
    """A session with a limit on each stage before the test."""
    rules = Rules(PLAIN, STAGED)
    rules.do(Open(OPENED), Admit("C-1", 1, 0), *commands)
    return rules
