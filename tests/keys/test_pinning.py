"""The root is pinned by a typed fingerprint, and nothing planted takes its place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.carrier import CarrierMissingError
from keys.identities import new_identity
from keys.trusted import (
    CarrierAlteredError,
    CarrierIncompleteError,
    RootFingerprintError,
    pin,
)
from tests.keys.conftest import Centre


@pytest.mark.parametrize(
    "typed", ["", "0", "0" * 16, "ZZZZ ZZZZ ZZZZ ZZZZ", "é" * 16, "\udcff" * 16, "0" * 100_000]
)
def test_a_wrong_fingerprint_pins_nothing(centre: Centre, typed: str) -> None:
    """Whatever is typed, only the root's own fingerprint pins it."""
    with pytest.raises(RootFingerprintError):
        pin(centre.carrier, typed)


def test_one_wrong_character_pins_nothing(centre: Centre) -> None:
    """Each of the sixteen characters counts."""
    right = centre.repository.root_fingerprint()
    for at in range(16):
        wrong = right[:at] + ("1" if right[at] == "0" else "0") + right[at + 1 :]
        with pytest.raises(RootFingerprintError):
            pin(centre.carrier, wrong)


def test_a_planted_root_has_another_fingerprint(centre: Centre, new_centre: Callable[[], Centre]) -> None:
    """A carrier whose whole repository is another's, however well made, is not pinned."""
    other = new_centre()
    strangers = {name: new_identity(one.identity.role, "centre", name) for name, one in other.people.items()}
    other.people = strangers
    other.hold_ceremony()
    with pytest.raises(RootFingerprintError):
        pin(other.carrier, centre.repository.root_fingerprint())


def test_a_root_without_its_officers_signatures_is_not_pinned(centre: Centre) -> None:
    """The right people named in a root that they have not signed make no root, even under its right fingerprint."""
    root = centre.folder / "carrier/metadata/1.root.json"
    unsigned = json.loads(root.read_bytes())
    unsigned["signatures"].pop()
    root.write_text(json.dumps(unsigned))
    with pytest.raises(CarrierAlteredError):
        pin(centre.carrier, centre.repository.root_fingerprint())


def test_one_changed_byte_of_the_root_is_not_pinned(centre: Centre) -> None:
    """Each byte of the first root counts."""
    root = centre.folder / "carrier/metadata/1.root.json"
    raw = root.read_bytes()
    for at in range(0, len(raw), 41):
        root.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises((CarrierAlteredError, RootFingerprintError)):
            pin(centre.carrier, centre.repository.root_fingerprint())


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"null", b'{"signed":{}}', b"\xff", b"[" * 100_000])
def test_what_is_no_root_is_not_pinned(centre: Centre, raw: bytes) -> None:
    """Any other content in the root's place is an altered carrier and nothing worse."""
    (centre.folder / "carrier/metadata/1.root.json").write_bytes(raw)
    with pytest.raises(CarrierAlteredError):
        pin(centre.carrier, "0" * 16)


def test_an_empty_drive_and_no_drive_are_told_apart(centre: Centre, tmp_path: Path) -> None:
    """A drive without a repository is incomplete; none at all is missing."""
    shutil.rmtree(centre.folder / "carrier/metadata")
    with pytest.raises(CarrierIncompleteError):
        pin(centre.carrier, "0" * 16)
    with pytest.raises(CarrierIncompleteError):
        centre.refresh()
    shutil.rmtree(centre.folder / "carrier")
    with pytest.raises(CarrierMissingError):
        pin(centre.carrier, "0" * 16)
    with pytest.raises(CarrierMissingError):
        centre.refresh()


def test_a_planted_root_in_the_work_folder_is_not_believed(
    centre: Centre, new_centre: Callable[[], Centre]
) -> None:
    """What lies in TUF's own folder never replaces the pinned root: another centre's files there change nothing."""
    other = new_centre()
    other.people = {name: centre.people[name] for name in centre.people} | {
        "officer-1": centre.people["officer-5"],
        "officer-2": centre.people["officer-6"],
        "officer-3": centre.people["officer-4"],
    }
    other.hold_ceremony()
    other.refresh()
    shutil.copytree(other.folder / "site", centre.folder / "site", symlinks=True)
    assert centre.refresh().names("exams/") == ("exams/cetl/one.ekp", "exams/cetl/two.ekp")
    shutil.rmtree(centre.folder / "carrier")
    shutil.copytree(other.folder / "carrier", centre.folder / "carrier")
    with pytest.raises(CarrierAlteredError):
        centre.refresh()
