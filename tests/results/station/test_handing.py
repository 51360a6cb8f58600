"""A station's hand-over: the same ledger at the centre whichever came first, and every difference named."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from keys.encoding import digest
from keys.errors import ExamKioskError, WrongRecipientError, WrongRoleError
from results.centre.office import Centre
from results.centre.runs import ScoreRun
from results.centre.sources import sources
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from results.centre.station import handing
from results.centre.station.document import HandedFile, open_handover
from results.centre.station.handing import MANIFEST, HandoverFileError, check, hand_over
from results.centre.station.received import NothingReceivedError, keep, received
from tests.results import builders as b
from tests.results.station import event as ev


def handed(folder: Path) -> tuple[Path, ScoreRun]:
    """What a station at an event hands over after importing the closing carrier and scoring."""
    at = ev.station(folder / "station")
    ev.taken(at, *keep(folder / "station", list(sources([ev.carrier(folder / "carrier")]))))
    run = ev.scored(at, folder / "exam")
    done = hand_over(at, folder / "station", run, ev.W.scoring.signer(), ev.NOW.wall, folder / "drive")
    assert (done.files, done.results) == (3, 3)
    return folder / "drive", run


def test_station_and_centre_in_any_order_give_one_ledger(tmp_path: Path) -> None:
    """Carrier alone, hand-over alone, either first, each twice: the same rows, the same run, nothing double."""
    drive, told = handed(tmp_path)
    carrier = tmp_path / "carrier"
    orders = ([carrier], [drive], [drive, carrier], [carrier, drive], [drive, drive, carrier, carrier])
    ledgers, runs = [], []
    for n, places in enumerate(orders):
        at = ev.centre(tmp_path / f"centre-{n}")
        for place in places:
            ev.taken(at, place)
        ledgers.append(ev.ledger(at))
        runs.append(ev.scored(at, tmp_path / "exam"))
    assert all(one == ledgers[0] for one in ledgers)
    assert len(ledgers[0]["records"]) == 4
    assert all(one == told for one in runs)
    assert ev.ledger(ev.station(tmp_path / "station")) == ledgers[0]


def test_a_second_hand_over_carries_the_same(tmp_path: Path) -> None:
    """The station keeps each file once, however often it imports, and hands over the very bytes that came."""
    drive, _ = handed(tmp_path)
    kept = keep(tmp_path / "station", list(sources([tmp_path / "carrier", drive])))
    assert len(kept) == len(received(tmp_path / "station")) == 3
    found = {digest(path.read_bytes()) for path in drive.rglob("*") if path.suffix in {".ekb", ".ekr"}}
    assert found == {digest(path.read_bytes()) for path in (tmp_path / "carrier").rglob("*.ek*")}
    with pytest.raises(NothingReceivedError):
        received(tmp_path / "elsewhere")


def test_what_an_interrupted_copy_left_is_not_what_was_received(tmp_path: Path) -> None:
    """The file is copied again, and the hand-over holds the whole one; so with a name as long as a disk takes."""
    names = ["a.ekr", f"{'界' * 83}.ekr", ".hidden.ekr"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
        left = tmp_path / "station/received" / digest(name.encode())
        left.mkdir(parents=True)
        (left / ".a.ekr.part").write_bytes(b"half")
    kept = keep(tmp_path / "station", [tmp_path / name for name in names])
    assert [path.read_bytes() for path in kept] == [name.encode() for name in names]
    assert set(received(tmp_path / "station").values()) == set(kept)


def checked(folder: Path, drive: Path, run: ScoreRun | None = None) -> tuple[Centre, ScoreRun]:
    at = ev.centre(folder / "centre")
    ev.taken(at, drive)
    return at, run or ev.scored(at, folder / "exam")


def test_what_agrees_is_said_to_agree(tmp_path: Path) -> None:
    """The same run at both places: every result agrees and every file is there."""
    drive, _ = handed(tmp_path)
    at, run = checked(tmp_path, drive)
    found = check(at, drive, run)
    assert (found.agree, found.differences, found.not_imported) == (3, (), ())
    assert (found.handover.header.station, found.handover.signer) == ("station", "scoring")
    assert found.handover.header.admitted == 3


def test_every_difference_is_named(tmp_path: Path) -> None:
    """Another score, a result that is held, one that is gone and one that is new: each by candidate."""
    drive, _ = handed(tmp_path)
    at, run = checked(tmp_path, drive)
    with at.ledger.transaction() as books:
        enter(books, Act(Kind.HOLD, Scope(run.run, "", "", b.candidate(1)), "neighbours", "Ray", ev.NOW.wall))
    first, second, third = run.scores
    worse = msgspec.structs.replace(first, score=msgspec.structs.replace(first.score, scaled=0, passed=False))
    other = msgspec.structs.replace(third, candidate="C-9999")
    found = check(at, drive, msgspec.structs.replace(run, scores=(worse, second, other)))
    assert found.agree == 0
    assert [one.partition(":")[0].partition(",")[0] for one in found.differences] == [
        "C-1001",
        "C-1002",
        "C-1003",
        "C-9999",
    ]
    told = "\n".join(found.differences)
    for words in (
        "told 800, passed, here 0, not passed",
        "here 600, passed, held",
        "not scored here",
        "not at the",
    ):
        assert words in told


def test_files_that_were_not_imported_are_named(tmp_path: Path) -> None:
    """A centre that imported only the bundle lacks the two loose files, and is told so."""
    drive, run = handed(tmp_path)
    at = ev.centre(tmp_path / "centre")
    ev.taken(at, tmp_path / "carrier/bundles")
    found = check(at, drive, run)
    assert [name.rpartition("/")[2] for name in found.not_imported] == ["damaged.ekr"]


def test_a_hand_over_that_was_changed_is_refused(tmp_path: Path) -> None:
    """A byte of a file, a missing file, a byte of the manifest: each is an error, and nothing is compared."""
    drive, run = handed(tmp_path)
    at, _ = checked(tmp_path, drive, run)
    file = next(drive.rglob("*.ekb"))
    raw = file.read_bytes()
    for changed in (raw[:-1] + bytes([raw[-1] ^ 1]), raw + b"x"):
        file.write_bytes(changed)
        with pytest.raises(HandoverFileError):
            check(at, drive, run)
    file.unlink()
    with pytest.raises(HandoverFileError):
        check(at, drive, run)
    manifest = (drive / MANIFEST).read_bytes()
    for place in range(0, len(manifest), len(manifest) // 40):
        changed = manifest[:place] + bytes([manifest[place] ^ 1]) + manifest[place + 1 :]
        with pytest.raises(ExamKioskError):
            open_handover(changed, at.trusted.keyring, ev.W.centre)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "{digest}/../../secret", "{digest}/.part"])
def test_a_manifest_names_no_file_outside_of_its_folder(tmp_path: Path, name: str) -> None:
    """A station may sign what it likes: what is beside the hand-over is not opened, and not compared with anything."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    found = digest(b"secret")
    file = HandedFile(name.format(digest=found), 6, found)
    (tmp_path / "drive" / found).mkdir(parents=True)
    with pytest.raises(HandoverFileError, match="not where a station writes one"):
        handing._check_file(tmp_path / "drive", file)


def test_results_are_sealed_to_the_plans_recipients(tmp_path: Path) -> None:
    """Neither a candidate's number nor a score stands in clear on the drive, and nobody else opens it."""
    drive, run = handed(tmp_path)
    raw = (drive / MANIFEST).read_bytes()
    assert b"C-100" not in raw
    at = ev.centre(tmp_path / "centre")
    for holder in (ev.W.centre, ev.STATION):
        assert len(open_handover(raw, at.trusted.keyring, holder).results.scores) == 3
    with pytest.raises(WrongRecipientError):
        open_handover(raw, at.trusted.keyring, ev.W.proctor)
    with pytest.raises(WrongRoleError):
        hand_over(
            ev.station(tmp_path / "station"),
            tmp_path / "station",
            run,
            ev.W.registrar.signer(),
            ev.NOW.wall,
            tmp_path / "other",
        )
