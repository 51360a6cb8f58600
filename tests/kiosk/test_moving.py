"""A candidate goes on at another kiosk with everything that was mirrored, and without a mirror only when told so."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from exam_packages.interactions import ItemId, TypedText
from keys.carrier import Carrier
from keys.codes import Verb, resume_code
from keys.encoding import Digest, digest
from keys.statement import Keyring
from kiosk import protocol as p
from kiosk.mirroring import Mirror
from kiosk.protocol import Phase
from kiosk.runner import Runner
from results.centre.facts import facts
from results.centre.timeline import impossible
from results.wire import carried, journal
from results.wire import events as e
from results.wire.bundle import MAX_RECORD, open_record, read_record
from results.wire.record import Record, fold
from tests.kiosk.forms import MINUTE
from tests.kiosk.reading import item_of
from tests.kiosk.two_kiosks import Two
from tests.kiosk.world import CANDIDATE, SITTING, WAY_IN, World, accepted, chosen, refused

I1, I2, I3 = ItemId("i1"), ItemId("i2"), ItemId("i3")
BACK_IN = (p.ConfirmIdentity(), p.ConfirmEquipment(80, 24))
"""What is asked of one who brought their answers: no agreement again."""


@pytest.fixture
def two(full_world: World) -> Two:
    """Two kiosks and a form that has everything."""
    return Two(full_world).enrol()


def begun(two: Two) -> Runner:
    """The first kiosk with the first item on the screen."""
    runner = two.first()
    accepted(runner.submit(p.EnterStartCode(two.world.resume_code(0))))
    accepted(runner.submit(p.SignIn(CANDIDATE, two.world.admission())))
    for command in (*WAY_IN, p.Begin()):
        accepted(runner.submit(command))
    return runner


def busy(two: Two) -> tuple[p.View, str]:
    """A candidate who answered and marked, up to the last mirrored moment; the last view and its checkpoint code."""
    runner = begun(two)
    option = item_of(runner.view()).order[0]
    for command in (
        p.Answer(I1, chosen("A")),
        p.Strike(I1, option, on=True),
        p.Highlight("item:i1", ((0, 2, 6),)),
        p.Calculate("6*7"),
        p.WriteComment(I1, "too easy"),
        p.Prefer("theme", "mono"),
        p.Go(2),
        p.Flag(I3, on=True),
        p.Go(1),
    ):
        accepted(runner.submit(command))
    header = two.until_mirrored(runner)
    view = runner.submit(p.ShowAnswers())
    assert header.checkpoint == view.checkpoint
    return view, header.checkpoint


def arrived(runner: Runner, sign_in: p.SignIn) -> p.View:
    """From the move in to the item on the screen."""
    accepted(runner.submit(sign_in))
    for command in BACK_IN:
        view = accepted(runner.submit(command))
    assert view.phase is Phase.INSTRUCTIONS
    return accepted(runner.submit(p.Begin()))


def sealed_at(station: Path, two: Two, kiosk: str) -> tuple[Record, tuple[journal.SessionEntry, ...]]:
    """The record that a kiosk sealed, opened at the centre."""
    path = next((station / "outbox" / SITTING).glob("*.ekr"))
    record = read_record(path.read_bytes(), Keyring([two.world.keys[kiosk].identity.holder()]))
    raws = journal.lines(open_record(record, two.world.keys["centre"]))
    entries, _ = journal.read(raws, journal.SessionEntry)
    return fold(one.event for one in entries), entries


def test_everything_comes_along(two: Two) -> None:
    """Same item, order, answers, marks, highlights, tape, preferences; agreements stand; the minutes are the code's."""
    before, checkpoint = busy(two)
    runner = two.second(two.drive)
    sign_in = two.move_in(checkpoint)
    view = accepted(runner.submit(sign_in))
    assert (view.phase, "your answers and marks" in view.moved) == (Phase.CONFIRM, True)
    assert [accepted(runner.submit(one)).phase for one in BACK_IN] == [Phase.CHECK, Phase.INSTRUCTIONS]
    assert runner.view().limit == 42 * MINUTE
    after = accepted(runner.submit(p.Begin()))
    assert after.remaining == 42 * MINUTE
    same = ("question", "marks", "leaving", "tape", "preferences", "breaks")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert item_of(after).item.id == "i2"
    assert runner.submit(p.ShowAnswers()).answers == before.answers


def test_the_record_that_is_handed_in_holds_both(two: Two) -> None:
    """What was answered at either kiosk is in the one record, and a restart of the second kiosk changes nothing."""
    _, checkpoint = busy(two)
    runner = two.second(two.drive)
    arrived(runner, two.move_in(checkpoint))
    accepted(runner.submit(p.Go(2)))
    runner.close()
    runner = two.runner(two.station, two.drive)
    accepted(runner.submit(p.EnterResumeCode(resume_code(two.codes, 1), credit=False)))
    view = runner.view()
    assert (view.phase, view.marks[0], view.marks[2]) == (Phase.TESTING, "*", "f")
    accepted(runner.submit(p.HandIn(4, 1)))
    record, entries = sealed_at(two.station, two, "other")
    assert record.answer(I1).response == chosen("A")
    assert record.answer(I1).comment == "too easy"
    assert record.carried is not None
    assert record.accepted
    heads = tuple(digest(b"") for _ in entries)
    assert [one.item for one in facts(entries, heads, record).items if one.response] == ["i1"]


def test_without_a_mirror_it_is_said_first(two: Two) -> None:
    """The code is not redeemed until it is typed again; then agreements are read here and the answers are not shown."""
    _, checkpoint = busy(two)
    runner = two.second()
    sign_in = two.move_in(checkpoint)
    assert refused(runner.submit(sign_in)) == "mirror-missing"
    assert runner.view().phase is Phase.SIGN_IN
    view = accepted(runner.submit(sign_in))
    assert "are kept there and count" in view.moved
    for command in (*WAY_IN, p.Begin()):
        view = accepted(runner.submit(command))
    assert (view.marks, view.remaining) == (".....", 42 * MINUTE)


def test_the_carrier_may_bring_the_mirror(two: Two) -> None:
    """A mirror that was copied to the carrier serves as well; the drive may be put in after it was asked for."""
    _, checkpoint = busy(two)
    runner = two.second()
    sign_in = two.move_in(checkpoint)
    assert refused(runner.submit(sign_in)) == "mirror-missing"
    shutil.copytree(two.drive / "mirror", two.world.carrier.root / "mirror")
    assert arrived(runner, sign_in).marks[0] == "*"


def test_the_drive_is_looked_at_while_the_kiosk_writes_its_own_mirror(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write of the second kiosk's own mirror that is under way is waited for; the answers come along."""
    _, checkpoint = busy(two)
    runner = two.second(two.drive)
    may_end, write, wait = threading.Event(), Carrier.write, Mirror.wait

    def held(drive: Carrier, name: str, content: bytes) -> Digest:
        may_end.wait()
        return write(drive, name, content)

    def waited(mirror: Mirror, seconds: float) -> None:
        may_end.set()
        wait(mirror, seconds)

    monkeypatch.setattr(Carrier, "write", held)
    monkeypatch.setattr(Mirror, "wait", waited)
    two.world.clock.pass_by(1_000)
    runner.tick()
    try:
        assert "your answers and marks" in accepted(runner.submit(two.move_in(checkpoint))).moved
    finally:
        may_end.set()


def test_another_checkpoint_is_not_gone_on_from(two: Two) -> None:
    """A mirror counts only where the named code is its own."""
    busy(two)
    runner = two.second(two.drive)
    assert refused(runner.submit(two.move_in("0" * 10))) == "mirror-missing"


def test_a_mirror_of_an_ended_session_is_not_gone_on_from(two: Two) -> None:
    """A candidate who handed in has nothing to go on with, though their record is not on a carrier yet."""
    runner = begun(two)
    two.until_mirrored(runner)
    (two.world.carrier.root / "metadata").rename(two.world.folder / "metadata")
    accepted(runner.submit(p.HandIn(5, 0)))
    runner.close()
    (two.world.folder / "metadata").rename(two.world.carrier.root / "metadata")
    header = two.mirrored()
    assert header is not None
    assert header.count == len(sealed_at(two.world.station, two, "kiosk")[1])
    second = two.second(two.drive)
    assert refused(second.submit(two.move_in(header.checkpoint))) == "mirror-unusable"


def names(two: Two) -> list[str]:
    """The files of the mirror."""
    return list(Carrier(two.drive).names("mirror"))


def spoil_cut(two: Two) -> None:
    """The newest segment is cut short."""
    path = two.drive / names(two)[-1]
    path.write_bytes(path.read_bytes()[:-1])


def spoil_missing(two: Two) -> None:
    """The segment with the key is not there."""
    (two.drive / names(two)[0]).unlink()


def spoil_flipped(two: Two) -> None:
    """A byte of the lines is changed."""
    path = two.drive / names(two)[-1]
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 1
    path.write_bytes(bytes(raw))


@pytest.mark.parametrize("spoil", [spoil_cut, spoil_missing, spoil_flipped])
def test_a_damaged_mirror_is_told_and_not_used(two: Two, spoil: object) -> None:
    """It is said why; typed again the candidate goes on without."""
    _, checkpoint = busy(two)
    assert callable(spoil)
    spoil(two)
    runner = two.second(two.drive)
    sign_in = two.move_in(checkpoint)
    assert refused(runner.submit(sign_in)) == "mirror-unusable"
    assert "are kept there" in accepted(runner.submit(sign_in)).moved


def test_an_older_segment_put_back_names_an_older_checkpoint(two: Two) -> None:
    """Whoever puts back an older mirror is seen: its code is the older one, and the newer one is not found in it."""
    runner = begun(two)
    accepted(runner.submit(p.Answer(I1, chosen("A"))))
    older = two.until_mirrored(runner)
    path = two.drive / names(two)[-1]
    kept = path.read_bytes()
    accepted(runner.submit(p.Answer(I1, chosen("B"))))
    newer = two.until_mirrored(runner)
    path.write_bytes(kept)
    found = two.mirrored()
    assert found is not None
    assert (found.checkpoint, found.count) == (older.checkpoint, older.count)
    second = two.second(two.drive)
    assert refused(second.submit(two.move_in(newer.checkpoint))) == "mirror-missing"


def test_the_event_is_of_the_journal_that_was_named(two: Two) -> None:
    """The carried lines are the source's own, up to the head that its kiosk signed."""
    _, checkpoint = busy(two)
    header = two.mirrored()
    assert header is not None
    runner = two.second(two.drive)
    arrived(runner, two.move_in(checkpoint))
    accepted(runner.submit(p.HandIn(4, 1)))
    _, entries = sealed_at(two.station, two, "other")
    carried = next(one.event for one in entries if isinstance(one.event, e.SessionCarried))
    assert (carried.head, carried.count, carried.kiosk) == (header.head, header.count, header.kiosk)
    assert digest(carried.lines[-1]) == header.head


def moved(two: Two, runner: Runner) -> Runner:
    """The second kiosk after the whole way in, from where the first one stands."""
    header = two.until_mirrored(runner)
    second = two.second(two.drive)
    arrived(second, two.move_in(header.checkpoint))
    return second


def test_a_part_that_was_left_stays_closed(two: Two) -> None:
    """One who was in the break after a part begins the next one; the part before it, and its answers, are closed."""
    runner = begun(two)
    accepted(runner.submit(p.Answer(I1, chosen("A"))))
    assert accepted(runner.submit(p.Go(3))).phase is Phase.PAUSED
    second = moved(two, runner)
    view = second.view()
    assert (view.phase, item_of(view).item.id) == (Phase.TESTING, "i4")
    assert view.marks[0] == "+"
    assert refused(second.submit(p.Go(0))) == "move-refused"


def test_the_time_of_a_section_goes_on(two: Two) -> None:
    """What was left of a section's own time is left at the other kiosk."""
    runner = begun(two)
    accepted(runner.submit(p.Go(3)))
    accepted(runner.submit(p.EnterActionCode(two.world.action(Verb.BREAK_OVER, 1))))
    header = two.until_mirrored(runner)
    accepted(runner.submit(p.Flag(ItemId("i4"), on=True)))
    header = two.until_mirrored(runner)
    before = runner.view().inner
    second = two.second(two.drive)
    after = arrived(second, two.move_in(header.checkpoint)).inner
    assert before is not None
    assert after is not None
    assert before.remaining <= after.remaining < after.limit == 10 * MINUTE


def test_a_typed_text_goes_on_letter_by_letter(two: Two) -> None:
    """An essay that was begun at the first kiosk is edited at the second, and the record folds to the whole text."""
    runner = begun(two)
    accepted(runner.submit(p.Go(1)))
    accepted(runner.submit(p.Answer(I2, TypedText("A long beginning of a text"))))
    second = moved(two, runner)
    text = "A long beginning of a text, and its end"
    accepted(second.submit(p.Answer(I2, TypedText(text))))
    accepted(second.submit(p.HandIn(4, 0)))
    record, entries = sealed_at(two.station, two, "other")
    assert record.answer(I2).response == TypedText(text)
    assert isinstance(entries[-2].event, e.ResponseEdited)
    assert impossible(entries) is None


def test_a_record_that_carries_a_session_is_still_read_at_the_centre(two: Two) -> None:
    """What the second kiosk sealed opens within the sizes that the centre reads."""
    _, checkpoint = busy(two)
    second = two.second(two.drive)
    arrived(second, two.move_in(checkpoint))
    accepted(second.submit(p.HandIn(4, 1)))
    path = next((two.station / "outbox" / SITTING).glob("*.ekr"))
    assert path.stat().st_size < MAX_RECORD
    _, entries = sealed_at(two.station, two, "other")
    assert impossible(entries) is None
    assert len(carried.check(entries, two.plan, two.plan_digest)) == 1
