"""The commands of the linear reading mode while a question is told: one table of words, and what each does. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from keys.errors import ExamKioskError
from kiosk import highlights
from kiosk import protocol as p
from kiosk.linear import answering, telling
from kiosk.linear.stages import Said, is_word, plain, say, send, time_words
from kiosk.protocol import Question, Tick, View
from kiosk.words import closes
from terminal.language import N_, _

UNANSWERED, FLAGGED = ".f,", "fF"
_EDGES = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Scene:
    """What a command is about: the view, its question, the time, and what was typed behind the command's word."""

    view: View
    question: Question
    tick: Tick
    rest: str = ""


Act = Callable[[Scene], Said]


def obey(scene: Scene, line: str) -> Said:
    """What a typed line means: a command of the table, or an answer."""
    word, _space, rest = line.partition(" ")
    act = found(word)
    if act is not None:
        return _refusable(act, Scene(scene.view, scene.question, scene.tick, rest.strip()))
    if not line:
        return say(_("Type a command, or help."))
    if answering.typed_freely(scene.question):
        return say(_("Type answer before your answer, or write for a long text. Type help for all commands."))
    return _refusable(_answer, Scene(scene.view, scene.question, scene.tick, line))


def agreed(asked: str, view: View) -> Said:
    """What is done once a question was answered with yes; `asked` is `Said.asks`."""
    if asked == HAND_IN:
        return send(p.HandIn(_count(view, UNANSWERED), _count(view, FLAGGED)))
    if asked == BREAK:
        return send(p.TakeBreak())
    return send(p.Go(int(asked)))


HAND_IN, BREAK = "hand in", "break"


def found(word: str) -> Act | None:
    """The command of a typed word, its short form, or the word in the language in use."""
    said = plain(word)
    return next((row[3] for row in COMMANDS if said and said in {row[0], row[1], plain(_(row[0]))}), None)


def _refusable(act: Act, scene: Scene) -> Said:
    try:
        return act(scene)
    except ExamKioskError as error:
        told = error.diagnostics(_)
        return say(told.what, told.next_step)


def _count(view: View, wanted: str) -> int:
    return sum(mark in wanted for mark in view.marks)


def _numbers(view: View, wanted: str) -> str:
    numbers = [str(place) for place, mark in enumerate(view.marks, 1) if mark in wanted]
    return ", ".join(numbers) or _("none")


def _go(scene: Scene, wanted: int) -> Said:
    if not 0 <= wanted < len(scene.view.marks):
        return say(_("There is no such question. Type finish when you are done."))
    if closed := closes(scene.view, wanted):
        told = _(CLOSING[closed])
        return Said(lines=(*_left_open(scene.view, wanted, closed), told), asks=str(wanted))
    return send(p.Go(wanted))


def _left_open(view: View, wanted: int, closed: str) -> tuple[str, ...]:
    """What is not answered in a part that would be left: of all before `wanted` only its questions are open."""
    open_ones = [str(place) for place, mark in enumerate(view.marks[:wanted], 1) if mark in ".f"]
    if closed != "part" or not open_ones:
        return ()
    return (_("Not answered in this part: {numbers}.").format(numbers=", ".join(open_ones)),)


CLOSING = {
    "item": N_("You cannot come back to this question. Go on? Type yes or no."),
    "section": N_("You cannot come back to this section. Go on? Type yes or no."),
    "part": N_("You cannot come back to this part. Go on? Type yes or no."),
}


def _next(scene: Scene) -> Said:
    return _go(scene, scene.question.index + 1)


def _previous(scene: Scene) -> Said:
    return _go(scene, scene.question.index - 1)


def _jump(scene: Scene) -> Said:
    if not (scene.rest.isascii() and scene.rest.isdecimal()):
        return say(_("Type go and the number of a question, such as go 12."))
    return _go(scene, int(scene.rest[:6]) - 1)


def _again(scene: Scene) -> Said:
    return say(*telling.question_lines(scene.view))


def _answer(scene: Scene) -> Said:
    """An answer by letters, or behind the word `answer` by text; the word alone tells the answer in force."""
    if not scene.rest:
        return say(*telling.standing_lines(scene.question))
    if answering.is_essay(scene.question):
        return say(_("Type write to write your text, paragraph by paragraph."))
    return send(p.Answer(scene.question.item.id, answering.answer(scene.question, scene.rest)))


def _write(scene: Scene) -> Said:
    if not answering.is_essay(scene.question):
        return say(_("This question takes no long text."))
    told = _(
        "Write. Enter ends a paragraph and saves it; undo alone on a line takes the last one back, a full stop "
        "alone ends writing."
    )
    return Said(lines=(told,), writes=True)


def _clear(scene: Scene) -> Said:
    """Take back the answer; with the word for it, the note, the comment or the scratchpad."""
    if is_word(scene.rest, "note"):
        return send(p.WriteNote(scene.question.item.id, ""))
    if is_word(scene.rest, "comment"):
        return send(p.WriteComment(scene.question.item.id, ""))
    if is_word(scene.rest, "scratchpad"):
        return send(p.WriteNote("", ""))
    if scene.rest:
        return say(_("Type clear alone, clear note, clear comment or clear scratchpad."))
    return send(p.Answer(scene.question.item.id, answering.empty(scene.question)))


def _flag(scene: Scene) -> Said:
    return send(p.Flag(scene.question.item.id, on=not scene.question.flagged))


def _strike(scene: Scene) -> Said:
    if not scene.rest:
        return say(_("Type strike and a letter, such as strike B."))
    option = answering.strikable(scene.question, scene.rest)
    return send(p.Strike(scene.question.item.id, option, on=option not in scene.question.struck))


def _highlight(scene: Scene) -> Said:
    """Highlight the first place in the question's text that says exactly these words, or take that highlight off."""
    if not scene.view.instruments.highlighter:
        return say(_("This exam has no highlighter."))
    asked = _bare(scene.rest)
    if not asked:
        return say(_("Type highlight and words of the question, such as highlight not."))
    place = f"item:{scene.question.item.id}"
    of = highlights.texts(scene.question.item.stem)
    known, spans = highlights.words(of), scene.question.highlights.get(place, ())
    said = _bare(*(of[block][start:end] for block, start, end in known))
    at = next((at for at in range(len(known)) if said[at : at + len(asked)] == asked), None)
    if at is None:
        return say(_("The question does not say these words."))
    marked, these = highlights.inside(known, spans), set(range(at, at + len(asked)))
    kept = marked - these if these <= marked else marked | these
    return send(p.Highlight(place, highlights.joined(known, kept)))


def _bare(*texts: str) -> list[str]:
    """Words as they are heard: without capitals, and without the marks before and behind them."""
    return [_EDGES.sub("", word).casefold() for text in texts for word in text.split()]


def _list(scene: Scene) -> Said:
    return say(*_marks(scene.view))


def _marks(view: View) -> tuple[str, ...]:
    count = len(view.marks)
    answered = count - _count(view, UNANSWERED)
    return (
        _("{answered} of {count} answered.").format(answered=answered, count=count),
        _("Not answered: {numbers}.").format(numbers=_numbers(view, UNANSWERED)),
        _("Flagged: {numbers}.").format(numbers=_numbers(view, FLAGGED)),
    )


def _answers(_scene: Scene) -> Said:
    return send(p.ShowAnswers())


def _time(scene: Scene) -> Said:
    return say(time_words(scene.view, scene.tick.remaining, scene.tick.inner))


def _text(scene: Scene) -> Said:
    stimulus = scene.question.stimulus
    if stimulus is None:
        return say(_("This question has no text of its own."))
    return say(stimulus.title, *telling.block_lines(stimulus.blocks))


def _exhibit(scene: Scene) -> Said:
    place = int(scene.rest[:3]) - 1 if scene.rest.isascii() and scene.rest.isdecimal() else 0
    if not 0 <= place < len(scene.question.exhibits):
        return say(_("There is no such exhibit."))
    exhibit = scene.question.exhibits[place]
    return say(exhibit.title, *telling.block_lines(exhibit.blocks))


def _note(scene: Scene) -> Said:
    known = scene.question.note
    if not scene.rest:
        return say(known or _("Nothing is written."))
    return send(p.WriteNote(scene.question.item.id, _longer(known, scene.rest)))


def _scratchpad(scene: Scene) -> Said:
    known = scene.view.scratchpad
    if not scene.rest:
        return say(known or _("Nothing is written."))
    return send(p.WriteNote("", _longer(known, scene.rest)))


def _comment(scene: Scene) -> Said:
    known = scene.question.comment
    if not scene.rest:
        return say(known or _("Nothing is written."))
    return send(p.WriteComment(scene.question.item.id, _longer(known, scene.rest)))


def _longer(known: str, more: str) -> str:
    """A text with one more line: what was written before is never lost by writing more."""
    return f"{known}\n{more}" if known else more


def _calculate(scene: Scene) -> Said:
    if not scene.rest:
        return say(_("Type calculate and what to work out, such as calculate 12 * 3."))
    return send(p.Calculate(scene.rest))


def _break(scene: Scene) -> Said:
    left = scene.view.breaks
    if not left:
        return say(_("There is no break left."))
    return Said(lines=(_("Breaks left: {n}. Take a break? Type yes or no.").format(n=left),), asks=BREAK)


def _language(scene: Scene) -> Said:
    if not scene.rest:
        return say(_("Type language and en, es or fr."))
    return send(p.Prefer("language", scene.rest.lower()))


def _proctor(scene: Scene) -> Said:
    if not scene.rest:
        return say(_("Type proctor and the code."))
    return send(p.EnterActionCode(scene.rest))


def _finish(_scene: Scene) -> Said:
    """What is asked comes with the answers, which say what is incomplete: `finishing`."""
    return Said((p.ShowAnswers(),), asks=HAND_IN)


def finishing(view: View) -> tuple[str, ...]:
    """What stands before handing in: what is not answered, incomplete and flagged; and the question."""
    lacking = ", ".join(str(row.index + 1) for row in view.answers if row.words and row.short)
    return (
        *_marks(view),
        _("Incomplete: {numbers}.").format(numbers=lacking or _("none")),
        _("After you hand in you cannot go back to any question."),
        _("Hand in now? Type yes or no."),
    )


def _help(_scene: Scene) -> Said:
    return say(*(f"{_(word)}: {_(what)}" for word, _short, what, _act in COMMANDS))


COMMANDS: tuple[tuple[str, str, str, Act], ...] = (
    (N_("next"), "n", N_("go to the next question"), _next),
    (N_("previous"), "p", N_("go to the question before"), _previous),
    (N_("go"), "", N_("with a number, go to that question"), _jump),
    (N_("again"), "r", N_("hear the question again"), _again),
    (N_("answer"), "=", N_("with your words or number, answer; alone, hear your answer"), _answer),
    (N_("write"), "w", N_("write a long text"), _write),
    (N_("clear"), "", N_("take your answer back; clear note takes your note back"), _clear),
    (N_("flag"), "", N_("mark the question for later, or take the mark off"), _flag),
    (N_("strike"), "x", N_("with a letter, strike an option out, or not"), _strike),
    (
        N_("highlight"),
        "",
        N_("with words of the question, highlight exactly these, or take that off"),
        _highlight,
    ),
    (N_("list"), "l", N_("what is not answered and what is flagged"), _list),
    (N_("answers"), "", N_("hear all your answers as the scorers will see them"), _answers),
    (N_("time"), "t", N_("the time left"), _time),
    (N_("text"), "", N_("hear the text that belongs to the question"), _text),
    (N_("exhibit"), "", N_("with a number, hear an exhibit"), _exhibit),
    (N_("note"), "", N_("with words, add them to your note for this question; alone, hear it"), _note),
    (
        N_("scratchpad"),
        "",
        N_("with words, add them to your notes for the whole test; alone, hear them"),
        _scratchpad,
    ),
    (
        N_("comment"),
        "",
        N_("with words, a comment to the authors of this question; alone, hear it"),
        _comment,
    ),
    (N_("calculate"), "", N_("with an expression, work it out, such as calculate 12 * 3"), _calculate),
    (N_("break"), "", N_("take a break"), _break),
    (N_("language"), "", N_("with en, es or fr, change the language"), _language),
    (N_("proctor"), "", N_("with a code, what the proctor tells you to type"), _proctor),
    (N_("finish"), "", N_("hand in; you are asked once more"), _finish),
    (N_("help"), "?", N_("hear all commands"), _help),
)
"""Word, short form, what it does, how; every word also works in the language in use."""
