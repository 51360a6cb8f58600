"""What of the exam is shown while the test runs: the question, the marks of all items, the answers in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.answer_words import words
from kiosk.navigation import Layout, Place
from kiosk.protocol import AnswerLine, Question
from kiosk.responses import shortfall
from kiosk.state import State, is_closed, is_gone, note, place

MARKS = {(False, False): ".", (True, False): "*", (False, True): "f", (True, True): "F"}
GONE = {False: ",", True: "+"}


def question(state: State) -> Question | None:
    """The item on the screen with the texts that come with it, in the order that was recorded for it."""
    layout = state.layout
    if layout is None or state.record.current is None:
        return None
    index = place(state)
    shown = layout.places[index]
    item, known = shown.item, state.record.answer(shown.item.id)
    exhibits = tuple(layout.exhibits[name] for name in item.exhibits)
    texts = (f"item:{item.id}", f"stimulus:{item.stimulus}", *(f"exhibit:{name}" for name in item.exhibits))
    return Question(
        index,
        item,
        shown.order,
        known.response,
        known.flagged,
        tuple(option for option in shown.order if option in known.struck),
        stimulus=layout.stimuli.get(item.stimulus),
        exhibits=exhibits,
        highlights={name: state.record.highlights[name] for name in texts if name in state.record.highlights},
        note=note(state, item.id),
        comment=known.comment,
        part=layout.part(index).title,
        section=layout.section(index).title,
        linear=layout.linear(index),
        closed=is_closed(state, index),
        short=shortfall(item.interaction, known.response),
    )


def marks(state: State) -> str:
    """One character an item, in the order shown."""
    return "".join(_mark(state, index, shown) for index, shown in _places(state))


def answers(state: State) -> tuple[AnswerLine, ...]:
    """Every item's response as the scorers will see it."""
    return tuple(_line(state, index, shown) for index, shown in _places(state))


def sections(layout: Layout) -> tuple[tuple[int, str], ...]:
    """Where each part or section begins, with its title; nothing where the test has only one."""
    starts = [
        index
        for index, shown in enumerate(layout.places)
        if index == 0 or shown.section != layout.places[index - 1].section
    ]
    return tuple((index, _title(layout, index)) for index in starts) if len(starts) > 1 else ()


def _places(state: State) -> Iterator[tuple[int, Place]]:
    return enumerate(state.layout.places if state.layout else ())


def _mark(state: State, index: int, shown: Place) -> str:
    known = state.record.answer(shown.item.id)
    answered = known.response is not None
    return GONE[answered] if is_gone(state, index) else MARKS[answered, known.flagged]


def _line(state: State, index: int, shown: Place) -> AnswerLine:
    known, interaction = state.record.answer(shown.item.id), shown.item.interaction
    told = words(interaction, shown.order, known.response)
    return AnswerLine(index, told, known.flagged, shortfall(interaction, known.response))


def _title(layout: Layout, index: int) -> str:
    return ": ".join(filter(None, (layout.part(index).title, layout.section(index).title)))
