"""From plugging in the carrier to the board: who acts, which sitting, the release code, the start codes."""

from __future__ import annotations

import contextlib
from typing import cast

from keys.clock import utc
from keys.codes import RELEASE_LENGTH
from keys.errors import Diagnostics, ExamKioskError
from keys.text import sanitise
from proctor.console import StartCode
from proctor.offers import Offer
from proctor.screens.asking import ChoiceScreen, FormScreen, until_it_fits
from proctor.screens.stand import LEAVE, DeskScreen, LeftError, Stage
from proctor.screens.telling import ErrorScreen, ListScreen, tell
from proctor.widgets.page import GAP, facts
from proctor.widgets.secret import LONGEST, SecretField
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span

LONGEST_NAME = 32
CODE_COLUMNS = (("KIOSK", 14), ("START CODE", 15), ("", 6), ("SEAT OF", 0))


class DoorScreen(FormScreen):
    """Who acts: a name with a key on this desk, and its passphrase. F10 leaves the console."""

    KEYS = (*FormScreen.KEYS[:3], LEAVE)
    PLACE = "Unlock"

    def action_leave(self) -> None:
        """End the console."""
        self.stage.leave()


async def way_in(stage: Stage) -> None:
    """Ask what is needed, open the sitting, and show the board."""
    try:
        names = await stage.work("Looking at the desk", stage.presenter.names)
    except ExamKioskError as error:
        await tell(stage, ErrorScreen(error.diagnostics()))
        stage.leave()
        return
    known = False
    while True:
        try:
            if not known:
                await _unlock(stage, names)
            known = True
            await _choose(stage)
            break
        except ExamKioskError as error:
            with contextlib.suppress(LeftError):
                await stage.ask(ErrorScreen(error.diagnostics()))
                continue
            known = False
        except LeftError:
            known = False
    stage.show_board()


async def show_start_codes(stage: Stage) -> None:
    """The start code of every kiosk, page after page."""
    found = await stage.work("Deriving the start codes", stage.presenter.start_codes)
    await tell(stage, codes_screen(found))


def codes_screen(found: tuple[StartCode, ...]) -> ListScreen:
    """The start codes as a list."""
    screen = ListScreen(
        "Start codes",
        (
            ("Type each code at its kiosk. Read aloud in groups of three.", Role.TEXT),
            ("The kiosk then waits for a candidate to sign in.", Role.TEXT),
        ),
        CODE_COLUMNS,
        [(one.kiosk, one.code, "spare" if one.spare else "", one.seat_of) for one in found],
    )
    screen.place = "Start codes"
    return screen


async def _unlock(stage: Stage, names: tuple[str, ...]) -> None:
    """Until a passphrase fits."""
    console = stage.presenter
    first = names[0] if len(names) == 1 else ""

    def form(typed: tuple[str, ...], problem: Diagnostics | None) -> DeskScreen:
        return _door(names, typed[0].strip() if typed else first, problem)

    await until_it_fits(
        stage, form, "Opening your key", lambda typed: console.unlock(typed[0].strip(), typed[1])
    )


def _door(names: tuple[str, ...], name: str, problem: Diagnostics | None) -> DeskScreen:
    def check(values: tuple[str, ...]) -> str:
        return "" if all(values) else "Type your short name and your passphrase."

    words: list[Span] = [
        ("Who acts at this desk? Every act is signed with your key.", Role.TEXT),
        GAP,
        *facts((("Keys here", ", ".join(names)),)),
    ]
    fields = (
        LineField(limit=LONGEST_NAME, label="Short name ", value=name),
        SecretField(limit=LONGEST, label="Passphrase "),
    )
    return DoorScreen("Unlock the desk", words, fields, problem=problem, check=check)


async def _choose(stage: Stage) -> None:
    """Find the sittings, and open the one that is meant."""
    console = stage.presenter
    offers = await stage.work("Checking the carrier", lambda: console.offers(stage.told))
    while True:
        offer = offers[0] if len(offers) == 1 else await _one_of(stage, offers)
        try:
            await _open(stage, offer)
        except LeftError:
            if len(offers) == 1:
                raise
            continue
        break
    written = 0
    if not offer.closed:
        written = await stage.work("Writing unlock files", lambda: console.write_unlocks(stage.told))
    if written and not offer.opened_before:
        await show_start_codes(stage)


async def _one_of(stage: Stage, offers: tuple[Offer, ...]) -> Offer:
    lines = [f"{one.sitting}: {offer_words(one)}" for one in offers]
    screen = ChoiceScreen("Which sitting?", lines, words=[("All were checked.", Role.TEXT)])
    screen.place = "Carrier"
    return offers[cast("int", await stage.ask(screen))]


async def _open(stage: Stage, offer: Offer) -> None:
    """With the release code, asked until it fits; a sitting that was opened here before needs none."""
    if offer.problem is not None:
        await tell(stage, ErrorScreen(offer.problem))
        raise LeftError
    what = "Opening the sitting; this takes a few seconds"
    if offer.opened_before:
        await stage.work(what, lambda: stage.presenter.open(offer.sitting, ""))
        return
    await until_it_fits(
        stage,
        lambda _, problem: carrier_screen(offer, problem),
        what,
        lambda typed: stage.presenter.open(offer.sitting, typed[0]),
    )


def carrier_screen(offer: Offer, problem: Diagnostics | None) -> DeskScreen:
    """What the carrier holds, and the field for the release code."""
    words = [(f"{offer.sitting} is on this carrier; plan, package and release are in order.", Role.TEXT)]
    plan = offer.plan
    if plan is not None:
        spares = sum(slot.spare for slot in plan.kiosks)
        kind = "a rehearsal" if plan.mode.value == "rehearsal" else "the real exam"
        words += facts(
            (
                ("Exam", f"{plan.programme}, {plan.exam}: {kind}"),
                ("Place", f"{plan.site}, room {plan.room}"),
                ("Window", f"{utc(plan.opens_at)} to {utc(plan.closes_at)}"),
                ("Expected", f"{len(plan.roster)} candidates"),
                ("Kiosks", f"{len(plan.kiosks) - spares}, and {spares} spare"),
                ("Support", plan.policies.support_contact),
            )
        )
    words += [GAP, ("Type the release code from the centre. It is asked for once.", Role.TEXT)]
    field = CodeField(limit=RELEASE_LENGTH, label="Release code")
    return FormScreen("Open the sitting", words, (field,), problem=problem, place="Carrier")


def offer_words(offer: Offer) -> str:
    """A sitting in a line of a list."""
    if offer.problem is not None:
        return f"cannot be opened [{offer.problem.code}]"
    if offer.plan is None:
        return ""
    plan = offer.plan
    state = "closed" if offer.closed else "opened here before" if offer.opened_before else "new"
    where = sanitise(plan.room, limit=20)
    return f"room {where}, {len(plan.roster)} candidates, {len(plan.kiosks)} kiosks, {state}"
