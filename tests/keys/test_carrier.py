"""The drive lies, fills up and is pulled out; what counts was read back, and what is read is a plain file."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keys.carrier import (
    Carrier,
    CarrierFullError,
    CarrierMissingError,
    CarrierReadBackError,
    CarrierReadOnlyError,
    DiskFullError,
    DiskRefusedError,
    FileExposedError,
    FileMissingError,
    FileRefusedError,
    StorageError,
    make_folder,
    read_file,
    remove_file,
    write_file,
)
from keys.encoding import digest
from keys.errors import DocumentTooLargeError, ExamKioskError


@pytest.fixture
def drive(tmp_path: Path) -> Carrier:
    (tmp_path / "drive").mkdir()
    return Carrier(tmp_path / "drive")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system refuses to let any file grow past `size` bytes, as a full drive does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_is_written_can_be_read(drive: Carrier) -> None:
    """Folders are made, the digest is returned, a second write replaces the first."""
    assert drive.write("records/one/a.ekr", b"first") == digest(b"first")
    assert drive.write("records/one/a.ekr", b"second") == digest(b"second")
    assert drive.read("records/one/a.ekr", limit=6) == b"second"
    assert drive.exists("records/one/a.ekr")
    assert everything(drive.root) == ["records/one/a.ekr"]


def test_a_file_is_durable_before_its_name_is(drive: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is fsync of the file, rename, fsync of the folder; then the cache is dropped for the read-back."""
    done: list[str] = []
    for name in ("fsync", "rename", "posix_fadvise"):
        call = getattr(os, name)

        def noted(*arguments: object, _call: object = call, _name: str = name, **options: object) -> object:
            done.append(_name)
            assert callable(_call)
            return _call(*arguments, **options)

        monkeypatch.setattr(os, name, noted)
    drive.write("a.bin", b"x")
    assert done == ["fsync", "rename", "fsync", "posix_fadvise"]


def test_a_full_drive_is_told_and_nothing_is_lost(drive: Carrier) -> None:
    """The file that was there stays whole, no part of the new one is left, and the words say to make room."""
    drive.write("a.bin", b"old")
    with largest_file(1000), pytest.raises(CarrierFullError) as caught:
        drive.write("a.bin", bytes(5000))
    assert caught.value.code == "carrier-full"
    assert drive.read("a.bin", limit=10) == b"old"
    assert everything(drive.root) == ["a.bin"]


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, CarrierFullError),
        (errno.EDQUOT, CarrierFullError),
        (errno.EROFS, CarrierReadOnlyError),
        (errno.EIO, StorageError),
        (errno.ENODEV, StorageError),
    ],
)
def test_whatever_step_fails_the_old_file_stays(
    drive: Carrier, monkeypatch: pytest.MonkeyPatch, call: str, number: int, error: type[StorageError]
) -> None:
    """A drive that fills, is locked, fails or is pulled at any step leaves the old file and is told in words."""
    drive.write("a.bin", b"old")

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(error):
            drive.write("a.bin", b"new")
    assert drive.read("a.bin", limit=10) == b"old"
    assert everything(drive.root) == ["a.bin"]


def test_short_writes_are_finished(drive: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes three bytes at a time still gets all of them."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, bytes(content[:3])))
    drive.write("a.bin", b"0123456789")
    assert drive.read("a.bin", limit=10) == b"0123456789"


@pytest.mark.parametrize(
    "kept", [b"", b"new", b"nex content", b"new content!"], ids=["none", "cut", "other", "more"]
)
def test_a_drive_that_keeps_something_else_is_found(
    drive: Carrier, monkeypatch: pytest.MonkeyPatch, kept: bytes
) -> None:
    """What is read back must be what was written: less, more or other bytes are refused."""
    rename = os.rename

    def lie(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        (drive.root / "a.bin").write_bytes(kept)

    monkeypatch.setattr(os, "rename", lie)
    with pytest.raises(CarrierReadBackError):
        drive.write("a.bin", b"new content")


def test_no_drive_is_told_for_every_act(tmp_path: Path) -> None:
    """A drive that is not mounted, and a file where it should be, are a missing carrier."""
    (tmp_path / "file").write_bytes(b"")
    for root in (tmp_path / "none", tmp_path / "file"):
        gone = Carrier(root)
        with pytest.raises(CarrierMissingError):
            gone.write("a", b"")
        with pytest.raises(CarrierMissingError):
            gone.read("a", limit=1)
        with pytest.raises(CarrierMissingError):
            gone.exists("a")
        with pytest.raises(CarrierMissingError):
            gone.names("a")
        assert not (tmp_path / "none").exists()


def test_a_planted_link_is_never_followed(drive: Carrier, tmp_path: Path) -> None:
    """A link in place of a file or of a folder is refused for reading, and writing never goes through it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (drive.root / "file").symlink_to(outside / "secret")
    (drive.root / "folder").symlink_to(outside)
    for name in ("file", "folder/secret"):
        with pytest.raises(FileRefusedError):
            drive.read(name, limit=100)
        assert not drive.exists(name)
    with pytest.raises(FileRefusedError):
        drive.write("folder/new", b"x")
    drive.write("file", b"replaced")
    assert everything(outside) == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"
    assert drive.names() == ("file",)


def test_a_planted_temporary_file_does_no_harm(drive: Carrier, tmp_path: Path) -> None:
    """A link or a leftover under the temporary name is replaced, not written through."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"untouched")
    (drive.root / ".a.bin.part").symlink_to(victim)
    drive.write("a.bin", b"x")
    assert victim.read_bytes() == b"untouched"


def test_what_is_not_a_plain_file_is_refused(drive: Carrier) -> None:
    """A folder and a pipe are refused without waiting; a folder is not overwritten."""
    (drive.root / "folder").mkdir()
    os.mkfifo(drive.root / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(FileRefusedError):
            drive.read(name, limit=100)
    with pytest.raises(FileRefusedError):
        drive.write("folder", b"x")
    with pytest.raises(FileRefusedError):
        drive.write("pipe/x", b"x")
    assert drive.names() == ()


def test_a_file_over_the_limit_is_refused(drive: Carrier) -> None:
    """One byte too many is too many; exactly the limit is not."""
    drive.write("a.bin", bytes(101))
    assert len(drive.read("a.bin", limit=101)) == 101
    with pytest.raises(DocumentTooLargeError):
        drive.read("a.bin", limit=100)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../a",
        "a/../b",
        "/etc/passwd",
        "a//b",
        ".hidden",
        "a\0b",
        "a\nb",
        "a b",
        "ä",
        "a/" * 9 + "a",
        "x" * 300,
    ],
)
def test_a_name_that_no_file_of_ours_has_is_refused(drive: Carrier, name: str) -> None:
    """Nothing outside the carrier and nothing odd can be named, for reading or for writing."""
    for act in (
        lambda: drive.read(name, limit=1),
        lambda: drive.write(name, b""),
        lambda: drive.exists(name),
    ):
        with pytest.raises(ExamKioskError) as caught:
            act()
        assert caught.value.code == "file-refused"
    assert everything(drive.root) == []


def test_names_lists_what_is_ours(drive: Carrier) -> None:
    """Plain files below a folder, sorted, without hidden files, odd names and deep trees; no folder, no names."""
    for name in ("records/b/2.ekr", "records/b/1.ekr", "records/a.ekr", "bundles/x.ekb"):
        drive.write(name, b"")
    (drive.root / "records/.a.part").write_bytes(b"")
    (drive.root / "records/my file (1).ekr").write_bytes(b"")
    (drive.root / "records/b/d/e/f/g/h/i/j/k").mkdir(parents=True)
    (drive.root / "records/b/d/e/f/g/h/i/j/k/deep").write_bytes(b"")
    assert drive.names("records") == ("records/a.ekr", "records/b/1.ekr", "records/b/2.ekr")
    assert drive.names("none") == ()
    with pytest.raises(FileRefusedError):
        drive.names("records/a.ekr")


def test_a_missing_file_is_told(drive: Carrier) -> None:
    """A file or folder that is not on the carrier has its own answer."""
    for name in ("a", "b/c"):
        with pytest.raises(FileMissingError):
            drive.read(name, limit=1)
        assert not drive.exists(name)


def test_local_files_are_written_with_the_same_care(tmp_path: Path) -> None:
    """A local write is atomic, of the mode asked for, and tells a full disk and a forbidden folder in its own words."""
    path = tmp_path / "deep" / "er" / "file"
    write_file(path, b"old")
    assert path.stat().st_mode & 0o777 == 0o600
    with largest_file(1000), pytest.raises(DiskFullError):
        write_file(path, bytes(5000))
    assert read_file(path, limit=3) == b"old"
    with pytest.raises(FileRefusedError):
        write_file(path / "below", b"x")
    with pytest.raises(FileMissingError):
        read_file(tmp_path / "none" / "file", limit=1)
    path.chmod(0o640)
    with pytest.raises(FileExposedError):
        read_file(path, limit=3, private=True)
    remove_file(path)
    remove_file(path)
    assert everything(tmp_path) == []


def test_every_new_folder_is_durable_before_what_goes_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each folder on the way is fsynced in the one above it: a power cut cannot take the path from a file."""
    done: list[tuple[str, str]] = []
    mkdir, fsync = os.mkdir, os.fsync

    def noted_mkdir(path: str, mode: int = 0o777) -> None:
        done.append(("mkdir", Path(path).name))
        mkdir(path, mode)

    def noted_fsync(file: int) -> None:
        done.append(("fsync", Path(f"/proc/self/fd/{file}").readlink().name))
        fsync(file)

    monkeypatch.setattr(os, "mkdir", noted_mkdir)
    monkeypatch.setattr(os, "fsync", noted_fsync)
    write_file(tmp_path / "outbox" / "west-1" / "record", b"x")
    made = [("mkdir", "outbox"), ("fsync", tmp_path.name), ("mkdir", "west-1"), ("fsync", "outbox")]
    assert done == [*made, ("fsync", ".record.part"), ("fsync", "west-1")]


def test_a_folder_is_made_once_with_its_mode(tmp_path: Path) -> None:
    """A folder that is there stays as it is, and a file in its place or in its way is told."""
    make_folder(tmp_path / "sittings" / "west-1", 0o700)
    make_folder(tmp_path / "sittings" / "west-1")
    assert (tmp_path / "sittings" / "west-1").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(FileRefusedError):
            make_folder(path)


def test_a_refused_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that this user may not write says so."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(DiskRefusedError):
        write_file(tmp_path / "file", b"x")


def test_the_empty_folder_where_a_drive_was_is_no_carrier(tmp_path: Path) -> None:
    """A mount point whose drive was pulled is told apart from a carrier that the centre has published to."""
    (tmp_path / "mount").mkdir()
    with pytest.raises(CarrierMissingError):
        Carrier(tmp_path / "mount").present()
    Carrier(tmp_path / "mount").write("metadata/timestamp.json", b"{}")
    assert Carrier(tmp_path / "mount").present().exists("metadata/timestamp.json")
