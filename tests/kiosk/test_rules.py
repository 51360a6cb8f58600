"""Time, answers and waits by tables: limits, outages, charges; what fits an interaction; how long a code waits."""

from __future__ import annotations

import pytest

from exam_packages import interactions as i
from exam_packages.interactions import Choice, ChosenPairs, OptionId, TypedText
from exam_packages.sitting_plan import Accommodations
from keys.clock import Stamp
from keys.encoding import Instant
from kiosk import timing, tries
from kiosk.navigation import lay_out
from kiosk.responses import ResponseRefusedError, fitted, option_ids, shortfall
from kiosk.timing import MINUTE, Anchor, Outage
from results.wire.events import ResumeCause
from tests.kiosk.forms import small_form
from tests.kiosk.world import chosen

HOUR = 60 * MINUTE


def stamp(wall: int, boot: int, boot_id: str = "a") -> Stamp:
    """A moment."""
    return Stamp(Instant(wall), boot, boot_id)


@pytest.mark.parametrize(
    ("form", "granted", "limit"),
    [
        (2 * HOUR, Accommodations(), 2 * HOUR),
        (2 * HOUR, Accommodations(extra_percent=50), 3 * HOUR),
        (2 * HOUR, Accommodations(extra_minutes=15), 2 * HOUR + 15 * MINUTE),
        (2 * HOUR, Accommodations(extra_percent=25, extra_minutes=5), 2 * HOUR + 35 * MINUTE),
        (0, Accommodations(), 24 * HOUR),
    ],
)
def test_the_limit_has_the_accommodations(form: int, granted: Accommodations, limit: int) -> None:
    """Percent of the form's limit, plus minutes; a form without a limit gets a day."""
    assert timing.limit(form, granted) == limit


@pytest.mark.parametrize(
    ("last", "now", "running", "outage"),
    [
        (stamp(1_000, 10), stamp(9_000, 510), True, Outage(ResumeCause.PROGRAM, 500)),
        (stamp(1_000, 10), stamp(9_000, 5, "b"), True, Outage(ResumeCause.MACHINE, 8_000)),
        (stamp(9_000, 10), stamp(1_000, 5, "b"), True, Outage(ResumeCause.MACHINE, 0)),
        (stamp(1_000, 510), stamp(9_000, 10), True, Outage(ResumeCause.PROGRAM, 0)),
        (stamp(1_000, 10), stamp(9_000, 510), False, Outage(ResumeCause.PROGRAM, 0)),
    ],
)
def test_an_outage_is_measured(last: Stamp, now: Stamp, *, running: bool, outage: Outage) -> None:
    """By boottime within one boot, else by the wall clock; never below zero; nothing before the clock began."""
    assert timing.outage(last, now, running=running) == outage


@pytest.mark.parametrize(
    ("cause", "stood_at", "lost", "reading"),
    [
        (ResumeCause.PROGRAM, HOUR, 10 * MINUTE, HOUR + 10 * MINUTE),
        (ResumeCause.PROGRAM, HOUR, 10 * HOUR, 2 * HOUR),
        (ResumeCause.MACHINE, HOUR, 10 * MINUTE, HOUR + 10 * MINUTE),
        (ResumeCause.MACHINE, HOUR, 10 * HOUR, 2 * HOUR - 5 * MINUTE),
        (ResumeCause.MACHINE, 2 * HOUR - 3 * MINUTE, 10 * HOUR, 2 * HOUR - 3 * MINUTE),
    ],
)
def test_a_charge_is_exact_within_a_boot_and_capped_across(
    cause: ResumeCause, stood_at: int, lost: int, reading: int
) -> None:
    """Across boots a charge leaves five minutes, or what was left if less."""
    assert timing.charged(stood_at, 2 * HOUR, Outage(cause, lost)) == reading


def test_a_charge_across_boots_leaves_five_minutes_of_the_inner_limit_too() -> None:
    """By the tighter of the two; within one boot the inner limit changes nothing."""
    machine, asleep = Outage(ResumeCause.MACHINE, HOUR), Outage(ResumeCause.ASLEEP, HOUR)
    assert timing.charged(HOUR, 3 * HOUR, machine, HOUR + 20 * MINUTE) == HOUR + 15 * MINUTE
    assert timing.charged(HOUR, 3 * HOUR, machine, HOUR + 3 * MINUTE) == HOUR
    assert timing.charged(HOUR, 3 * HOUR, machine, 5 * HOUR) == 2 * HOUR
    assert timing.charged(HOUR, 3 * HOUR, asleep, HOUR + 20 * MINUTE) == 2 * HOUR


def test_a_machine_that_slept_was_not_started_again() -> None:
    """Asleep is told within one boot alone."""
    slept = timing.outage(stamp(1_000, 10), stamp(9_000, 510), running=True, asleep=True)
    assert slept == Outage(ResumeCause.ASLEEP, 500)
    assert (
        timing.outage(stamp(0, 10), stamp(9, 5, "b"), running=True, asleep=True).cause is ResumeCause.MACHINE
    )


def test_an_anchor_may_stand_or_lie_ahead() -> None:
    """Until it, and after it where it stands, the clock does not move; a part or section gets the percent alone."""
    readings = [timing.elapsed(Anchor(7, 100), HOUR, stamp(0, boot)) for boot in (0, 100, 150)]
    assert readings == [7, 7, 57]
    assert timing.elapsed(Anchor(7, 100, stands=True), HOUR, stamp(0, 10**9)) == 7
    assert timing.scope_limit(HOUR, Accommodations(extra_percent=25, extra_minutes=9)) == HOUR + 15 * MINUTE


def test_the_wait_after_wrong_codes() -> None:
    """Nothing for four, then 15 s doubling to 300 s; by boottime, and in full after a boot."""
    assert [tries.delay(n) // 1000 for n in range(12)] == [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 300, 300]
    assert tries.delay(10**6) == 300_000
    assert tries.left(5, stamp(0, 100_000), stamp(0, 110_000)) == 5_000
    assert tries.left(5, stamp(0, 100_000), stamp(10**9, 99_000)) == 15_000
    assert tries.left(5, stamp(0, 100_000), stamp(10**9, 4_000, "b")) == 11_000
    assert tries.left(4, stamp(0, 100_000), stamp(0, 100_000)) == 0
    assert tries.left(9, None, stamp(0, 0)) == 0


def options(letters: str) -> tuple[Choice, ...]:
    """Options named by letters."""
    return tuple(Choice(OptionId(letter), letter) for letter in letters)


ONE = i.ChoiceInteraction(options("ABCD"))
TWO = i.ChoiceInteraction(options("ABCD"), 2, 2)
ORDER = i.OrderInteraction(options("ABC"))
HOT = i.HotTextInteraction("{A} {B}", options("AB"))
MATCH = i.MatchInteraction(options("AB"), options("XY"), 2)
ASSOCIATE = i.AssociateInteraction(options("AB"), 1)
INLINE = i.InlineChoiceInteraction("{g}", {"g": options("AB")})
GAPS = i.GapMatchInteraction("{g}{h}", ("g", "h"), options("AB"))
ENTRY = i.TextEntryInteraction(5)
ESSAY = i.ExtendedTextInteraction(20)
NUMBER = i.NumericInteraction(("m",))
SLIDER = i.SliderInteraction(0, 10)
FITS: list[tuple[i.Interaction, i.Response, i.Response]] = [
    (ONE, chosen("C"), chosen("C")),
    (ONE, chosen(), chosen()),
    (TWO, chosen("D", "A"), chosen("A", "D")),
    (TWO, chosen("D"), chosen("D")),
    (ORDER, chosen("C", "A", "B"), chosen("C", "A", "B")),
    (HOT, chosen("B"), chosen("B")),
    (MATCH, ChosenPairs((("A", "X"),)), ChosenPairs((("A", "X"),))),
    (ASSOCIATE, ChosenPairs((("A", "B"),)), ChosenPairs((("A", "B"),))),
    (INLINE, ChosenPairs((("g", "B"),)), ChosenPairs((("g", "B"),))),
    (GAPS, ChosenPairs((("g", "A"), ("h", "B"))), ChosenPairs((("g", "A"), ("h", "B")))),
    (ENTRY, TypedText("ab\x1b[2Jcdef"), TypedText("ab[2J")),
    (ESSAY, TypedText("one\ntwo\x07"), TypedText("one\ntwo")),
    (NUMBER, TypedText("3.5\n"), TypedText("3.5 ")),
    (SLIDER, TypedText("7"), TypedText("7")),
]
REFUSED: list[tuple[i.Interaction, i.Response]] = [
    (ONE, chosen("E")),
    (ONE, chosen("A", "B")),
    (ONE, chosen("A", "A")),
    (ONE, TypedText("A")),
    (TWO, chosen("A", "B", "C")),
    (HOT, chosen("C")),
    (ORDER, chosen("A", "A", "B")),
    (ESSAY, chosen("A")),
    (MATCH, ChosenPairs((("X", "A"),))),
    (MATCH, ChosenPairs((("A", "X"), ("A", "Y"), ("B", "X")))),
    (ASSOCIATE, ChosenPairs((("A", "A"),))),
    (i.AssociateInteraction(options("AB")), ChosenPairs((("A", "B"), ("B", "A")))),
    (SLIDER, TypedText("11")),
    (SLIDER, TypedText("-1")),
    (SLIDER, TypedText("07")),
    (SLIDER, TypedText("seven")),
    (i.SliderInteraction(1, 9, 2), TypedText("4")),
    (INLINE, ChosenPairs((("g", "A"), ("g", "B")))),
    (GAPS, ChosenPairs((("k", "A"),))),
]


@pytest.mark.parametrize(("interaction", "response", "kept"), FITS)
def test_a_response_that_fits_has_one_spelling(
    interaction: i.Interaction, response: i.Response, kept: i.Response
) -> None:
    """Options in the form's order, text sanitised and cut; fewer than asked for and none at all are kept."""
    assert fitted(interaction, response) == kept
    assert fitted(interaction, kept) == kept


BOTH_UNITS = i.NumericInteraction(("m", "km"))
SHORT: list[tuple[i.Interaction, i.Response | None, str]] = [
    (ONE, None, "choose 1"),
    (ONE, chosen(), "choose 1"),
    (ONE, chosen("A"), ""),
    (TWO, chosen("A"), "choose 2"),
    (TWO, chosen("A", "B"), ""),
    (i.ChoiceInteraction(options("ABCD"), 2, 3), chosen("A"), "choose at least 2"),
    (i.ChoiceInteraction(options("ABCD"), 0, 0), None, "choose at least 1"),
    (HOT, None, "choose 1"),
    (HOT, chosen("B"), ""),
    (ORDER, chosen("C", "A"), "order all"),
    (ORDER, chosen("C", "A", "B"), ""),
    (MATCH, None, "make a pair"),
    (ASSOCIATE, ChosenPairs((("A", "B"),)), ""),
    (INLINE, None, "fill 1 gap"),
    (GAPS, None, "fill 2 gaps"),
    (GAPS, ChosenPairs((("g", "A"),)), "fill 1 gap"),
    (GAPS, ChosenPairs((("g", "A"), ("h", "B"))), ""),
    (ENTRY, TypedText("  "), "type an answer"),
    (ESSAY, TypedText("x"), ""),
    (NUMBER, TypedText("3,5e-2"), ""),
    (NUMBER, TypedText("3 m"), ""),
    (NUMBER, TypedText("three"), "type a number"),
    (NUMBER, TypedText("3 km"), "type a number"),
    (BOTH_UNITS, TypedText("3"), "choose a unit"),
    (BOTH_UNITS, TypedText("3 km"), ""),
    (BOTH_UNITS, TypedText(" km"), "type a number"),
    (SLIDER, None, "choose a number"),
    (SLIDER, TypedText("0"), ""),
]


@pytest.mark.parametrize(("interaction", "response", "told"), SHORT)
def test_what_a_response_lacks_is_told(
    interaction: i.Interaction, response: i.Response | None, told: str
) -> None:
    """In a few words, and nothing once it is complete."""
    assert shortfall(interaction, response) == told


@pytest.mark.parametrize(("interaction", "response"), REFUSED)
def test_a_response_that_does_not_fit_is_refused(interaction: i.Interaction, response: i.Response) -> None:
    """Another kind, what is not offered, twice the same, or too many."""
    with pytest.raises(ResponseRefusedError):
        fitted(interaction, response)


def test_every_interaction_has_a_case() -> None:
    """No interaction of the form model is left out of the table above."""
    assert {type(interaction) for interaction, _, _ in FITS} == set(i.RESPONSE_KIND)
    assert option_ids(ONE) == set("ABCD")
    assert option_ids(ESSAY) == frozenset()


def test_a_layout_follows_its_seed() -> None:
    """Options are in the seed's order, the same each time; parts and items keep theirs where nothing shuffles."""
    layout = lay_out(small_form(), "00" * 16)
    assert layout == lay_out(small_form(), "00" * 16)
    assert [place.item.id for place in layout.places] == ["i1", "i2", "i3", "i4", "i5"]
    assert [place.part for place in layout.places] == [0, 0, 0, 1, 1]
    orders = {lay_out(small_form(), f"{n:032x}").places[0].order for n in range(40)}
    assert len(orders) > 5
