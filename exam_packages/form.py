"""`DeliveryForm`: exactly what a candidate may see. It has no field in which a correct answer could be written.

The words are QTI's: a test has parts, a part has sections, a section refers to items. Times are in ms; 0
means no limit.
"""

from __future__ import annotations

import enum
from typing import NewType

import msgspec

from exam_packages.interactions import Block, Interaction, ItemId
from keys.encoding import Document

FormId = NewType("FormId", str)
AgreementId = NewType("AgreementId", str)


class NavigationMode(enum.StrEnum):
    """QTI navigationMode of a part."""

    LINEAR = "linear"
    NONLINEAR = "nonlinear"


class SubmissionMode(enum.StrEnum):
    """QTI submissionMode of a part."""

    INDIVIDUAL = "individual"
    SIMULTANEOUS = "simultaneous"


class BreakClock(enum.StrEnum):
    """What the test clock does in a break."""

    RUNS = "runs"
    STOPS = "stops"


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the frozen values inside a form."""


class Item(_Value, frozen=True):
    """An item as delivered: stem blocks and one interaction. `stimulus` names a shared one of the form, or is empty;
    `exhibits` name those that belong to it.
    """

    id: ItemId
    stem: tuple[Block, ...]
    interaction: Interaction
    stimulus: str = ""
    exhibits: tuple[str, ...] = ()


class Stimulus(_Value, frozen=True):
    """A text shared by several items, shown beside or above each of them."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Exhibit(_Value, frozen=True):
    """A table, text, code or picture that is opened on demand and fills the screen."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Break(_Value, frozen=True):
    """A scheduled break of `length` ms. A clock that stops runs again once the length is over."""

    length: int
    clock: BreakClock = BreakClock.STOPS


class Instruments(_Value, frozen=True):
    """What a candidate may use beside flag and strike-out. Without `keep_notes` no note ever enters the record."""

    calculator: bool = False
    highlighter: bool = False
    notes: bool = False
    scratchpad: bool = False
    comments: bool = False
    keep_notes: bool = False


class StageLimits(_Value, frozen=True):
    """The time for each stage before the clock of the test, in ms; 0 means no limit."""

    confirm: int = 0
    agreements: int = 0
    tutorial: int = 0


class ItemRef(_Value, frozen=True):
    """An item's place in a section."""

    item: ItemId


class Section(_Value, frozen=True):
    """A run of items, shown in a seeded order where `shuffle` says so."""

    id: str
    title: str
    refs: tuple[ItemRef, ...]
    shuffle: bool = False
    time_limit: int = 0


class TestPart(_Value, frozen=True):
    """A part of the test with one navigation and submission mode, and the break that is due when it was left."""

    id: str
    title: str
    sections: tuple[Section, ...]
    navigation: NavigationMode = NavigationMode.NONLINEAR
    submission: SubmissionMode = SubmissionMode.SIMULTANEOUS
    time_limit: int = 0
    break_after: Break | None = None


class Agreement(_Value, frozen=True):
    """A text to accept before any item is opened."""

    id: AgreementId
    title: str
    text: str


class Front(Document, frozen=True, tag="form-front/1"):
    """What may be shown before the agreements are accepted: no item content."""

    form: FormId
    programme: str
    title: str
    notice: str
    language: str
    agreements: tuple[Agreement, ...]
    instructions: str
    item_count: int
    time_limit: int
    tutorial: bool = False
    stages: StageLimits = StageLimits()


class DeliveryForm(Document, frozen=True, tag="delivery-form/1"):
    """A whole form as a candidate may see it. `time_limit` of the test in ms.

    `unscheduled_breaks` is how many a candidate may take by their own choice, with `unscheduled_clock`.
    """

    form: FormId
    version: int
    language: str
    time_limit: int
    parts: tuple[TestPart, ...]
    items: tuple[Item, ...]
    stimuli: tuple[Stimulus, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    instruments: Instruments = Instruments()
    unscheduled_breaks: int = 0
    unscheduled_clock: BreakClock = BreakClock.RUNS

    def item(self, wanted: ItemId) -> Item:
        """The item of this id; a form from mastering holds every item that it refers to."""
        return next(item for item in self.items if item.id == wanted)


class Demand(enum.StrEnum):
    """What a form may ask of the machine that delivers it, beyond its interactions (which go by their QTI names)."""

    PART_TIME_LIMIT = "part-time-limit"
    SECTION_TIME_LIMIT = "section-time-limit"
    INDIVIDUAL_SUBMISSION = "individual-submission"
    SHARED_STIMULUS = "shared-stimulus"
    EXHIBITS = "exhibits"
    INSTRUMENTS = "instruments"
    SCHEDULED_BREAKS = "scheduled-breaks"
    UNSCHEDULED_BREAKS = "unscheduled-breaks"
    MANY_OPTIONS = "more-than-8-options"


FEW_OPTIONS = 8


def demands(form: DeliveryForm) -> tuple[str, ...]:
    """What a machine must be able to do to deliver this form, sorted: it stands in the package's signed header."""
    sections = [section for part in form.parts for section in part.sections]
    options = (len(getattr(item.interaction, "options", ())) for item in form.items)
    individual = SubmissionMode.INDIVIDUAL
    found = {
        Demand.PART_TIME_LIMIT: any(part.time_limit for part in form.parts),
        Demand.SECTION_TIME_LIMIT: any(section.time_limit for section in sections),
        Demand.INDIVIDUAL_SUBMISSION: any(part.submission is individual for part in form.parts),
        Demand.SHARED_STIMULUS: any(item.stimulus for item in form.items),
        Demand.EXHIBITS: bool(form.exhibits),
        Demand.INSTRUMENTS: form.instruments != Instruments(),
        Demand.SCHEDULED_BREAKS: any(part.break_after for part in form.parts),
        Demand.UNSCHEDULED_BREAKS: form.unscheduled_breaks > 0,
        Demand.MANY_OPTIONS: any(count > FEW_OPTIONS for count in options),
    }
    interactions = {str(type(item.interaction).__struct_config__.tag) for item in form.items}
    return tuple(sorted(interactions | {word.value for word, asked in found.items() if asked}))
