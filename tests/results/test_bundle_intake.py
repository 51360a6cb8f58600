"""Judging a bundle: its statement, its closing page, the desk's journal, and records that are whole all the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from exam_packages.sitting_plan import seal_plan
from keys.container import Part, pack
from keys.encoding import Instant, digest, encode
from keys.identities import PrivateIdentity
from keys.statement import SITTING_BUNDLE, Role, Signer, sign
from results.centre.intake import Sound, SoundBundle, judge, judge_bundle
from results.centre.settling import Quarantined
from results.wire import journal
from results.wire.bundle import claimed_bundle, open_bundle_journal, read_bundle
from results.wire.closing import ClosingPage, FinalState, read_closing, sign_closing
from results.wire.sitting_events import CodesShown
from tests.results import builders as b
from tests.vectors.vector import flipped

W = b.world()
RECORDS = {0: b.sitting_record(W, 0), 1: b.sitting_record(W, 1)}
GOOD = b.bundle(W, RECORDS)
LINES = [b.line(W, 0, RECORDS[0]), b.line(W, 1, RECORDS[1]), b.line(W, 2, None, FinalState.NO_SHOW)]
OTHER_PLAN = digest(b"another plan")


def test_a_bundle_gives_back_what_was_packed() -> None:
    """Records, closing page and the desk's journal come out as they went in, each for whom it is."""
    found = read_bundle(GOOD, W.keyring.and_also([W.proctor.identity.holder()]))
    assert set(found.records().values()) == set(RECORDS.values())
    page = read_closing(found.parts["closing.json"], W.keyring.and_also([W.proctor.identity.holder()]))
    assert page.lines == tuple(LINES)
    raws = journal.lines(open_bundle_journal(found, W.centre))
    assert journal.read(raws, journal.SittingEntry)[1].digest == found.header.head
    assert found.signer.public == W.proctor.identity.signing


def test_a_good_bundle_is_sound() -> None:
    """Nothing is refused, the closing page is believed, and each record is sound by itself."""
    found = judge_bundle(GOOD, W.office())
    assert isinstance(found, SoundBundle)
    assert found.refused is None
    assert found.closing is not None
    assert [type(judge(raw, W.office())) for raw in found.records.values()] == [Sound, Sound]


def _as(role: Role, who: PrivateIdentity) -> PrivateIdentity:
    """Someone who claims another role when signing."""
    identity = msgspec.structs.replace(who.identity, role=role)
    return msgspec.structs.replace(who, identity=identity)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "container-damaged"),
        (lambda: GOOD[:300], "container-damaged"),
        (lambda: b.bundle(W, RECORDS, changes={"sitting": "east"}), "plan-unknown"),
        (lambda: b.bundle(W, RECORDS, changes={"plan_digest": OTHER_PLAN}), "plan-mismatch"),
        (lambda: b.bundle(W, RECORDS, changes={"mode": "rehearsal"}), "plan-mismatch"),
        (lambda: b.bundle(W, RECORDS, changes={"proctor": "X" * 16}), "signer-not-in-plan"),
        (lambda: b.bundle(W, RECORDS, signer=_as(Role.PROCTOR, W.registrar)), "signer-wrong-role"),
        (lambda: b.bundle(W, RECORDS, signer=b.someone(Role.PROCTOR, "stranger")), "signer-unknown"),
        (lambda: RECORDS[0], "payload-type-wrong"),
    ],
)
def test_a_bundle_whose_statement_does_not_hold_is_refused_whole(
    make: Callable[[], bytes], code: str
) -> None:
    """Nothing in it is believed, not even the list of what it holds."""
    found = judge_bundle(make(), W.office())
    assert isinstance(found, Quarantined)
    assert found.reason.code == code


def test_a_bundle_of_a_revoked_proctor_is_refused() -> None:
    """A proctor whose identity is no longer published closes nothing; a person decides."""
    found = judge_bundle(GOOD, W.office(revoked=[W.proctor]))
    assert isinstance(found, Quarantined)
    assert found.reason.code == "signer-not-enrolled"


def _desk() -> list[bytes]:
    line = journal.next_sitting_line(journal.Head(), b.stamp(0), CodesShown("P"), "live", W.proctor)
    return [line.raw]


@pytest.mark.parametrize(
    ("changes", "code", "closed"),
    [
        ({"lines": LINES[:2]}, "closing-incomplete", False),
        ({"lines": [*LINES, LINES[0]]}, "closing-incomplete", False),
        (
            {"lines": [*LINES[:2], msgspec.structs.replace(LINES[2], candidate="C-9")]},
            "closing-incomplete",
            False,
        ),
        ({"changes": {"head": OTHER_PLAN}}, "desk-journal-mismatch", True),
        ({"changes": {"count": 7}}, "desk-journal-mismatch", True),
        ({"desk": [*_desk(), *_desk()]}, "journal-broken", True),
        ({"page_signer": b.someone(Role.PROCTOR, "other", "west")}, "signer-unknown", False),
        ({"page": {"proctor": "X" * 16}}, "signer-mismatch", False),
        *(
            (
                {"lines": [msgspec.structs.replace(LINES[0], **change), *LINES[1:]]},
                "document-malformed",
                False,
            )
            for change in (
                *({"kiosk": "X" * 16}, {"kiosk": ""}, {"session": ""}, {"session": "../x"}),
                *({"record": "x"}, {"head": "0" * 70_000}, {"count": -1}),
            )
        ),
    ],
)
def test_what_is_wrong_inside_a_bundle_leaves_its_records(
    changes: Mapping[str, Any], code: str, closed: bool
) -> None:
    """The bundle waits for a person with the reason; its records are given out; the page counts if it is whole."""
    found = judge_bundle(b.bundle(W, RECORDS, **changes), W.office())
    assert isinstance(found, SoundBundle)
    assert found.refused is not None
    assert found.refused.reason.code == code
    assert (found.closing is not None) is closed
    assert set(found.records.values()) == set(RECORDS.values())


def test_one_damaged_record_does_not_hold_back_the_others() -> None:
    """A changed byte in one record: that one is refused for what it is, the other is sound, the page is believed."""
    at = GOOD.index(RECORDS[1]) + len(RECORDS[1]) - 40
    found = judge_bundle(flipped(GOOD, at), W.office())
    assert isinstance(found, SoundBundle)
    assert found.refused is not None
    assert found.refused.reason.code == "part-altered"
    assert found.closing is not None
    verdicts = [judge(raw, W.office()) for raw in found.records.values()]
    assert isinstance(verdicts[0], Sound)
    assert isinstance(verdicts[1], Quarantined)
    assert verdicts[1].reason.code == "part-altered"


def test_a_page_that_the_bundle_did_not_name_is_not_used() -> None:
    """A page that another proctor of the plan signed closes nothing, neither in a bundle that names it nor, at the same
    length, put in the genuine one's place: the bundle waits for a person and its records are given out.
    """
    other = b.someone(Role.PROCTOR, "other", "west")
    plan = msgspec.structs.replace(W.plan, proctors=(W.proctor.identity, other.identity))
    w = dataclasses.replace(W, plan=plan, plan_file=seal_plan(plan, W.registrar))
    records = {n: b.sitting_record(w, n) for n in (0, 1)}
    genuine = read_bundle(b.bundle(w, records), w.keyring.and_also([w.proctor.identity.holder()]))
    raw, old = b.bundle(w, records), genuine.parts["closing.json"]
    found = judge_bundle(b.bundle(w, records, page_signer=other), w.office(also=[other]))
    assert isinstance(found, SoundBundle)
    assert found.refused is not None
    assert (found.refused.reason.code, found.closing) == ("signer-unknown", None)
    withdrawn = [
        msgspec.structs.replace(b.line(w, n, records[n]), state=FinalState.WITHDRAWN) for n in records
    ]
    for signer in (other, w.proctor):
        page = ClosingPage(
            plan.sitting,
            plan.mode.value,
            digest(w.plan_file),
            signer.identity.fingerprint,
            Instant(b.START + 3 * b.HOUR),
            3,
            (*withdrawn, b.line(w, 2, None, FinalState.NO_SHOW)),
        )
        new = sign_closing(page, signer.signer())
        assert len(new) == len(old)
        assert old in raw
        for enrolled in ([], [other]):
            found = judge_bundle(raw.replace(old, new), w.office(also=enrolled))
            assert isinstance(found, SoundBundle)
            assert found.refused is not None
            assert found.refused.reason.code == "part-altered"
            assert found.closing is None
            assert set(found.records.values()) == set(records.values())


@pytest.mark.parametrize(
    "parts",
    [
        [Part("closing.json", -1, digest(b""))],
        [Part(f"{n}.ekr", 0, digest(b"")) for n in range(5_000)],
        [Part("a.ekr", 0, digest(b"")), Part("a.ekr", 9, digest(b"123456789"))],
        [Part("../a.ekr", 0, digest(b""))],
    ],
)
def test_a_list_of_parts_out_of_order_is_refused_whole(parts: list[Part]) -> None:
    """Lengths below nothing, more parts than a container may have, a name twice or one that no part has: no slice is
    cut by such a list, so that a bundle's records are never more than its bytes.
    """
    header = msgspec.structs.replace(claimed_bundle(GOOD), parts=tuple(parts))
    raw = pack(sign(encode(header), SITTING_BUNDLE, W.proctor.signer()), [])
    found = judge_bundle(raw, W.office())
    assert isinstance(found, Quarantined)
    assert found.reason.code == "container-damaged"


@pytest.mark.parametrize("cut", [1, 500, 3_000, 9_000])
def test_a_bundle_that_is_cut_short_gives_what_is_whole(cut: int) -> None:
    """However much of the end is missing, the records before the cut are sound, and the one at the cut is refused."""
    found = judge_bundle(GOOD[:-cut], W.office())
    assert isinstance(found, SoundBundle)
    assert found.refused is not None
    assert found.refused.reason.code == "container-damaged"
    for raw in found.records.values():
        assert isinstance(judge(raw, W.office()), Sound) is (raw in RECORDS.values())


def test_a_closing_page_by_another_hand_is_not_believed() -> None:
    """A page signed by a kiosk, who may not sign one, closes nothing."""
    posing = Signer(Role.PROCTOR, "kiosk", W.kiosks[0].seed)
    page = msgspec.structs.replace(_page(), proctor="X" * 16)
    ring = W.keyring.and_also([W.proctor.identity.holder()])
    with pytest.raises(Exception, match="not known here") as refused:
        read_closing(sign_closing(page, posing), ring)
    assert getattr(refused.value, "code", "") == "signer-unknown"


def _page() -> Any:
    found = judge_bundle(GOOD, W.office())
    assert isinstance(found, SoundBundle)
    return found.closing
