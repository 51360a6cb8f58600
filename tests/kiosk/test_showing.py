"""What a view of the running test holds: question, texts, marks, times, tools, answers, and how things are told."""

from __future__ import annotations

import pytest

from exam_packages.form import StageLimits
from exam_packages.interactions import ChosenOptions, OptionId, TypedText
from keys.carrier import DiskFullError
from keys.codes import Verb
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.runner import Runner
from kiosk.station import Station
from kiosk.store import Store
from results.wire import events as e
from terminal import language
from tests.kiosk.forms import HOUR, MINUTE, full_form
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import CANDIDATE, WAY_IN, World, accepted, chosen, refused, wait

ESSAY = "Owls see well.\nThey hunt by night."


def go(runner: Runner, index: int) -> p.View:
    """Show the item at a place."""
    return accepted(runner.submit(p.Go(index)))


def test_a_question_comes_with_its_texts_and_place(full_world: World) -> None:
    """Part, section, stimulus, exhibits, what the response lacks, where sections begin."""
    runner = full_world.testing()
    view = runner.view()
    question = item_of(view)
    assert (question.part, question.section, question.linear, view.leaving) == (
        "One",
        "Ideas",
        False,
        "...px",
    )
    assert question.stimulus == full_form().stimuli[0]
    assert question.exhibits == full_form().exhibits
    assert question.short
    assert view.sections == ((0, "One: Ideas"), (3, "Two: Facts"))
    assert view.instruments == full_form().instruments
    assert item_of(accepted(runner.submit(p.Answer(question.item.id, chosen("A"))))).short == ""
    last = item_of(go(runner, 2))
    assert (last.stimulus, last.exhibits) == (None, ())


def test_what_the_candidate_noted_is_shown(full_world: World) -> None:
    """Highlights of the texts on the screen, note, scratchpad, comment and calculations."""
    runner = full_world.testing()
    first = item_of(runner.view()).item.id
    for command in (
        p.Highlight("stimulus:st", ((0, 0, 4),)),
        p.Highlight(f"item:{first}", ((0, 2, 5),)),
        p.WriteNote(first, "look again"),
        p.WriteNote("", "2 + 3"),
        p.WriteComment(first, "unclear"),
        p.Calculate("2+3"),
    ):
        view = accepted(runner.submit(command))
    question = item_of(view)
    assert question.highlights == {"stimulus:st": ((0, 0, 4),), f"item:{first}": ((0, 2, 5),)}
    assert (question.note, question.comment) == ("look again", "unclear")
    assert (view.scratchpad, view.tape) == ("2 + 3", (("2+3", "5"),))
    other = go(runner, 1)
    assert (item_of(other).highlights, item_of(other).note, other.scratchpad) == ({}, "", "2 + 3")
    assert refused(runner.submit(p.Calculate("import os"))) == "calculation-refused"


def test_all_answers_are_listed_when_asked_for(full_world: World) -> None:
    """By letters and texts, with what they lack; only in the view that answers, and every such view says so."""
    runner = full_world.testing()
    question = item_of(runner.view())
    runner.submit(p.Answer(question.item.id, ChosenOptions(question.order[:1])))
    runner.submit(p.Flag(question.item.id, on=True))
    go(runner, 1)
    assert accepted(runner.submit(p.Answer(item_of(runner.view()).item.id, TypedText(ESSAY)))).answers == ()
    view = accepted(runner.submit(p.ShowAnswers()))
    assert [line.index for line in view.answers] == [0, 1, 2, 3, 4]
    assert view.answers[0].words.startswith("A. ")
    assert (view.answers[0].flagged, view.answers[0].short) == (True, "")
    assert view.answers[1].words == "Owls see well. They hunt by night."
    assert (view.answers[2].words, bool(view.answers[2].short)) == ("", True)
    assert view.reply
    assert (runner.view().answers, runner.view().reply) == ((), False)


def test_items_that_are_gone_are_marked(full_world: World) -> None:
    """After the part was left: answered and unanswered items have marks of their own, and the break hides the exam."""
    runner = full_world.testing()
    question = item_of(runner.view())
    runner.submit(p.Answer(question.item.id, chosen("A")))
    view = accepted(runner.submit(p.Go(3)))
    assert view.phase is Phase.PAUSED
    assert view.rest == p.Rest("scheduled", "stops", 5 * MINUTE, 5 * MINUTE)
    told = wait(full_world, runner, MINUTE)
    assert told == p.Tick(2 * HOUR, rest=4 * MINUTE)
    view = accepted(runner.submit(p.EnterActionCode(full_world.action(Verb.BREAK_OVER, 1))))
    assert (view.phase, view.marks) == (Phase.TESTING, "+,,..")
    assert view.inner == p.Limit("section", "Facts", 10 * MINUTE, 10 * MINUTE)
    full_world.clock.pass_by(1_000)
    assert runner.tick() == p.Tick(2 * HOUR - 1_000, inner=10 * MINUTE - 1_000)


def test_a_section_that_closes_by_itself_is_told(full_world: World) -> None:
    """Its time runs out at a tick: here it was the last, so the record is sealed without a key."""
    runner = full_world.testing()
    runner.submit(p.Go(3))
    accepted(runner.submit(p.EnterActionCode(full_world.action(Verb.BREAK_OVER, 1))))
    wait(full_world, runner, 10 * MINUTE)
    assert runner.view().phase is Phase.FINISHED


def test_stages_before_the_test_have_their_time(world: World) -> None:
    """The time of a stage is told each second; when it is over the session is held until a proctor's code."""
    world.stages, world.tutorial = StageLimits(MINUTE, 2 * MINUTE, MINUTE), True
    world.publish_again()
    runner = world.signed_in()
    assert (runner.view().phase, runner.view().stage) == (Phase.CONFIRM, MINUTE)
    world.clock.pass_by(1_000)
    assert runner.tick() == p.Tick(0, stage=MINUTE - 1_000)
    held = wait(world, runner, MINUTE)
    assert runner.view().phase is Phase.PAUSED
    assert runner.view().rest == p.Rest("hold", "stops", 0, 0)
    assert held is not None
    view = accepted(runner.submit(p.EnterActionCode(world.action(Verb.BREAK_OVER, 1))))
    assert (view.phase, view.stage) == (Phase.CONFIRM, MINUTE)
    for command in WAY_IN:
        view = accepted(runner.submit(command))
    assert view.phase is Phase.TUTORIAL
    wait(world, runner, MINUTE)
    assert runner.view().phase is Phase.INSTRUCTIONS


def test_the_plan_and_the_candidate_say_how_the_screen_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan's language and theme first, the candidate's choice over them, also restarted and on the last screen."""
    spoken: list[str] = []
    monkeypatch.setattr(language, "use", spoken.append)
    runner = world.signed_in("C-5")
    assert runner.view().preferences == {"language": "es", "theme": "high-contrast"}
    assert spoken[-1] == "es"
    accepted(runner.submit(p.Prefer("language", "fr")))
    view = accepted(runner.submit(p.Prefer("timer", "hidden")))
    preferred = {"language": "fr", "theme": "high-contrast", "timer": "hidden"}
    assert (view.preferences, spoken[-1]) == (preferred, "fr")
    again = world.runner()
    accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert (again.view().preferences, spoken[-1]) == (preferred, "fr")
    again.submit(p.ConfirmIdentity())
    assert again.submit(p.Decline("nda")).phase is Phase.FINISHED
    assert again.view().preferences == preferred
    assert world.runner().view().preferences == preferred
    assert spoken[-1] == "fr"


def test_words_made_here_follow_the_candidate(world: World) -> None:
    """In the plan's language from the admission on, and in the chosen one at once."""
    runner = world.signed_in("C-5")
    assert accepted(runner.submit(p.ConfirmIdentity())).agreement_place == "1 de 2"
    assert accepted(runner.submit(p.Prefer("language", "en"))).agreement_place == "1 of 2"


def test_problems_are_said_in_the_language_in_use(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are translated first and filled then."""
    monkeypatch.setattr("kiosk.views._", lambda text: f"<{text}>")
    runner = world.testing()
    runner.submit(p.Flag(item_of(runner.view()).item.id, on=True))
    view = runner.submit(p.HandIn(5, 0))
    assert view.problem is not None
    assert view.problem.what == "<Your answers changed since the counts were shown: 5 unanswered, 1 flagged.>"


def test_every_screen_says_whom_to_call(world: World) -> None:
    """From the locked screen to the last, and suspended, stopped and finished after a restart."""
    views = [world.runner().view()]
    runner = world.testing()
    views += [runner.view(), world.runner().view()]
    (world.station / "sittings" / "west-1" / "wrap.json").rename(world.folder / "wrap.json")
    views.append(world.runner().view())
    (world.folder / "wrap.json").rename(world.station / "sittings" / "west-1" / "wrap.json")
    again = world.runner()
    accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    views += [again.submit(p.HandIn(5, 0)), world.runner().view()]
    assert [view.support for view in views] == ["Ada at 555-0100"] * len(views)


def test_a_plan_that_cannot_be_used_says_whom_to_call(world: World) -> None:
    """Outside its window nothing opens, and the problem names the contact."""
    world.clock.pass_by(25 * HOUR)
    view = world.runner().view()
    assert refused(view) == "plan-window"
    assert view.problem is not None
    assert "Ada at 555-0100" in view.problem.next_step


@pytest.mark.parametrize("kept", [False, True])
def test_notes_are_in_the_record_only_where_the_form_says_so(
    full_world: World, kept: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """They come back after a kill in both cases; otherwise the record holds their lengths alone."""
    there = full_world
    if kept:
        there = World(tmp_path_factory.mktemp("kept"), form=full_form(keep_notes=True)).build()
    runner = there.testing()
    item = item_of(runner.view()).item.id
    accepted(runner.submit(p.WriteNote(item, "tawny first")))
    accepted(runner.submit(p.WriteNote(item, "tawny second")))
    accepted(runner.submit(p.WriteNote("", "scribbled tawny")))
    again = there.runner()
    view = accepted(again.submit(p.EnterResumeCode(there.resume_code(1), credit=True)))
    assert (item_of(view).note, view.scratchpad) == ("tawny second", "scribbled tawny")
    assert again.submit(p.HandIn(5, 0)).phase is Phase.FINISHED
    record, entries = sealed(there)
    assert [entry.event.length for entry in entries if isinstance(entry.event, e.NoteWritten)] == [11, 12, 15]
    assert ("tawny" in repr(entries), bool(record.notes.get(item))) == (kept, kept)


def test_a_number_that_cannot_be_kept_is_still_named_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrap for R_2 is written and the station file refuses: the screen asks for R_2, and R_2 resumes."""

    def full(*_: object, **__: object) -> None:
        raise DiskFullError(name="station.json")

    world.testing()
    runner = world.runner()
    with monkeypatch.context() as patch:
        patch.setattr(Station, "keep_seat", full)
        view = runner.submit(p.EnterResumeCode(world.resume_code(1), credit=True))
    assert (view.phase, refused(view), view.resume_n) == (Phase.SUSPENDED, "disk-full", 2)
    assert (
        accepted(runner.submit(p.EnterResumeCode(world.resume_code(2), credit=True))).phase is Phase.TESTING
    )


def test_secrets_that_could_not_be_forgotten_go_at_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At hand-in the vault refuses: told on the last screen, tried at every look, and gone without a key."""
    forgotten: list[Store] = []
    real = Store.forget

    def refusing(self: Store) -> None:
        raise DiskFullError(name="vault.db")

    def noted(self: Store) -> None:
        real(self)
        forgotten.append(self)

    runner = world.testing(CANDIDATE)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "forget", refusing)
        view = runner.submit(p.HandIn(5, 0))
        assert (view.phase, refused(view)) == (Phase.FINISHED, "disk-full")
        runner.tick()
        assert refused(runner.submit(p.Leave())) == "disk-full"
    monkeypatch.setattr(Store, "forget", noted)
    told = runner.tick()
    assert isinstance(told, p.View)
    assert (told.phase, told.problem, len(forgotten)) == (Phase.FINISHED, None, 1)
    assert runner.tick() is None
    accepted(runner.submit(p.Leave()))
    assert (runner.finished, len(forgotten)) == (True, 1)


def test_an_order_and_an_option_go_by_what_is_shown(full_world: World) -> None:
    """The letters in the list are those of the order that this candidate sees."""
    runner = full_world.testing()
    go(runner, 2)
    question = item_of(runner.view())
    order = tuple(reversed(question.order))
    runner.submit(p.Answer(question.item.id, ChosenOptions(tuple(OptionId(name) for name in order))))
    words = accepted(runner.submit(p.ShowAnswers())).answers[2].words
    assert [part.split()[1] for part in words.split("; ")] == ["C.", "B.", "A."]
