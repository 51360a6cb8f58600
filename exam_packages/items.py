"""`AuthoredItem`: an item as its author keeps it, with the key and why. Never imported at a site.

What a candidate may see of it is `form.Item`; `mastering.py` makes that.
"""

from __future__ import annotations

import msgspec

from exam_packages.blueprint import Blueprint
from exam_packages.interactions import Code, Interaction, ItemId, Paragraph, Response, Table
from exam_packages.outline import PartPlan
from exam_packages.place import Place
from exam_packages.programme import Programme
from exam_packages.scoring_key import ResponseProcessing


class PictureFile(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pictureFile"
):
    """A picture by its file in the bank; mastering puts the rows of `AuthoredTest.pictures` in its place."""

    file: str
    alternative: str


AuthoredBlock = Paragraph | Code | Table | PictureFile


class AuthoredItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item: what is asked, the `correct` response, the `rationale` for it, its task code and its value tags.

    `accepted`, `tolerance`, `fold_case` and `processing` are the scoring key's (`scoring_key.ItemKey`). `stimulus` and
    `exhibits` name texts of the bank.
    """

    id: ItemId
    task: str
    values: tuple[str, ...]
    stem: tuple[AuthoredBlock, ...]
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
    processing: ResponseProcessing | None = None


class AuthoredAgreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agreement with its text; paragraphs stand apart by an empty line."""

    id: str
    title: str
    text: str


class AuthoredText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stimulus or an exhibit: the name by which items call it, its title and its content."""

    id: str
    title: str
    blocks: tuple[AuthoredBlock, ...]
    place: Place


class AuthoredTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole bank: the programme, what its forms must hold, and the items.

    `outline` is empty for a test of one part and one section. `pictures` has the drawn rows of each picture file.
    """

    programme: Programme
    blueprint: Blueprint
    agreements: tuple[AuthoredAgreement, ...]
    instructions: str
    items: tuple[AuthoredItem, ...]
    outline: tuple[PartPlan, ...] = ()
    stimuli: tuple[AuthoredText, ...] = ()
    exhibits: tuple[AuthoredText, ...] = ()
    pictures: dict[str, tuple[str, ...]] = {}
