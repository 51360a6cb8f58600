"""One TUF update where the site's own disk is in the way, and where what is signed is odd."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Timestamp

from keys.carrier import DiskFullError, DiskRefusedError, FileRefusedError, StorageError
from keys.encoding import decode, encode
from keys.statement import key_id, library_signer
from keys.trusted import CarrierAlteredError, Floor, pin, refresh
from keys.updater import MAX_VERSION, NAME_FIELD
from tests.keys.conftest import Centre


def a_file(site: Path) -> None:
    """A file lies where TUF's folder should be."""
    site.write_bytes(b"")


def a_dangling_link(site: Path) -> None:
    """A link to nothing lies where TUF's folder should be."""
    site.symlink_to(site.parent / "nothing")


def folders(site: Path) -> None:
    """There are folders where TUF's files should be."""
    for name in ("timestamp.json", "snapshot.json", "root.json"):
        (site / name / "below").mkdir(parents=True)


def a_file_for_the_roots(site: Path) -> None:
    """There is a file where the folder of roots should be."""
    site.mkdir()
    (site / "root_history").write_bytes(b"")


@pytest.mark.parametrize("spoil", [a_file, a_dangling_link, folders, a_file_for_the_roots])
def test_a_damaged_cache_is_cleared(centre: Centre, spoil: Callable[[Path], None]) -> None:
    """Whatever lies in the place of TUF's files, a good carrier is believed, now and the next time."""
    spoil(centre.folder / "site")
    floor = centre.refresh().floor
    assert floor.timestamp == 2
    assert centre.refresh(floor).floor == floor


def test_a_cache_that_cannot_be_made_is_told(centre: Centre) -> None:
    """Where a file is in the way of the folder itself, the words name the folder."""
    (centre.folder / "file").write_bytes(b"")
    work = centre.folder / "file" / "site"
    with pytest.raises(StorageError) as caught:
        refresh(centre.carrier, centre.root, Floor(), centre.now, work)
    assert str(work) in caught.value.diagnostics().what


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, DiskFullError),
        (errno.EFBIG, DiskFullError),
        (errno.EACCES, DiskRefusedError),
        (errno.EROFS, DiskRefusedError),
        (errno.EIO, StorageError),
    ],
)
def test_a_disk_that_fails_is_told_and_the_cache_stays(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, number: int, error: type[StorageError]
) -> None:
    """A full, locked or failing disk is told in words; what TUF had kept before is not thrown away."""
    centre.refresh()
    kept = sorted((centre.folder / "site").iterdir())

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    centre.publish()
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(error) as caught:
        centre.refresh()
    assert type(caught.value) is error
    assert sorted((centre.folder / "site").iterdir()) == kept


def test_a_disk_that_is_really_full_is_told(centre: Centre) -> None:
    """The system itself refuses to let TUF's files grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(DiskFullError):
            centre.refresh()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_fault_of_the_carrier_leaves_the_cache(centre: Centre) -> None:
    """A link planted on the carrier is the carrier's fault, and makes this machine forget nothing."""
    centre.refresh()
    (centre.folder / "site/mark").write_bytes(b"")
    listed = centre.folder / "carrier/metadata/timestamp.json"
    listed.unlink()
    listed.symlink_to(centre.folder / "repository/metadata/timestamp.json")
    with pytest.raises(FileRefusedError):
        centre.refresh()
    assert (centre.folder / "site/mark").exists()


# ---------------------------------------------------------------------------------------------- what is signed


def test_an_officer_may_hold_a_key_of_another_kind(new_centre: Callable[[], Centre]) -> None:
    """An officer whose token does ECDSA signs the root; the ring, which is of Ed25519 keys, holds the others."""
    centre = new_centre()
    centre.carrier.root.mkdir(parents=True)
    centre.repository.begin(centre.cast())
    token = CryptoSigner.generate_ecdsa()
    token.public_key.unrecognized_fields[NAME_FIELD] = "officer-3"
    staged = centre.folder / "repository/staged/metadata"
    root = Metadata[Root].from_file(str(staged / "root.json"))
    for role in ("root", "targets"):
        root.signed.revoke_key(key_id(centre.people["officer-3"].identity.signing), role)
        root.signed.add_key(token.public_key, role)
    root.to_file(str(staged / "root.json"))
    for name in ("root", "targets"):
        listed = Metadata[Root].from_file(str(staged / f"{name}.json"))
        listed.sign(token)
        listed.to_file(str(staged / f"{name}.json"))
    centre.sign("officer-1", "packager", "registrar-1", "registrar-2", "intake", "scoring")
    centre.publish()
    ring = centre.refresh(pinned=pin(centre.carrier, centre.repository.root_fingerprint())).keyring
    for name, held in (("officer-1", True), ("officer-2", True), ("officer-3", False), ("packager", True)):
        one = centre.people[name].identity
        assert [holder.role for holder in ring.find(key_id(one.signing))] == ([one.role] if held else [])
    assert ring.find(token.public_key.keyid) == ()


@pytest.mark.parametrize(("version", "good"), [(MAX_VERSION, True), (MAX_VERSION + 1, False), (2**70, False)])
def test_a_version_that_no_floor_can_hold_is_refused(centre: Centre, version: int, good: bool) -> None:
    """A publisher cannot make a machine keep a floor that it could never read again."""
    path = centre.folder / "carrier/metadata/timestamp.json"
    timestamp = Metadata[Timestamp].from_file(str(path))
    timestamp.signed.version = version
    timestamp.sign(library_signer(centre.people["publisher"].signer()))
    timestamp.to_file(str(path))
    if good:
        floor = centre.refresh().floor
        assert decode(encode(floor), Floor, name="floor") == floor
    else:
        with pytest.raises(CarrierAlteredError):
            centre.refresh()
