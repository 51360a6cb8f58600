"""The linear reading mode: every stage and every kind of question by typed lines alone."""

from __future__ import annotations

import msgspec
import pytest

from exam_packages import interactions as i
from exam_packages.form import Exhibit, Instruments, Stimulus
from exam_packages.interactions import Choice, ChosenOptions, ChosenPairs, ItemId, OptionId, TypedText
from kiosk import protocol as p
from kiosk.linear.commands import COMMANDS
from kiosk.linear.stages import TAKE, TELL
from kiosk.protocol import Phase
from kiosk.words import MINUTE
from tests.kiosk.fake_session import (
    ADMIT,
    CANDIDATE,
    CHECKPOINT,
    MOVE_IN,
    RECEIPT,
    RESUME,
    START,
    choice_item,
    sample_items,
)
from tests.kiosk.linear_talk import LinearTalk, item, options

THREE = options("red", "green", "blue")
ASKED = (
    (i.ChoiceInteraction(THREE), "b", ChosenOptions((OptionId("o2"),))),
    (i.ChoiceInteraction(THREE, max_choices=2), "a, c", ChosenOptions((OptionId("o1"), OptionId("o3")))),
    (i.OrderInteraction(THREE), "C A b", ChosenOptions((OptionId("o3"), OptionId("o1"), OptionId("o2")))),
    (i.MatchInteraction(THREE, options("x", "y")), "1b 3-A", ChosenPairs((("o1", "o2"), ("o3", "o1")))),
    (i.AssociateInteraction(THREE), "ab, a-c", ChosenPairs((("o1", "o2"), ("o1", "o3")))),
    (
        i.InlineChoiceInteraction("Say {g1} and {g2}.", {"g1": THREE, "g2": THREE}),
        "2a 1c",
        ChosenPairs((("g2", "o1"), ("g1", "o3"))),
    ),
    (i.GapMatchInteraction("Say {g1}.", ("g1",), THREE), "1B", ChosenPairs((("g1", "o2"),))),
    (i.TextEntryInteraction(40), "answer next to it", TypedText("next to it")),
    (i.NumericInteraction(("km", "m")), "= 12.5 km", TypedText("12.5 km")),
    (
        i.HotTextInteraction("A {h1} word.", (Choice(OptionId("h1"), "marked"),)),
        "a",
        ChosenOptions((OptionId("h1"),)),
    ),
    (i.SliderInteraction(0, 10), "answer 7", TypedText("7")),
)


@pytest.mark.parametrize(("interaction", "typed", "response"), ASKED, ids=lambda value: type(value).__name__)
def test_every_kind_of_question_is_answered_by_a_line(
    interaction: i.Interaction, typed: str, response: i.Response
) -> None:
    """The typed line becomes the response by identifier, and "saved" names it once the session has it."""
    talk = LinearTalk((item(interaction),))
    told = talk.type(typed)
    assert talk.sent() == p.Answer(ItemId("Q-1"), response)
    assert told.startswith("Saved: ")


@pytest.mark.parametrize(("interaction", "typed", "_response"), ASKED, ids=lambda value: type(value).__name__)
def test_every_kind_of_question_says_how_it_is_answered(
    interaction: i.Interaction, typed: str, _response: i.Response
) -> None:
    """A question tells its place, its text, its parts and what to type."""
    talk = LinearTalk((item(interaction),))
    told = "\n".join(talk.told)
    assert "Question 1 of 1." in told
    assert "What is asked." in told
    assert "ype" in told
    assert "Not answered." in told


@pytest.mark.parametrize("typed", ["d", "1a", "nonsense", "a?"])
def test_what_names_nothing_changes_nothing(typed: str) -> None:
    """A line that names no option is told as such and sends no command."""
    talk = LinearTalk((item(i.ChoiceInteraction(THREE)),))
    assert "names nothing in this question" in talk.type(typed)
    assert talk.session.commands == []


@pytest.mark.parametrize("typed", ["1d", "4a", "0a", "a1", "1a 2", "99999a"])
def test_a_pair_that_is_not_there_changes_nothing(typed: str) -> None:
    """Numbers and letters beyond the lists make no response."""
    talk = LinearTalk((item(i.MatchInteraction(THREE, options("x", "y", "z"))),))
    assert "names nothing" in talk.type(typed)
    assert talk.session.commands == []


def test_a_long_text_is_written_paragraph_by_paragraph() -> None:
    """Each Enter saves what there is; a full stop alone ends writing, and going on keeps what was written."""
    talk = LinearTalk((item(i.ExtendedTextInteraction(2000, 100)),))
    talk.type("write")
    assert talk.type("First thought.").startswith("Saved: ")
    talk.type("Second.")
    assert talk.sent() == p.Answer(ItemId("Q-1"), TypedText("First thought.\nSecond."))
    assert "End of writing." in talk.type(".")
    talk.type("write")
    talk.type("Third.")
    assert talk.sent() == p.Answer(ItemId("Q-1"), TypedText("First thought.\nSecond.\nThird."))


def test_moving_flagging_and_striking_by_words() -> None:
    """next, previous, go, flag, strike and clear do what they say."""
    talk = LinearTalk(sample_items(3))
    assert "Question 2 of 3." in talk.type("next")
    assert "Question 3 of 3." in talk.type("go 3")
    assert "no such question" in talk.type("next")
    assert "no such question" in talk.type("go 9")
    assert "Question 2 of 3." in talk.type("p")
    assert talk.type("flag") == "Flagged."
    assert talk.type("flag") == "Flag taken off."
    talk.type("strike b")
    assert talk.sent() == p.Strike(talk.session.items[1].id, OptionId("o2"), on=True)
    talk.type("a")
    assert talk.type("clear") == "Saved: no answer."
    assert "Struck out: B." in talk.type("again")


def test_leaving_what_closes_is_asked_twice() -> None:
    """Where the next step closes a section, only yes goes on."""
    talk = LinearTalk(sample_items(2))
    talk.session.closes = "section"
    talk.reader.hear(talk.session.view())
    assert "cannot come back to this section" in talk.type("next")
    assert talk.type("no") == "Not done."
    assert talk.session.commands == []
    talk.type("next")
    talk.type("yes")
    assert talk.sent() == p.Go(1)


def test_what_a_part_leaves_unanswered_is_named() -> None:
    """Before the part is left for good, the open questions without an answer are told, and no closed one."""
    talk = LinearTalk(sample_items(5))
    talk.session.closes, talk.session.closed = "part", {0}
    talk.session.index = 1
    talk.session.responses[talk.session.items[2].id] = ChosenOptions((OptionId("o1"),))
    talk.reader.hear(talk.session.view())
    assert "Not answered in this part: 2, 4." in talk.type("go 5")
    talk.type("no")
    talk.session.closes = "section"
    talk.reader.hear(talk.session.view())
    assert "Not answered" not in talk.type("go 5")


def test_words_of_the_question_are_highlighted() -> None:
    """Exactly the words that are typed, whatever their capitals and commas; once more takes only these off."""
    asked = item(i.TextEntryInteraction(40))
    talk = LinearTalk((asked,))
    assert "no highlighter" in talk.type("highlight is")
    talk.session.instruments = Instruments(highlighter=True)
    talk.reader.hear(talk.session.view())
    assert talk.type("highlight IS asked") == "Highlighted: is asked.."
    assert talk.sent() == p.Highlight(f"item:{asked.id}", ((0, 5, 14),))
    assert "Highlighted: is asked." in talk.type("again")
    assert talk.type("highlight is") == "Highlighted: asked.."
    assert talk.type("highlight asked") == "Nothing is highlighted."
    sent = len(talk.session.commands)
    assert "does not say these words" in talk.type("highlight asked what")
    assert "Type highlight" in talk.type("highlight")
    assert len(talk.session.commands) == sent


def test_writing_counts_words_and_takes_a_paragraph_back() -> None:
    """Each paragraph tells how many words there are; undo alone takes the last one back, down to nothing."""
    essay = item(i.ExtendedTextInteraction(200))
    talk = LinearTalk((essay,))
    assert "undo" in talk.type("write")
    assert "1 word so far." in talk.type("One")
    assert talk.type("two words") == "Saved: two words\n3 words so far."
    assert "1 word so far." in talk.type("undo")
    assert talk.sent() == p.Answer(essay.id, TypedText("One"))
    talk.type("undo")
    assert talk.sent() == p.Answer(essay.id, TypedText(""))
    assert talk.type("undo") == "Nothing is written."


def test_a_jump_that_closes_is_asked_twice() -> None:
    """Where going to a number leaves the part for good, only yes goes there."""
    talk = LinearTalk(sample_items(5))
    talk.session.closes = "part"
    talk.reader.hear(talk.session.view())
    assert "cannot come back to this part" in talk.type("go 4")
    assert talk.session.commands == []
    talk.type("yes")
    assert talk.sent() == p.Go(3)


def test_stimulus_and_exhibits_are_told_on_demand() -> None:
    """A text and an exhibit are named with the question and told by their words; a picture by its alternative."""
    talk = LinearTalk((item(i.TextEntryInteraction(9)),))
    view = talk.session.view()
    assert view.question is not None
    table = i.Table("Devices", (("Site", "Count"), ("North", "12")))
    question = msgspec.structs.replace(
        view.question,
        stimulus=Stimulus("s1", "The district", (i.Paragraph("Long ago."), i.Code("a = 1\nb = 2"))),
        exhibits=(Exhibit("e1", "Counts", (table, i.Picture(("##",), "Two poles."))),),
    )
    talk.reader.hear(msgspec.structs.replace(view, question=question))
    assert talk.type("text") == "The district\nLong ago.\nCode, 2 lines:\na = 1\nb = 2"
    told = talk.type("exhibit 1")
    assert "Row 1. Site: North; Count: 12." in told
    assert "Picture: Two poles." in told
    assert talk.type("exhibit 2") == "There is no such exhibit."


def test_a_whole_sitting_by_lines() -> None:
    """From the start code to the receipt, every stage says what to type and takes it."""
    talk = LinearTalk(sample_items(2), Phase.LOCKED)
    assert "type the start code" in "\n".join(talk.told)
    assert "candidate number" in talk.type(START)
    talk.type(CANDIDATE)
    assert "Is this you?" in talk.type(ADMIT)
    assert "Terms 1 of 2" in talk.type("yes")
    talk.type("accept")
    assert "Check your keyboard" in talk.type("accept")
    assert "You typed: hello" in talk.type("hello")
    assert "How this works" in talk.type("ready")
    assert talk.sent() == p.ConfirmEquipment(80, 24)
    assert "Type begin" in talk.type("ready")
    assert "Question 1 of 2." in talk.type("begin")
    assert talk.type("b").startswith("Saved: ")
    told = talk.type("finish")
    assert "1 of 2 answered." in told
    assert "Not answered: 2." in told
    assert talk.type("no") == "Not done."
    talk.type("finish")
    ended = talk.type("yes")
    assert talk.sent() == p.HandIn(1, 0)
    assert RECEIPT[:4] in ended.replace(" ", "").replace("-", "")
    talk.session.alive = False
    talk.type("leave")
    talk.type("yes")
    assert talk.sent() == p.Leave()
    assert talk.reader.left


def test_declining_is_asked_twice() -> None:
    """One word never ends a sitting."""
    talk = LinearTalk(sample_items(1), Phase.AGREEMENT)
    assert "the sitting ends now" in talk.type("decline")
    assert "Not declined" in talk.type("accept")
    talk.type("decline")
    talk.type("yes")
    assert isinstance(talk.sent(), p.Decline)


def test_a_candidate_is_moved_in_by_lines() -> None:
    """The word move asks for number, code, checkpoint and minutes; minutes that are none begin again."""
    talk = LinearTalk(sample_items(1), Phase.SIGN_IN)
    for line in ("move", CANDIDATE, MOVE_IN, CHECKPOINT):
        talk.type(line)
    assert "whole number" in talk.type("many")
    for line in ("move", CANDIDATE, MOVE_IN, CHECKPOINT, "55"):
        talk.type(line)
    assert talk.sent() == p.SignIn(CANDIDATE, MOVE_IN, CHECKPOINT, 55)


def test_a_resume_asks_about_the_lost_time() -> None:
    """Code and choice go together; what is no yes or no asks for the code again."""
    talk = LinearTalk(sample_items(1), Phase.SUSPENDED)
    assert "lost power" in "\n".join(talk.told)
    assert "Give 4 minutes 12 seconds back?" in talk.type(RESUME)
    assert "code again" in talk.type("perhaps")
    talk.type(RESUME)
    talk.type("yes")
    assert talk.sent() == p.EnterResumeCode(RESUME, credit=True)


def test_a_refusal_is_told_with_whom_to_call() -> None:
    """A wrong code is told as what happened, what to do and the support contact."""
    talk = LinearTalk(sample_items(1), Phase.LOCKED)
    told = talk.type("WRONG")
    assert "not the right one" in told
    assert "Support: Exam office" in told


def test_a_pause_shows_nothing_and_takes_only_a_code() -> None:
    """In a pause a line is a proctor's code, and no question is told."""
    talk = LinearTalk(sample_items(1))
    stem = talk.session.items[0].stem[0]
    talk.session.pause("scheduled", "stops", 5 * MINUTE)
    talk.session.send_view()
    talk.told = []
    told = talk.pump()
    assert isinstance(stem, i.Paragraph)
    assert stem.text[:20] not in told
    assert "break between two parts" in told
    talk.type("next")
    assert isinstance(talk.sent(), p.EnterActionCode)


def test_warnings_of_the_time_come_once() -> None:
    """30, 10, 5 and 1 minutes are each told once, whatever the ticks."""
    talk = LinearTalk(sample_items(1))
    told: list[str] = []
    for left in range(31 * MINUTE, 0, -10_000):
        told += talk.reader.tick(p.Tick(left))
    assert told == ["30 minutes left", "10 minutes left", "5 minutes left", "Less than 1 minute left"]


def test_every_phase_has_words_and_takes_lines() -> None:
    """No phase is mute: all but the questions are stages."""
    assert set(TELL) == set(TAKE) == set(Phase) - {Phase.TESTING}


def test_no_command_word_is_a_letter_of_an_option() -> None:
    """A to H always answer; no command has such a short form, and no two share a word."""
    words = [word for name, short, _what, _act in COMMANDS for word in (name, short) if word]
    assert len(words) == len(set(words))
    assert not set(words) & set("abcdefgh")


def test_an_unread_word_in_a_text_question_asks_for_the_word_answer() -> None:
    """Text of the candidate's own is never taken for a command, nor a mistyped command for an answer."""
    talk = LinearTalk((item(i.TextEntryInteraction(9)),))
    assert "Type answer before" in talk.type("nxt")
    assert talk.session.commands == []


def test_a_choice_item_speaks_its_letters() -> None:
    """Options are told by letter in the order shown."""
    talk = LinearTalk((choice_item("Q", ["Pick."], ["one", "two"]),))
    assert "A. one\nB. two\nChoose one: type its letter." in "\n".join(talk.told)


def test_an_answer_that_came_too_late_is_not_told_as_saved() -> None:
    """The time of its question was over: the view that answers it holds the next question, and no problem."""
    talk = LinearTalk(sample_items(2))
    (sent,) = talk.reader.take("b").commands
    assert isinstance(sent, p.Answer)
    talk.session.index = 1
    told = talk.reader.hear(talk.session.view(reply=True))
    assert told[0] == "Not done."
    assert not any("Saved" in line for line in told)


def test_a_text_that_was_too_long_is_told_as_cut() -> None:
    """What is written next goes on behind what was kept, so that no paragraph is told as saved that is not."""
    essay = item(i.ExtendedTextInteraction(8))
    talk = LinearTalk((essay,))
    talk.type("write")
    talk.type("one")
    (sent,) = talk.reader.take("two three").commands
    assert sent == p.Answer(essay.id, TypedText("one\ntwo three"))
    talk.session.responses[essay.id] = TypedText("one\ntwo ")
    told = talk.reader.hear(talk.session.view(reply=True))
    assert told[0] == "Full: 8 characters is the most"
    assert talk.reader.take("x").commands == (p.Answer(essay.id, TypedText("one\ntwo \nx")),)


@pytest.mark.parametrize("word", ["note", "comment", "scratchpad"])
def test_a_written_word_grows_is_heard_and_goes_only_when_cleared(word: str) -> None:
    """The word alone only tells what is written, more words are added, and `clear` with the word takes them back."""
    talk = LinearTalk(sample_items(1))
    assert talk.type(word) == "Nothing is written."
    talk.type(f"{word} first")
    talk.type(f"{word} second")
    assert talk.type(word).split() == ["first", "second"]
    talk.type(f"clear {word}")
    assert talk.type(word) == "Nothing is written."
    assert not any(isinstance(command, p.Answer) for command in talk.session.commands)


@pytest.mark.parametrize("typed", ["strike", "calculate", "proctor", "clear everything"])
def test_a_command_without_its_words_says_what_to_type(typed: str) -> None:
    """What lacks something sends nothing and says how it is typed."""
    talk = LinearTalk(sample_items(1))
    assert talk.type(typed).startswith("Type ")
    assert talk.session.commands == []


def test_neither_yes_nor_no_is_asked_again() -> None:
    """A slip at a question of yes or no does not answer it: the yes that follows still does."""
    talk = LinearTalk(sample_items(2))
    talk.type("finish")
    assert talk.type("maybe") == "Type yes or no."
    talk.type("yes")
    assert isinstance(talk.sent(), p.HandIn)


def test_help_repeats_what_a_stage_asks() -> None:
    """Before the questions, `help` is never taken for a code."""
    talk = LinearTalk(sample_items(1), Phase.LOCKED)
    assert "type the start code" in talk.type("help")
    assert talk.session.commands == []


def test_a_long_list_of_options_is_told_and_chosen_whole() -> None:
    """Every option has its letter, as on the drawn screens: the tenth of ten is J."""
    talk = LinearTalk((choice_item("L", ["Which?"], [f"option {n}" for n in range(10)]),))
    assert "J. option 9" in "\n".join(talk.told)
    talk.type("j")
    assert talk.sent() == p.Answer(talk.session.items[0].id, ChosenOptions((OptionId("o10"),)))
