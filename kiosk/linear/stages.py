"""The stages before, between and after the questions, in lines: what is told, and what a typed line means there. Pure.

Each stage is a function of the view and the typed line; it returns commands, or words to tell.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keys.encoding import grouped
from kiosk import protocol as p
from kiosk.protocol import Phase, View
from kiosk.words import moment, outcome_words, pause_words, spoken
from terminal.language import N_, _


class Talk:
    """What was `typed` so far towards one command, and the size of the screen in cells."""

    def __init__(self, columns: int, rows: int) -> None:
        """Begin with nothing typed."""
        self.columns, self.rows = columns, rows
        self.typed: list[str] = []


@dataclass(frozen=True, slots=True)
class Said:
    """What comes of a typed line: commands to send, lines to tell, a question that is now asked, a text begun."""

    commands: tuple[p.Command, ...] = ()
    lines: tuple[str, ...] = ()
    asks: str = ""
    writes: bool = False


NOTHING = Said()


def say(*lines: str) -> Said:
    """Words and no command."""
    return Said(lines=lines)


def send(*commands: p.Command) -> Said:
    """A command and no words."""
    return Said(commands)


def plain(word: str) -> str:
    """A typed word without capitals and accents, which not every keyboard has: `Sí` is `si`."""
    split = unicodedata.normalize("NFD", word.casefold())
    return "".join(character for character in split if not unicodedata.combining(character))


def is_yes(line: str) -> bool:
    """Whether a typed line says yes."""
    return plain(line) in {"y", "yes", plain(_("yes"))}


def is_no(line: str) -> bool:
    """Whether a typed line says no."""
    return plain(line) in {"n", "no", plain(_("no"))}


def is_word(line: str, word: str) -> bool:
    """Whether a typed line is this command word, in English or in the language in use."""
    return plain(line) in {word, plain(_(word))}


def told(view: View, talk: Talk) -> Iterator[str]:
    """What a stage says when one comes to it."""
    talk.typed.clear()
    yield from TELL[view.phase](view)


def taken(view: View, talk: Talk, line: str) -> Said:
    """What a line typed in this stage means."""
    return TAKE[view.phase](view, talk, line)


def _locked(view: View) -> Iterator[str]:
    yield _("This is {kiosk}, site {site}.").format(kiosk=view.kiosk, site=view.site)
    yield _("Proctor: type the start code, then press Enter.")


def _start(view: View, talk: Talk, line: str) -> Said:
    return send(p.EnterStartCode(line)) if line else say(*_locked(view))


def _sign_in(view: View) -> Iterator[str]:
    yield view.title
    yield _("Type your candidate number, then press Enter.")


def _signing(view: View, talk: Talk, line: str) -> Said:
    """Number, code; for a move, which the word begins, also checkpoint and minutes."""
    if not line:
        talk.typed.clear()
        return say(*_sign_in(view))
    if is_word(line, N_("move")) and not talk.typed:
        talk.typed = ["move"]
        return say(_("Move a candidate here. Type the candidate number."))
    talk.typed.append(line)
    moving = talk.typed[0] == "move"
    given = talk.typed[1:] if moving else talk.typed
    asks = (
        _("Now type the code from the proctor, then press Enter."),
        _("Type the last checkpoint code of the other kiosk."),
        _("Type the minutes of exam time that are left."),
    )
    due = 4 if moving else 2
    if len(given) < due:
        return say(asks[len(given) - 1])
    talk.typed = []
    if not moving:
        return send(p.SignIn(given[0], given[1]))
    if not (given[3].isascii() and given[3].isdecimal()):
        return say(_("The minutes are a whole number. Type the word move to begin again."))
    return send(p.SignIn(given[0], given[1], given[2], int(given[3][:6])))


def _confirm(view: View) -> Iterator[str]:
    yield _("Is this you? Name: {name}. Candidate number: {candidate}.").format(
        name=view.name, candidate=view.candidate
    )
    if view.moved:
        yield view.moved
    yield _("Type yes or no.")


def _confirming(view: View, talk: Talk, line: str) -> Said:
    if is_yes(line):
        return send(p.ConfirmIdentity())
    if is_no(line):
        return say(_("Do not go on. Raise your hand: the proctor will help you."))
    return say(*_confirm(view))


def _agreement(view: View) -> Iterator[str]:
    if view.agreement is not None:
        yield _("Terms {place}: {title}.").format(place=view.agreement_place, title=view.agreement.title)
        yield from view.agreement.text.split("\n")
    yield _("Type accept or decline.")


def _agreeing(view: View, talk: Talk, line: str) -> Said:
    if view.agreement is None:
        return NOTHING
    if talk.typed:
        talk.typed.clear()
        if is_yes(line):
            return send(p.Decline(view.agreement.id))
        return say(_("Not declined. Type accept or decline."))
    if is_word(line, N_("accept")):
        return send(p.Accept(view.agreement.id))
    if is_word(line, N_("decline")):
        talk.typed = ["decline"]
        return say(
            _("If you decline, the sitting ends now and no question is shown. Decline? Type yes or no.")
        )
    return say(_("Type accept or decline. Type again to hear the terms once more."))


def _check(view: View) -> Iterator[str]:
    yield _("Check your keyboard and your screen, speech or braille: type the word ready, then press Enter.")
    yield _("If something does not work, raise your hand.")


def _checking(view: View, talk: Talk, line: str) -> Said:
    if is_word(line, N_("ready")):
        return send(p.ConfirmEquipment(talk.columns, talk.rows))
    return say(_("You typed: {line}").format(line=line), *_check(view))


def _tutorial(view: View) -> Iterator[str]:
    yield _("How this works. You type a command and press Enter.")
    yield _("A question is read to you. To answer, type the letter of an option, such as B.")
    yield _("After each answer you are told that it is saved.")
    yield _("Type next, previous, or go 12 to move. Type again to hear a question once more.")
    yield _(
        "Type flag to mark a question for later, strike B to strike out an option, clear to take an answer back."
    )
    yield _("Type time for the time left, list for all questions, help for every command.")
    yield _("When you are done, type finish. Type ready to leave this lesson.")


def _learning(view: View, talk: Talk, line: str) -> Said:
    if is_word(line, N_("ready")):
        return send(p.EndTutorial())
    return say(_("You typed: {line}").format(line=line), _("Type ready to leave this lesson."))


def _instructions(view: View) -> Iterator[str]:
    yield from view.instructions.split("\n")
    yield _("{count} questions. Time: {time}.").format(count=len(view.marks), time=spoken(view.limit))
    yield _("Here you type commands, not keys: once you have begun, help tells them all.")
    yield _("The clock starts when you begin. Type begin.")


def _beginning(view: View, talk: Talk, line: str) -> Said:
    return send(p.Begin()) if is_word(line, N_("begin")) else say(_("Type begin to start the clock."))


def _paused(view: View) -> Iterator[str]:
    if view.rest is not None:
        yield from pause_words(view.rest)
    yield _("Proctor: type the code, then press Enter.")


def _pausing(view: View, talk: Talk, line: str) -> Said:
    return send(p.EnterActionCode(line)) if line else say(*_paused(view))


def _suspended(view: View) -> Iterator[str]:
    yield _("The sitting is suspended. Everything that was saved is kept.")
    if view.cause:
        yield view.cause
    yield _("Candidate: raise your hand and wait for the proctor.")
    if view.lost:
        yield _("Lost time: {time}.").format(time=spoken(view.lost))
    yield _("Proctor: type resume code {n}, then press Enter.").format(n=view.resume_n or "")


def _resuming(view: View, talk: Talk, line: str) -> Said:
    if talk.typed:
        if is_yes(line) or is_no(line):
            return send(p.EnterResumeCode(talk.typed.pop(), credit=is_yes(line)))
        talk.typed.clear()
        return say(_("Type the resume code again."))
    if not line:
        return say(*_suspended(view))
    if not view.lost:
        return send(p.EnterResumeCode(line, credit=False))
    talk.typed = [line]
    return say(_("Give {time} back? Type yes or no.").format(time=spoken(view.lost)))


def _stopped(view: View) -> Iterator[str]:
    yield _("The program has stopped. Everything that was saved is kept.")
    yield _("Candidate: raise your hand. Proctor: look at the machine, then type start.")


def _stopping(view: View, talk: Talk, line: str) -> Said:
    return send(p.StartAgain()) if is_word(line, N_("start")) else say(*_stopped(view))


def _finished(view: View) -> Iterator[str]:
    ending = view.ending
    if ending is None:
        return
    yield from outcome_words(ending)
    yield _("Answered {answered}, not answered {unanswered}, flagged {flagged}.").format(
        answered=ending.answered, unanswered=ending.unanswered, flagged=ending.flagged
    )
    yield _("Handed in at {moment}.").format(moment=moment(ending.handed_in_at))
    if ending.receipt:
        yield _("Your receipt code: {code}. Write it down: the exam centre can confirm it.").format(
            code=grouped(ending.receipt)
        )
    yield from (said for said in (ending.result_notice, ending.exported) if said)
    yield _("Proctor: type leave to leave this screen.")


def _finishing(view: View, talk: Talk, line: str) -> Said:
    if talk.typed:
        talk.typed.clear()
        return send(p.Leave()) if is_yes(line) else say(*_finished(view))
    if is_word(line, N_("leave")):
        talk.typed = ["leave"]
        return say(_("Leave? Type yes or no."))
    return say(*_finished(view))


def _practice(view: View) -> Iterator[str]:
    if view.practice is None:
        return
    yield _("Practice: nothing here is an exam, and nothing is sent anywhere.")
    yield _("0. All areas, mixed.")
    for place, area in enumerate(view.practice.areas, 1):
        yield _("{place}. {title}: {right} right of {count}.").format(
            place=place, title=area.title, right=area.right, count=area.count
        )
    yield _("Type the number of an area, or leave.")


def _practising(view: View, talk: Talk, line: str) -> Said:
    areas = view.practice.areas if view.practice is not None else ()
    if is_word(line, N_("leave")):
        return send(p.Leave())
    place = int(line[:3]) if line.isascii() and line.isdecimal() else -1
    if not 0 <= place <= len(areas):
        return say(*_practice(view))
    return send(p.Practise(areas[place - 1].code if place else ""))


def _rationale(view: View) -> Iterator[str]:
    practice = view.practice
    if practice is None:
        return
    yield _("Right.") if practice.right else _("Not right.")
    yield _("Your answer: {answer}").format(answer=practice.yours)
    yield _("Correct: {answer}").format(answer=practice.correct)
    yield practice.why
    yield _("Press Enter to go on.")


def _profile(view: View) -> Iterator[str]:
    if view.practice is None:
        return
    for area in view.practice.areas:
        yield _("{title}: {right} right, {answered} answered, of {count}.").format(
            title=area.title, right=area.right, answered=area.answered, count=area.count
        )
    yield _("Press Enter to go on.")


def _going_on(view: View, talk: Talk, line: str) -> Said:
    return say(*TELL[view.phase](view)) if line else send(p.GoOn())


def time_words(view: View, remaining: int, inner: int) -> str:
    """The time left, of the test and of the part or section that ends first."""
    said = _("{time} left of the test.").format(time=spoken(remaining))
    if view.inner is not None:
        more = _("{time} left of “{title}”.").format(time=spoken(inner), title=view.inner.title)
        return f"{said} {more}"
    return said


TELL: dict[Phase, Callable[[View], Iterator[str]]] = {
    Phase.LOCKED: _locked,
    Phase.SIGN_IN: _sign_in,
    Phase.CONFIRM: _confirm,
    Phase.AGREEMENT: _agreement,
    Phase.CHECK: _check,
    Phase.TUTORIAL: _tutorial,
    Phase.INSTRUCTIONS: _instructions,
    Phase.PAUSED: _paused,
    Phase.SUSPENDED: _suspended,
    Phase.STOPPED: _stopped,
    Phase.FINISHED: _finished,
    Phase.PRACTICE: _practice,
    Phase.RATIONALE: _rationale,
    Phase.PROFILE: _profile,
}
TAKE: dict[Phase, Callable[[View, Talk, str], Said]] = {
    Phase.LOCKED: _start,
    Phase.SIGN_IN: _signing,
    Phase.CONFIRM: _confirming,
    Phase.AGREEMENT: _agreeing,
    Phase.CHECK: _checking,
    Phase.TUTORIAL: _learning,
    Phase.INSTRUCTIONS: _beginning,
    Phase.PAUSED: _pausing,
    Phase.SUSPENDED: _resuming,
    Phase.STOPPED: _stopping,
    Phase.FINISHED: _finishing,
    Phase.PRACTICE: _practising,
    Phase.RATIONALE: _going_on,
    Phase.PROFILE: _going_on,
}
