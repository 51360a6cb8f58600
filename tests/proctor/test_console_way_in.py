"""From plugging in the carrier to the first admitted candidate, at a real desk with a real carrier."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from keys.primitives import MINIMUM
from proctor.console import Console
from proctor.refusals import NoSittingOpenError
from proctor.state import Phase
from tests.proctor.console_driving import Driver, drive, driving
from tests.proctor.simulated import FIRST, PASSPHRASE, SECOND, SECRET, SITTING, Site, copied

MOST_SCREENS = 8


def console(site: Site, carrier: Path | None = None) -> Console:
    """The console of a site, with the least work of Argon2id."""
    return Console(site.path, carrier or site.carrier.root, site.clock, software="test", cost=MINIMUM)


async def _to_the_board(driver: Driver, site: Site) -> None:
    await driver.type(FIRST, PASSPHRASE, sees="Type the release code")
    await driver.type(site.code, sees="Start codes")
    await driver.press("enter", sees="Room board")


def test_a_newcomer_needs_at_most_eight_screens_to_the_first_admitted_candidate(site: Site) -> None:
    """Every screen that needs input is counted: those that are asked, and the board itself."""
    at = console(site)

    async def act(driver: Driver) -> None:
        await _to_the_board(driver, site)
        await driver.press("a", "a", "y", "y", sees="Admission code")
        assert driver.asked[-1] == "CodeScreen"
        needed = [*driver.asked[:-1], "BoardScreen"]
        assert len(needed) <= MOST_SCREENS, needed
        assert at.desk.admission_code("C-1")[:3] in driver.text().replace(" ", "")

    drive(at, act)


def test_the_way_in_writes_every_unlock_file_and_asks_for_the_code_once(site: Site) -> None:
    """All kiosks, spares too, have their file when the start codes show; the next unlock goes straight to the board."""

    async def first(driver: Driver) -> None:
        await _to_the_board(driver, site)
        assert len(site.carrier.names(f"unlocks/{SITTING}")) == 3

    async def second(driver: Driver) -> None:
        await driver.type(SECOND, SECRET[SECOND], sees="Room board")
        assert "okafor" in driver.text()
        assert driver.asked == ["DoorScreen"]

    drive(console(site), first)
    drive(console(site), second)


def test_a_sitting_goes_on_without_a_carrier(site: Site, tmp_path: Path) -> None:
    """The carrier may be at a kiosk: an opened sitting is gone on with from the desk's own folder."""
    site.open().close()

    async def act(driver: Driver) -> None:
        shown = await driver.type(FIRST, PASSPHRASE, sees="3 authorised")
        assert "60" in shown

    drive(console(site, tmp_path / "nowhere"), act)


def test_a_missing_carrier_is_told_and_tried_again_with_enter(site: Site, tmp_path: Path) -> None:
    """Without carrier and sitting the screen says so; once the drive is in, Enter goes on without the passphrase."""
    drive_at = tmp_path / "drive"

    async def act(driver: Driver) -> None:
        shown = await driver.type(FIRST, PASSPHRASE, sees="carrier-missing")
        assert "Put the carrier in" in shown
        drive_at.symlink_to(site.carrier.root)
        await driver.press("enter", sees="Type the release code")

    drive(console(site, drive_at), act)


def test_a_wrong_passphrase_and_a_wrong_code_are_asked_for_again(site: Site) -> None:
    """Both stay on their screen with sentence, next step and code; nothing that was typed is shown or kept."""

    async def act(driver: Driver) -> None:
        shown = await driver.type(FIRST, "not the passphrase", sees="passphrase-wrong")
        assert "not the passphrase" not in shown
        await driver.type(PASSPHRASE, sees="Type the release code")
        wrong = ("0" if site.code[0] != "0" else "1") + site.code[1:]
        shown = await driver.type(wrong, sees="Error code-")
        assert wrong[:3] not in shown.replace(" ", "")
        await driver.type(site.code, sees="Start codes")

    drive(console(site), act)


def test_an_incomplete_code_is_not_sent(site: Site) -> None:
    """A short release code is said to be short; no try is made of it."""

    async def act(driver: Driver) -> None:
        await driver.type(FIRST, PASSPHRASE, sees="Type the release code")
        await driver.type("ABC", sees="Type the whole code")

    drive(console(site), act)


def test_a_passphrase_is_never_drawn(site: Site) -> None:
    """While it is typed, the field shows stars and no letter of it."""

    async def run() -> None:
        async with driving(console(site)) as driver:
            await driver.type(FIRST)
            for character in "Zebra":
                driver.key(character)
            shown = await driver.sees("*****")
            assert "Zebra" not in shown
            assert "ebra" not in driver.app.export_screenshot()

    asyncio.run(run())


def test_keys_typed_ahead_confirm_nothing(site: Site) -> None:
    """Enters that were typed while work was done do not leave the screen with the start codes."""

    async def act(driver: Driver) -> None:
        await driver.type(FIRST, PASSPHRASE, sees="Type the release code")
        for character in site.code:
            driver.key(character)
        for _ in range(5):
            driver.key("enter")
        shown = await driver.sees("START CODE")
        assert "kiosk-01" in shown

    drive(console(site), act)


def test_nothing_is_open_before_it_is_opened(site: Site) -> None:
    """A console that was not unlocked, or opened nothing, refuses in words."""
    at = console(site)
    with pytest.raises(NoSittingOpenError):
        at.offers()
    with pytest.raises(NoSittingOpenError):
        _ = at.desk
    at.unlock(FIRST, PASSPHRASE)
    with pytest.raises(NoSittingOpenError):
        at.open("another")


def test_a_day_is_closed_and_bundled_on_two_carriers(site: Site, tmp_path: Path) -> None:
    """Collect, declare, close and two copies, by keys alone; the second copy is refused on the drive of the first."""
    at = console(site)

    async def act(driver: Driver) -> None:
        await _to_the_board(driver, site)
        await driver.press("a", "a", "y", "y", sees="Admission code")
        await driver.press("enter", sees="Room board")
        site.export(0, "C-1")
        await driver.press("r", "c", sees="1 new record")
        await driver.press("enter", "x", sees="NOT BALANCED")
        await driver.press("enter", "escape", sees="Room board")
        for _ in range(2):
            await driver.press("down", "enter", "d", "a", sees="no-show")
            await driver.press("escape", sees="Room board")
        await driver.press("r", "x", "y", "enter", sees="Closing page")
        await driver.press("enter", "y", "enter", sees="second carrier")
        assert at.state.phase is Phase.CLOSED
        await driver.press("y", "enter", sees="bundle-same-carrier")
        at.carrier = copied(site.carrier, tmp_path / "other")
        at.carrier.root.joinpath("bundles", f"{SITTING}.ekb").unlink()
        await driver.press("enter", "y", "enter", sees="Both copies are written")

    drive(at, act)
    copies = [root / "bundles" / f"{SITTING}.ekb" for root in (site.carrier.root, tmp_path / "other")]
    assert copies[0].read_bytes() == copies[1].read_bytes()
    assert (site.path / "sittings" / SITTING / "closing-page.pdf").is_file()
