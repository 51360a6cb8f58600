"""The centre's TUF repository: staging, signing by thresholds, publishing, rotation and withdrawal.

Rules.
1. A staged list is one version after the published one; changing it drops its signatures.
2. What is published verifies as a whole under the newest root that its officers have signed, or nothing is.
3. The timestamp is written last, and copied to a carrier last: a publication cut short leaves the one before.
4. To revoke is to publish the next version without it.

Who may sign what is keys/ceremony.py; where the files lie is keys/lists.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tuf.api.metadata import (
    DelegatedRole,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from keys import ceremony
from keys.carrier import COMPONENT, Carrier, read_file
from keys.ceremony import LIST_LIFE, ROOT_LIFE, THRESHOLDS, Cast, TooFewHoldersError, expiry
from keys.clock import behind
from keys.encoding import Instant, decode, encode
from keys.identities import Identity, PrivateIdentity
from keys.lists import (
    MAX_TARGET,
    Lists,
    RepositoryDamagedError,
    RepositoryError,
    RepositoryExistsError,
    RepositoryMissingError,
)
from keys.signatures import MissingSignaturesError, RoleStatus, effective, lacking, may_sign, status
from keys.statement import Role, key_id, library_signer
from keys.updater import HELD_BY, TIME_FIELD, signed_fingerprint

__all__ = [
    "MissingSignaturesError",
    "NotASignerError",
    "NotListedError",
    "NothingStagedError",
    "Published",
    "Repository",
    "RepositoryDamagedError",
    "RepositoryError",
    "RepositoryExistsError",
    "RepositoryMissingError",
    "RoleStatus",
    "Signed",
    "TargetNameError",
]

MAX_NAME = 120
"""Characters in one part of a target's name: its digest must fit before it on a carrier."""


class NothingStagedError(RepositoryError):
    """There is nothing to sign."""

    code = "nothing-staged"
    what = "Nothing is waiting to be signed."
    next_step = "Stage a change first, or go on to publish."


class NotASignerError(RepositoryError):
    """The key may not sign anything that is waiting."""

    code = "not-a-signer"
    what = "{name} may not sign anything that is waiting here."
    next_step = "Use the key of one of the people that `exam-kiosk keys status` names."


class TargetNameError(RepositoryError):
    """A name that the role may not sign, or that no file of ours has."""

    code = "target-name-wrong"
    what = "{name} is not a name that the role {role} may publish."
    next_step = "Check the name of the board, site or sitting."


class NotListedError(RepositoryError):
    """A name that is in no list."""

    code = "target-not-listed"
    what = "{name} is not published or waiting here."
    next_step = "Check the name with `exam-kiosk keys status`."


@dataclass(frozen=True, slots=True)
class Signed:
    """What one signing did: the roles signed, and how each staged list now stands."""

    roles: tuple[str, ...]
    status: tuple[RoleStatus, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What one publication did: its timestamp's version, the roles that are new, and what is still waiting."""

    version: int
    roles: tuple[str, ...]
    waiting: tuple[RoleStatus, ...]


class Repository:
    """The repository in one folder; `now` (ms since 1970 UTC) dates what is staged and signed."""

    def __init__(self, path: Path, now: Instant) -> None:
        """A repository at `path`; nothing is touched yet."""
        self._now = now
        self._lists = Lists(path)

    def begin(self, cast: Cast) -> None:
        """Stage version 1 of everything. Raises a `CeremonyError` or `RepositoryExistsError`."""
        cast.check()
        if self._lists.exist():
            raise RepositoryExistsError(name=str(self._lists.path))
        self._lists.stage("root", Metadata(ceremony.root(cast, 1, self._now)))
        self._lists.stage("targets", Metadata(ceremony.top_list(cast, 1, self._now)))
        for role in _delegated(ceremony.top_list(cast, 1, self._now)):
            self._stage_empty(role)
        self._stage_centre(cast)

    def rotate(self, cast: Cast) -> tuple[str, ...]:
        """Stage what must be signed anew for these people to be the holders; return the roles staged.

        A new root needs the threshold of the old officers and of the new ones. Raises a `CeremonyError`.
        """
        cast.check()
        root, top = self._lists.root(), self._lists.targets("targets")
        if root is None or top is None:
            raise RepositoryMissingError(name=str(self._lists.path))
        new_root = ceremony.root(cast, root.signed.version + 1, self._now)
        new_top = ceremony.top_list(cast, top.signed.version + 1, self._now)
        old, new = _delegated(top.signed), _delegated(new_top)
        for role in old.keys() - new.keys():
            raise TooFewHoldersError(role=HELD_BY[role].value, need=1, have=0)
        staged: list[str] = []
        if (new_root.keys, new_root.roles) != (root.signed.keys, root.signed.roles):
            self._lists.stage("root", Metadata(new_root))
            staged.append("root")
        if (
            new_root.roles["targets"] != root.signed.roles["targets"]
            or new_top.delegations != top.signed.delegations
        ):
            self._lists.stage("targets", Metadata(new_top))
            staged.append("targets")
        for role in THRESHOLDS.keys() - new.keys():
            self._lists.unstage(role)
        for role in new:
            if role not in old:
                self._stage_empty(role)
                staged.append(role)
            elif (new[role].keyids, new[role].paths) != (old[role].keyids, old[role].paths):
                self.renew(role)
                staged.append(role)
        if self._stage_centre(cast) and "identities" not in staged:
            staged.append("identities")
        return tuple(staged)

    def _stage_empty(self, role: str) -> None:
        """Stage the first version of a list."""
        self._lists.stage(role, Metadata(Targets(1, expires=expiry(self._now, LIST_LIFE))))

    def _stage_centre(self, cast: Cast) -> bool:
        """List the centre's recipients, whom every record is sealed to, as identities; whether that is a change."""
        wanted = {one.target(): encode(one) for one in cast.of(Role.CENTRE)}
        listed = self._lists.newest("identities").signed.targets
        gone = [name for name in listed if name.startswith("identities/centre/") and name not in wanted]
        fresh = {
            name: content
            for name, content in wanted.items()
            if name not in listed or listed[name].hashes != _entry(name, content).hashes
        }
        for name in gone:
            self.withdraw(name)
        for name, content in fresh.items():
            self.stage_target("identities", name, content)
        return bool(gone or fresh)

    def root_fingerprint(self) -> str:
        """The fingerprint of root version 1, which every machine is given on paper. Raises `RepositoryMissingError`."""
        first = self._lists.first_root()
        if first is None or first.signed.version != 1:
            raise RepositoryMissingError(name=str(self._lists.path))
        return signed_fingerprint(first)

    def stage_target(
        self, role: str, name: str, content: bytes, note: Mapping[str, str] | None = None
    ) -> None:
        """Stage a file in the next version of a role's list; `note` is signed beside its digest.

        Signatures already on the staged list are dropped.
        Raises `TargetNameError`, `RepositoryMissingError`, or `DocumentError` for an identity that is none.
        """
        if self._role_of(name) != role:
            raise TargetNameError(name=ascii(name), role=role)
        _check_content(role, name, content)
        entry = _entry(name, content)
        if note:
            entry.unrecognized_fields["custom"] = dict(note)
        self._lists.stage_content(entry, content)
        signed = self._next(role)
        signed.targets[name] = entry
        self._lists.stage(role, Metadata(signed))

    def withdraw(self, name: str) -> None:
        """Stage the next version of a list without `name`; for an identity that is its revocation.

        Raises `NotListedError` or `RepositoryMissingError`.
        """
        role = self._role_of(name)
        if role is None or name not in self._lists.newest(role).signed.targets:
            raise NotListedError(name=ascii(name), role=role)
        signed = self._next(role)
        del signed.targets[name]
        self._lists.stage(role, Metadata(signed))

    def content(self, name: str) -> bytes:
        """A file as the newest list of its role names it, staged or published, checked against that list.

        Raises `NotListedError`, `RepositoryMissingError` or `RepositoryDamagedError`.
        """
        role = self._role_of(name)
        listed = self._lists.newest(role).signed.targets if role else {}
        if name not in listed:
            raise NotListedError(name=ascii(name), role=role)
        return self._lists.content(listed[name])

    def renew(self, role: str) -> None:
        """Stage the next version of a list as it is, good for another season.

        Raises `NotListedError` for a role that is none, or `RepositoryMissingError`.
        """
        root = self._lists.root()
        if role not in {"root", "targets", *THRESHOLDS}:
            raise NotListedError(name=ascii(role))
        if role == "root" and root is not None:
            old = root.signed
            signed = Root(old.version + 1, None, expiry(self._now, ROOT_LIFE), old.keys, old.roles)
            self._lists.stage(role, Metadata(signed))
        else:
            self._lists.stage(role, Metadata(self._next(role)))

    def _next(self, role: str) -> Targets:
        """The next version of a list, with what is staged for it already."""
        base, published = self._lists.newest(role).signed, self._lists.targets(role)
        version = published.signed.version + 1 if published else 1
        life = expiry(self._now, LIST_LIFE)
        return Targets(version, None, life, dict(base.targets), base.delegations)

    def _role_of(self, name: str) -> str | None:
        """The one role that may publish a file of this name."""
        if any(not COMPONENT.fullmatch(part) or len(part) > MAX_NAME for part in name.split("/")):
            return None
        delegations = self._lists.newest("targets").signed.delegations
        found = delegations.get_roles_for_target(name) if delegations else iter(())
        return next((role for role, _ in found), None)

    def status(self) -> tuple[RoleStatus, ...]:
        """Every staged list, with who has signed it and what it changes."""
        return status(self._lists)

    def sign(self, private: PrivateIdentity, only: str = "") -> Signed:
        """Sign everything staged that this key may sign, after checking that the files named are the ones staged.

        `only` names the one role whose list is signed: a command that staged something signs no more than that.

        Raises `NothingStagedError`, `NotASignerError`, `RepositoryDamagedError`, or what `stage_target` raises.
        """
        waiting = self._lists.waiting()
        if not waiting:
            raise NothingStagedError
        mine = key_id(private.identity.signing)
        asked = [role for role in waiting if only in {"", role}]
        roles = [role for role in asked if mine in may_sign(self._lists, role, waiting)]
        if not roles:
            raise NotASignerError(name=private.identity.name)
        for role in roles:
            for name, entry in self._lists.fresh(role, waiting[role]).items():
                _check_content(role, name, self._lists.content(entry))
        for role in roles:
            waiting[role].sign(library_signer(private.signer()), append=True)
            self._lists.stage(role, waiting[role])
        return Signed(tuple(roles), self.status())

    def publish(self, publisher: PrivateIdentity, carrier: Carrier | None = None) -> Published:
        """Publish every staged list that enough have signed, with a new snapshot and timestamp; copy to a carrier.

        With nothing staged only the snapshot and timestamp are renewed. A list that is not complete stays staged,
        unless what is published would not hold without it.
        Raises `MissingSignaturesError`, `NotASignerError`, `ClockBehindError`, `RepositoryDamagedError` or a
        `StorageError`.
        """
        waiting = self._lists.waiting()
        root, lists = effective(self._lists, waiting)
        versions = {"root": root.signed.version} | {role: one.signed.version for role, one in lists.items()}
        fresh = [role for role, listed in waiting.items() if listed.signed.version == versions.get(role)]
        if waiting and not fresh:
            raise lacking(self._lists, waiting, "root")
        if key_id(publisher.identity.signing) not in root.signed.roles["timestamp"].keyids:
            raise NotASignerError(name=publisher.identity.name)
        self._check_time()
        for role in fresh:
            for entry in self._lists.fresh(role, waiting[role]).values():
                self._lists.publish_content(entry)
        for role in fresh:
            self._lists.publish(role, waiting[role])
        version = self._freshen(publisher, lists)
        for role in fresh:
            self._lists.unstage(role)
        if carrier is not None:
            self.copy_to(carrier)
        return Published(version, tuple(fresh), self.status())

    def copy_to(self, carrier: Carrier) -> None:
        """Copy what is published to a carrier: files, the whole root chain, lists, and the timestamp last."""
        for name in self._lists.current():
            content = read_file(self._lists.path / name, limit=MAX_TARGET)
            if not carrier.exists(name) or carrier.read(name, limit=MAX_TARGET) != content:
                carrier.write(name, content)

    def _check_time(self) -> None:
        """A publication is never dated before the one it follows."""
        before = self._lists.timestamp()
        newest = before.signed.unrecognized_fields.get(TIME_FIELD, 0) if before else 0
        if self._now < newest:
            raise behind(self._now, Instant(newest))

    def _freshen(self, publisher: PrivateIdentity, lists: Mapping[str, Metadata[Targets]]) -> int:
        """Sign and write the next snapshot and timestamp; return the timestamp's version."""
        signer, life = library_signer(publisher.signer()), expiry(self._now, LIST_LIFE)
        old_snapshot, old_timestamp = self._lists.snapshot(), self._lists.timestamp()
        meta = {
            f"{role}.json": _meta(listed.signed.version, listed.to_bytes()) for role, listed in lists.items()
        }
        snapshot = Metadata(
            Snapshot(old_snapshot.signed.version + 1 if old_snapshot else 1, None, life, meta)
        )
        snapshot.sign(signer)
        named = _meta(snapshot.signed.version, self._lists.publish("snapshot", snapshot))
        version = old_timestamp.signed.version + 1 if old_timestamp else 1
        timestamp = Metadata(Timestamp(version, None, life, named, {TIME_FIELD: self._now}))
        timestamp.sign(signer)
        self._lists.publish("timestamp", timestamp)
        return version


def _check_content(role: str, name: str, content: bytes) -> None:
    """No registrar lists, or signs, anything but an identity under its own name."""
    if role == "identities" and decode(content, Identity, name="identity").target() != name:
        raise TargetNameError(name=ascii(name), role=role)


def _entry(name: str, content: bytes) -> TargetFile:
    return TargetFile.from_data(name, content, ["sha256"])


def _meta(version: int, content: bytes) -> MetaFile:
    return MetaFile.from_data(version, content, ["sha256"])


def _delegated(top: Targets) -> dict[str, DelegatedRole]:
    return (top.delegations.roles if top.delegations else None) or {}
