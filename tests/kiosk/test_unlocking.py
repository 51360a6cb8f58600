"""From a carrier to an open sitting: every way in which carrier, plan, package or unlock is not the right one."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from exam_packages.sitting_plan import KioskSlot, SittingPlan
from exam_packages.unlock import TrustFloor, unlock_name
from keys.encoding import Instant
from keys.identities import new_identity
from keys.statement import Role
from keys.trusted import Floor
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.station import Station
from tests.kiosk.forms import HOUR, small_form
from tests.kiosk.world import KIOSK, SITTING, World, accepted, refused


def told(world: World) -> str:
    """The refusal of the right start code; the kiosk stays locked and has counted nothing."""
    view = world.runner().submit(p.EnterStartCode(world.resume_code(0)))
    assert view.phase is Phase.LOCKED
    assert Station(world.station).file.tries == 0
    assert not (world.station / "sittings").exists()
    return refused(view)


def replanned(world: World, **changes: object) -> None:
    """Publish another plan and an unlock for it."""
    world.stage_plan(msgspec.structs.replace(world.plan(), **changes))
    world.publish()
    world.unlock()


def no_carrier(world: World) -> None:
    """The drive is not in."""
    world.carrier.root.rename(world.folder / "pulled")


def no_unlock(world: World) -> None:
    """The desk did not open the sitting."""
    (world.carrier.root / unlock_name(SITTING, KIOSK)).unlink()


def other_kiosk(world: World) -> None:
    """The unlock of the next kiosk under this one's name."""
    world.unlock(kiosk="other")


def older_plan(world: World) -> None:
    """The plan was published again after the unlock was made."""
    world.stage_plan(msgspec.structs.replace(world.plan(), room="2"))
    before = (world.carrier.root / unlock_name(SITTING, KIOSK)).read_bytes()
    world.publish()
    (world.carrier.root / unlock_name(SITTING, KIOSK)).write_bytes(before)


def other_package(world: World) -> None:
    """A new package was published, and the plan still names the old one."""
    form = msgspec.structs.replace(small_form(), version=2)
    kept = (world.folder / "package.ekp").read_bytes()
    world.stage_package(form)
    world.publish()
    (world.folder / "package.ekp").write_bytes(kept)


def stranger_signs(world: World) -> None:
    """An unlock signed by a proctor that the plan does not name."""
    world.keys["stranger"] = new_identity(Role.PROCTOR, "west", "stranger")
    world.stage_identity("stranger")
    world.publish()
    world.unlock(signer="stranger")


def proctor_revoked(world: World) -> None:
    """The plan's proctor is not published any more."""
    world.repository.withdraw(world.keys["proctor"].identity.target())
    world.publish()


def recipient_revoked(world: World) -> None:
    """The recipient of results is not published any more."""
    world.repository.withdraw(world.keys["centre"].identity.target())
    world.publish()


def recipient_unpublished(world: World) -> None:
    """One registrar alone adds a recipient of their own to the plan."""
    own = new_identity(Role.CENTRE, "centre", "escrow").identity
    replanned(world, recipients=(world.keys["centre"].identity, own))


def recipient_other_key(world: World) -> None:
    """One registrar alone puts a key of their own under the recipient's published name."""
    replanned(world, recipients=(new_identity(Role.CENTRE, "centre", "centre").identity,))


def proctor_unpublished(world: World) -> None:
    """One registrar alone names a proctor, who signs the unlock."""
    world.keys["stranger"] = new_identity(Role.PROCTOR, "west", "stranger")
    world.stage_plan(msgspec.structs.replace(world.plan(), proctors=(world.keys["stranger"].identity,)))
    world.publish()
    world.unlock(signer="stranger")


def kiosk_revoked(world: World) -> None:
    """This kiosk is not published any more."""
    world.repository.withdraw(world.keys["kiosk"].identity.target())
    world.publish()


def kiosk_replaced(world: World) -> None:
    """Another machine is published under this kiosk's name."""
    own = world.keys["kiosk"]
    world.keys["kiosk"] = new_identity(Role.KIOSK, "west", KIOSK)
    world.stage_identity("kiosk")
    world.publish()
    world.keys["kiosk"] = own


def other_site(world: World) -> None:
    """A plan for another site that names this kiosk."""
    replanned(world, site="east")


def not_planned(world: World) -> None:
    """A plan without this kiosk."""
    replanned(world, kiosks=(KioskSlot(world.keys["other"].identity),))


def window_closed(world: World) -> None:
    """A plan whose window was yesterday."""
    now = world.clock.wall
    replanned(world, opens_at=Instant(now - 48 * HOUR), closes_at=Instant(now - 24 * HOUR))


def desk_is_ahead(world: World) -> None:
    """The desk has seen newer lists than this carrier has."""
    world.unlock(floor=TrustFloor(0, 99, 0, 0))


def clock_is_behind(world: World) -> None:
    """The machine's clock is before the newest signed time."""
    world.clock.wall -= 24 * HOUR


REFUSALS: list[tuple[Callable[[World], None], str]] = [
    (no_carrier, "carrier-missing"),
    (no_unlock, "unlock-missing"),
    (other_kiosk, "unlock-mismatch"),
    (older_plan, "unlock-mismatch"),
    (other_package, "package-not-planned"),
    (stranger_signs, "signer-unknown"),
    (proctor_revoked, "proctor-not-published"),
    (proctor_unpublished, "proctor-not-published"),
    (recipient_revoked, "recipient-not-published"),
    (recipient_unpublished, "recipient-not-published"),
    (recipient_other_key, "recipient-not-published"),
    (kiosk_revoked, "kiosk-not-published"),
    (kiosk_replaced, "kiosk-not-published"),
    (other_site, "site-wrong"),
    (not_planned, "not-in-plan"),
    (window_closed, "plan-window"),
    (desk_is_ahead, "carrier-old"),
    (clock_is_behind, "clock-behind"),
]


@pytest.mark.parametrize(("spoil", "code"), REFUSALS, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_not_right_is_told_before_the_code_counts(
    world: World, spoil: Callable[[World], None], code: str
) -> None:
    """Each fault has its own code, is no wrong code, and leaves the kiosk as it was."""
    spoil(world)
    if code == "carrier-old":
        assert refused(world.runner().submit(p.EnterStartCode(world.resume_code(0)))) == code
    else:
        assert told(world) == code


def test_a_fault_is_on_the_screen_before_a_code_is_typed(world: World) -> None:
    """The start screen of a kiosk without a good unlock says why at once; with one it says which sitting."""
    assert world.runner().view().sitting == SITTING
    no_unlock(world)
    view = world.runner().view()
    assert refused(view) == "unlock-missing"
    assert view.problem is not None
    assert "may not be in the plan" in view.problem.next_step


def test_a_kiosk_without_a_sitting_says_so_of_every_code(world: World) -> None:
    """Where no sitting was found, not even a mistyped code is looked at."""
    no_unlock(world)
    assert refused(world.runner().submit(p.EnterStartCode("0000000000"))) == "unlock-missing"


def test_one_changed_byte_of_the_package_on_the_carrier_is_refused(world: World) -> None:
    """An altered package and a wrong code are told apart."""
    path = next(path for path in (world.carrier.root / "targets").rglob("*p1.ekp"))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    assert told(world) == "carrier-altered"


def test_an_older_carrier_is_refused_even_without_tufs_own_cache(world: World) -> None:
    """The floor in the station file outlives the trust folder; a put-back carrier does not pass."""
    import shutil

    shutil.copytree(world.carrier.root, world.folder / "older")
    world.publish_again()
    accepted(world.runner().submit(p.EnterStartCode(world.resume_code(0))))
    shutil.rmtree(world.station / "trust")
    shutil.rmtree(world.carrier.root)
    shutil.copytree(world.folder / "older", world.carrier.root)
    station = Station(world.station)
    station.keep(seats=())
    assert refused(world.runner().submit(p.EnterStartCode(world.resume_code(0)))) == "carrier-old"


def test_the_kiosk_raises_its_floor_to_the_desks(world: World) -> None:
    """What the desk has seen becomes this kiosk's floor."""
    seen = Station(world.station).floor_with(world_floor(world))
    world.unlock(floor=TrustFloor(seen.root, seen.timestamp, seen.snapshot, seen.targets))
    accepted(world.runner().submit(p.EnterStartCode(world.resume_code(0))))
    assert Station(world.station).file.floor == seen


def world_floor(world: World) -> Floor:
    """The floor of the carrier as it is."""
    world.runner()
    return Station(world.station).file.floor


def test_of_two_sittings_the_newest_unlock_opens(world: World) -> None:
    """Two unlocks on one carrier: the one issued last, where both are good."""
    plan = msgspec.structs.replace(world.plan(), sitting="west-2")
    assert isinstance(plan, SittingPlan)
    world.stage_plan(plan)
    world.publish()
    world.clock.pass_by(10)
    world.unlock("u2", sitting="west-2")
    assert world.runner().view().sitting == "west-2"
    (world.carrier.root / unlock_name("west-2", KIOSK)).write_bytes(b"{}")
    assert world.runner().view().sitting == SITTING
