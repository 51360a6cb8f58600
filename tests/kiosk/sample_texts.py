"""The items and agreements of the sample programme, read just well enough to be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from exam_packages.form import Agreement, AgreementId, Item
from exam_packages.interactions import Choice, ChoiceInteraction, ItemId, OptionId, Paragraph

SAMPLES = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"


def sample_items(count: int = 100) -> tuple[Item, ...]:
    """The first items of the sample bank, read just well enough to be shown."""
    text = "".join(path.read_text() for path in sorted((SAMPLES / "items").glob("*.txt")))
    items = []
    for source in re.split(r"^@ ", text, flags=re.MULTILINE)[1:][:count]:
        name, _, body = source.partition("\n")
        body = body.split("\n\n", 1)[1]
        stem, options = re.split(r"\n\n(?=a\) )", body.split("\nkey:")[0], maxsplit=1)
        found = re.split(r"^([a-h])\) ", options, flags=re.MULTILINE)[1:]
        items.append(
            choice_item(
                name,
                [" ".join(part.split()) for part in stem.split("\n\n")],
                [" ".join(option.split()) for option in found[1::2]],
            )
        )
    return tuple(items)


def choice_item(name: str, stem: Sequence[str], options: Sequence[str], most: int = 1) -> Item:
    """An item with these paragraphs and options; option ids are `o1`, `o2` .."""
    choices = tuple(Choice(OptionId(f"o{place + 1}"), text) for place, text in enumerate(options))
    return Item(
        ItemId(name), tuple(Paragraph(part) for part in stem), ChoiceInteraction(choices, max_choices=most)
    )


def sample_agreements() -> tuple[Agreement, ...]:
    """The two agreements of the sample programme."""
    titles = {"non-disclosure": "Non-disclosure terms", "code-of-conduct": "Code of conduct"}
    return tuple(
        Agreement(AgreementId(name), title, (SAMPLES / f"agreements/{name}.txt").read_text())
        for name, title in titles.items()
    )
