"""`AuthoredItem`: an item as its author keeps it, with the key and why. Never imported at a site.

What a candidate may see of it is `form.Item`; `mastering.py` makes that.
"""

from __future__ import annotations

import msgspec

from exam_packages.blueprint import Blueprint
from exam_packages.interactions import Block, Interaction, ItemId, Response
from exam_packages.programme import Programme


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an author finds it: the file of the bank and the line, counted from 1."""

    file: str
    line: int


class AuthoredItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item: what is asked, the `correct` response, the `rationale` for it, its task code and its value tags.

    `accepted`, `tolerance` and `fold_case` are the scoring key's (`scoring_key.ItemKey`). `stimulus` and `exhibits`
    name texts of the bank.
    """

    id: ItemId
    task: str
    values: tuple[str, ...]
    stem: tuple[Block, ...]
    interaction: Interaction
    correct: Response
    rationale: str
    place: Place
    scored: bool = True
    accepted: tuple[Response, ...] = ()
    tolerance: str = ""
    fold_case: bool = False
    stimulus: str = ""
    exhibits: tuple[str, ...] = ()


class AuthoredAgreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agreement with its text; paragraphs stand apart by an empty line."""

    id: str
    title: str
    text: str


class AuthoredTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole bank: the programme, what its forms must hold, and the items."""

    programme: Programme
    blueprint: Blueprint
    agreements: tuple[AuthoredAgreement, ...]
    instructions: str
    items: tuple[AuthoredItem, ...]
