"""The order one candidate sees follows from seed and form alone, moves only what may move, and favours nothing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.form import DeliveryForm, FormId, Item, ItemRef, Section
from exam_packages.form import TestPart as Part
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    Interaction,
    ItemId,
    NumericInteraction,
    OptionId,
    OrderInteraction,
    Paragraph,
)
from exam_packages.route import new_seed, options, order, shuffled
from keys.errors import DocumentError

SEEDS = st.binary(min_size=16, max_size=16).map(new_seed)


def _item(name: str, interaction: Interaction) -> Item:
    return Item(ItemId(name), (Paragraph("Stem."),), interaction)


def _options(count: int, fixed: frozenset[int] = frozenset()) -> tuple[Choice, ...]:
    return tuple(Choice(OptionId(f"o{place}"), f"Option {place}", place in fixed) for place in range(count))


def _form(*sections: tuple[int, bool]) -> DeliveryForm:
    names = [[ItemId(f"s{at}-{n}") for n in range(count)] for at, (count, _) in enumerate(sections)]
    made = tuple(
        Section(f"s{at}", "", tuple(ItemRef(name) for name in names[at]), shuffle)
        for at, (_, shuffle) in enumerate(sections)
    )
    items = tuple(_item(name, NumericInteraction()) for section in names for name in section)
    return DeliveryForm(FormId("f"), 1, "en", 0, (Part("p", "", made),), items)


SECTIONS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=4)


@given(SEEDS, SECTIONS)
def test_order_holds_every_item_once_section_by_section(seed: str, shape: list[tuple[int, bool]]) -> None:
    """No item is lost, doubled or moved out of its section, and a section that does not shuffle stays as it is."""
    form = _form(*shape)
    met = list(order(seed, form))
    for section in form.parts[0].sections:
        mine, met = met[: len(section.refs)], met[len(section.refs) :]
        listed = [ref.item for ref in section.refs]
        assert sorted(mine) == sorted(listed)
        assert section.shuffle or mine == listed
    assert not met


@given(SEEDS, st.integers(2, 8), st.frozensets(st.integers(0, 7)), st.booleans())
def test_fixed_options_keep_their_place(seed: str, count: int, fixed: frozenset[int], ordered: bool) -> None:
    """Shuffled options are the same options, and each fixed one stands where the form puts it."""
    listed = _options(count, fixed)
    kind = OrderInteraction(listed, True) if ordered else ChoiceInteraction(listed, shuffle=True)
    shown = options(seed, _item("i", kind))
    assert sorted(shown) == sorted(option.id for option in listed)
    assert all(shown[place] == option.id for place, option in enumerate(listed) if option.fixed)


@given(SEEDS)
def test_nothing_moves_where_the_form_does_not_say_so(seed: str) -> None:
    """Without `shuffle` the options stand as written, and an interaction without a list of options has none."""
    listed = _options(5)
    assert options(seed, _item("i", ChoiceInteraction(listed))) == tuple(option.id for option in listed)
    assert options(seed, _item("i", NumericInteraction())) == ()


@given(SEEDS)
def test_one_list_does_not_disturb_another(seed: str) -> None:
    """A section that grows leaves the order of the next section as it was."""
    short, long = order(seed, _form((3, True), (9, True))), order(seed, _form((4, True), (9, True)))
    assert short[3:] == long[4:]


def test_the_order_is_frozen() -> None:
    """These orders are part of the format: a record made by one version is replayed by the next."""
    seed = new_seed(bytes(range(16)))
    assert seed == "000102030405060708090a0b0c0d0e0f"
    assert [int(name[3:]) for name in order(seed, _form((10, True)))] == FROZEN_ORDER
    assert options(seed, _item("CP-1A-01", ChoiceInteraction(_options(4), shuffle=True))) == FROZEN_OPTIONS


FROZEN_ORDER = [5, 3, 8, 4, 1, 6, 9, 0, 2, 7]
FROZEN_OPTIONS = ("o2", "o0", "o1", "o3")


def test_another_process_with_other_hashing_draws_the_same(repository: Path) -> None:
    """The order does not depend on the interpreter's own hash seed."""
    program = "from exam_packages.route import shuffled; print(shuffled(range(50), 'ab', 'items', 's'))"
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=repository,
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(repository)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert drawn == {str(shuffled(range(50), "ab", "items", "s"))}


def test_every_order_is_about_equally_likely() -> None:
    """Over 4,800 seeds each of the 24 orders of four options comes 200 times, give or take 5 standard deviations."""
    seen = Counter(tuple(shuffled("abcd", str(seed), "options", "i")) for seed in range(4_800))
    assert len(seen) == 24
    assert all(abs(count - 200) < 5 * (200 * 23 / 24) ** 0.5 for count in seen.values())


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_seed_is_sixteen_bytes(length: int) -> None:
    """Too little or too much entropy is refused."""
    with pytest.raises(DocumentError):
        new_seed(bytes(length))
