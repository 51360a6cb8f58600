"""One question of each kind, for tests of the item screen: short enough to be read on a small screen."""

from __future__ import annotations

from collections.abc import Sequence

from exam_packages.form import Exhibit, Item, Stimulus
from exam_packages.interactions import (
    AssociateInteraction,
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    Code,
    ExtendedTextInteraction,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    Interaction,
    ItemId,
    MatchInteraction,
    NumericInteraction,
    OptionId,
    OrderInteraction,
    Paragraph,
    Picture,
    SliderInteraction,
    Table,
    TextEntryInteraction,
    TypedText,
)


def options(*texts: str, start: int = 1, prefix: str = "o") -> tuple[Choice, ...]:
    """Options with the ids `o1`, `o2` .."""
    return tuple(Choice(OptionId(f"{prefix}{place}"), text) for place, text in enumerate(texts, start))


def asked(interaction: Interaction, stem: str = "Answer this.", name: str = "Q", **more: object) -> Item:
    """An item with this interaction."""
    shared = str(more.get("stimulus", ""))
    exhibits = more.get("exhibits", ())
    assert isinstance(exhibits, tuple)
    return Item(ItemId(name), (Paragraph(stem),), interaction, shared, exhibits)


def chosen(*names: str) -> ChosenOptions:
    """A response that names options."""
    return ChosenOptions(tuple(OptionId(name) for name in names))


def pairs(*names: str) -> ChosenPairs:
    """A response of pairs, each written `one-other`."""
    made = (name.split("-") for name in names)
    return ChosenPairs(tuple((one, other) for one, other in made))


def typed(text: str) -> TypedText:
    """A response that was typed."""
    return TypedText(text)


STEPS = options("Restore from the backup", "Find the cause", "Tell the users", "Isolate the server")
ORDER = asked(OrderInteraction(STEPS), "Put the steps of an incident in order.")
SEVERAL = asked(ChoiceInteraction(options("Costs", "Staff", "Time", "Trust"), 1, 3), "What is at stake?")
SOURCES = options(
    "The finance server answers only to staff", "A restored file has its old contents", "The site stays up"
)
TARGETS = options("Confidentiality", "Integrity", "Availability", prefix="t")
MATCH = asked(MatchInteraction(SOURCES, TARGETS, 3), "Which property does each protect?")
ASSOCIATE = asked(
    AssociateInteraction(options("Ada", "Babbage", "Engine", "Notes"), 2), "Which belong together?"
)
INLINE = asked(
    InlineChoiceInteraction(
        "The board {g1} the plan in May, and the district {g2} the first devices in June.",
        {
            "g1": options("approved", "refused", "postponed"),
            "g2": options("sold", "bought", "lent", "repaired"),
        },
    ),
    "Choose the words that fit.",
)
GAPS = asked(
    GapMatchInteraction(
        "A {g1} copy is kept at another site; a {g2} copy never changes.",
        ("g1", "g2"),
        options("remote", "read-only", "local"),
    ),
    "Fill the gaps.",
)
HOTTEXT = asked(
    HotTextInteraction(
        "The board {h1} on Monday, heard the auditors, and {h2} before {h3} without a date.",
        tuple(
            Choice(OptionId(name), text)
            for name, text in (("h1", "met"), ("h2", "voted twice"), ("h3", "leaving"))
        ),
        2,
    ),
    "Which words tell of a decision?",
)
SHORT = asked(TextEntryInteraction(12), "Which word is it?")
NUMBER = asked(NumericInteraction(), "How many?")
LENGTH = asked(NumericInteraction(("km",)), "How far?")
UNITS = asked(NumericInteraction(("kB", "MB", "GB")), "How large is the file?")
SCALE = asked(SliderInteraction(0, 20, 5), "How sure are you?")
ESSAY = asked(ExtendedTextInteraction(400, 20), "Explain why.")
EVERY: dict[str, Item] = {
    "several": SEVERAL,
    "order": ORDER,
    "match": MATCH,
    "associate": ASSOCIATE,
    "inline": INLINE,
    "gaps": GAPS,
    "hottext": HOTTEXT,
    "short": SHORT,
    "number": NUMBER,
    "units": UNITS,
    "scale": SCALE,
    "essay": ESSAY,
}
REPORT = Stimulus(
    "report",
    "The report",
    (
        *(
            Paragraph(
                f"Sentence {number} of the report, which every question about it can lean on, and which goes "
                "on for long enough to be wrapped."
            )
            for number in range(1, 25)
        ),
        Code("def total(rows):\n    return sum(rows)"),
    ),
)
COSTS = Exhibit(
    "costs",
    "Costs by year",
    (
        Paragraph("All sums in thousands; the total is checked by the auditors."),
        Table(
            "Costs",
            (
                ("Year", "Licences", "Devices", "Network", "Training", "Support", "Repairs", "Total of all"),
                *((f"{year}", *(str(year * n % 997) for n in range(1, 8))) for year in range(1980, 2026)),
            ),
        ),
        Code(
            "total = licences + devices + network + training + support + repairs  # every year the same way"
        ),
    ),
)
PLAN = Exhibit(
    "plan",
    "Plan of the room",
    (Picture(("┌──────┐", "│ door │", "└──────┘"), "A room with one door in the middle."),),
)


def with_texts(
    interaction: Interaction, exhibits: Sequence[Exhibit] = (COSTS, PLAN), name: str = "Q"
) -> Item:
    """An item that belongs to the report and has these exhibits."""
    names = tuple(exhibit.id for exhibit in exhibits)
    return Item(ItemId(name), (Paragraph("What does it say?"),), interaction, REPORT.id, names)
