"""Who has signed what is staged, what is still missing, and what would hold if it were published now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tuf.api.metadata import Metadata, Root, TargetFile, Targets, VerificationResult

from keys.ceremony import THRESHOLDS
from keys.encoding import decode, grouped
from keys.identities import Identity
from keys.lists import Listed, Lists, RepositoryError, RepositoryMissingError
from keys.statement import KeyId
from keys.updater import key_name


class MissingSignaturesError(RepositoryError):
    """Too few have signed."""

    code = "signatures-missing"
    what = "Signatures are missing: {detail}."
    next_step = "Have them signed with `exam-kiosk keys sign`, then publish again."


@dataclass(frozen=True, slots=True)
class RoleStatus:
    """One staged list: who has signed, how many must, who still could, and what it adds, changes and removes."""

    role: str
    version: int
    have: tuple[str, ...]
    need: int
    missing: tuple[str, ...]
    changes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether enough have signed."""
        return len(self.have) >= self.need

    def lacking(self) -> str:
        """What is still missing, in words."""
        return f"{self.role} needs {self.need - len(self.have)} more of {', '.join(self.missing)}"


def status(lists: Lists) -> tuple[RoleStatus, ...]:
    """Every staged list, with who has signed it and what it changes."""
    waiting = lists.waiting()
    return tuple(one for role in waiting for one in _status(lists, role, waiting))


def _results(
    lists: Lists, role: str, waiting: Mapping[str, Listed]
) -> Iterator[tuple[str, VerificationResult]]:
    """How far each threshold is met that a staged list must meet."""
    listed = waiting[role]
    payload, signatures, before = listed.signed_bytes, listed.signatures, lists.root()
    if isinstance(listed.signed, Root):
        both = listed.signed.get_root_verification_result(
            before.signed if before else None, payload, signatures
        )
        yield role, both.second
        if before and both.first != both.second:
            yield f"root (officers of version {before.signed.version})", both.first
        return
    above = waiting.get("root") or before if role == "targets" else lists.newest("targets")
    if above is None:
        raise RepositoryMissingError(name=str(lists.path))
    yield role, above.signed.get_verification_result(role, payload, signatures)


def may_sign(lists: Lists, role: str, waiting: Mapping[str, Listed]) -> set[KeyId]:
    """The key ids that count for a staged list, whether they have signed or not."""
    results = [result for _, result in _results(lists, role, waiting)]
    return {KeyId(keyid) for result in results for keyid in (*result.signed, *result.unsigned)}


def _status(lists: Lists, role: str, waiting: Mapping[str, Listed]) -> Iterator[RoleStatus]:
    for label, result in _results(lists, role, waiting):
        have, missing = (
            tuple(sorted(key_name(key) for key in keys.values())) for keys in (result.signed, result.unsigned)
        )
        changes = _changes(lists, role, waiting[role])
        yield RoleStatus(label, waiting[role].signed.version, have, result.threshold, missing, changes)


def _changes(lists: Lists, role: str, listed: Listed) -> tuple[str, ...]:
    """Lines of `+ name`, `~ name` and `- name` against what is published."""
    if isinstance(listed.signed, Root):
        return ()
    before = lists.targets(role)
    old, new = before.signed.targets if before else {}, listed.signed.targets
    fresh = [
        f"{'~' if name in old else '+'} {name}{_whose(lists, entry)}"
        for name, entry in lists.fresh(role, listed).items()
    ]
    return tuple(
        sorted((*fresh, *(f"- {name}" for name in old if name not in new)), key=lambda line: line[2:])
    )


def _whose(lists: Lists, entry: TargetFile) -> str:
    """The fingerprint of an identity that is staged, for the next registrar to compare."""
    if not entry.path.startswith("identities/"):
        return ""
    identity = decode(lists.content(entry), Identity, name="identity")
    return f" (fingerprint {grouped(identity.fingerprint, 4)})"


def effective(
    lists: Lists, waiting: Mapping[str, Listed]
) -> tuple[Metadata[Root], dict[str, Metadata[Targets]]]:
    """The root and lists that would be published now: of each the staged one if enough have signed it.

    Raises `MissingSignaturesError` where neither the staged nor the published one would hold.
    """
    root = lists.root()
    staged = lists.staged_root()
    if staged and all(result for _, result in _results(lists, "root", waiting)):
        root = staged
    if root is None:
        raise lacking(lists, waiting, "root")
    found: dict[str, Metadata[Targets]] = {}
    above: Root | Targets = root.signed
    for role in ("targets", *THRESHOLDS):
        if isinstance(above, Targets) and not _delegates(above, role):
            continue
        listed = _complete(lists, role, waiting) or lists.targets(role)
        if listed is None or not above.get_verification_result(role, listed.signed_bytes, listed.signatures):
            raise lacking(lists, waiting, role)
        found[role] = listed
        above = found["targets"].signed
    return root, found


def _delegates(top: Targets, role: str) -> bool:
    """Whether anybody holds a role: an optional one may be held by nobody."""
    return bool(top.delegations and top.delegations.roles and role in top.delegations.roles)


def _complete(lists: Lists, role: str, waiting: Mapping[str, Listed]) -> Metadata[Targets] | None:
    """The staged list of a role, if enough have signed it by the newest naming of its holders."""
    staged = lists.staged(role)
    return staged if staged and all(result for _, result in _results(lists, role, waiting)) else None


def lacking(lists: Lists, waiting: Mapping[str, Listed], role: str) -> RepositoryError:
    """The complaint that names every signature still missing, or the list that no longer holds."""
    if not waiting:
        return RepositoryMissingError(name=str(lists.path))
    incomplete = [one.lacking() for one in status(lists) if not one.complete]
    return MissingSignaturesError(detail="; ".join(incomplete) or f"{role} must be renewed and signed anew")
