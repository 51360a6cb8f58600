"""Points as the head and the maps of an item may say them, for the tests of exam_packages/."""

from __future__ import annotations

from hypothesis import strategies as st

from exam_packages.interactions import (
    ChosenOptions,
    ChosenPairs,
    ExtendedTextInteraction,
    Interaction,
    OrderInteraction,
    Response,
)
from exam_packages.scoring_key import MapEntry, ResponseProcessing

POINTS = st.integers(-100_000, 100_000)
BOUND = st.one_of(st.none(), POINTS)


@st.composite
def processing(draw: st.DrawFn, interaction: Interaction, correct: Response) -> ResponseProcessing | None:
    """What an item may say of points, sensible or not."""
    if isinstance(interaction, ExtendedTextInteraction):
        return draw(st.one_of(st.none(), st.builds(ResponseProcessing, POINTS)))
    one: Response = correct
    if isinstance(interaction, OrderInteraction) and isinstance(correct, ChosenOptions):
        one = ChosenPairs((("1", correct.options[0]),))
    elif isinstance(correct, ChosenOptions):
        one = ChosenOptions(correct.options[:1])
    elif isinstance(correct, ChosenPairs):
        one = ChosenPairs(correct.pairs[:1])
    entries = st.lists(st.builds(MapEntry, st.just(one), POINTS, st.booleans()), max_size=2).map(tuple)
    made = st.builds(ResponseProcessing, POINTS, POINTS, entries, POINTS, BOUND, BOUND)
    return draw(st.one_of(st.none(), made))
