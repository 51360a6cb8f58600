"""Which sittings a desk may go on with: those of the carrier that is plugged in, or the one opened here last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exam_packages.sitting_plan import SittingPlan
from keys.carrier import PUBLISHED, Carrier, CarrierMissingError
from keys.clock import Clock
from keys.errors import Diagnostics, ExamKioskError, WrongRecipientError
from keys.text import sanitise
from proctor.desk import DeskFolder
from proctor.opening import Opening, prepare
from proctor.runner import Desk, is_open
from proctor.state import Phase

PLANS, PLAN_FILE = "sittings/", "/plan.eks"
Told = Callable[[str], None]


class NothingForDeskError(ExamKioskError):
    """A carrier without a sitting for this desk."""

    code = "carrier-no-sitting"
    what = "This carrier holds no sitting for {name} at {site}."
    next_step = "Check that it is the carrier for this site; if it is, call the centre."


@dataclass(frozen=True, slots=True)
class Offer:
    """A sitting: its plan where that can be read, whether this desk opened or closed it before, and what stands in
    the way.
    """

    sitting: str
    plan: SittingPlan | None = None
    opened_before: bool = False
    closed: bool = False
    problem: Diagnostics | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What can be gone on with, best first, and the verified openings by sitting."""

    offers: tuple[Offer, ...]
    openings: Mapping[str, Opening]


def look(folder: DeskFolder, carrier: Carrier, clock: Clock, told: Told = lambda _: None) -> Found:
    """The sittings of the carrier for this site, each verified wholly; without a carrier, the one opened here last.

    Raises `NothingForDeskError`, `CarrierMissingError`, or as `DeskFolder.believe`.
    """
    if not _published(carrier):
        return Found((_last(folder, carrier, clock),), {})
    trusted = folder.believe(carrier, clock)
    offers: list[Offer] = []
    openings: dict[str, Opening] = {}
    for name in trusted.names(PLANS):
        if not name.endswith(PLAN_FILE):
            continue
        sitting = name.removeprefix(PLANS).removesuffix(PLAN_FILE)
        told(f"Checking sitting {sanitise(sitting, limit=40)} ...")
        try:
            opening = prepare(folder, carrier, sitting, clock)
            closed = opening.opened_before and _is_closed(folder, sitting, clock)
        except WrongRecipientError:
            continue
        except ExamKioskError as error:
            offers.append(Offer(sitting, problem=error.diagnostics()))
            continue
        openings[sitting] = opening
        offers.append(Offer(sitting, opening.plan, opening.opened_before, closed))
    if not offers:
        who = folder.private.identity
        raise NothingForDeskError(name=who.name, site=who.site)
    return Found(tuple(sorted(offers, key=_best)), openings)


def _best(offer: Offer) -> tuple[bool, bool, int, str]:
    opens_at = offer.plan.opens_at if offer.plan else 0
    return offer.problem is not None, offer.closed, opens_at, offer.sitting


def _published(carrier: Carrier) -> bool:
    try:
        return carrier.exists(PUBLISHED)
    except ExamKioskError:
        return False


def _is_closed(folder: DeskFolder, sitting: str, clock: Clock) -> bool:
    with Desk(folder, sitting, clock) as opened:
        return opened.state.phase is Phase.CLOSED


def _last(folder: DeskFolder, carrier: Carrier, clock: Clock) -> Offer:
    """The sitting opened last. Raises `CarrierMissingError` where there is none."""
    sitting = folder.read().current
    if not is_open(folder, sitting):
        raise CarrierMissingError(name=str(carrier.root))
    with Desk(folder, sitting, clock) as opened:
        return Offer(sitting, opened.plan, opened_before=True, closed=opened.state.phase is Phase.CLOSED)
