"""A key file opens for its passphrase alone, and a machine's own file is for the machine alone."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from keys import primitives
from keys.carrier import DiskFullError, FileExposedError, FileRefusedError
from keys.encoding import decode, encode
from keys.errors import DocumentError, DocumentTooLargeError, SealError, WeakLockError, WrongPassphraseError
from keys.identities import PrivateIdentity
from keys.keystore import (
    KeyFile,
    KeyFileExistsError,
    KeyFileMissingError,
    ShortPassphraseError,
    StationKeys,
    load_owner,
    load_private,
    load_public,
    load_station,
    save_private,
    save_public,
    save_station,
)
from keys.primitives import MINIMUM, MODERATE

PASSPHRASE = "tall ships, ½ crème"


@pytest.fixture
def packager(people: dict[str, PrivateIdentity]) -> PrivateIdentity:
    return people["packager"]


@pytest.fixture
def saved(packager: PrivateIdentity, tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "packager.key"
    save_private(path, packager, PASSPHRASE, MINIMUM)
    return path


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_key_opens_with_its_passphrase(saved: Path, packager: PrivateIdentity) -> None:
    """What was locked is what is unlocked, however the accents are composed; only its owner may read the file."""
    decomposed = PASSPHRASE.replace("è", "e\u0300")
    for typed in (PASSPHRASE, decomposed):
        assert load_private(saved, typed, floor=MINIMUM) == packager
    assert mode(saved) == 0o600
    assert load_owner(saved) == packager.identity


def test_the_file_shows_nothing_of_the_private_key(saved: Path, packager: PrivateIdentity) -> None:
    """Neither half stands in the file, raw or as the document would write it."""
    raw = saved.read_bytes()
    for secret in (packager.seed, packager.sealing):
        assert secret not in raw
        assert base64.b64encode(secret) not in raw


@pytest.mark.parametrize("typed", ["", "x", PASSPHRASE + " ", PASSPHRASE.upper(), "\ud800"])
def test_a_wrong_passphrase_is_told_as_such(saved: Path, typed: str) -> None:
    """The words name whose key it is."""
    with pytest.raises(WrongPassphraseError) as caught:
        load_private(saved, typed, floor=MINIMUM)
    assert "packager" in caught.value.diagnostics().what


def test_a_weak_lock_is_refused_in_production(saved: Path) -> None:
    """A file that asks for less work than the floor is refused before its passphrase is tried."""
    with pytest.raises(WeakLockError):
        load_private(saved, PASSPHRASE)


def test_production_locks_with_the_floor(packager: PrivateIdentity, tmp_path: Path) -> None:
    """Without saying so, a key is locked with the work that loading asks for."""
    path = tmp_path / "one.key"
    save_private(path, packager, PASSPHRASE)
    assert decode(path.read_bytes(), KeyFile, name="key file").locked.cost == MODERATE
    assert load_private(path, PASSPHRASE) == packager


def test_one_changed_byte_anywhere_is_refused(saved: Path) -> None:
    """A key file that was altered or cut is not used; which key it is cannot be changed either."""
    raw = saved.read_bytes()
    for at in range(0, len(raw), 23):
        changed = bytearray(raw)
        changed[at] ^= 1
        saved.write_bytes(changed)
        with pytest.raises((DocumentError, WrongPassphraseError, WeakLockError, SealError)):
            load_private(saved, PASSPHRASE, floor=MINIMUM)
    saved.write_bytes(raw[:-1])
    with pytest.raises(DocumentError):
        load_private(saved, PASSPHRASE, floor=MINIMUM)


def test_a_lock_is_bound_to_its_owner(saved: Path, people: dict[str, PrivateIdentity]) -> None:
    """A lock put under another name does not open: a registrar's file cannot be passed off as a packager's."""
    held = decode(saved.read_bytes(), KeyFile, name="key file")
    saved.write_bytes(encode(KeyFile(people["registrar-1"].identity, held.locked)))
    with pytest.raises(WrongPassphraseError):
        load_private(saved, PASSPHRASE, floor=MINIMUM)


def test_a_key_is_never_overwritten(saved: Path, packager: PrivateIdentity) -> None:
    """Neither a key nor a public half nor a station's file replaces one that is there, not even a dangling link."""
    before = saved.read_bytes()
    with pytest.raises(KeyFileExistsError):
        save_private(saved, packager, PASSPHRASE, MINIMUM)
    assert saved.read_bytes() == before
    link = saved.with_name("link.pub")
    link.symlink_to("nowhere")
    with pytest.raises(KeyFileExistsError):
        save_public(link, packager.identity)


def test_a_short_passphrase_is_refused(packager: PrivateIdentity, tmp_path: Path) -> None:
    """Seven characters are too few, and nothing is written."""
    with pytest.raises(ShortPassphraseError):
        save_private(tmp_path / "one.key", packager, "1234567", MINIMUM)
    assert not list(tmp_path.iterdir())


def test_what_is_not_a_key_file_is_told(tmp_path: Path, packager: PrivateIdentity) -> None:
    """A missing file, a folder, a link, a public key and a large file each have their own answer."""
    public = tmp_path / "one.pub"
    save_public(public, packager.identity)
    assert load_public(public) == packager.identity
    assert mode(public) == 0o644
    with pytest.raises(KeyFileMissingError):
        load_private(tmp_path / "none.key", PASSPHRASE)
    with pytest.raises(KeyFileMissingError):
        load_public(tmp_path / "no" / "such" / "folder.pub")
    with pytest.raises(DocumentError):
        load_private(public, PASSPHRASE)
    with pytest.raises(FileRefusedError):
        load_public(tmp_path)
    (tmp_path / "link.pub").symlink_to(public)
    with pytest.raises(FileRefusedError):
        load_public(tmp_path / "link.pub")
    (tmp_path / "large.pub").write_bytes(bytes(65 * 1024))
    with pytest.raises(DocumentTooLargeError):
        load_public(tmp_path / "large.pub")


def test_a_stations_keys_are_for_the_station_alone(tmp_path: Path, kiosk: PrivateIdentity) -> None:
    """Mode 0600 is made, and anything wider is refused."""
    path, keys = tmp_path / "station.key", StationKeys(kiosk, bytes(32))
    save_station(path, keys)
    assert load_station(path) == keys
    assert mode(path) == 0o600
    for wider in (0o640, 0o604, 0o610, 0o666):
        path.chmod(wider)
        with pytest.raises(FileExposedError):
            load_station(path)
    assert "seed" not in repr(keys)


def test_halves_that_do_not_belong_together_are_refused(
    tmp_path: Path, kiosk: PrivateIdentity, proctor: PrivateIdentity
) -> None:
    """A station file put together from two is not used, nor one whose key is no key."""
    mixed = {
        "seed": PrivateIdentity(kiosk.identity, proctor.seed, kiosk.sealing),
        "sealing": PrivateIdentity(kiosk.identity, kiosk.seed, proctor.sealing),
        "short": PrivateIdentity(kiosk.identity, b"", b""),
    }
    for name, private in mixed.items():
        save_station(tmp_path / name, StationKeys(private, bytes(32)))
        with pytest.raises(DocumentError):
            load_station(tmp_path / name)


def test_a_full_disk_leaves_no_half_a_key(
    tmp_path: Path, packager: PrivateIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full nothing is left behind, and the key can be made again."""

    def full(_file: int, _content: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(DiskFullError):
            save_private(tmp_path / "one.key", packager, PASSPHRASE, MINIMUM)
    assert not list(tmp_path.iterdir())
    save_private(tmp_path / "one.key", packager, PASSPHRASE, MINIMUM)
    assert primitives.same(load_private(tmp_path / "one.key", PASSPHRASE, floor=MINIMUM).seed, packager.seed)
