"""The process behind practice and preview: commands in, views out, over a sitting in memory. *io*

    python -m kiosk.practice.runner --file FILE | --preview DIR  --control-fd N

Rules.
1. Practice: choose an area, answer, and read the reason when going on from a question that was answered; handing in
   shows the profile of all areas. There is no clock. A history that cannot be kept is told, and practice goes on.
2. Preview: every screen as a candidate meets it, from the agreements to the end, with the form's own times.
3. Neither has a station, a carrier, a key or a journal; the last screen says that nothing was recorded.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
from abc import ABC, abstractmethod
from pathlib import Path

import msgspec

from exam_packages import matching, route
from exam_packages.form import DeliveryForm, FormId, Front, ItemRef, Section, TestPart, demands
from exam_packages.interactions import ItemId
from exam_packages.practice import MAX_PRACTICE, PracticeForm, maker, open_practice
from keys import primitives
from keys.carrier import read_file
from keys.clock import Clock, SystemClock
from keys.encoding import decode
from keys.errors import ExamKioskError
from kiosk import protocol, views
from kiosk.answer_words import words
from kiosk.delivery import check_deliverable
from kiosk.practice import history
from kiosk.practice.memory import MemorySitting
from kiosk.protocol import AreaLine, Ending, Phase, Practice, Problem, Tick, View
from kiosk.session import NotNowError
from kiosk.state import flagged, place
from terminal import crash
from terminal.child import REFUSED
from terminal.language import _, use

MAX_PREVIEW = 64 * 1024 * 1024


class _Rehearser(ABC):
    """What both have in common: a sitting in memory, or none; the last problem; the end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sitting: MemorySitting | None = None
        self._problem: Problem | None = None
        self.finished = self.again = False

    def submit(self, command: protocol.Command) -> View:
        """Do what the screen asks, if it can be done, and say how things stand."""
        self._problem = None
        try:
            if isinstance(command, protocol.Prefer) and command.name == "language":
                use(command.value)
            self._handle(command)
        except ExamKioskError as error:
            self._problem = views.problem(error)
        view = self._view(answers=isinstance(command, protocol.ShowAnswers))
        return msgspec.structs.replace(view, reply=True, problem=self._problem)

    def view(self) -> View:
        """How things stand."""
        return self._view()

    def tick(self) -> View | Tick | None:
        """A second went by."""
        if self._sitting is None:
            return None
        before, now = self._sitting.phase, self._clock.now()
        self._sitting.observe(now)
        return self.view() if self._sitting.phase is not before else views.tick(self._sitting.state, now)

    def close(self) -> None:
        """Forget everything."""
        self._sitting = None

    def _seed(self) -> str:
        return route.new_seed(primitives.entropy(route.SEED_BYTES))

    @abstractmethod
    def _handle(self, command: protocol.Command) -> None:
        """Do what the screen asks. Raises an `ExamKioskError` that refuses it."""

    @abstractmethod
    def _view(self, *, answers: bool = False) -> View:
        """How things stand, but for the last problem."""


class Previewer(_Rehearser):
    """A form as its authors see it: every screen, nothing recorded."""

    def __init__(self, front: Front, form: DeliveryForm, clock: Clock) -> None:
        """Begin at the first agreement."""
        super().__init__(clock)
        self._sitting = MemorySitting(front, form, self._seed(), clock.now())

    def _handle(self, command: protocol.Command) -> None:
        if self._sitting is None:
            raise NotNowError
        if isinstance(command, protocol.Leave) and self._sitting.phase is Phase.FINISHED:
            self.finished = True
        else:
            self._sitting.obey(command, self._clock.now())

    def _view(self, *, answers: bool = False) -> View:
        if self._sitting is None:
            raise NotNowError
        view = self._sitting.view(self._clock.now(), answers=answers)
        view = msgspec.structs.replace(view, kiosk=_("Preview"), candidate="-", name=_("Preview"))
        if view.phase is not Phase.FINISHED:
            return view
        state = self._sitting.state
        record, count = state.record, len(self._sitting.view(self._clock.now()).marks)
        answered = record.answered()
        nothing = _("This was a preview: nothing was recorded, and nothing is sent anywhere.")
        ending = Ending(
            record.final_outcome(), answered, max(0, count - answered), flagged(state), 0, "", nothing, ""
        )
        return msgspec.structs.replace(view, ending=ending)


class Practiser(_Rehearser):
    """A practice form: areas, questions, reasons and the profile."""

    def __init__(self, form: PracticeForm, path: Path, clock: Clock) -> None:
        """`path` is where the candidate's history is kept."""
        super().__init__(clock)
        self._form, self._path = form, path
        self._answers = {answer.item: answer for answer in form.answers}
        self._right = {item: was for item, was in history.load(path).items() if item in self._answers}
        self._told: set[ItemId] = set()
        self._reason: Practice | None = None
        self._next = 0
        self._profile = False
        self._preferences: dict[str, str] = {}

    def _handle(self, command: protocol.Command) -> None:
        match command:
            case protocol.Prefer(name, value):
                if self._sitting is not None:
                    self._sitting.obey(command, self._clock.now())
                self._preferences[name] = value
            case protocol.Practise(area):
                self._choose(area)
            case protocol.GoOn():
                self._go_on()
            case protocol.Go(index) if self._sitting is not None:
                self._move(self._sitting, index)
            case protocol.HandIn() if self._sitting is not None:
                self._judge_all(self._sitting)
                self._sitting, self._profile = None, True
            case protocol.Leave() if self._sitting is None:
                self.finished = True
            case _ if self._sitting is not None and self._reason is None:
                self._sitting.obey(command, self._clock.now())
            case _:
                raise NotNowError

    def _choose(self, area: str) -> None:
        chosen = [answer.item for answer in self._form.answers if area in {"", answer.area}]
        if self._sitting is not None or not chosen:
            raise NotNowError
        now, wanted = self._clock.now(), set(chosen)
        form, seed = self._form.form, self._seed()
        section = Section("practice", "", tuple(ItemRef(item) for item in chosen), shuffle=not area)
        part = TestPart("practice", "", (section,))
        items = tuple(item for item in form.items if item.id in wanted)
        some = msgspec.structs.replace(form, parts=(part,), items=items, time_limit=0, unscheduled_breaks=0)
        front = Front(
            FormId(form.form),
            self._form.title,
            self._form.title,
            self._form.notice,
            form.language,
            (),
            "",
            len(items),
            0,
        )
        sitting = MemorySitting(front, some, seed, now)
        sitting.obey(protocol.ConfirmEquipment(0, 0), now)
        sitting.obey(protocol.Begin(), now)
        for name, value in self._preferences.items():
            sitting.obey(protocol.Prefer(name, value), now)
        self._sitting, self._told, self._profile = sitting, set(), False

    def _move(self, sitting: MemorySitting, index: int) -> None:
        """Go to another question, by way of the reason where this one was answered and not told yet."""
        if self._reason is not None:
            raise NotNowError
        here = sitting.state.record.current
        if here is None or here in self._told or sitting.state.record.answer(here).response is None:
            sitting.obey(protocol.Go(index), self._clock.now())
            return
        self._next = index
        self._tell(sitting, here)

    def _tell(self, sitting: MemorySitting, item: ItemId) -> None:
        layout, answer = sitting.state.layout, self._answers[item]
        if layout is None:
            raise NotNowError
        found, given = layout.find(item), sitting.state.record.answer(item).response
        self._judge(sitting, item)
        self._told.add(item)
        said = words(found.item.interaction, found.order, given)
        correct = words(found.item.interaction, found.order, answer.correct)
        right = self._right.get(item, False)
        self._reason = Practice(
            maker(self._form.packager), self._areas(), said, correct, right, answer.rationale
        )

    def _judge(self, sitting: MemorySitting, item: ItemId) -> None:
        layout, answer = sitting.state.layout, self._answers[item]
        given = sitting.state.record.answer(item).response
        interaction = layout.find(item).item.interaction if layout is not None else None
        if interaction is not None and given is not None and matching.can_match(interaction):
            self._right[item] = matching.match_correct(interaction, given, answer)
            try:
                history.keep(self._path, self._right)
            except ExamKioskError as error:
                self._problem = views.problem(error)

    def _judge_all(self, sitting: MemorySitting) -> None:
        for item in sitting.state.record.answers:
            if item not in self._told:
                self._judge(sitting, item)

    def _go_on(self) -> None:
        if self._profile:
            self._profile = False
            return
        if self._reason is None or self._sitting is None:
            raise NotNowError
        self._reason = None
        if self._next != place(self._sitting.state):
            self._sitting.obey(protocol.Go(self._next), self._clock.now())

    def _areas(self) -> tuple[AreaLine, ...]:
        return tuple(self._area(area.code, area.title) for area in self._form.areas)

    def _area(self, code: str, title: str) -> AreaLine:
        mine = [answer.item for answer in self._form.answers if answer.area == code]
        known = [item for item in mine if item in self._right]
        return AreaLine(code, title, len(mine), len(known), sum(self._right[item] for item in known))

    def _view(self, *, answers: bool = False) -> View:
        practice = Practice(maker(self._form.packager), self._areas())
        known = View(
            Phase.PROFILE if self._profile else Phase.PRACTICE,
            kiosk=_("Practice"),
            title=self._form.title,
            notice=self._form.notice,
            preferences=dict(self._preferences),
            practice=practice,
        )
        if self._sitting is None:
            return known
        if self._reason is not None:
            return msgspec.structs.replace(known, phase=Phase.RATIONALE, practice=self._reason)
        view = self._sitting.view(self._clock.now(), answers=answers)
        return msgspec.structs.replace(
            view,
            limit=0,
            remaining=0,
            kiosk=_("Practice"),
            practice=practice,
            preferences=dict(self._preferences),
        )

    def tick(self) -> View | Tick | None:
        """Nothing: practice has no clock."""
        return None


def open_file(path: Path) -> PracticeForm:
    """A practice file. Raises as `open_practice`, a `StorageError`, or `FormNotDeliverableError`."""
    practice = open_practice(read_file(path, limit=MAX_PRACTICE))
    check_deliverable(demands(practice.form))
    return practice


def previewer(folder: Path, clock: Clock) -> Previewer:
    """The preview of what `packages preview` wrote. Raises a `StorageError` or `DocumentError`."""
    front = decode(
        read_file(folder / "front.json", limit=MAX_PREVIEW), Front, name="preview", limit=MAX_PREVIEW
    )
    form = decode(
        read_file(folder / "form.json", limit=MAX_PREVIEW), DeliveryForm, name="preview", limit=MAX_PREVIEW
    )
    return Previewer(front, form, clock)


def main() -> None:
    """Run the process to its end."""
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    from kiosk.serving import Server

    parser = argparse.ArgumentParser(prog="kiosk.practice.runner")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--preview", type=Path)
    parser.add_argument("--control-fd", type=int, required=True)
    options = parser.parse_args(arguments)
    clock = SystemClock()
    with contextlib.closing(socket.socket(fileno=options.control_fd)) as control:
        try:
            runner: Previewer | Practiser = (
                previewer(options.preview, clock)
                if options.preview
                else Practiser(open_file(options.file), history.beside(options.file), clock)
            )
        except ExamKioskError as error:
            crash.note(error)
            return REFUSED
        return Server(runner, control).serve()


if __name__ == "__main__":
    main()
