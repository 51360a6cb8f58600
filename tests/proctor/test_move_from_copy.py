"""A move whose checkpoint the desk reads from the copy that the dead kiosk left on its second drive."""

from __future__ import annotations

import pytest

from keys.clock import utc
from keys.codes import KioskKeys, Verb, action_code, checkpoint_code, kiosk_key, kiosk_keys, move_in_extra
from keys.encoding import Instant, normalise
from results.wire.mirror import MirrorHeader, cut, mirror_folder, seal_segment, segment_name
from tests.proctor.commanding import SEEN, Proctor
from tests.proctor.simulated import SITTING, Site


def keys(site: Site, seat: int) -> KioskKeys:
    """What a kiosk derives."""
    kiosk = site.centre.kiosks[seat].identity.fingerprint
    return kiosk_keys(kiosk_key(site.centre.secrets.secret, SITTING, "live", kiosk))


@pytest.fixture
def admitted(proctor: Proctor) -> Proctor:
    """An open sitting in which the first candidate was admitted."""
    proctor.text(*proctor.open())
    proctor.text("identity", "C-1", *SEEN)
    proctor.text("admit", "C-1")
    return proctor


def test_a_move_takes_its_checkpoint_from_the_newest_copy_on_the_carrier(admitted: Proctor) -> None:
    """Without a code the kiosk's own copy names it, whatever was heard before; without a copy nobody is moved."""
    site = admitted.site
    move = ("move", "C-1", "--kiosk", "kiosk-03", "--minutes", "41", "--reason", "kiosk-dead")
    noted = checkpoint_code(keys(site, 0), "s", "h", 7)
    admitted.json("checkpoint", noted, "--kiosk", "kiosk-01")
    for words in (move, (*move, *admitted.carrier)):
        error = admitted.refused(*words)
        assert (error["code"], "kiosk-01" in error["what"]) == ("mirror-not-here", True)
    mirrored(site, 1, "C-1", 5)
    mirrored(site, 0, "C-2", 5)
    assert admitted.refused(*move, *admitted.carrier)["code"] == "mirror-not-here"
    mirrored(site, 0, "C-1", 3)
    newest = mirrored(site, 0, "C-1", 9)
    shown = admitted.json(*move, *admitted.carrier)
    assert normalise(shown["checkpoint"]) == newest
    assert shown["copy_written_at"] == utc(9_000, seconds=True)
    extra = move_in_extra(newest, 41)
    assert normalise(shown["code"]) == action_code(keys(site, 2), "C-1", 1, Verb.MOVE_IN, 1, extra)


def mirrored(site: Site, seat: int, candidate: str, count: int) -> str:
    """Leave a kiosk's copy of so many lines on the carrier; the checkpoint code that it names."""
    kiosk = site.centre.kiosks[seat]
    with site.again() as opened:
        plan, plan_digest = opened.plan, opened.plan_digest
    raws = [f"{candidate} {n}".encode() for n in range(count)]
    (first, rest) = cut(raws)
    session = f"{count:032x}"
    folder = mirror_folder(SITTING, kiosk.identity.fingerprint, session)
    code = checkpoint_code(keys(site, seat), session, rest.end.digest, count)
    for one in (first, rest):
        header = MirrorHeader(
            session,
            SITTING,
            "live",
            kiosk.identity.fingerprint,
            plan_digest,
            plan.package_digest,
            candidate,
            1,
            0,
            0,
            one.end.digest,
            one.end.count,
            code,
            Instant(count * 1_000),
        )
        raw = seal_segment(one, header, bytes(32), plan, kiosk.signer())
        site.carrier.write(segment_name(folder, one.number), raw)
    return code
