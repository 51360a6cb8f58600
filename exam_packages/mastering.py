"""Mastering: an authored test in; delivery form, scoring key and conversion table out, apart for good.

Why the form looks as it does (docs/adr/0005-form-and-mastering.md):
1. Unless programme.toml says otherwise: one part, one section, every item. A candidate may move freely through a single
   list, and no heading tells the area that an item is counted in.
2. The items of a section are mixed once, here, by a draw whose seed is the form's id. Everyone meets them in the same
   order, so a hard stretch or tiredness at the end weighs on all alike, and mastering the same bank again gives the
   same bytes. Items with one stimulus stay together.
3. Options are shuffled for each candidate, so a neighbour's letters are worth nothing. Options that speak of each other
   would then be wrong, and are refused.
4. The form is built field by field from what may be shown; there is no field that a key or a rationale would fit.
"""

from __future__ import annotations

from dataclasses import dataclass

from exam_packages.bank_faults import faults
from exam_packages.complaint import ComplaintsError
from exam_packages.conversion import two_segments
from exam_packages.form import (
    Agreement,
    AgreementId,
    DeliveryForm,
    Exhibit,
    FormId,
    Front,
    Item,
    ItemRef,
    Section,
    Stimulus,
    TestPart,
)
from exam_packages.interactions import Block, ItemId, Picture
from exam_packages.item_points import authored_key
from exam_packages.items import AuthoredBlock, AuthoredItem, AuthoredTest, PictureFile
from exam_packages.key_places import key_warnings
from exam_packages.outline import SectionEntry, SectionOrder, allotted
from exam_packages.programme import MINUTE
from exam_packages.response_processing import whole, worth
from exam_packages.route import shuffled, together
from exam_packages.scoring_key import Area, ConversionTable, ItemKey, ScoringKey
from keys.encoding import digest, encode


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
    most = whole(
        sum(worth(item.interaction, key) for item, key in zip(test.items, keys, strict=True) if key.scored)
    )
    scaled = two_segments(most, programme.raw_cut, programme.scaled_cut, programme.scaled_max)
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


def warnings(test: AuthoredTest) -> tuple[str, ...]:
    """What to look at again though a form can be made."""
    return tuple(key_warnings(test.items))


def _form(test: AuthoredTest) -> DeliveryForm:
    programme = test.programme
    items = tuple(
        Item(item.id, _shown(test, item.stem), item.interaction, item.stimulus, item.exhibits)
        for item in test.items
    )
    return DeliveryForm(
        FormId(programme.form),
        programme.version,
        programme.language,
        programme.minutes * MINUTE,
        _parts(test),
        items,
        tuple(Stimulus(one.id, one.title, _shown(test, one.blocks)) for one in test.stimuli),
        tuple(Exhibit(one.id, one.title, _shown(test, one.blocks)) for one in test.exhibits),
        programme.instruments,
        programme.breaks.most,
        programme.breaks.clock,
    )


def _parts(test: AuthoredTest) -> tuple[TestPart, ...]:
    if not test.outline:
        everything = _refs(test, "items", tuple(item.id for item in test.items))
        return (TestPart("test", "", (Section("items", "", everything),)),)
    taken = allotted(test.outline, test.items, test.blueprint)
    return tuple(
        TestPart(
            part.entry.id,
            part.entry.title,
            tuple(_section(test, section.entry, taken[section.entry.id]) for section in part.sections),
            part.entry.navigation,
            part.entry.submission,
            part.entry.minutes * MINUTE,
            part.pause,
        )
        for part in test.outline
    )


def _section(test: AuthoredTest, entry: SectionEntry, items: tuple[ItemId, ...]) -> Section:
    listed = entry.order is SectionOrder.LISTED
    refs = tuple(map(ItemRef, items)) if listed else _refs(test, entry.id, items)
    return Section(entry.id, entry.title, refs, entry.shuffle, entry.minutes * MINUTE)


def _refs(test: AuthoredTest, section: str, items: tuple[ItemId, ...]) -> tuple[ItemRef, ...]:
    """The items mixed once: the same for everyone, those of one stimulus together."""
    stimulus = {item.id: item.stimulus for item in test.items}
    mixed = shuffled(together(items, stimulus), test.programme.form, "mastering", section)
    return tuple(ItemRef(item) for group in mixed for item in group)


def _shown(test: AuthoredTest, blocks: tuple[AuthoredBlock, ...]) -> tuple[Block, ...]:
    """Blocks as they are delivered: a picture by its rows and the words for it."""
    return tuple(
        Picture(test.pictures[block.file], block.alternative) if isinstance(block, PictureFile) else block
        for block in blocks
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
        programme.tutorial,
        programme.stages.limits,
    )


def _key(test: AuthoredTest, item: AuthoredItem) -> ItemKey:
    area = test.blueprint.area_of(item.task)
    code, category = (str(area.code), area.category) if area else ("", "")
    return authored_key(item, category, code)
