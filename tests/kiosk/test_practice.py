"""Practice and preview: the same rules and views over memory, with reasons and a profile, and never a record."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from exam_packages.bank import load
from exam_packages.interactions import Choice, ChoiceInteraction, ChosenOptions, ItemId, OptionId
from exam_packages.mastering import Mastered, master
from exam_packages.practice import PracticeForm, pack_practice
from exam_packages.practising import practice_form
from keys.clock import Stamp
from keys.encoding import Instant
from keys.identities import new_identity
from keys.statement import Role
from kiosk import protocol as p
from kiosk.delivery import FormNotDeliverableError
from kiosk.practice import history
from kiosk.practice.runner import Practiser, Previewer, open_file
from kiosk.protocol import Phase, View

SAMPLE = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"
MINUTE = 60_000


class StillClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.boot = 1_000_000

    def now(self) -> Stamp:
        return Stamp(Instant(1_800_000_000_000 + self.boot), self.boot, "boot")


@pytest.fixture(scope="module")
def form() -> PracticeForm:
    """The sample bank as a practice form."""
    return practice_form(load(SAMPLE))


@pytest.fixture(scope="module")
def mastered() -> Mastered:
    """The sample bank as an exam form."""
    return master(load(SAMPLE))


@pytest.fixture
def practiser(form: PracticeForm, tmp_path: Path) -> Practiser:
    """A fresh practice."""
    return Practiser(form, tmp_path / "cetl.progress", StillClock())


def question(view: View) -> p.Question:
    """The question on the screen."""
    assert view.question is not None
    return view.question


def practice(view: View) -> p.Practice:
    """What only practice shows."""
    assert view.practice is not None
    return view.practice


def answer(practiser: Practiser, *, right: bool) -> p.Question:
    """Answer the question on the screen."""
    asked = question(practiser.view())
    correct = practiser._answers[asked.item.id].correct
    assert isinstance(correct, ChosenOptions)
    wrong = next(option for option in asked.order if option not in correct.options)
    practiser.submit(p.Answer(asked.item.id, correct if right else ChosenOptions((wrong,))))
    return asked


def test_practice_begins_with_the_ten_areas(practiser: Practiser) -> None:
    """Every area is offered with its number of questions, none answered."""
    shown = practice(practiser.view())
    assert practiser.view().phase is Phase.PRACTICE
    assert len(shown.areas) == 10
    assert sum(area.count for area in shown.areas) == 100
    assert {area.answered for area in shown.areas} == {0}


def test_an_area_holds_its_own_questions_and_no_clock(practiser: Practiser) -> None:
    """Choosing an area shows its questions alone; there is no time left to see."""
    area = practice(practiser.view()).areas[2]
    view = practiser.submit(p.Practise(area.code))
    assert view.phase is Phase.TESTING
    assert len(view.marks) == area.count
    assert (view.limit, view.remaining) == (0, 0)
    assert practiser.tick() is None


@pytest.mark.parametrize("right", [True, False])
def test_going_on_tells_the_reason_once(practiser: Practiser, *, right: bool) -> None:
    """After an answered question comes its reason, with both answers in words; then the next question."""
    practiser.submit(p.Practise(""))
    asked = answer(practiser, right=right)
    told = practiser.submit(p.Go(1))
    assert told.phase is Phase.RATIONALE
    shown = practice(told)
    assert shown.right is right
    assert (shown.yours == shown.correct) is right
    assert shown.why == practiser._answers[asked.item.id].rationale
    assert question(practiser.submit(p.GoOn())).index == 1
    practiser.submit(p.Go(0))
    assert practiser.submit(p.Go(1)).phase is Phase.TESTING


def test_a_question_without_an_answer_is_passed_over(practiser: Practiser) -> None:
    """What was not answered has no reason told, and counts nowhere."""
    practiser.submit(p.Practise(""))
    assert practiser.submit(p.Go(1)).phase is Phase.TESTING
    assert practiser._right == {}


def test_the_profile_counts_what_was_answered(practiser: Practiser) -> None:
    """Handing in shows every area: right, answered, all; and it is kept for the next time."""
    area = practice(practiser.view()).areas[0]
    practiser.submit(p.Practise(area.code))
    for place, right in enumerate((True, True, False)):
        answer(practiser, right=right)
        practiser.submit(p.Go(place + 1))
        practiser.submit(p.GoOn())
    view = practiser.submit(p.HandIn(area.count - 3, 0))
    assert view.phase is Phase.PROFILE
    first = practice(view).areas[0]
    assert (first.right, first.answered, first.count) == (2, 3, area.count)
    assert practiser.submit(p.GoOn()).phase is Phase.PRACTICE
    again = Practiser(practiser._form, practiser._path, StillClock())
    assert practice(again.view()).areas[0] == first


def test_the_history_holds_no_text(practiser: Practiser) -> None:
    """What is kept is ids and whether it was right."""
    practiser.submit(p.Practise(""))
    asked = answer(practiser, right=True)
    practiser.submit(p.Go(1))
    assert history.load(practiser._path) == {asked.item.id: True}
    assert len(practiser._path.read_bytes()) < 200


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b'{"kind":"other"}'])
def test_a_broken_history_begins_anew(form: PracticeForm, tmp_path: Path, raw: bytes) -> None:
    """A history that cannot be read is nothing, and no error."""
    path = tmp_path / "broken"
    path.write_bytes(raw)
    assert Practiser(form, path, StillClock())._right == {}


def test_a_history_of_another_form_counts_nothing(form: PracticeForm, tmp_path: Path) -> None:
    """Ids that the form does not have are left out."""
    path = tmp_path / "other"
    history.keep(path, {ItemId("X-9Z-99"): True})
    assert Practiser(form, path, StillClock())._right == {}


def test_commands_out_of_place_are_refused_in_words(practiser: Practiser) -> None:
    """Codes, sign-in and answers without a question change nothing and say so."""
    for command in (p.EnterStartCode("X"), p.SignIn("C", "X"), p.GoOn(), p.Go(1), p.Begin()):
        view = practiser.submit(command)
        assert view.problem is not None
        assert view.phase is Phase.PRACTICE


def test_practice_is_left_from_the_areas_alone(practiser: Practiser) -> None:
    """Leaving ends it; within a question it does not."""
    practiser.submit(p.Practise(""))
    practiser.submit(p.Leave())
    assert not practiser.finished
    practiser.submit(p.HandIn(100, 0))
    practiser.submit(p.GoOn())
    practiser.submit(p.Leave())
    assert practiser.finished


def test_a_preview_shows_every_screen_and_records_nothing(mastered: Mastered) -> None:
    """From the agreements to the end, by the rules of a sitting; the end has no receipt and says why."""
    preview = Previewer(mastered.front, mastered.form, StillClock())
    while preview.view().phase is Phase.AGREEMENT:
        agreement = preview.view().agreement
        assert agreement is not None
        preview.submit(p.Accept(agreement.id))
    for command in (p.ConfirmEquipment(80, 24), p.EndTutorial(), p.Begin()):
        if preview.view().phase in {Phase.CHECK, Phase.TUTORIAL, Phase.INSTRUCTIONS}:
            preview.submit(command)
    assert preview.view().phase is Phase.TESTING
    assert preview.view().limit > 0
    count = len(preview.view().marks)
    view = preview.submit(p.HandIn(count, 0))
    assert view.phase is Phase.FINISHED
    assert view.ending is not None
    assert view.ending.receipt == ""
    assert "nothing was recorded" in view.ending.exported
    preview.submit(p.Leave())
    assert preview.finished


def test_the_time_of_a_preview_runs_out(mastered: Mastered) -> None:
    """The form's own limit ends it, as it would end a sitting."""
    clock = StillClock()
    preview = Previewer(mastered.front, mastered.form, clock)
    for agreement in mastered.front.agreements:
        preview.submit(p.Accept(agreement.id))
    for command in (p.ConfirmEquipment(80, 24), p.EndTutorial(), p.Begin()):
        preview.submit(command)
    clock.boot += mastered.front.time_limit + MINUTE
    view = preview.tick()
    assert isinstance(view, View)
    assert view.phase is Phase.FINISHED


def test_a_form_that_the_screens_cannot_do_is_refused(form: PracticeForm, tmp_path: Path) -> None:
    """More options than there are letters: the file is refused before the first screen."""
    first, *others = form.form.items
    many = ChoiceInteraction(tuple(Choice(OptionId(f"o{n}"), str(n)) for n in range(9)))
    items = (msgspec.structs.replace(first, interaction=many), *others)
    changed = msgspec.structs.replace(form, form=msgspec.structs.replace(form.form, items=items))
    file = tmp_path / "many"
    file.write_bytes(pack_practice(changed, new_identity(Role.PACKAGER, "centre", "packager").signer()))
    with pytest.raises(FormNotDeliverableError):
        open_file(file)


def test_practice_goes_on_where_its_history_cannot_be_kept(form: PracticeForm, tmp_path: Path) -> None:
    """A practice file on a drive that takes nothing: that is told with the reason, and every way on is open."""
    (tmp_path / "file").write_bytes(b"")
    practiser = Practiser(form, tmp_path / "file" / "cetl.progress", StillClock())
    shown = question(practiser.submit(p.Practise("")))
    practiser.submit(p.Answer(shown.item.id, ChosenOptions((shown.order[0],))))
    view = practiser.submit(p.Go(1))
    assert view.problem is not None
    assert view.phase is Phase.RATIONALE
    second = question(practiser.submit(p.GoOn()))
    assert second.index == 1
    practiser.submit(p.Answer(second.item.id, ChosenOptions((second.order[0],))))
    assert practiser.submit(p.HandIn(98, 0)).phase is Phase.PROFILE
