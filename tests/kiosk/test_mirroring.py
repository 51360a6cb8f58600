"""The mirror follows the journal beside the candidate's path: whatever its medium does, answering goes on."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exam_packages.interactions import ItemId
from keys.carrier import Carrier, CarrierFullError
from keys.errors import WrongRecipientError
from keys.statement import Keyring
from kiosk import mirroring
from kiosk import protocol as p
from kiosk.protocol import Phase
from kiosk.runner import Runner
from results.wire import journal
from results.wire.bundle import open_record, read_record
from results.wire.mirror import MAX_SEGMENT, open_mirror, sessions
from results.wire.record import Record, fold
from tests.kiosk import processes
from tests.kiosk.test_kills import begin
from tests.kiosk.two_kiosks import Two
from tests.kiosk.world import CANDIDATE, SITTING, WAY_IN, World, accepted, chosen

I1 = ItemId("i1")


@pytest.fixture
def two(world: World) -> Two:
    """Two kiosks and a small form."""
    return Two(world).enrol()


def sitting(two: Two, mirror: Path) -> Runner:
    """The first kiosk with the first item on the screen, mirroring to this folder."""
    runner = two.first(mirror)
    accepted(runner.submit(p.EnterStartCode(two.world.resume_code(0))))
    accepted(runner.submit(p.SignIn(CANDIDATE, two.world.admission())))
    for command in (*WAY_IN, p.Begin()):
        accepted(runner.submit(command))
    return runner


def seconds(two: Two, runner: Runner, count: int) -> None:
    """So many seconds go by."""
    for _ in range(count):
        two.world.clock.pass_by(1_000)
        runner.tick()


def answering(two: Two, runner: Runner) -> None:
    """Answers are given and saved, one after another."""
    for letter in "ABCD":
        view = accepted(runner.submit(p.Answer(I1, chosen(letter))))
        assert view.phase is Phase.TESTING
        seconds(two, runner, 1)


def lines_of(two: Two, drive: Path, reader: str = "other") -> tuple[bytes, ...]:
    """The journal that a mirror holds, opened as another kiosk or the centre opens it."""
    medium = Carrier(drive)
    (group,) = sessions(medium.names("mirror"), SITTING).values()
    raws = [medium.read(name, limit=MAX_SEGMENT) for name in group]
    return open_mirror(raws, two.plan, two.plan_digest, two.world.keys[reader]).lines


def opened(two: Two) -> tuple[Record, tuple[bytes, ...]]:
    """The record that the first kiosk sealed, and its lines, opened at the centre."""
    path = next((two.world.station / "outbox" / SITTING).glob("*.ekr"))
    record = read_record(path.read_bytes(), Keyring([two.world.keys["kiosk"].identity.holder()]))
    raws = journal.lines(open_record(record, two.world.keys["centre"]))
    return fold(one.event for one in journal.read(raws, journal.SessionEntry)[0]), raws


def absent(two: Two, _: pytest.MonkeyPatch) -> Path:
    """There is no such folder."""
    return two.world.folder / "nowhere"


def no_folder(two: Two, _: pytest.MonkeyPatch) -> Path:
    """A FIFO where the medium should be."""
    path = two.world.folder / "fifo"
    os.mkfifo(path)
    return path


def blocked(two: Two, _: pytest.MonkeyPatch) -> Path:
    """A plain file where the mirror's folder goes."""
    (two.drive / "mirror").write_bytes(b"")
    return two.drive


def full(two: Two, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A drive without room."""

    def write(self: Carrier, name: str, content: bytes) -> None:
        raise CarrierFullError(name=name)

    monkeypatch.setattr("kiosk.mirroring.Carrier.write", write)
    return two.drive


@pytest.mark.parametrize("medium", [absent, no_folder, blocked, full])
def test_a_medium_that_fails_is_told_and_answering_goes_on(
    two: Two, monkeypatch: pytest.MonkeyPatch, medium: Callable[[Two, pytest.MonkeyPatch], Path]
) -> None:
    """No answer is refused, no phase changes, and the proctor's screens are told that the copy is not kept."""
    runner = sitting(two, medium(two, monkeypatch))
    answering(two, runner)
    told = wait_for(two, runner, "lost")
    assert (told.phase, told.problem) == (Phase.TESTING, None)
    accepted(runner.submit(p.HandIn(4, 0)))
    assert runner.view().phase is Phase.FINISHED


def wait_for(two: Two, runner: Runner, kept: str) -> p.View:
    """Seconds go by until the screens are told this."""
    for _ in range(200):
        view = runner.view()
        if view.mirror == kept:
            return view
        threading.Event().wait(0.01)
        seconds(two, runner, 1)
    raise AssertionError(f"never told that it {kept}")


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A drive whose every sync waits until it is let go; everything else on the machine is as it was."""
    let_go = threading.Event()
    real = os.fsync

    def fsync(file: int) -> None:
        if threading.current_thread().name == "mirror":
            let_go.wait(60)
        real(file)

    monkeypatch.setattr("keys.carrier.os.fsync", fsync)
    yield let_go
    let_go.set()


def test_a_medium_that_hangs_is_told_as_lost_and_found_again(two: Two, hanging: threading.Event) -> None:
    """Answers are saved meanwhile; once the drive answers again the mirror catches up from its first segment."""
    runner = sitting(two, two.drive)
    answering(two, runner)
    seconds(two, runner, mirroring.LATE // 1_000 + 1)
    assert runner.view().mirror == "lost"
    answering(two, runner)
    hanging.set()
    header = two.until_mirrored(runner)
    assert runner.view().mirror == "follows"
    assert (header.count, header.checkpoint) == (runner.view().saved, runner.view().checkpoint)


def test_another_drive_is_filled_from_the_start(two: Two) -> None:
    """A drive that was taken out and comes back empty has the whole journal again."""
    runner = sitting(two, two.drive)
    two.until_mirrored(runner)
    shutil.rmtree(two.drive)
    accepted(runner.submit(p.Answer(I1, chosen("A"))))
    wait_for(two, runner, "lost")
    two.drive.mkdir()
    assert two.until_mirrored(runner).number == 1
    assert len(lines_of(two, two.drive)) == runner.view().saved


def test_only_kiosks_of_the_plan_and_the_centre_open_it(two: Two) -> None:
    """The source itself, the other kiosk and the centre read the same journal; the desk's proctor does not."""
    runner = sitting(two, two.drive)
    two.until_mirrored(runner)
    kept = [lines_of(two, two.drive, reader) for reader in ("kiosk", "other", "centre")]
    assert kept[0] == kept[1] == kept[2]
    assert journal.read(kept[0], journal.SessionEntry)[1].count == runner.view().saved
    with pytest.raises(WrongRecipientError):
        lines_of(two, two.drive, "proctor")


def contents(two: Two) -> dict[str, bytes]:
    """The files of the mirror."""
    medium = Carrier(two.drive)
    return {name: medium.read(name, limit=MAX_SEGMENT) for name in medium.names("mirror")}


def test_a_full_segment_is_not_written_again(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full segments keep their bytes while the last one goes on; a restart makes the same segments again."""
    monkeypatch.setattr("results.wire.mirror.FULL", 4_000)
    runner = sitting(two, two.drive)
    for letter in "ABCD" * 10:
        accepted(runner.submit(p.Answer(I1, chosen(letter))))
    two.until_mirrored(runner)
    before = contents(two)
    accepted(runner.submit(p.Answer(I1, chosen("A"))))
    two.until_mirrored(runner)
    after = contents(two)
    assert len(after) > 3
    assert [name for name in after if before.get(name) != after[name]] == [max(after)]
    runner.close()
    again = two.first()
    accepted(again.submit(p.EnterResumeCode(two.world.resume_code(1), credit=False)))
    two.until_mirrored(again)
    assert set(after) <= set(contents(two))
    assert len(lines_of(two, two.drive)) == again.view().saved


def test_it_is_removed_once_the_record_is_on_the_carrier(two: Two) -> None:
    """As long as the record is only on the kiosk, the mirror stays."""
    runner = sitting(two, two.drive)
    two.until_mirrored(runner)
    away = two.world.folder / "away"
    (two.world.carrier.root / "metadata").rename(away)
    accepted(runner.submit(p.HandIn(5, 0)))
    seconds(two, runner, 5)
    runner.close()
    assert two.mirrored() is not None
    away.rename(two.world.carrier.root / "metadata")
    again = two.first()
    for _ in range(50):
        seconds(two, again, 1)
        again.close()
        if two.mirrored() is None:
            return
    raise AssertionError("the mirror is still there")


def test_without_a_second_medium_nothing_is_said(two: Two) -> None:
    """No drive, no word."""
    runner = two.runner(two.world.station, None)
    accepted(runner.submit(p.EnterStartCode(two.world.resume_code(0))))
    seconds(two, runner, 3)
    assert runner.view().mirror == ""


def test_after_any_kill_the_mirror_is_whole_up_to_some_entry(two: Two) -> None:
    """The real process, killed while it writes: what is on the drive is a beginning of what the vault holds."""
    w, drive = two.world, ("--mirror", str(two.drive))
    process = processes.Process(w, *drive)
    begin(process, w)
    for n in range(1, 4):
        while two.mirrored() is None:
            process.hear_tick()
        for letter in "ABCD"[:n]:
            accepted(process.say(p.Answer(I1, chosen(letter))))
        for _ in range(n % 3):
            process.hear_tick()
        process.kill()
        found = lines_of(two, two.drive)
        process = processes.Process(w, *drive)
        view = accepted(process.say(p.EnterResumeCode(w.resume_code(n), credit=False)))
        _, head = journal.read(found, journal.SessionEntry)
        assert 1 < head.count < view.saved
    accepted(process.say(p.HandIn(4, 0)))
    process.kill()
    record, raws = opened(two)
    assert record.answered() == 1
    assert raws[: len(found)] == found


def test_a_killed_kiosks_candidate_goes_on_elsewhere(two: Two) -> None:
    """The real process dies for good: from its drive the other kiosk goes on with what the mirror holds."""
    process = processes.Process(two.world, "--mirror", str(two.drive))
    begin(process, two.world)
    accepted(process.say(p.Answer(I1, chosen("B"))))
    saved = process.view.saved
    while (header := two.mirrored()) is None or header.count < saved:
        process.hear_tick()
    accepted(process.say(p.Flag(I1, on=True)))
    process.kill()
    header = two.mirrored()
    assert header is not None
    second = two.second(two.drive)
    accepted(second.submit(two.move_in(header.checkpoint)))
    for command in (p.ConfirmIdentity(), p.ConfirmEquipment(80, 24), p.Begin()):
        view = accepted(second.submit(command))
    held = fold(one.event for one in journal.read(lines_of(two, two.drive), journal.SessionEntry)[0])
    assert view.marks[0] == ("F" if held.answer(I1).flagged else "*")
    accepted(second.submit(p.HandIn(4, held.flagged())))
