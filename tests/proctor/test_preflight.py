"""The desk's preflight: all green on a good day, and each check's own red or amber, with what to do."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import exam_kiosk
from exam_packages.sitting_plan import KioskSlot, Mode, SittingPlan, plan_target, seal_plan
from keys.carrier import Carrier, CarrierReadBackError
from keys.encoding import Instant
from keys.identities import new_identity
from keys.preflight import Light, Result
from keys.primitives import MINIMUM
from keys.statement import Role
from proctor import desk as desks
from proctor.cli import asking
from proctor.preflight import Look, look_over
from tests.proctor.simulated import FIRST, HOUR, PASSPHRASE, SECOND, SITTING, SUPPORT, Site
from tests.terminal.machines import GOOD

Spoil = Callable[[Site, Look], Look]


def look_at(site: Site) -> Look:
    """What the preflight of this site looks at, on a machine that is in order."""
    return Look(site.folder(), site.carrier, SITTING, site.clock, GOOD, site.path)


def found(look: Look) -> dict[str, Result]:
    """Each check's answer by its name."""
    return {one.name: one for one in look_over(look)[0]}


@pytest.fixture(autouse=True)
def _printer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a printer and a drive with room, whatever the test runs on."""
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(Carrier, "room", lambda _: 1 << 40)
    monkeypatch.setattr("terminal.preflight.room", lambda _: 1 << 40)


def test_a_desk_in_order_is_green(site: Site) -> None:
    """Nothing is amber or red, nothing is left on the carrier or the disk, and the contact is told."""
    before = {path for path in (*site.carrier.root.rglob("*"), *site.path.rglob("*")) if path.is_file()}
    results, support = look_over(look_at(site))
    assert [(one.name, one.told, one.fix) for one in results if one.light is not Light.GREEN] == []
    assert support == SUPPORT
    after = {path for path in (*site.carrier.root.rglob("*"), *site.path.rglob("*")) if path.is_file()}
    assert {path for path in after - before if "trust" not in path.parts} == set()


def changed(site: Site, change: Callable[[SittingPlan], SittingPlan]) -> None:
    """Publish the plan and its release again, changed."""
    site.centre.announce(change(site.centre.plan(site.proctor, site.second)))


def _gone(site: Site, look: Look) -> Look:
    site.carrier.root.rename(site.carrier.root.with_name("pulled"))
    return look


def _spoilt(site: Site, look: Look) -> Look:
    """One byte of the package."""
    (path,) = site.carrier.root.glob("targets/exams/cetl/*.p1.ekp")
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    return look


def _late(site: Site, look: Look) -> Look:
    def after(plan: SittingPlan) -> SittingPlan:
        return msgspec.structs.replace(plan, closes_at=Instant(plan.closes_at + 4000 * 24 * HOUR))

    changed(site, after)
    return look


def _over(site: Site, look: Look) -> Look:
    site.clock.wall += 2 * HOUR
    return look


def _other_release(site: Site, look: Look) -> Look:
    raw = seal_plan(site.centre.plan(site.proctor, site.second), site.centre.keys["registrar-1"])
    site.centre.repository.stage_target("sittings", plan_target(SITTING), raw)
    site.centre.publish()
    return look


def _crowded(site: Site, look: Look) -> Look:
    changed(site, lambda plan: msgspec.structs.replace(plan, roster=tuple(_crowd(plan))))
    return look


def _crowd(plan: SittingPlan) -> list[Any]:
    extra = [msgspec.structs.replace(plan.roster[2], candidate=f"C-{n}", kiosk="") for n in range(4, 6)]
    return [*plan.roster, *extra]


def _stranger(role: Role, name: str) -> Any:
    return new_identity(role, "west" if role is Role.KIOSK else "centre", name).identity


def _unapproved(site: Site, look: Look) -> Look:
    slot = KioskSlot(_stranger(Role.KIOSK, "kiosk-09"))
    changed(site, lambda plan: msgspec.structs.replace(plan, kiosks=(*plan.kiosks, slot)))
    return look


def _no_spare(site: Site, look: Look) -> Look:
    def bare(plan: SittingPlan) -> SittingPlan:
        return msgspec.structs.replace(
            plan, kiosks=tuple(msgspec.structs.replace(slot, spare=False) for slot in plan.kiosks)
        )

    changed(site, bare)
    return look


def _alone(site: Site, look: Look) -> Look:
    site.centre.announce(site.centre.plan(site.proctor))
    return look


def _foreign_results(site: Site, look: Look) -> Look:
    other = _stranger(Role.CENTRE, "somebody")
    changed(site, lambda plan: msgspec.structs.replace(plan, recipients=(*plan.recipients, other)))
    return look


def _opened(site: Site, look: Look) -> Look:
    site.open().close()
    return look


def _not_mine(site: Site, look: Look) -> Look:
    site.centre.announce(site.centre.plan(site.second))
    return look


def _expired_candidate(site: Site, look: Look) -> Look:
    def gone(plan: SittingPlan) -> SittingPlan:
        first = msgspec.structs.replace(plan.roster[0], eligible_until=Instant(plan.opens_at - 1))
        return msgspec.structs.replace(plan, roster=(first, *plan.roster[1:]))

    changed(site, gone)
    return look


def _set(site: Site, look: Look, by: int) -> Look:
    site.clock.wall += by
    return look


def _scribbled(site: Site, look: Look) -> Look:
    (site.carrier.root / "metadata/timestamp.json").write_bytes(b"{}")
    return look


def _a_file(site: Site) -> Path:
    path = site.path / "paper"
    path.write_bytes(b"")
    return path / "in"


SPOILT: list[tuple[str, Light, str, Spoil]] = [
    ("Clock", Light.RED, "clock-behind", lambda site, look: _set(site, look, -4000 * 24 * HOUR)),
    ("Carrier", Light.RED, "carrier-missing", _gone),
    ("Lists", Light.RED, "carrier-altered", _scribbled),
    ("Plan", Light.RED, "not-published", lambda _, look: replace(look, sitting="west-2")),
    ("Plan", Light.RED, "over by this clock", _over),
    ("Plan", Light.RED, "not-in-plan", _not_mine),
    ("Lists last", Light.RED, "good until", _late),
    ("Package", Light.RED, "carrier-altered", _spoilt),
    ("Release", Light.RED, "seal-broken", _other_release),
    ("Roster", Light.RED, "only 3 kiosks", _crowded),
    ("Roster", Light.AMBER, "Authorised no more", _expired_candidate),
    ("Kiosks", Light.RED, "kiosk-09", _unapproved),
    ("Kiosks", Light.AMBER, "0 of them spare", _no_spare),
    ("Proctors", Light.AMBER, "Only rivera", _alone),
    ("Recipients", Light.RED, "somebody", _foreign_results),
    ("Sitting here", Light.AMBER, "was opened", _opened),
    ("Paper", Light.RED, "file-refused", lambda site, look: replace(look, paper=_a_file(site))),
]


@pytest.mark.parametrize(("name", "light", "told", "spoil"), SPOILT)
def test_each_check_finds_its_fault(name: str, light: Light, told: str, spoil: Spoil, site: Site) -> None:
    """What is spoilt is told under its own name, and there is something to do about it."""
    one = found(spoil(site, look_at(site)))[name]
    assert (one.light, told in one.told) == (light, True), one
    assert one.fix


def test_one_cause_is_told_once(site: Site) -> None:
    """Without a carrier, what rests on it is not looked at, and says what comes first."""
    results = found(_gone(site, look_at(site)))
    red = [name for name, one in results.items() if one.light is Light.RED]
    assert red == ["Carrier"]
    assert results["Package"].told == "Not looked at: mend “Carrier” first."


def test_a_small_or_slow_drive_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room on carrier and disk is measured against the roster; a drive that crawls is amber."""
    look = look_at(site)
    monkeypatch.setattr(Carrier, "room", lambda _: look.need - 1)
    monkeypatch.setattr("terminal.preflight.room", lambda _: look.need + 1)
    monkeypatch.setattr(Carrier, "try_out", lambda *_: _set(site, look, 30_000))
    results = found(look)
    assert [results[name].light.value for name in ("Carrier room", "Disk", "Carrier health")] == [
        "red",
        "amber",
        "amber",
    ]


def test_a_carrier_that_lies_is_red(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back differs from what was written: the drive is not to be used."""
    look = look_at(site)

    def lied(*_: object) -> None:
        raise CarrierReadBackError(name="preflight.tmp")

    monkeypatch.setattr(Carrier, "try_out", lied)
    assert "carrier-read-back" in found(look)["Carrier health"].told


def test_a_machine_without_a_printer_is_amber(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The PDF path is tried; a printer is only looked for."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert found(look_at(site))["Paper"].light is Light.AMBER


def test_a_rehearsal_is_told_as_one(site: Site) -> None:
    """The proctor sees before opening that nothing of it counts."""
    changed(site, lambda plan: msgspec.structs.replace(plan, mode=Mode.REHEARSAL))
    assert found(look_at(site))["Plan"].told.startswith("REHEARSAL")


def test_a_proctor_whom_the_centre_took_back_is_red(site: Site) -> None:
    """A key that is not published any more opens nothing on the day."""
    site.centre.repository.withdraw(site.proctor.identity.target())
    site.centre.publish()
    assert "proctor-not-approved" in found(look_at(site))["Proctors"].told


def run(site: Site, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The command with its status and answer."""
    read, write = os.pipe()
    os.write(write, PASSPHRASE.encode() + b"\n")
    os.close(write)
    where = ("--desk", str(site.path), "--carrier", str(site.carrier.root), "--proctor", FIRST)
    secret = ("--passphrase-fd", str(read))
    capsys.readouterr()
    status = exam_kiosk.run(["proctor", "preflight", "--sitting", SITTING, *where, *secret, *words])
    return status, capsys.readouterr().out


def test_the_command_answers_in_words_and_in_json(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 0 where nothing is red, 1 where something is; the release code and the exam's text are nowhere."""
    monkeypatch.setattr(asking, "unlock_desk", functools.partial(desks.unlock_desk, floor=MINIMUM))
    monkeypatch.setattr("terminal.machine.look", lambda: GOOD)
    status, told = run(site, capsys)
    assert status == 0, told
    assert f"Support: {SUPPORT}" in told
    assert " 0 red" in told
    assert site.code not in told
    _unapproved(site, look_at(site))
    status, told = run(site, capsys, "--json")
    answer = json.loads(told)
    assert (status, answer["light"], answer["support"]) == (1, "red", SUPPORT)
    assert {one["name"] for one in answer["checks"] if one["light"] == "red"} == {"Kiosks"}
    assert SECOND in told
