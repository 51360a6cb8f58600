"""The rules of a session as a machine: forms of many shapes, any commands, codes and clocks, a crash at any time."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from exam_packages.form import BreakClock, DeliveryForm
from exam_packages.interactions import ItemId, Response, TypedText
from kiosk import protocol as p
from kiosk import session
from kiosk.protocol import Phase
from kiosk.session import TRANSITIONS, Admit, MoveIn, NotNowError, Observe, Open, Redeem, RedeemRoom, Start
from kiosk.timing import LEFT_AFTER_CHARGE
from results.wire import events as e
from results.wire.events import PauseKind
from tests.kiosk.bystander import (
    ANYTHING,
    CODES,
    LIMIT,
    ONE_PROCTOR,
    PICKS,
    SERIALS,
    TERMS,
    TEXTS,
    TIMES,
    forms,
)
from tests.kiosk.checked_rules import Checked, blank
from tests.kiosk.rules_alone import (
    ADD,
    AGREEMENTS,
    BREAK_OVER,
    END,
    MINUTE,
    OPENED,
    ROOM_PAUSE,
    ROOM_RESUME,
    SEED,
    VOID,
    chosen,
)


class Sitting(Checked):
    """Any order of anything, checked against the model after every step."""

    @initialize(form=forms(), terms=TERMS, ahead=st.sampled_from([0, 1, 2, 4, 5, 7, 7, 7, 7, 7, 7, 7]))
    def open(self, form: DeliveryForm, terms: session.Terms, ahead: int) -> None:
        """Every session begins with its genesis; most runs begin at the first item."""
        self.prepare(form, terms)
        self.submit(Open(OPENED))
        for _ in range(ahead):
            self.step_in(moved=False)

    def ready(self) -> bool:
        """Let time be observed first, as the session process does each second; whether the test still runs then."""
        self.submit(Observe())
        return self.phase is Phase.TESTING

    @property
    def here(self) -> ItemId:
        """The item on the screen."""
        return self.live.state.record.current or ItemId("")

    @rule(moved=st.booleans())
    def step_in(self, *, moved: bool) -> None:
        """The step that is due on the way in."""
        accepted = min(len(self.live.state.record.accepted), len(AGREEMENTS) - 1)
        steps: dict[Phase, session.Command] = {
            Phase.SIGN_IN: MoveIn("C-1", 1, 30, "X", 9) if moved else Admit("C-1", 1, 0),
            Phase.CONFIRM: p.ConfirmIdentity(),
            Phase.AGREEMENT: p.Accept(AGREEMENTS[accepted][0]),
            Phase.CHECK: p.ConfirmEquipment(80, 24),
            Phase.TUTORIAL: p.EndTutorial(),
            Phase.INSTRUCTIONS: Start(LIMIT, SEED),
        }
        if self.phase in steps:
            assert self.submit(steps[self.phase]) is not None

    @rule(command=st.sampled_from(ANYTHING))
    def anything(self, command: session.Command) -> None:
        """Any command in any phase: what the table does not name is refused."""
        phase = self.phase
        if phase is Phase.INSTRUCTIONS and isinstance(command, Start):
            return
        done = self.submit(command)
        if type(command) not in TRANSITIONS[phase]:
            assert (
                done is None
                or not any(isinstance(event, e.ItemPresented) for event in done)
                or self.expired(done)
            )

    @staticmethod
    def expired(events: tuple[e.SessionEvent, ...]) -> bool:
        """Whether these are what follows where a time is over."""
        return any(isinstance(event, e.LimitEnded | e.TimeExpired) for event in events)

    @precondition(lambda self: self.phase is Phase.TESTING)
    @rule(long=TEXTS, picks=PICKS, other=st.integers(0, 17), on_screen=st.booleans())
    def answer(self, long: TypedText, picks: Response, other: int, *, on_screen: bool) -> None:
        """An open item on the screen takes an answer, every other one refuses it."""
        if not self.ready():
            return
        places = self.layout.places
        item = self.here if on_screen else places[other % len(places)].item.id
        takes_text = item == self.form.items[0].id
        response: Response = long if takes_text else picks
        individual = self.layout.individual(self.layout.index[item])
        closed = item != self.here or (individual and item in self.model.left)
        done = self.submit(p.Answer(item, response))
        if closed:
            assert done is None
        elif takes_text or set(getattr(picks, "options", ())) <= {"A"}:
            assert done is not None
        if done:
            self.model.answers[item] = response

    @precondition(lambda self: self.phase is Phase.TESTING)
    @rule(option=st.sampled_from("ABCD"), on=st.booleans(), other=st.integers(0, 17))
    def small_marks(self, option: str, *, on: bool, other: int) -> None:
        """Flags, strike-outs, highlights and comments."""
        if not self.ready():
            return
        places = self.layout.places
        item = places[other % len(places)].item.id
        if self.submit(p.Flag(item, on)):
            self.model.flags[item] = on
        if self.submit(p.Strike(self.here, chosen(option).options[0], on)):
            self.model.struck[self.here, option] = on
        spans = ((0, other % 3, 4),) if on else ()
        if self.submit(p.Highlight(f"item:{item}", spans)):
            assert item == self.here
            self.model.spans[f"item:{item}"] = spans
        if self.submit(p.WriteComment(item, option)):
            self.model.comments[item] = option

    @precondition(lambda self: self.phase is Phase.TESTING)
    @rule(index=st.integers(-1, 18))
    def go(self, index: int) -> None:
        """A move is taken where the readers say that it may be."""
        if not self.ready():
            return
        may = 0 <= index < len(self.layout.places) and session.may_show(self.live.state, index)
        before = self.layout.places[session.place(self.live.state)].part
        done = self.submit(p.Go(index))
        assert (done is not None) == may
        if done and self.phase is Phase.TESTING:
            assert session.place(self.live.state) == index
        if done and self.phase is Phase.PAUSED:
            assert self.form.parts[before].break_after is not None

    @precondition(lambda self: self.phase is Phase.TESTING)
    @rule(to_next_part=st.booleans())
    def forward(self, *, to_next_part: bool) -> None:
        """To the next item, or to the next part as far as its rules let; what closes by it was told before."""
        if not self.ready():
            return
        state, here, places = self.live.state, session.place(self.live.state), self.layout.places
        ahead = [there for there in range(here + 1, len(places)) if session.may_show(state, there)]
        beyond = [there for there in ahead if places[there].part > places[here].part]
        if not ahead:
            return
        closes = session.leaving(state)[ahead[0]]
        there = beyond[0] if beyond and to_next_part else ahead[0]
        assert self.submit(p.Go(there)) is not None
        if there == ahead[0]:
            onward = self.phase is Phase.PAUSED
            assert (closes != ".") == (onward or session.is_closed(self.live.state, here))
            assert (closes == "p") == (places[there].part > places[here].part)

    @precondition(lambda self: self.phase in {Phase.TESTING, Phase.PAUSED})
    @rule(right=st.integers(0, 15))
    def hand_in(self, right: int) -> None:
        """Only with the counts that are true."""
        self.submit(Observe())
        state = self.live.state
        answered = sum(not blank(response) for response in self.model.answers.values())
        unanswered = len(self.layout.places) - answered
        flagged = sum(
            on and not session.is_gone(state, self.layout.index[item])
            for item, on in self.model.flags.items()
        )
        done = self.submit(p.HandIn(unanswered + (right > 1), flagged))
        assert (done is not None) == (right <= 1 and session.phase(state) is Phase.TESTING)

    @rule()
    def take_break(self) -> None:
        """As many as were granted and as the form gives, and only in the test."""
        ready, left = self.ready(), session.breaks_left(self.live.state)
        done = self.submit(p.TakeBreak())
        assert (done is not None) == (ready and left > 0)
        begun = [
            event.clock
            for event, _ in self.live.entries
            if isinstance(event, e.PauseBegan) and event.kind is PauseKind.UNSCHEDULED
        ]
        granted = self.live.state.terms.granted.extra_breaks
        free = [BreakClock.STOPS] * granted + [self.form.unscheduled_clock] * self.form.unscheduled_breaks
        assert begun == free[: len(begun)]

    @precondition(lambda self: self.phase in {Phase.TESTING, Phase.PAUSED})
    @rule(milliseconds=TIMES, index=st.integers(0, 5))
    def be_late(self, milliseconds: int, index: int) -> None:
        """A command at a moment when a time is over is not done; what follows the time is."""
        self.live.wall += milliseconds
        self.live.boot += milliseconds
        self.model.advance(milliseconds)
        over = bool(session.decide(self.live.state, Observe(), self.live.now()))
        shown = self.layout.places[index % len(self.layout.places)].item.id
        for command in (p.Flag(shown, on=True), p.WriteComment(self.here, "late")):
            if over:
                assert not any(
                    isinstance(event, e.ItemFlagged | e.CommentWritten)
                    for event in session.decide(self.live.state, command, self.live.now())
                )
        self.submit(Observe())

    @rule(verb=st.sampled_from(CODES), serial=SERIALS, sure=st.booleans())
    def redeem(self, verb: int, serial: int, *, sure: bool) -> None:
        """A code of the candidate; most of those that end a session are left out, or few runs would last."""
        if verb in {END, VOID} and not (sure and serial == 1):
            return
        self.submit(Observe())
        used = {event.serial for event, _ in self.live.entries if isinstance(event, e.ActionRedeemed)}
        pause, started = self.live.state.record.pause, self.live.state.record.started
        done = self.submit(Redeem(verb, serial))
        if serial in used or not self.live.state.record.candidate:
            assert done is None
        if done:
            assert e.ActionRedeemed(verb, serial) in done
            assert started or verb in {BREAK_OVER, END, VOID}
            assert verb != BREAK_OVER or (pause is not None and pause.kind is not PauseKind.ROOM)
        assert self.model.alone <= ONE_PROCTOR * MINUTE

    @precondition(lambda self: self.phase is Phase.PAUSED)
    @rule()
    def go_on(self) -> None:
        """The next code of the desk for this pause is taken."""
        self.submit(Observe())
        record, pause = self.live.state.record, self.live.state.record.pause
        if pause is None or self.phase is Phase.FINISHED:
            return
        in_room = pause.kind is PauseKind.ROOM
        used = record.room_redeemed if in_room else record.redeemed
        serial = min(set(range(1, 500)) - used)
        done = self.submit(RedeemRoom(ROOM_RESUME, serial) if in_room else Redeem(BREAK_OVER, serial))
        assert done

    @rule(verb=st.sampled_from([ROOM_PAUSE, ROOM_RESUME, ROOM_RESUME, END]), serial=SERIALS)
    def room(self, verb: int, serial: int) -> None:
        """A code of the room."""
        self.submit(Observe())
        phase, pause = self.phase, self.live.state.record.pause
        used = serial in self.live.state.record.room_redeemed
        done = self.submit(RedeemRoom(verb, serial))
        if done:
            assert not used
            assert verb == (ROOM_RESUME if pause is not None and pause.kind is PauseKind.ROOM else ROOM_PAUSE)
        elif phase in {Phase.SIGN_IN, Phase.CONFIRM, Phase.TESTING} and verb == ROOM_PAUSE:
            assert used

    @rule(milliseconds=TIMES)
    def wait(self, milliseconds: int) -> None:
        """Time goes by on both clocks, and is observed."""
        self.live.wall += milliseconds
        self.live.boot += milliseconds
        self.model.advance(milliseconds)
        self.submit(Observe())

    @rule(milliseconds=st.integers(-(10**8), 10**8))
    def set_clock(self, milliseconds: int) -> None:
        """The wall clock is set: the remaining time is the same before and after."""
        self.live.wall += milliseconds
        assert all(isinstance(event, e.ClockJumped) for event in self.submit(Observe()) or ())

    @rule(
        off=TIMES | st.integers(0, 10**6), machine=st.booleans(), credit=st.booleans(), asleep=st.booleans()
    )
    def crash(self, off: int, *, machine: bool, credit: bool, asleep: bool) -> None:
        """A kill, a sleep or a power cut after any event: fold, then resume with the next code."""
        if self.phase in {Phase.FINISHED, Phase.LOCKED}:
            return
        model, phase = self.model, self.phase
        running, stood = model.running, model.spent
        resumed = self.live.stop(off, credit=credit, machine=machine, asleep=asleep)
        assert self.phase is phase
        assert resumed.lost == (off if running else 0)
        if running and not credit:
            most = model.tightest() - LEFT_AFTER_CHARGE if machine else model.limit - stood
            model.spent += min(off, max(0, most))
        if model.paused is BreakClock.STOPS and model.stands is not None:
            wall, length = model.began
            gone = max(0, self.live.wall - wall) if machine else length - model.stands + off
            model.stands = max(0, length - gone)
        if model.paused is not None:
            model.began = self.live.wall, model.stands or 0
        self.submit(Observe())

    @precondition(lambda self: self.final is not None)
    @rule(command=st.sampled_from([Redeem(ADD + 1, 9), RedeemRoom(ROOM_PAUSE, 9), p.Go(0), p.HandIn(0, 0)]))
    def after_the_end(self, command: session.Command) -> None:
        """A terminal event is final: nothing is decided, and evidence that comes later changes nothing."""
        with pytest.raises(NotNowError):
            session.decide(self.live.state, command, self.live.now())
        assert session.decide(self.live.state, Observe(), self.live.now()) == ()
        late = e.ResponseRecorded(self.layout.places[0].item.id, chosen("B"), 1)
        assert session.apply(self.live.state, late, self.live.now()) == self.final


TestSitting = Sitting.TestCase
TestSitting.settings = settings(max_examples=max(60, settings().max_examples))
