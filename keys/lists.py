"""The repository's files: published and staged lists, and what they name. keys/repository.py decides what is in them.

metadata/   what is published: N.root.json, timestamp.json, N.snapshot.json, N.<role>.json
targets/    published files, each with its digest before its name
staged/     the next version of each list while it gathers signatures, and the files it will name
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.exceptions import RepositoryError as TufError
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from keys.carrier import FileMissingError, read_file, remove_file, write_file
from keys.ceremony import THRESHOLDS
from keys.errors import ExamKioskError
from keys.updater import MAX_METADATA

MAX_TARGET = 2 * 1024 * 1024 * 1024

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)
Listed = Metadata[Root] | Metadata[Targets]


class RepositoryError(ExamKioskError):
    """Base of what can go wrong with the centre's repository."""

    code = "repository-failed"
    what = "The repository {name} cannot be used."
    next_step = "Restore it from the copy of the last publication."


class RepositoryMissingError(RepositoryError):
    """There is no repository, or its ceremony was never begun."""

    code = "repository-missing"
    what = "There is no repository at {name}."
    next_step = "Check the folder, or begin a ceremony with `exam-kiosk keys begin`."


class RepositoryExistsError(RepositoryError):
    """A ceremony is begun where there is a repository."""

    code = "repository-exists"
    what = "There is already a repository at {name}."
    next_step = "Choose another folder; to change who holds which key use `exam-kiosk keys rotate`."


class RepositoryDamagedError(RepositoryError):
    """A file of the repository is missing or is not what its lists say."""

    code = "repository-damaged"
    what = "{name} in the repository is missing, damaged or not what was staged."
    next_step = "Restore the repository from the copy of the last publication, then stage the change again."


class Lists:
    """The lists in the folder of one repository, read anew each time: officers may work on it one after another."""

    def __init__(self, path: Path) -> None:
        """The files below `path`; nothing is touched yet."""
        self.path = path
        self._published = path / "metadata"
        self._staged = path / "staged" / "metadata"

    def exist(self) -> bool:
        """Whether a ceremony was begun here."""
        return self._published.exists() or self._staged.exists()

    def root(self) -> Metadata[Root] | None:
        """The newest published root."""
        return next((found for found in reversed(list(self._roots()))), None)

    def first_root(self) -> Metadata[Root] | None:
        """Root version 1, published or staged."""
        return next(self._roots(), None) or _read(self._staged / "root.json", Root)

    def _roots(self) -> Iterator[Metadata[Root]]:
        version = 1
        while found := _read(self._published / f"{version}.root.json", Root):
            yield found
            version += 1

    def timestamp(self) -> Metadata[Timestamp] | None:
        """The published timestamp."""
        return _read(self._published / "timestamp.json", Timestamp)

    def snapshot(self) -> Metadata[Snapshot] | None:
        """The published snapshot."""
        timestamp = self.timestamp()
        if timestamp is None:
            return None
        return self._needed(f"{timestamp.signed.snapshot_meta.version}.snapshot.json", Snapshot)

    def targets(self, role: str) -> Metadata[Targets] | None:
        """The published list of a role."""
        snapshot = self.snapshot()
        meta = snapshot.signed.meta.get(f"{role}.json") if snapshot else None
        return self._needed(f"{meta.version}.{role}.json", Targets) if meta else None

    def _needed(self, name: str, kind: type[S]) -> Metadata[S]:
        found = _read(self._published / name, kind)
        if found is None:
            raise RepositoryDamagedError(name=name)
        return found

    def waiting(self) -> dict[str, Listed]:
        """Every staged list that is newer than what is published: root, targets, then the delegated roles."""
        found: dict[str, Listed] = {}
        root = self.staged_root()
        if root:
            found["root"] = root
        for role in ("targets", *THRESHOLDS):
            staged = self.staged(role)
            if staged:
                found[role] = staged
        return found

    def staged_root(self) -> Metadata[Root] | None:
        """The staged root, if it is newer than the published one."""
        staged, before = _read(self._staged / "root.json", Root), self.root()
        stale = staged is not None and before is not None and staged.signed.version <= before.signed.version
        return None if stale else staged

    def staged(self, role: str) -> Metadata[Targets] | None:
        """The staged list of a role, if it is newer than the published one."""
        staged, before = _read(self._staged / f"{role}.json", Targets), self.targets(role)
        stale = staged is not None and before is not None and staged.signed.version <= before.signed.version
        return None if stale else staged

    def newest(self, role: str) -> Metadata[Targets]:
        """The staged list of a role, else the published one. Raises `RepositoryMissingError`."""
        found = self.staged(role) or self.targets(role)
        if found is None:
            raise RepositoryMissingError(name=str(self.path))
        return found

    def fresh(self, role: str, listed: Listed) -> dict[str, TargetFile]:
        """The files that a list names and the published list of its role does not."""
        if isinstance(listed.signed, Root):
            return {}
        before = self.targets(role)
        old = before.signed.targets if before else {}
        return {name: entry for name, entry in listed.signed.targets.items() if old.get(name) != entry}

    def stage(self, role: str, listed: Listed) -> None:
        """Keep the staged list of a role."""
        write_file(self._staged / f"{role}.json", listed.to_bytes(), 0o644)

    def stage_content(self, entry: TargetFile, content: bytes) -> None:
        """Keep a file that a staged list names."""
        write_file(self._content(entry), content, 0o644)

    def content(self, entry: TargetFile) -> bytes:
        """A file that a staged list names, checked. Raises `RepositoryDamagedError`."""
        for path in (self._content(entry), self.path / target_path(entry)):
            try:
                content = read_file(path, limit=MAX_TARGET)
                entry.verify_length_and_hashes(content)
            except FileMissingError:
                continue
            except LengthOrHashMismatchError:
                raise RepositoryDamagedError(name=entry.path) from None
            return content
        raise RepositoryDamagedError(name=entry.path)

    def _content(self, entry: TargetFile) -> Path:
        return self.path / "staged" / "targets" / entry.hashes["sha256"]

    def publish_content(self, entry: TargetFile) -> None:
        """Put a staged file where it is published."""
        write_file(self.path / target_path(entry), self.content(entry), 0o644)

    def publish(self, role: str, listed: Listed | Metadata[Snapshot] | Metadata[Timestamp]) -> bytes:
        """Put a list where it is published; return its bytes."""
        content = listed.to_bytes()
        name = "timestamp.json" if role == "timestamp" else f"{listed.signed.version}.{role}.json"
        write_file(self._published / name, content, 0o644)
        return content

    def unstage(self, role: str) -> None:
        """Forget the staged list of a role, and every staged file that no staged list names any more."""
        remove_file(self._staged / f"{role}.json")
        named = {
            entry.hashes["sha256"]
            for role, listed in self.waiting().items()
            for entry in self.fresh(role, listed).values()
        }
        folder = self.path / "staged" / "targets"
        for path in folder.iterdir() if folder.exists() else ():
            if path.name not in named:
                remove_file(path)

    def current(self) -> Iterator[str]:
        """The names of all files of the publication, in the order to copy them: the timestamp is the last."""
        timestamp, snapshot, root = self.timestamp(), self.snapshot(), self.root()
        if timestamp is None or snapshot is None or root is None:
            raise RepositoryMissingError(name=str(self.path))
        for role in THRESHOLDS:
            listed = self.targets(role)
            yield from (target_path(entry) for entry in listed.signed.targets.values()) if listed else ()
        yield from (f"metadata/{version}.root.json" for version in range(1, root.signed.version + 1))
        for name, meta in snapshot.signed.meta.items():
            yield f"metadata/{meta.version}.{name}"
        yield f"metadata/{snapshot.signed.version}.snapshot.json"
        yield "metadata/timestamp.json"


def target_path(entry: TargetFile) -> str:
    """Where a published file lies: its digest stands before its name."""
    folder, slash, name = entry.path.rpartition("/")
    return f"targets/{folder}{slash}{entry.hashes['sha256']}.{name}"


def _read(path: Path, kind: type[S]) -> Metadata[S] | None:
    """A list of the repository's own; nothing but its form is verified. Raises `RepositoryDamagedError`."""
    try:
        listed = Metadata[S].from_bytes(read_file(path, limit=MAX_METADATA))
    except FileMissingError:
        return None
    except (TufError, ValueError):
        raise RepositoryDamagedError(name=path.name) from None
    if not isinstance(listed.signed, kind):
        raise RepositoryDamagedError(name=path.name)
    return listed
