"""An item, authoring to score: the first walk of docs/architecture.md."""

from __future__ import annotations

import re
from pathlib import Path

from exam_packages.bank import load
from exam_packages.interactions import ChosenOptions
from exam_packages.package import unpack
from exam_packages.release import open_release, read_release, release_target
from exam_packages.sitting_plan import open_plan, plan_target
from keys.encoding import digest, encode
from keys.keystore import load_private
from keys.primitives import MINIMUM
from kiosk import protocol as p
from tests.kiosk.world import accepted
from tests.simulator import PASSPHRASE, SAMPLE, SITTING, Simulator


def test_what_reaches_a_site_cannot_tell_an_answer(tmp_path: Path) -> None:
    """Everything in the opened package is the delivered form; no rationale of the bank is in it, and no word
    for a key.
    """
    world = Simulator(tmp_path).ready()
    trusted = world.trusted
    proctor = load_private(tmp_path / "desk/proctors/rivera.key", PASSPHRASE, floor=MINIMUM)
    sealed = trusted.target(plan_target(SITTING), limit=10**7)
    plan = open_plan(sealed, trusted.keyring, proctor)
    released = read_release(
        trusted.target(release_target(SITTING), limit=10**7), trusted.keyring, plan, digest(sealed)
    )
    key = open_release(released, proctor, world.code, floor=MINIMUM).content_key
    package = unpack(trusted.target(plan.package, limit=10**8), trusted.keyring)
    clear = b"".join(package.open_part(name, key) for name in package.sealed)
    for item in load(SAMPLE).items:
        assert item.id.encode() in clear
        assert item.rationale[:40].encode() not in clear
    fields = set(re.findall(rb'[{,]"([a-z_]+)":', clear))
    assert fields & {b"stem", b"options"} == {b"stem", b"options"}
    assert not fields & {b"rationale", b"correct", b"scored", b"key", b"task", b"values", b"area"}
    published = b"".join(path.read_bytes() for path in world.carrier.root.rglob("*") if path.is_file())
    assert clear[:200] not in published
    assert encode(plan.roster[0])[:40] not in published


def test_every_right_answer_scores_and_every_area_adds_up(tmp_path: Path) -> None:
    """Two candidates answer the whole sample, one all right, one all with the first option; areas sum to the
    raw score.
    """
    world = Simulator(tmp_path).ready()
    right = {item.id: item.correct for item in load(SAMPLE).items}
    lucky = 0
    with world.open() as opened:
        for candidate in ("C-1001", "C-1002"):
            runner = world.start(opened, candidate)
            for place in range(100):
                question = accepted(runner.submit(p.Go(place))).question
                assert question is not None
                known = right[question.item.id]
                picked = known if candidate == "C-1001" else ChosenOptions((question.order[0],))
                lucky += candidate == "C-1002" and picked == known
                accepted(runner.submit(p.Answer(question.item.id, picked)))
            accepted(runner.submit(p.HandIn(unanswered=0, flagged=0)))
            runner.close()
        world.close(opened)
    world.take_in()
    scores = {one.candidate: one.score for one in world.score().scores}
    assert (scores["C-1001"].raw, scores["C-1001"].scaled) == (100, 800)
    assert (scores["C-1002"].raw, scores["C-1002"].passed) == (lucky, False)
    for score in scores.values():
        assert sum(area.correct for area in score.areas) == score.raw
        assert [area.total for area in score.areas] == [15, 15, 10, 12, 9, 9, 9, 7, 7, 7]
