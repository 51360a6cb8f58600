"""A sitting beside the bystander's model: what must hold after every step, whatever the step was."""

from __future__ import annotations

from hypothesis.stateful import RuleBasedStateMachine, invariant

from exam_packages.form import BreakClock, DeliveryForm
from exam_packages.interactions import ItemId, Response, TypedText
from keys.errors import ExamKioskError
from kiosk import session
from kiosk.navigation import lay_out
from kiosk.protocol import Phase
from kiosk.session import TRANSITIONS, Observe
from results.wire import events as e
from results.wire.events import PauseKind
from results.wire.record import fold as fold_record
from tests.kiosk.bystander import Model
from tests.kiosk.rules_alone import SEED, Rules


def blank(response: Response) -> bool:
    if isinstance(response, TypedText):
        return not response.text.strip()
    return not getattr(response, "options", ())


class Checked(RuleBasedStateMachine):
    """The live rules, the model, and the comparison of the two."""

    def prepare(self, form: DeliveryForm, terms: session.Terms) -> None:
        """Before anything happened."""
        self.live, self.model = Rules(form, terms), Model()
        self.form, self.layout = form, lay_out(form, SEED)
        self.gone: set[int] = set()
        self.furthest = 0
        self.answers_closed: dict[ItemId, Response | None] = {}
        self.final: session.State | None = None

    def submit(self, command: session.Command) -> tuple[e.SessionEvent, ...] | None:
        """What the command led to, or None where it was refused; then nothing has changed."""
        live, before = self.live, self.live.state
        phase, left = session.phase(before), live.left
        count = len(live.entries)
        try:
            events = live.do(command)
        except ExamKioskError:
            assert live.state == before
            return None
        assert len(live.entries) == count + len(events)
        for event in events:
            self.model.see(event, live.wall)
        after = session.phase(live.state)
        expired = any(
            isinstance(event, e.TimeExpired | e.LimitEnded | e.TutorialEnded)
            or (isinstance(event, e.PauseBegan) and event.kind is PauseKind.HOLD)
            for event in events
        )
        if events and not expired and not isinstance(command, Observe):
            assert after in TRANSITIONS[phase][type(command)], (phase, command, after)
        gained = sum(event.after - event.before for event in events if isinstance(event, e.TimeChanged))
        if phase in {Phase.TESTING, Phase.PAUSED} and before.record.started and after is not Phase.FINISHED:
            assert live.left == left + gained
            assert not gained or live.left > 0
        if isinstance(command, Observe) and after is not Phase.FINISHED:
            assert all(end > self.model.spent for end in self.model.ends.values()), (
                "a time that is over stands"
            )
        return events

    @property
    def phase(self) -> Phase:
        """Which screen is due."""
        return session.phase(self.live.state)

    @invariant()
    def folding_gives_the_live_state(self) -> None:
        """The journal alone gives the live state, and the record that the centre would fold."""
        assert self.live.folded() == self.live.state
        assert fold_record(event for event, _ in self.live.entries) == self.live.state.record
        if self.phase is Phase.FINISHED:
            self.final = self.final or self.live.state
            assert self.live.state == self.final

    @invariant()
    def the_clock_is_the_stopwatchs(self) -> None:
        """Also over pauses, crashes and clocks that were set; no limit in force is past its end."""
        state, now = self.live.state, self.live.now()
        if self.phase is Phase.FINISHED:
            return
        assert session.elapsed(state, now) == min(self.model.spent, self.model.limit)
        assert session.runs(state, now) == self.model.running
        if self.model.paused is BreakClock.STOPS and self.model.length:
            assert session.rest_remaining(state, now) == self.model.stands

    @invariant()
    def marks_are_never_lost(self) -> None:
        """What was acknowledged is in the record, and nothing else."""
        record = self.live.state.record
        for item, response in self.model.answers.items():
            assert record.answer(item).response == (None if blank(response) else response)
        assert record.answered() == sum(not blank(one) for one in self.model.answers.values())
        assert {item for item, one in record.answers.items() if one.flagged} == {
            item for item, on in self.model.flags.items() if on
        }
        struck = {(item, option) for item, one in record.answers.items() for option in one.struck}
        assert struck == {key for key, on in self.model.struck.items() if on}
        assert {**record.highlights} == self.model.spans
        assert {
            item: one.comment for item, one in record.answers.items() if one.comment
        } == self.model.comments

    @invariant()
    def what_is_closed_stays_closed(self) -> None:
        """A place that is gone never comes back, and the answer of one that is closed never changes."""
        state = self.live.state
        everywhere = range(len(self.layout.places))
        gone = {index for index in everywhere if session.is_gone(state, index)}
        assert gone >= self.gone
        self.gone = gone
        if self.phase is Phase.TESTING:
            part = self.layout.places[session.place(state)].part
            assert not self.model.onward, "a part that was left for a break is on the screen again"
            assert part >= self.furthest
            self.furthest = part
            passed = {index for index in everywhere if self.layout.places[index].part < part}
            assert passed <= gone
        closed = {
            self.layout.places[index].item.id for index in everywhere if session.is_closed(state, index)
        }
        assert closed >= self.answers_closed.keys()
        for item in closed:
            response = state.record.answer(item).response
            assert self.answers_closed.setdefault(item, response) == response
        if self.phase is Phase.TESTING:
            assert session.place(state) not in gone
            assert not any(session.may_show(state, index) for index in gone)

    @invariant()
    def no_serial_is_redeemed_twice(self) -> None:
        """Neither a candidate's nor the room's, over all crashes."""
        for kind in (e.ActionRedeemed, e.RoomCodeRedeemed):
            serials = [event.serial for event, _ in self.live.entries if isinstance(event, kind)]
            assert len(serials) == len(set(serials))
