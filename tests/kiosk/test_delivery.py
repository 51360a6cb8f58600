"""Forms that demand more than this kiosk does: each is refused by its package's header, and nothing is made."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from exam_packages import interactions as i
from exam_packages.form import (
    FEW_OPTIONS,
    Break,
    DeliveryForm,
    Demand,
    Exhibit,
    Instruments,
    SubmissionMode,
    demands,
)
from exam_packages.interactions import Choice, ChoiceInteraction, OptionId
from kiosk import protocol as p
from kiosk.delivery import FormNotDeliverableError, check_deliverable
from kiosk.letters import CHOOSING
from kiosk.protocol import Phase
from kiosk.station import Station
from tests.kiosk.forms import MINUTE, SENTINEL, small_form
from tests.kiosk.world import World, refused

replace = msgspec.structs.replace


def part_limit(form: DeliveryForm) -> DeliveryForm:
    """The second part has ten minutes."""
    return replace(form, parts=(form.parts[0], replace(form.parts[1], time_limit=10 * MINUTE)))


def section_limit(form: DeliveryForm) -> DeliveryForm:
    """A section of the first part has ten minutes."""
    (section,) = form.parts[0].sections
    limited = replace(form.parts[0], sections=(replace(section, time_limit=10 * MINUTE),))
    return replace(form, parts=(limited, form.parts[1]))


def individual(form: DeliveryForm) -> DeliveryForm:
    """The second part submits item by item."""
    return replace(form, parts=(form.parts[0], replace(form.parts[1], submission=SubmissionMode.INDIVIDUAL)))


def asking(interaction: i.Interaction) -> Callable[[DeliveryForm], DeliveryForm]:
    """The last item asks for something else."""

    def change(form: DeliveryForm) -> DeliveryForm:
        last = replace(form.items[-1], interaction=interaction)
        return replace(form, items=(*form.items[:-1], last))

    return change


def stimulus(form: DeliveryForm) -> DeliveryForm:
    """The first item has a text that it shares."""
    return replace(form, items=(replace(form.items[0], stimulus="s1"), *form.items[1:]))


def exhibit(form: DeliveryForm) -> DeliveryForm:
    """There is a text to open."""
    return replace(form, exhibits=(Exhibit("e1", "Table", ()),))


def instruments(form: DeliveryForm) -> DeliveryForm:
    """There is a calculator."""
    return replace(form, instruments=Instruments(calculator=True))


def scheduled_break(form: DeliveryForm) -> DeliveryForm:
    """After the first part there is a break."""
    return replace(form, parts=(replace(form.parts[0], break_after=Break(MINUTE)), form.parts[1]))


def unscheduled_break(form: DeliveryForm) -> DeliveryForm:
    """A candidate may take one break."""
    return replace(form, unscheduled_breaks=1)


def options(count: int) -> tuple[Choice, ...]:
    """So many options."""
    return tuple(Choice(OptionId(f"o{n}"), f"option {n}") for n in range(count))


TWO = options(2)
OTHERS: list[i.Interaction] = [
    i.OrderInteraction(TWO),
    i.MatchInteraction(TWO, TWO),
    i.AssociateInteraction(TWO),
    i.InlineChoiceInteraction("{g}", {"g": TWO}),
    i.GapMatchInteraction("{g}", ("g",), TWO),
    i.TextEntryInteraction(5),
    i.NumericInteraction(),
    i.ExtendedTextInteraction(20),
    i.HotTextInteraction("{o0} {o1}", TWO),
    i.SliderInteraction(0, 9),
]
DELIVERED: list[tuple[Callable[[DeliveryForm], DeliveryForm], str]] = [
    (part_limit, "part-time-limit"),
    (section_limit, "section-time-limit"),
    (individual, "individual-submission"),
    (stimulus, "shared-stimulus"),
    (exhibit, "exhibits"),
    (instruments, "instruments"),
    (scheduled_break, "scheduled-breaks"),
    (unscheduled_break, "unscheduled-breaks"),
    *((asking(other), str(type(other).__struct_config__.tag)) for other in OTHERS),
]
nine_options = asking(ChoiceInteraction(options(FEW_OPTIONS + 1)))


@pytest.mark.parametrize(("change", "word"), DELIVERED)
def test_every_demand_that_this_kiosk_meets_is_let_through(
    change: Callable[[DeliveryForm], DeliveryForm], word: str
) -> None:
    """Each interaction, limit, break, text and instrument of the form model, asked for in the words of the header."""
    asked = demands(change(small_form()))
    assert word in asked
    check_deliverable(asked)


def test_what_goes_beyond_this_kiosk_is_refused() -> None:
    """What the header demands is told in words, and nothing of an item."""
    with pytest.raises(FormNotDeliverableError, match="more-than-8-options") as refusal:
        check_deliverable(demands(nine_options(small_form())))
    assert SENTINEL not in refusal.value.diagnostics().what


def test_every_demand_of_the_form_model_has_a_case() -> None:
    """A word that the form model gains must be told apart here: met, or beyond this kiosk."""
    assert {word for _change, word in DELIVERED} >= {one.value for one in Demand} - {
        Demand.MANY_OPTIONS.value
    }


def test_what_this_kiosk_delivers_is_let_through() -> None:
    """Linear and nonlinear parts, one and several choices, up to as many options as there are letters."""
    check_deliverable(demands(small_form()))
    check_deliverable(demands(asking(ChoiceInteraction(options(FEW_OPTIONS), 2, 3))(small_form())))
    assert len(CHOOSING) >= FEW_OPTIONS


def test_a_demand_of_a_later_program_is_refused_by_its_name() -> None:
    """A word that this program does not know is not taken for one it can do."""
    with pytest.raises(FormNotDeliverableError, match="hologram"):
        check_deliverable(("choiceInteraction", "hologram"))


def test_every_other_interaction_has_a_case() -> None:
    """No interaction of the form model is left out of the table."""
    assert {type(other) for other in OTHERS} | {ChoiceInteraction} == set(i.RESPONSE_KIND)


def test_such_a_package_is_refused_before_any_code(world: World) -> None:
    """The locked screen says so by itself; with the right start code it says the same, and no item is decrypted."""
    world.stage_package(nine_options(small_form()))
    world.stage_plan(world.plan())
    world.publish()
    world.unlock()
    runner = world.runner()
    assert refused(runner.view()) == "form-not-deliverable"
    view = runner.submit(p.EnterStartCode(world.resume_code(0)))
    assert (view.phase, refused(view)) == (Phase.LOCKED, "form-not-deliverable")
    assert not (world.station / "sittings").exists()
    assert Station(world.station).file.tries == 0
    assert Station(world.station).occupied() is None
