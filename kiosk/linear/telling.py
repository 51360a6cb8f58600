"""A question told as lines of text: its place, its texts, what may be chosen and how that is typed. Pure.

A table is told row by row with its headings, a picture by its text alternative; nothing stands beside anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exam_packages.interactions import (
    AssociateInteraction,
    Block,
    Choice,
    ChoiceInteraction,
    Code,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    MatchInteraction,
    NumericInteraction,
    OrderInteraction,
    Paragraph,
    Picture,
    SliderInteraction,
    Table,
    TextEntryInteraction,
)
from kiosk.answer_words import words
from kiosk.highlights import texts
from kiosk.letters import letter
from kiosk.linear.answering import ordered
from kiosk.protocol import Question, View
from terminal.language import _


def question_lines(view: View) -> Iterator[str]:
    """Everything about the question on the screen, as it is told when one comes to it."""
    question = view.question
    if question is None:
        return
    place = _("Question {number} of {count}.").format(number=question.index + 1, count=len(view.marks))
    titles = [title for title in (question.part, question.section) if title]
    yield " ".join([*(f"{title}." for title in titles), place])
    if question.stimulus is not None:
        yield _("This question belongs to the text “{title}”. Type text to hear it.").format(
            title=question.stimulus.title
        )
    for number, exhibit in enumerate(question.exhibits, 1):
        yield _("Exhibit {number}: {title}. Type exhibit {number} to hear it.").format(
            number=number, title=exhibit.title
        )
    yield from block_lines(question.item.stem)
    yield from interaction_lines(question)
    if question.closed:
        yield _("This question is closed: it can be read, not answered.")
    yield from standing_lines(question)


def standing_lines(question: Question) -> Iterator[str]:
    """The answer in force and the marks on the question."""
    said = words(question.item.interaction, question.order, question.response, named=True)
    yield _("Your answer: {answer}").format(answer=said) if said else _("Not answered.")
    if question.short:
        yield _("Still to do: {short}.").format(short=question.short)
    if question.flagged:
        yield _("Flagged.")
    if struck := struck_words(question):
        yield struck
    if marked := highlighted_words(question):
        yield marked
    if question.note:
        yield _("Your note: {note}").format(note=question.note)


def answer_lines(view: View) -> Iterator[str]:
    """Every answer as the scorers will see it, and what it still lacks."""
    for row in view.answers:
        yield _("Question {number}: {answer}").format(
            number=row.index + 1, answer=row.words or _("not answered")
        )
        if row.words and row.short:
            yield _("Still to do: {short}.").format(short=row.short)


def struck_words(question: Question) -> str:
    """The options that are struck out, by their letters; nothing where there is none."""
    struck = [letter(place) for place, option in enumerate(ordered(question)) if option.id in question.struck]
    return _("Struck out: {letters}.").format(letters=", ".join(struck)) if struck else ""


def highlighted_words(question: Question) -> str:
    """What is highlighted in the question's own text; nothing where nothing is."""
    of = texts(question.item.stem)
    spans = question.highlights.get(f"item:{question.item.id}", ())
    marked = "; ".join(of[block][start:end] for block, start, end in spans if block < len(of))
    return _("Highlighted: {words}.").format(words=marked) if marked else ""


def block_lines(blocks: Sequence[Block]) -> Iterator[str]:
    """Blocks of a text as lines."""
    for block in blocks:
        match block:
            case Paragraph(text=text):
                yield text
            case Code(text=text):
                yield _("Code, {count} lines:").format(count=text.count("\n") + 1)
                yield from text.split("\n")
            case Table():
                yield from _table(block)
            case Picture(alternative=alternative):
                yield _("Picture: {alternative}").format(alternative=alternative)


def interaction_lines(question: Question) -> Iterator[str]:
    """What may be chosen or typed, and how."""
    match question.item.interaction:
        case ChoiceInteraction(min_choices=least, max_choices=most):
            yield from _listed(ordered(question))
            yield _choose(least, most)
        case HotTextInteraction(text=text, spans=spans, max_choices=most):
            yield _filled(
                text, {span.id: _marked(place, span) for place, span in enumerate(ordered(question))}
            )
            yield _choose(0, most if most or not spans else len(spans))
        case OrderInteraction():
            yield from _listed(ordered(question))
            yield _("Put them in order: type all letters, the first one first, such as B A C.")
        case MatchInteraction(sources=sources, targets=targets):
            yield from (f"{number}. {source.text}" for number, source in enumerate(sources, 1))
            yield from _listed(targets)
            yield _("Match numbers with letters: type all pairs at once, such as 1A 2C.")
        case AssociateInteraction():
            yield from _listed(ordered(question))
            yield _("Pair them: type all pairs of letters at once, such as AC BD.")
        case InlineChoiceInteraction(text=text, gaps=gaps):
            yield _filled(text, {name: _gap(number) for number, name in enumerate(gaps, 1)})
            for number, choices in enumerate(gaps.values(), 1):
                yield _("For gap {number}:").format(number=number)
                yield from _listed(choices)
            yield _("Fill the gaps: type all pairs at once, such as 1A 2C.")
        case GapMatchInteraction(text=text, gaps=names):
            yield _filled(text, {name: _gap(number) for number, name in enumerate(names, 1)})
            yield from _listed(ordered(question))
            yield _("Fill the gaps: type all pairs at once, such as 1A 2C.")
        case TextEntryInteraction(max_length=most):
            yield _("Type answer and your answer, at most {most} characters.").format(most=most)
        case NumericInteraction(units=units):
            if len(units) > 1:
                yield _("Type answer, a number and one of these units: {units}.").format(
                    units=", ".join(units)
                )
            elif units:
                yield _("Type answer and a number, in {unit}.").format(unit=units[0])
            else:
                yield _("Type answer and a number.")
        case SliderInteraction(lower=lower, upper=upper, step=step):
            yield _("Type answer and a number from {lower} to {upper} in steps of {step}.").format(
                lower=lower, upper=upper, step=step
            )
        case ExtendedTextInteraction(max_words=most):
            limit = _("At most {most} words.").format(most=most) if most else ""
            yield " ".join(filter(None, (_("Type write to write your text, paragraph by paragraph."), limit)))


def _listed(options: Sequence[Choice]) -> Iterator[str]:
    yield from (f"{letter(place)}. {option.text}" for place, option in enumerate(options))


def _choose(least: int, most: int) -> str:
    if most == 1:
        return _("Choose one: type its letter.")
    if most and least == most:
        return _("Choose {most}: type their letters.").format(most=most)
    if most:
        return _("Choose up to {most}: type their letters.").format(most=most)
    return _("Choose all that apply: type their letters.")


def _filled(text: str, names: dict[str, str]) -> str:
    for name, said in names.items():
        text = text.replace("{" + name + "}", said)
    return text


def _gap(number: int) -> str:
    return "[" + _("gap {number}").format(number=number) + "]"


def _marked(place: int, span: Choice) -> str:
    return f"[{letter(place)}: {span.text}]"


def _table(table: Table) -> Iterator[str]:
    yield _("Table: {caption}, {count} rows.").format(
        caption=table.caption, count=max(0, len(table.rows) - 1)
    )
    if not table.rows:
        return
    headings = table.rows[0]
    for number, row in enumerate(table.rows[1:], 1):
        cells = "; ".join(f"{heading}: {cell}" for heading, cell in zip(headings, row, strict=False))
        yield _("Row {number}. {cells}.").format(number=number, cells=cells)
