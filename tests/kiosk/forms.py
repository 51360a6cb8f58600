"""The forms of a test's sitting: a small one of choices, and one with everything that a form may have."""

from __future__ import annotations

import msgspec

from exam_packages.form import (
    Agreement,
    AgreementId,
    Break,
    BreakClock,
    DeliveryForm,
    Exhibit,
    FormId,
    Front,
    Instruments,
    Item,
    ItemRef,
    NavigationMode,
    Section,
    StageLimits,
    Stimulus,
    TestPart,
)
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ExtendedTextInteraction,
    ItemId,
    OptionId,
    OrderInteraction,
    Paragraph,
)

HOUR, MINUTE = 3_600_000, 60_000
SENTINEL = "quetzalcoatlus-lantern"


def choice(name: str, most: int = 1) -> Item:
    """An item with four options whose text holds the sentinel."""
    options = tuple(Choice(OptionId(letter), f"{SENTINEL} {name} {letter}") for letter in "ABCD")
    stem = (Paragraph(f"{SENTINEL} stem of {name}"),)
    return Item(ItemId(name), stem, ChoiceInteraction(options, 1, most, shuffle=True))


def small_form() -> DeliveryForm:
    """Five items: a nonlinear part of three, of which one takes two options, then a linear part of two."""
    items = (choice("i1"), choice("i2", 2), choice("i3"), choice("i4"), choice("i5"))
    parts = (
        TestPart("p1", "", (Section("s1", "", tuple(ItemRef(ItemId(n)) for n in ("i1", "i2", "i3"))),)),
        TestPart(
            "p2",
            "",
            (Section("s2", "", tuple(ItemRef(ItemId(n)) for n in ("i4", "i5"))),),
            NavigationMode.LINEAR,
        ),
    )
    return DeliveryForm(FormId("f1"), 1, "en", 2 * HOUR, parts, items)


def full_form(*, keep_notes: bool = False) -> DeliveryForm:
    """Every instrument, texts beside the items, an essay, breaks of both kinds, and a second part with its own time."""
    essay = Item(ItemId("i2"), (Paragraph(f"{SENTINEL} essay"),), ExtendedTextInteraction(5_000))
    first = msgspec.structs.replace(choice("i1", 2), stimulus="st", exhibits=("ex",))
    lines = tuple(Choice(OptionId(letter), f"{SENTINEL} i3 {letter}") for letter in "ABC")
    sorting = Item(ItemId("i3"), (Paragraph(f"{SENTINEL} order"),), OrderInteraction(lines))
    refs = [tuple(ItemRef(ItemId(name)) for name in names) for names in (("i1", "i2", "i3"), ("i4", "i5"))]
    parts = (
        TestPart("p1", "One", (Section("s1", "Ideas", refs[0]),), break_after=Break(5 * MINUTE)),
        TestPart("p2", "Two", (Section("s2", "Facts", refs[1], time_limit=10 * MINUTE),)),
    )
    return DeliveryForm(
        FormId("f2"),
        1,
        "en",
        2 * HOUR,
        parts,
        (first, essay, sorting, choice("i4"), choice("i5")),
        (Stimulus("st", f"{SENTINEL} text", (Paragraph(f"{SENTINEL} passage"),)),),
        (Exhibit("ex", f"{SENTINEL} exhibit", (Paragraph(f"{SENTINEL} table"),)),),
        Instruments(True, True, True, True, True, keep_notes),
        unscheduled_breaks=1,
        unscheduled_clock=BreakClock.RUNS,
    )


def small_front(form: DeliveryForm, stages: StageLimits, *, tutorial: bool) -> Front:
    """Two agreements and the instructions."""
    agreements = tuple(
        Agreement(AgreementId(name), name, f"You agree to {name}.") for name in ("nda", "conduct")
    )
    return Front(
        form.form,
        "cetl",
        "Practice",
        "Practice only",
        "en",
        agreements,
        "Answer all.",
        len(form.items),
        form.time_limit,
        tutorial,
        stages,
    )
