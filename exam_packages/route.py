"""Seed and form in, the order one candidate sees out: the same on any machine and after any restart.

Rules.
1. Nothing moves unless the form says so: items where their section shuffles, options where their interaction does.
   Items that share a stimulus move together and keep their order among themselves.
2. A fixed option keeps its place; the others change places among themselves.
3. The draws for a list depend on the seed and the list's own name alone: an item that is added or dropped elsewhere
   changes no other order.
4. The shuffle is Fisher and Yates's (Knuth, The Art of Computer Programming, volume 2, algorithm 3.4.2P) over SHA-256
   of (label, seed, name, counter), without modulo bias. docs/formats/form.md has the layout and an example.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from exam_packages.form import DeliveryForm, Item
from exam_packages.interactions import (
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    ItemId,
    OptionId,
    OrderInteraction,
)
from keys.errors import DocumentError
from keys.primitives import prefixed

SEED_BYTES = 16

T = TypeVar("T")


def new_seed(entropy: bytes) -> str:
    """A seed as it is recorded, 32 hex characters, from the caller's 16 random bytes. Raises `DocumentError`."""
    if len(entropy) != SEED_BYTES:
        raise DocumentError(kind="seed", detail=f"it is made of {len(entropy)} bytes, not {SEED_BYTES}")
    return entropy.hex()


def order(seed: str, form: DeliveryForm) -> tuple[ItemId, ...]:
    """Every item of the form in the order this seed's candidate meets them: part by part, section by section."""
    met: list[ItemId] = []
    stimulus = {item.id: item.stimulus for item in form.items}
    for part in form.parts:
        for section in part.sections:
            items = [ref.item for ref in section.refs]
            if section.shuffle:
                groups = shuffled(together(items, stimulus), seed, "items", section.id)
                items = [item for group in groups for item in group]
            met += items
    return tuple(met)


def together(items: Sequence[ItemId], stimulus: Mapping[ItemId, str]) -> list[tuple[ItemId, ...]]:
    """The items in groups that stay together: those of one stimulus, where the first of them stands; others alone."""
    groups: dict[str, list[ItemId]] = {}
    for item in items:
        shared = stimulus.get(item, "")
        groups.setdefault(f"stimulus {shared}" if shared else f"item {item}", []).append(item)
    return [tuple(group) for group in groups.values()]


def options(seed: str, item: Item) -> tuple[OptionId, ...]:
    """An item's option ids in the order they are shown; empty for an interaction that has no one list of options."""
    listed, moves = _listed(item)
    if not moves:
        return tuple(option.id for option in listed)
    loose = iter(shuffled([option for option in listed if not option.fixed], seed, "options", item.id))
    return tuple((option if option.fixed else next(loose)).id for option in listed)


def shuffled(values: Sequence[T], seed: str, label: str, name: str) -> list[T]:
    """`values` in the order drawn for this seed and for the list called `name`; `label` says what kind of list."""
    drawn = list(values)
    words = _words(seed, label, name)
    for place in range(len(drawn) - 1, 0, -1):
        other = _below(words, place + 1)
        drawn[place], drawn[other] = drawn[other], drawn[place]
    return drawn


def _listed(item: Item) -> tuple[tuple[Choice, ...], bool]:
    match item.interaction:
        case (
            ChoiceInteraction(options=listed, shuffle=moves) | OrderInteraction(options=listed, shuffle=moves)
        ):
            return listed, moves
        case HotTextInteraction(spans=listed):
            return listed, False
        case AssociateInteraction(options=listed) | GapMatchInteraction(options=listed):
            return listed, False
        case _:
            return (), False


def _below(words: Iterator[int], bound: int) -> int:
    """The next word that is below a multiple of `bound`, modulo `bound`: every value is equally likely."""
    limit = 2**64 - 2**64 % bound
    return next(word for word in words if word < limit) % bound


def _words(seed: str, label: str, name: str) -> Iterator[int]:
    """An endless stream of 64-bit words: four, big-endian, of each SHA-256(label, seed, name, u32 counter)."""
    for counter in range(2**32):
        fields = (
            b"exam-kiosk/route/1",
            label.encode(),
            seed.encode(),
            name.encode(),
            counter.to_bytes(4, "big"),
        )
        block = hashlib.sha256(prefixed(*fields)).digest()
        yield from (int.from_bytes(block[start : start + 8], "big") for start in range(0, 32, 8))
