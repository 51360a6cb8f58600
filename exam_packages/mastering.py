"""Mastering: an authored test in; delivery form, scoring key and conversion table out, apart for good.

Why the form looks as it does (docs/adr/0005-form-and-mastering.md):
1. One part, one section, every item: a candidate may move freely through a single list, and no heading tells the area
   that an item is counted in.
2. The items are mixed once, here, by a draw whose seed is the form's id. Everyone meets them in the same order, so a
   hard stretch or tiredness at the end weighs on all alike, and mastering the same bank again gives the same bytes.
3. Options are shuffled for each candidate, so a neighbour's letters are worth nothing. Options that speak of each other
   would then be wrong, and are refused.
4. The form is built field by field from what may be shown; there is no field that a key or a rationale would fit.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from exam_packages.complaint import Complaint, ComplaintsError
from exam_packages.conversion import two_segments
from exam_packages.form import (
    Agreement,
    AgreementId,
    DeliveryForm,
    FormId,
    Front,
    Item,
    ItemRef,
    Section,
    TestPart,
)
from exam_packages.glyphs import unfit
from exam_packages.interactions import ChoiceInteraction, ChosenOptions, Paragraph
from exam_packages.items import AuthoredItem, AuthoredTest
from exam_packages.route import shuffled
from exam_packages.scoring_key import Area, ConversionTable, ItemKey, ScoringKey
from keys.encoding import digest, encode

OPTIONS = range(2, 9)
MAX_STEM, MAX_OPTION = 4_000, 600
MINUTE = 60_000
_NEIGHBOUR = re.compile(
    r"\b(all|none|both|either|neither|any) of (the (above|below|others?)|these)\b", re.IGNORECASE
)
_LETTERS = re.compile(r"\b([Oo]ptions?|[Aa]nswers?|[Bb]oth|[Ee]ither|[Nn]either) \(?[A-H]\)?(?=[\s.,;]|$)")


class MasteringError(ComplaintsError):
    """A bank that is well written but makes no form."""

    code = "mastering-refused"


@dataclass(frozen=True, slots=True)
class Mastered:
    """What mastering makes: `front` and `form` go to sites, `conversion` is published, `scoring_key` stays."""

    front: Front
    form: DeliveryForm
    scoring_key: ScoringKey
    conversion: ConversionTable


def master(test: AuthoredTest) -> Mastered:
    """The form and its key from a whole bank, every item used.

    Raises `MasteringError` with every complaint, `BlueprintUnmetError` or `ConversionShapeError`.
    """
    if complaints := tuple(faults(test)):
        raise MasteringError("The bank", complaints)
    test.blueprint.require((item.task for item in test.items if item.scored), test.programme.items)
    programme, form = test.programme, _form(test)
    form_digest = digest(encode(form))
    keys = tuple(_key(test, item) for item in test.items)
    scored = sum(key.scored for key in keys)
    scaled = two_segments(scored, programme.raw_cut, programme.scaled_cut, programme.scaled_max)
    return Mastered(
        _front(test, len(form.items)),
        form,
        ScoringKey(
            programme.exam,
            form.form,
            form_digest,
            1,
            keys,
            tuple(Area(category.code, category.title) for category in test.blueprint.categories),
            tuple(Area(str(area.code), area.title, area.category) for area in test.blueprint.areas),
        ),
        ConversionTable(programme.exam, form.form, form_digest, 1, scaled, programme.scaled_cut),
    )


def faults(test: AuthoredTest) -> Iterator[Complaint]:
    """Why this bank makes no form, item by item; the blueprint's counts are apart, see `Blueprint.require`."""
    values = {value.code for value in test.blueprint.values}
    seen: set[str] = set()
    for item in test.items:
        told = [*_content_faults(item), *_option_faults(item)]
        if item.id in seen:
            told.append(f"Item {item.id} stands twice.")
        if test.blueprint.area_of(item.task) is None:
            told.append(f"Item {item.id} is coded to task {item.task}, which the blueprint does not list.")
        if not 1 <= len(item.values) <= 2 or len(set(item.values)) != len(item.values):
            told.append(f"Item {item.id} has {len(item.values)} core values; it has one, or two that differ.")
        told += [
            f"Item {item.id} has the value “{value}”, which the blueprint does not list."
            for value in item.values
            if value not in values
        ]
        seen.add(item.id)
        yield from (Complaint(item.place.file, item.place.line, sentence) for sentence in told)


def warnings(test: AuthoredTest) -> tuple[str, ...]:
    """What to look at again though a form can be made: places where the key stands too often or too seldom."""
    at: dict[int, Counter[int]] = {}
    for item in test.items:
        if isinstance(item.interaction, ChoiceInteraction) and isinstance(item.correct, ChosenOptions):
            ids = [option.id for option in item.interaction.options]
            places = at.setdefault(len(ids), Counter())
            places.update(ids.index(option) for option in item.correct.options if option in ids)
    return tuple(
        f"The key of items with {count} options is {'abcdefgh'[place]} in {places[place]} of {places.total()};"
        f" about {places.total() / count:.0f} are due."
        for count, places in sorted(at.items())
        for place in range(count)
        if abs(places[place] - places.total() / count) > _spread(places.total(), count)
    )


def _spread(total: int, count: int) -> float:
    """Two standard deviations of how often a place comes up by chance, and one item."""
    return 2 * math.sqrt(total * (count - 1)) / count + 1


def _content_faults(item: AuthoredItem) -> Iterator[str]:
    paragraphs = [block.text for block in item.stem if isinstance(block, Paragraph)]
    if len(paragraphs) != len(item.stem) or not any(text.strip() for text in paragraphs):
        yield f"The stem of item {item.id} is not one or more paragraphs of text."
    if sum(map(len, paragraphs)) > MAX_STEM:
        yield f"The stem of item {item.id} is longer than {MAX_STEM} characters."
    if not item.rationale.strip():
        yield f"Item {item.id} has no rationale."
    for text in paragraphs:
        if reason := unfit(text):
            yield f"The stem of item {item.id} {reason}."


def _option_faults(item: AuthoredItem) -> Iterator[str]:
    if not isinstance(item.interaction, ChoiceInteraction):
        yield f"Item {item.id} is not a choice, and nothing else is delivered yet."
        return
    options = item.interaction.options
    ids, texts = [option.id for option in options], [option.text.strip().casefold() for option in options]
    if len(options) not in OPTIONS:
        yield f"Item {item.id} has {len(options)} options; it has 2 to 8."
    if len(set(ids)) != len(ids):
        yield f"Two options of item {item.id} have one id."
    if len(set(texts)) != len(texts) or not all(texts):
        yield f"Two options of item {item.id} have one text, or one has none."
    if not isinstance(item.correct, ChosenOptions) or len(item.correct.options) != 1:
        yield f"Item {item.id} has no single key."
    elif item.correct.options[0] not in ids:
        yield f"The key of item {item.id} is “{item.correct.options[0]}”, which is none of its options."
    for option in options:
        if len(option.text) > MAX_OPTION:
            yield f"Option {option.id}) of item {item.id} is longer than {MAX_OPTION} characters."
        if reason := unfit(option.text):
            yield f"Option {option.id}) of item {item.id} {reason}."
        if item.interaction.shuffle and (_NEIGHBOUR.search(option.text) or _LETTERS.search(option.text)):
            yield f"Option {option.id}) of item {item.id} speaks of other options, and options are shuffled."


def _form(test: AuthoredTest) -> DeliveryForm:
    name = test.programme.form
    mixed = shuffled([item.id for item in test.items], name, "mastering", "items")
    section = Section("items", "", tuple(ItemRef(item) for item in mixed))
    return DeliveryForm(
        FormId(name),
        test.programme.version,
        test.programme.language,
        test.programme.minutes * MINUTE,
        (TestPart("test", "", (section,)),),
        tuple(Item(item.id, item.stem, item.interaction) for item in test.items),
    )


def _front(test: AuthoredTest, count: int) -> Front:
    programme = test.programme
    return Front(
        FormId(programme.form),
        programme.title,
        programme.title,
        programme.notice,
        programme.language,
        tuple(Agreement(AgreementId(one.id), one.title, one.text) for one in test.agreements),
        test.instructions,
        count,
        programme.minutes * MINUTE,
    )


def _key(test: AuthoredTest, item: AuthoredItem) -> ItemKey:
    area = test.blueprint.area_of(item.task)
    code, category = (str(area.code), area.category) if area else ("", "")
    return ItemKey(item.id, item.correct, category, code, item.task, item.scored)
