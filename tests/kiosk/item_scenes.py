"""Every kind of question, and what comes with one, as scenes worth a picture."""

from __future__ import annotations

from collections.abc import Callable

from exam_packages.form import Item
from exam_packages.interactions import ExtendedTextInteraction, TypedText
from kiosk.protocol import Phase
from tests.kiosk import questions as q
from tests.kiosk.fake_session import FakeSession, sample_items
from tests.kiosk.scenes import Scene, keys

WRITTEN = (
    "The board ought to wait. Grades and attendance are kept in systems that nobody has compared, and a joint "
    "view built on them would be believed because it is new.\n\nFirst the people who run the systems say what each "
    "field means."
)
ESSAY = q.asked(
    ExtendedTextInteraction(2000, 150),
    "Should the board approve the joint view of its records now? Give a reason.",
)


def _asked(item: Item) -> Callable[[], FakeSession]:
    def make() -> FakeSession:
        session = FakeSession((item, *sample_items(9)), Phase.TESTING)
        session.stimuli = {q.REPORT.id: q.REPORT}
        session.exhibits = {exhibit.id: exhibit for exhibit in (q.COSTS, q.PLAN)}
        return session

    return make


def _written() -> FakeSession:
    session = _asked(ESSAY)()
    session.responses[ESSAY.id] = TypedText(WRITTEN)
    return session


def _closed() -> FakeSession:
    session = _asked(q.SEVERAL)()
    session.closed = {0}
    session.responses[q.SEVERAL.id] = q.chosen("o2")
    return session


def _closing() -> FakeSession:
    session = _asked(q.SEVERAL)()
    session.part, session.sections, session.closes = "Part one", ((0, "Costs and trust"),), "section"
    return session


def _marked() -> FakeSession:
    session = _asked(q.with_texts(q.SEVERAL.interaction))()
    session.highlights = {"stimulus:report": ((0, 0, 10), (2, 11, 25))}
    return session


ITEM_SCENES: dict[str, Scene] = {
    "item-several": Scene(_asked(q.SEVERAL), "THREE are chosen", keys("a", "b", "c", "d")),
    "item-order": Scene(_asked(q.ORDER), "Carried", keys("d", "b", "a", "up", "space")),
    "item-match": Scene(_asked(q.MATCH), "2 of at most 3 pairs", keys("a", "down", "b")),
    "item-associate": Scene(_asked(q.ASSOCIATE), "the other one", keys("a", "d", "c")),
    "item-inline": Scene(_asked(q.INLINE), "[2> bought]", keys("a", "tab", "b")),
    "item-gaps": Scene(_asked(q.GAPS), "(used)", keys("b")),
    "item-hottext": Scene(_asked(q.HOTTEXT), "[x]>B", keys("b")),
    "item-short": Scene(_asked(q.SHORT), "unsaved changes", keys(*"hashed")),
    "item-units": Scene(_asked(q.UNITS), "(o) MB", keys("1", "2", "down", "down")),
    "item-scale": Scene(_asked(q.SCALE), "unsaved changes", keys("right", "right")),
    "item-essay": Scene(_written, "of 150 words"),
    "item-essay-unsaved": Scene(_written, "unsaved changes", keys("end", "space", "T", "h", "e", "n")),
    "item-closed": Scene(_closed, "This question is closed"),
    "item-closing": Scene(_closing, "N again to go on", keys("a", "n")),
    "item-shared": Scene(_marked, "exhibits (2)", keys("a")),
    "item-shared-text": Scene(_marked, "«", keys("tab")),
    "exhibit-table": Scene(_marked, "Costs by year", keys("e")),
    "exhibit-picture": Scene(_marked, "door", keys("e", "tab")),
}
