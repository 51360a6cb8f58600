"""The showcase holds everything that can be asked and shown, so that what is tested on it is tested on all of it."""

from __future__ import annotations

import re
from pathlib import Path

from exam_packages.form import Demand, demands
from exam_packages.interactions import (
    RESPONSE_KIND,
    Block,
    Code,
    ExtendedTextInteraction,
    ItemId,
    Paragraph,
    Picture,
    Table,
)
from exam_packages.items import AuthoredBlock, AuthoredTest, PictureFile
from keys.encoding import encode
from tests.exam_packages.workshop import SAMPLES, showcase, showcase_bank

NUMBER, TEXT = ItemId("SC-3A-02"), ItemId("SC-3A-03")
MANY_OPTIONS = {Demand.MANY_OPTIONS.value}


def test_every_interaction_and_every_demand_is_in_it() -> None:
    """All eleven interactions, and all that a form may demand but more options than a list may have."""
    form = showcase().form
    assert {type(item.interaction) for item in form.items} == set(RESPONSE_KIND)
    interactions = {kind.__struct_config__.tag for kind in RESPONSE_KIND}
    assert set(demands(form)) == interactions | {word.value for word in Demand} - MANY_OPTIONS


def test_every_block_is_in_its_stems_texts_and_exhibits() -> None:
    """Paragraphs, code, tables and both sorts of picture; three items share one text."""
    form = showcase().form
    shown: list[Block] = [block for text in form.stimuli for block in text.blocks]
    shown += [block for exhibit in form.exhibits for block in exhibit.blocks]
    assert {type(block) for block in shown} == {Paragraph, Code, Table, Picture}
    assert {Path(name).suffix for name in showcase_bank().pictures} == {".txt", ".pbm"}
    assert sum(item.stimulus == "outage" for item in form.items) == 3
    assert any(isinstance(block, Table) for item in form.items for block in item.stem)


def test_the_essay_is_not_scored_and_the_rest_is() -> None:
    """13 keys are scored, and the only one that is not is the essay's; tolerance, case and further answers are kept."""
    made = showcase()
    asked = {item.id: item.interaction for item in made.form.items}
    unscored = [key.item for key in made.scoring_key.keys if not key.scored]
    assert [type(asked[item]) for item in unscored] == [ExtendedTextInteraction]
    assert len(made.conversion.scaled) == 14
    keys = {key.item: key for key in made.scoring_key.keys}
    assert (keys[NUMBER].tolerance, len(keys[NUMBER].accepted)) == ("2%", 1)
    assert (keys[TEXT].fold_case, len(keys[TEXT].accepted)) == (True, 2)


def _authored(test: AuthoredTest) -> list[AuthoredBlock]:
    texts = [one.blocks for one in (*test.stimuli, *test.exhibits)]
    return [block for blocks in (*texts, *(item.stem for item in test.items)) for block in blocks]


def test_nothing_of_the_keys_is_delivered() -> None:
    """No rationale, no correct response as the key has it, and no name of a picture file is in form or front."""
    made = showcase()
    raw = encode(made.form) + encode(made.front)
    for item in showcase_bank().items:
        assert item.rationale.encode() not in raw
    for key in made.scoring_key.keys:
        assert encode(key.correct) not in raw
    pictures = [block for block in _authored(showcase_bank()) if isinstance(block, PictureFile)]
    assert len(pictures) == 2
    assert all(block.file.encode() not in raw and block.alternative.encode() in raw for block in pictures)


def test_no_line_of_the_showcase_is_wider_than_a_screen() -> None:
    """Everything an author reads is wrapped at 78 columns."""
    files = sorted((SAMPLES / "showcase").glob("**/*.txt"))
    assert len(files) > 10
    assert max(len(line) for file in files for line in file.read_text("utf-8").splitlines()) <= 78
    stems = " ".join(
        block.text for item in showcase_bank().items for block in item.stem if isinstance(block, Paragraph)
    )
    assert not re.search(r"Google|Microsoft|Apple|CoSN|CETL", stems)
