"""The drive and local files: atomic durable writes that are read back, and reads that open a file once.

Rules.
1. Nothing is written in place: a temporary file is filled, fsynced and renamed, and its folder is fsynced. A folder
   that is made for it is fsynced in the one above.
2. A write to the carrier counts only after the bytes were read back from the medium and are the same.
3. A read opens once, follows no symbolic link below the carrier, takes plain files only, and is capped.
4. Every folder on the way is opened relative to the one before it, so nothing can be swapped in between.

TUF reads a carrier through keys/fetcher.py.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from keys.encoding import Digest, digest
from keys.errors import DocumentTooLargeError, ExamKioskError

COMPONENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@%-]{0,199}")
MAX_DEPTH = 8


class StorageError(ExamKioskError):
    """A drive or disk does not do what was asked; base of the errors here, and what is left when none fits."""

    code = "drive-failing"
    what = "The drive failed at {name}: {detail}."
    next_step = "Try again; if it fails again, take another drive."


PUBLISHED = "metadata/timestamp.json"
"""The list that is written last at every publication."""


TRIED = "preflight.tmp"
"""A file that is written, read back and removed to try a carrier out."""


class CarrierMissingError(StorageError):
    """There is no carrier where it should be."""

    code = "carrier-missing"
    what = "There is no carrier at {name}."
    next_step = "Put the carrier in, wait until it is mounted, and try again."


class CarrierFullError(StorageError):
    """There is no room for a file on the carrier."""

    code = "carrier-full"
    what = "The carrier has no room for {name}."
    next_step = "Make room or take another carrier, then do this step again; nothing was lost."


class CarrierReadOnlyError(StorageError):
    """The carrier cannot be written."""

    code = "carrier-read-only"
    what = "The carrier cannot be written: {name} was refused."
    next_step = "Unlock its write switch or mount it writable, then do this step again."


class CarrierReadBackError(StorageError):
    """What was read back is not what was written."""

    code = "carrier-read-back"
    what = "{name} was written to the carrier, but what was read back is different."
    next_step = "Do not use this carrier again; do this step with another one."


class DiskFullError(StorageError):
    """There is no room for a file on this machine."""

    code = "disk-full"
    what = "This machine's disk has no room for {name}."
    next_step = "Make room on the disk, then do this step again."


class DiskRefusedError(StorageError):
    """A file on this machine may not be written or read."""

    code = "disk-refused"
    what = "This user may not use {name}."
    next_step = "Use the account that owns the folder, or another folder."


class FileMissingError(StorageError):
    """A file is not there."""

    code = "file-missing"
    what = "There is no file {name}."
    next_step = "Check the name and that this is the right drive, then try again."


class FileRefusedError(StorageError):
    """A symbolic link, folder or device where a plain file should be, or a name that no file of ours has."""

    code = "file-refused"
    what = "{name} is not a plain file in a plain folder, so it is not used."
    next_step = "Take a fresh copy of the file; if this was on a carrier, report it."


class FileExposedError(StorageError):
    """A file with a secret that others on this machine could read."""

    code = "file-exposed"
    what = "{name} holds a secret, and others on this machine can read it or own it."
    next_step = "Treat the secret as known to others: remove the file and make a new one."


@dataclass(frozen=True, slots=True)
class _Words:
    """Which error says what, for the carrier and for the local disk."""

    full: type[StorageError]
    read_only: type[StorageError]
    missing: type[StorageError]


_CARRIER = _Words(CarrierFullError, CarrierReadOnlyError, CarrierMissingError)
_DISK = _Words(DiskFullError, DiskRefusedError, FileMissingError)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_NOT_PLAIN = {errno.ELOOP, errno.EISDIR, errno.ENOTDIR, errno.ENXIO, errno.EEXIST}


@contextlib.contextmanager
def _told(name: str, words: _Words) -> Iterator[None]:
    """Turn the system's refusal into ours; `name` is what the person knows it by."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise words.full(name=name) from error
        if error.errno in _REFUSED:
            raise words.read_only(name=name) from error
        if error.errno == errno.ENOENT:
            raise FileMissingError(name=name) from error
        if error.errno in _NOT_PLAIN:
            raise FileRefusedError(name=name) from error
        raise StorageError(name=name, detail=os.strerror(error.errno or errno.EIO)) from error


class Carrier:
    """A removable drive, or any folder laid out like one; names in it are relative and use `/`."""

    def __init__(self, root: Path) -> None:
        """A carrier mounted at `root`; nothing is touched yet."""
        self.root = root

    def write(self, name: str, content: bytes) -> Digest:
        """Write a file durably, making its folders, and read it back; return its SHA-256.

        Raises `CarrierMissingError`, `CarrierFullError`, `CarrierReadOnlyError`, `CarrierReadBackError` or
        `FileRefusedError`; after any of them the file of that name, if there was one, is as it was before, except
        that a failed read-back leaves what the drive made of it.
        """
        parts = _parts(name)
        with _told(name, _CARRIER), _folder(self.root, parts[:-1], _CARRIER, make=True) as folder:
            _put(folder, parts[-1], content, 0o644)
            wanted = digest(content)
            with _open(folder, parts[-1]) as file:
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
                found = digest(_take(file, len(content) + 1))
        if found != wanted:
            raise CarrierReadBackError(name=name)
        return wanted

    def read(self, name: str, *, limit: int) -> bytes:
        """The bytes of a file of at most `limit` bytes.

        Raises `CarrierMissingError`, `FileMissingError`, `FileRefusedError` or `DocumentTooLargeError`.
        """
        parts = _parts(name)
        with (
            _told(name, _CARRIER),
            _folder(self.root, parts[:-1], _CARRIER) as folder,
            _open(folder, parts[-1]) as file,
        ):
            return _capped(file, limit)

    def exists(self, name: str) -> bool:
        """Whether there is a plain file of this name. Raises `CarrierMissingError` where there is no carrier."""
        parts = _parts(name)
        try:
            with (
                _told(name, _CARRIER),
                _folder(self.root, parts[:-1], _CARRIER) as folder,
                _open(folder, parts[-1]),
            ):
                return True
        except (FileMissingError, FileRefusedError):
            return False

    def present(self) -> Carrier:
        """This carrier, if the centre has published to it: the empty folder where a drive was is no carrier.

        Raises `CarrierMissingError`.
        """
        if not self.exists(PUBLISHED):
            raise CarrierMissingError(name=str(self.root))
        return self

    def room(self) -> int:
        """The free bytes on the carrier. Raises `CarrierMissingError`."""
        with _told(str(self.root), _CARRIER), _folder(self.root, (), _CARRIER) as folder:
            return _free(folder)

    def try_out(self, size: int) -> None:
        """Write a file of `size` bytes, read it back and remove it. Raises as `write`."""
        self.write(TRIED, (bytes(range(256)) * (size // 256 + 1))[:size])
        with _told(TRIED, _CARRIER), _folder(self.root, (), _CARRIER) as folder:
            os.unlink(TRIED, dir_fd=folder)
            os.fsync(folder)

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """The names of all plain files in the folder `prefix` and below, sorted; links and foreign names are left out.

        A folder that is not there has none. Raises `CarrierMissingError` where there is no carrier.
        """
        parts = _parts(prefix) if prefix else ()
        try:
            with _told(prefix, _CARRIER), _folder(self.root, parts, _CARRIER) as folder:
                return tuple(sorted("/".join((*parts, *below)) for below in _below(folder, MAX_DEPTH)))
        except FileMissingError:
            return ()


def read_file(path: Path, *, limit: int, private: bool = False) -> bytes:
    """The bytes of a local file, with the same care; `private` refuses one that others could read or that is another's.

    Raises `FileMissingError`, `FileRefusedError`, `FileExposedError`, `DiskRefusedError` or `DocumentTooLargeError`.
    """
    with _told(str(path), _DISK), _folder(path.parent, (), _DISK) as folder, _open(folder, path.name) as file:
        status = os.fstat(file)
        if private and (status.st_mode & 0o077 or status.st_uid != os.geteuid()):
            raise FileExposedError(name=str(path))
        return _capped(file, limit)


def write_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a local file atomically and durably, making its folder. Raises `DiskFullError`, `DiskRefusedError` or
    `FileRefusedError`; then a file that was there is as it was before.
    """
    make_folder(path.parent)
    with _told(str(path), _DISK), _folder(path.parent, (), _DISK) as folder:
        _put(folder, path.name, content, mode)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a local folder of this mode, and those above it that are missing, each durable before what goes into it.

    One that is there already is no error. Raises `DiskFullError`, `DiskRefusedError` or `FileRefusedError`.
    """
    with _told(str(path), _DISK):
        missing = [folder for folder in (path, *path.parents) if not folder.is_dir()]
        for folder in reversed(missing):
            folder.mkdir(mode if folder == path else 0o777, exist_ok=True)
            with _folder(folder.parent, (), _DISK) as above:
                os.fsync(above)


def disk_errors(path: Path) -> AbstractContextManager[None]:
    """Turn the system's refusals in the block into the errors of local files: for libraries that write them."""
    return _told(str(path), _DISK)


def room(path: Path) -> int:
    """The free bytes of the disk that a local folder lies on, or will lie on. Raises `DiskRefusedError`."""
    there = next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())
    with _told(str(path), _DISK), _folder(there, (), _DISK) as folder:
        return _free(folder)


def remove_file(path: Path) -> None:
    """Remove a local file for good; one that is not there is no error."""
    with _told(str(path), _DISK), contextlib.suppress(FileNotFoundError):
        path.unlink()
        with _folder(path.parent, (), _DISK) as folder:
            os.fsync(folder)


def _parts(name: str) -> tuple[str, ...]:
    parts = tuple(name.split("/"))
    if len(parts) > MAX_DEPTH or any(not COMPONENT.fullmatch(part) for part in parts):
        raise FileRefusedError(name=ascii(name[:80]))
    return parts


@contextlib.contextmanager
def _folder(root: Path, parts: tuple[str, ...], words: _Words, *, make: bool = False) -> Iterator[int]:
    """The descriptor of a folder below `root`, every step opened relative to the last."""
    try:
        current = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise words.missing(name=str(root)) from error
    try:
        for part in parts:
            below = _step(current, part, make=make)
            os.close(current)
            current = below
        yield current
    finally:
        os.close(current)


def _free(folder: int) -> int:
    found = os.fstatvfs(folder)
    return found.f_bavail * found.f_frsize


def _step(folder: int, part: str, *, make: bool) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(part, 0o755, dir_fd=folder)
            os.fsync(folder)
    return os.open(part, flags, dir_fd=folder)


@contextlib.contextmanager
def _open(folder: int, name: str) -> Iterator[int]:
    """The descriptor of a plain file in an open folder; a FIFO does not block and a link is not followed."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(name, flags, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.ENXIO, os.strerror(errno.ENXIO))
        yield file
    finally:
        os.close(file)


def _put(folder: int, name: str, content: bytes, mode: int) -> None:
    """Write `content` beside `name`, make it durable, then put it in its place."""
    beside = f".{name}.part"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(beside, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(beside, flags, mode, dir_fd=folder)
    try:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        finally:
            os.close(file)
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside, dir_fd=folder)
        raise
    os.fsync(folder)


def _take(file: int, count: int) -> bytes:
    """Up to `count` bytes from where `file` stands."""
    chunks: list[bytes] = []
    while count > 0 and (chunk := os.read(file, min(count, 1 << 20))):
        chunks.append(chunk)
        count -= len(chunk)
    return b"".join(chunks)


def _capped(file: int, limit: int) -> bytes:
    """The bytes of a plain file; of one that says that it is too long nothing is read."""
    content = None if os.fstat(file).st_size > limit else _take(file, limit + 1)
    if content is None or len(content) > limit:
        raise DocumentTooLargeError(kind="file", limit=limit)
    return content


def _below(folder: int, depth: int) -> Iterator[tuple[str, ...]]:
    """The paths of plain files below an open folder, as parts."""
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if COMPONENT.fullmatch(entry.name)]
        files = [
            (entry.name, entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False))
            for entry in found
        ]
    for name, is_folder, is_file in files:
        if is_file:
            yield (name,)
        elif is_folder and depth > 1:
            below = _step(folder, name, make=False)
            try:
                yield from ((name, *rest) for rest in _below(below, depth - 1))
            finally:
                os.close(below)
