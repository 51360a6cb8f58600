"""Who the machine is: enrolment, the station file, and what happens when any of it is gone or changed."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import msgspec
import pytest

from keys.carrier import FileExposedError, StorageError
from keys.clock import Stamp
from keys.encoding import Instant
from keys.errors import DocumentError, ExamKioskError
from keys.trusted import Floor
from kiosk import station as stations
from kiosk.local_file import LocalFileAlteredError
from kiosk.station import (
    AlreadyEnrolledError,
    NotEnrolledError,
    Station,
    StationBusyError,
    StationFileMissingError,
)
from tests.kiosk.world import World


@pytest.fixture
def station(tmp_path: Path) -> Station:
    """A freshly enrolled kiosk."""
    return stations.enrol(tmp_path / "kiosk-01", "west", "kiosk-01", b"{}")


def test_an_enrolled_kiosk_is_itself_after_a_restart(station: Station) -> None:
    """Keys, root and station file come back; the key file is for the owner alone."""
    again = Station(station.folder)
    assert again.identity == station.identity
    assert (again.root, again.file) == (b"{}", station.file)
    assert stat.S_IMODE((station.folder / stations.KEYS).stat().st_mode) == 0o600
    assert stat.S_IMODE(station.folder.stat().st_mode) == 0o700


def test_a_kiosk_is_enrolled_once(station: Station) -> None:
    """A second enrolment in the same folder is refused, and so is asking under another name."""
    with pytest.raises(AlreadyEnrolledError):
        stations.enrol(station.folder, "west", "kiosk-02", b"{}")
    with pytest.raises(AlreadyEnrolledError):
        station.matching("west", "kiosk-02")
    assert station.matching("west", "kiosk-01") is station


def test_keys_without_a_station_file_are_refused(station: Station) -> None:
    """What the machine must not forget is gone: it must be enrolled again."""
    (station.folder / stations.STATION).unlink()
    with pytest.raises(StationFileMissingError):
        Station(station.folder)


def test_an_empty_folder_is_no_kiosk(tmp_path: Path) -> None:
    """Nothing there: not enrolled."""
    with pytest.raises(NotEnrolledError):
        Station(tmp_path)


def test_a_key_that_others_can_read_is_refused(station: Station) -> None:
    """Mode 0600 is enforced when the keys are loaded."""
    (station.folder / stations.KEYS).chmod(0o644)
    with pytest.raises(FileExposedError):
        Station(station.folder)


@pytest.mark.parametrize("name", [stations.STATION, stations.ROOT])
def test_a_changed_byte_is_refused(station: Station, name: str) -> None:
    """At every offset of the station file and of the pinned root."""
    path = station.folder / name
    raw = path.read_bytes()
    for offset in range(len(raw)):
        path.write_bytes(raw[:offset] + bytes([raw[offset] ^ 1]) + raw[offset + 1 :])
        with pytest.raises((LocalFileAlteredError, DocumentError)):
            Station(station.folder)


def test_a_station_file_of_another_kiosk_is_refused(station: Station, tmp_path: Path) -> None:
    """The MAC is by the machine's own secret."""
    other = stations.enrol(tmp_path / "other", "west", "kiosk-02", b"{}")
    (station.folder / stations.STATION).write_bytes((other.folder / stations.STATION).read_bytes())
    with pytest.raises(LocalFileAlteredError):
        Station(station.folder)


def test_tries_and_floors_are_on_the_disk_before_the_answer(station: Station) -> None:
    """Each change is there for a process that starts the next moment."""
    station.count_try(Stamp(Instant(1), 1, "a"))
    assert Station(station.folder).file.tries == 1
    station.keep(floor=station.floor_with(Floor(3, 1, 2, 4, Instant(9))))
    station.keep(floor=station.floor_with(Floor(1, 5, 1, 1, Instant(8))))
    assert Station(station.folder).file.floor == Floor(3, 5, 2, 4, Instant(9))


def test_a_change_that_cannot_be_kept_did_not_happen(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while a try is counted: an error, and the count in memory is the one on the disk."""

    def full(*_: object) -> None:
        raise ExamKioskError

    monkeypatch.setattr("kiosk.station.write_local", full)
    with pytest.raises(ExamKioskError):
        station.count_try(Stamp(Instant(1), 1, "a"))
    assert station.file.tries == 0


def test_one_process_holds_a_station(station: Station) -> None:
    """A second holder is refused until the first lets go."""
    with station.alone(), pytest.raises(StationBusyError), Station(station.folder).alone():
        pass
    with Station(station.folder).alone():
        pass


def test_taking_hold_reads_what_the_last_holder_left(station: Station) -> None:
    """A process that loaded the file before another one changed it rolls back neither tries nor floor nor seats."""
    late = Station(station.folder)
    with station.alone():
        station.count_try(Stamp(Instant(1), 1, "a"))
        station.keep(floor=station.floor_with(Floor(3, 3, 3, 3, Instant(9))))
    with late.alone():
        assert late.file == station.file
        late.count_try(Stamp(Instant(2), 2, "a"))
    found = Station(station.folder).file
    assert (found.tries, found.floor) == (2, Floor(3, 3, 3, 3, Instant(9)))


def test_a_station_file_that_went_away_is_told_when_it_is_taken(station: Station) -> None:
    """Between loading and taking hold the file is gone: refused, and the station is free for the next."""
    path = station.folder / stations.STATION
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(StationFileMissingError), station.alone():
        pass
    path.write_bytes(kept)
    path.chmod(0o600)
    with station.alone():
        pass


def test_a_folder_that_does_not_sync_leaves_memory_as_the_disk_is(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new file has its name but the folder's sync fails: an error, and what is in memory is what the disk shows."""
    sync = os.fsync

    def failing(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EIO, "input/output error")
        sync(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(StorageError):
            station.count_try(Stamp(Instant(1), 1, "a"))
    assert station.file == Station(station.folder).file
    assert station.file.tries == 1


def test_the_station_file_shows_no_code_and_no_key(world: World) -> None:
    """Whoever copies the station file learns no code, and the secrets are only in the key file."""
    world.testing()
    text = (world.station / stations.STATION).read_text("utf-8")
    assert world.resume_code(1) not in text
    assert json.loads(text)["content"]["seats"][0]["n"] == 1
    secret = msgspec.json.encode(Station(world.station).keys.local_secret).decode().strip('"')
    assert secret not in text
