"""The linear reading mode without its terminal: views and typed lines in, lines to tell and commands out. Pure.

Rules.
1. What is told is said once, when it becomes true; `again` says it once more. Nothing on the screen ever changes.
2. "Saved" is said of what a view confirmed, never before: not of what came too late, nor of what was too long.
3. A line that is no command is tried as an answer; text of the candidate's own needs the word `answer` or `write`.
4. A step that cannot be undone is asked twice.
5. Warnings of the time come once each, as a line, also while a line is being typed.
"""

from __future__ import annotations

from collections.abc import Iterator

from exam_packages.interactions import ExtendedTextInteraction, TextEntryInteraction, TypedText
from kiosk import protocol as p
from kiosk.answer_words import words
from kiosk.linear import stages, telling
from kiosk.linear.commands import HAND_IN, Scene, agreed, finishing, obey
from kiosk.linear.stages import NOTHING, Said, Talk, is_no, is_word, is_yes, say, send
from kiosk.protocol import Phase, Question, Tick, View
from kiosk.words import warning
from terminal.language import N_, _, plural, use

OF_AN_ITEM = (p.Flag, p.Strike, p.WriteNote, p.WriteComment)
MARKS = (p.Answer, *OF_AN_ITEM, p.Highlight)


class Reader:
    """One candidate's talk with the session. `hear`, `tick` and `take` return what to tell."""

    def __init__(self, columns: int, rows: int) -> None:
        """`columns` and `rows` are the screen's, for the record of the check."""
        self.view = View(Phase.LOCKED)
        self.left = False
        self._talk = Talk(columns, rows)
        self._place: tuple[object, ...] = ()
        self._asking = ""
        self._sent: list[p.Command] = []
        self._warned: set[str] = set()
        self._writing: list[str] | None = None
        self._tick = Tick(0)

    def hear(self, view: View) -> tuple[str, ...]:
        """Take a view: tell what it changed."""
        use(view.preferences.get("language", ""))
        before, self.view = self.view, view
        self._tick = Tick(view.remaining, view.lost, view.inner.remaining if view.inner else 0)
        done = self._sent.pop(0) if view.reply and self._sent else None
        lines: list[str] = []
        if view.problem is not None:
            self._asking = ""
            lines += [view.problem.what, view.problem.next_step]
            if view.problem.wait:
                lines.append(_("Wait {n} seconds first.").format(n=-(-view.problem.wait // 1000)))
            if view.support:
                lines.append(_("Support: {support}").format(support=view.support))
        elif done is not None:
            lines += self._confirmed(done)
        place = _place(view)
        if place != self._place:
            self._place, self._asking, self._writing = place, "", None
            lines += (
                stages.told(view, self._talk) if view.phase in stages.TELL else telling.question_lines(view)
            )
        if view.disk_low and not before.disk_low:
            lines.append(_("The disk of this machine is nearly full: tell the proctor."))
        if view.mirror == "lost" and before.mirror != "lost":
            lines.append(_("The second drive does not answer: tell the proctor; you may go on."))
        return tuple(lines)

    def tick(self, tick: Tick) -> tuple[str, ...]:
        """Take the time: tell a warning that is due, once."""
        self._tick = tick
        inner = self.view.inner
        due = [warning(tick.remaining, self.view.limit)]
        if inner is not None:
            said = warning(tick.inner, inner.limit)
            due.append(_("{warning} of “{title}”").format(warning=said, title=inner.title) if said else "")
        fresh = tuple(said for said in due if said and said not in self._warned)
        self._warned.update(fresh)
        return fresh

    def take(self, line: str) -> Said:
        """A typed line: commands to send, or words to tell."""
        line = line.strip()
        if self.view.phase in stages.TELL:
            said = self._repeat(line) or stages.taken(self.view, self._talk, line)
        else:
            said = self._question(line)
        self._sent += said.commands
        self.left = self.left or any(isinstance(command, p.Leave) for command in said.commands)
        return said

    def _repeat(self, line: str) -> Said | None:
        again = stages.is_word(line, "again") and self.view.phase is not Phase.SIGN_IN
        if again or stages.is_word(line, "help"):
            return say(*stages.told(self.view, self._talk))
        return None

    def _confirmed(self, done: p.Command) -> Iterator[str]:
        """What the session has confirmed, in words."""
        question = self.view.question
        if question is None or not isinstance(done, (*MARKS, p.Calculate, p.ShowAnswers)):
            return
        if isinstance(done, (*OF_AN_ITEM, p.Answer)) and done.item != question.item.id:
            yield _("Not done.")  # the time of its question was over, and another one came
            return
        match done:
            case p.Answer():
                yield from self._answered(question, done)
            case p.Flag():
                yield _("Flagged.") if question.flagged else _("Flag taken off.")
            case p.Strike():
                yield telling.struck_words(question) or _("Nothing is struck out.")
            case p.Highlight():
                yield telling.highlighted_words(question) or _("Nothing is highlighted.")
            case p.Calculate():
                if self.view.tape:
                    yield "{} = {}".format(*self.view.tape[-1])
            case p.ShowAnswers() if self._asking == HAND_IN:
                yield from finishing(self.view)
            case p.ShowAnswers():
                yield from telling.answer_lines(self.view)
            case _:
                yield _("Saved.")

    def _answered(self, question: Question, done: p.Answer) -> Iterator[str]:
        """An answer that is saved; of a text that is being written its last paragraph, and how long it is."""
        yield from self._cut(question, done)
        said = words(question.item.interaction, question.order, question.response, named=True)
        if self._writing is not None and isinstance(question.response, TypedText):
            said = question.response.text.split("\n")[-1] or said
        yield _("Saved: {answer}").format(answer=said) if said else _("Saved: no answer.")
        if self._writing is not None and isinstance(question.response, TypedText):
            count = len(question.response.text.split())
            yield plural("{n} word so far.", "{n} words so far.", count).format(n=count)
        if question.short:
            yield _("Still to do: {short}.").format(short=question.short)

    def _cut(self, question: Question, done: p.Answer) -> Iterator[str]:
        """That a text was too long, where it was; writing goes on behind what was kept of it."""
        interaction, kept = question.item.interaction, question.response
        if not isinstance(interaction, TextEntryInteraction | ExtendedTextInteraction):
            return
        if not isinstance(done.response, TypedText) or len(done.response.text) <= interaction.max_length:
            return
        if self._writing is not None and isinstance(kept, TypedText):
            self._writing = kept.text.split("\n")
        yield _("Full: {limit} characters is the most").format(limit=interaction.max_length)

    def _question(self, line: str) -> Said:
        question = self.view.question
        if question is None:
            return NOTHING
        if self._writing is not None:
            return self._compose(question, line)
        if self._asking:
            if not is_yes(line) and not is_no(line):
                return say(_("Type yes or no."))
            asked, self._asking = self._asking, ""
            return agreed(asked, self.view) if is_yes(line) else say(_("Not done."))
        said = obey(Scene(self.view, question, self._tick), line)
        self._asking = said.asks
        if said.writes:
            known = question.response.text if isinstance(question.response, TypedText) else ""
            self._writing = known.split("\n") if known else []
        return said

    def _compose(self, question: Question, line: str) -> Said:
        """One more paragraph, saved at once, or the last one taken back; a full stop alone ends writing."""
        if self._writing is None or line == ".":
            self._writing = None
            return say(_("End of writing."), *telling.standing_lines(question))
        if not is_word(line, N_("undo")):
            self._writing.append(line)
        elif self._writing:
            self._writing.pop()
        else:
            return say(_("Nothing is written."))
        return send(p.Answer(question.item.id, TypedText("\n".join(self._writing))))


def _place(view: View) -> tuple[object, ...]:
    question = view.question
    shown = question.item.id if question is not None else ""
    agreement = view.agreement.id if view.agreement is not None else ""
    return (
        view.phase,
        shown,
        agreement,
        view.rest.kind if view.rest else "",
        view.preferences.get("language", ""),
    )
