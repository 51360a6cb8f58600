"""Who may sign what, as TUF metadata: the first root and its delegations, and every later change of people.

Rules.
1. The officers sign the root and the top list of targets, which lists nothing and only delegates: no other key can
   give itself a role.
2. Each delegated role signs its own names alone; identities need two registrars.
3. No key is held twice. A holder's role in the ceremony is the role in their public key file.

Nothing here touches a file; keys/repository.py does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tuf.api.metadata import DelegatedRole, Delegations, Key, Root, Targets
from tuf.api.metadata import Role as TufRole

from keys.encoding import Instant
from keys.errors import ExamKioskError
from keys.identities import NAME, Identity
from keys.statement import Role, public_key
from keys.updater import HELD_BY, NAME_FIELD

ROOT_LIFE = timedelta(days=3 * 365)
LIST_LIFE = timedelta(days=365 + 30)
"""A season and thirty days: a kiosk that reads its clock wrongly must not find an expired list in the middle of one."""

NEEDED = {
    Role.PACKAGER: 1,
    Role.REGISTRAR: 2,
    Role.PUBLISHER: 1,
    Role.INTAKE: 1,
    Role.SCORING: 1,
    Role.CENTRE: 1,
}
"""How many holders of each role a ceremony needs at least."""

OPTIONAL = frozenset({Role.CERTIFIER})
"""Roles that a ceremony may have: its list is delegated where somebody holds it, and then for good."""

THRESHOLDS = {"exams": 1, "identities": 2, "sittings": 1, "receipts": 1, "scoring": 1, "certificates": 1}
PATTERNS = {
    "identities": ("identities/*/*/*",),
    "sittings": ("sittings/*/*",),
    "receipts": ("receipts/*",),
    "scoring": ("scoring/*/*",),
    "certificates": ("certificates/*",),
}
"""The names each delegated role signs; those of `exams` come from the boards."""


class CeremonyError(ExamKioskError):
    """Base of what can be wrong with the people named in a ceremony."""

    code = "ceremony-refused"
    what = "The ceremony cannot be held like this."
    next_step = "Check who was named, then begin again."


class TooFewHoldersError(CeremonyError):
    """A role has too few holders."""

    code = "holders-too-few"
    what = "The role {role} needs at least {need} holders, and {have} are named."
    next_step = "Make the missing keys with `exam-kiosk keys new` and name their .pub files."


class WrongHolderError(CeremonyError):
    """A public key of a role that is not held by ceremony, or an officer named as a holder, or the other way round."""

    code = "holder-wrong-role"
    what = "{name} is a {role} key and cannot be named here."
    next_step = (
        "Officers are named with --root and all others with --holder; kiosks and proctors are enrolled."
    )


class HolderTwiceError(CeremonyError):
    """One key, or one name within a role, is named twice."""

    code = "holder-twice"
    what = "{name} is named twice."
    next_step = "Name every holder once; two people never share a key."


class ThresholdError(CeremonyError):
    """A threshold that cannot be met or means nothing."""

    code = "threshold-impossible"
    what = "A threshold of {threshold} does not fit {officers} officers."
    next_step = "Choose a threshold between 1 and the number of officers; 2 of 3 is usual."


class BoardNameError(CeremonyError):
    """A board without a name that can be part of a path."""

    code = "board-name-wrong"
    what = "The boards of a ceremony need names of lower-case letters, digits and dashes, at least one."
    next_step = "Name each board once with --board."


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a ceremony: officers and how many of them must sign, the other holders, the boards."""

    officers: tuple[Identity, ...]
    threshold: int
    holders: tuple[Identity, ...]
    boards: tuple[str, ...]

    def of(self, role: Role) -> tuple[Identity, ...]:
        """The holders of one role."""
        return self.officers if role is Role.ROOT else tuple(one for one in self.holders if one.role is role)

    def check(self) -> None:
        """Raises a `CeremonyError`."""
        for one in (*self.officers, *self.holders):
            if (one.role is Role.ROOT) != (one in self.officers) or one.role not in {
                Role.ROOT,
                *NEEDED,
                *OPTIONAL,
            }:
                raise WrongHolderError(name=one.name, role=one.role.value)
        if not 1 <= self.threshold <= len(self.officers):
            raise ThresholdError(threshold=self.threshold, officers=len(self.officers))
        for role, need in NEEDED.items():
            if len(self.of(role)) < need:
                raise TooFewHoldersError(role=role.value, need=need, have=len(self.of(role)))
        everyone = (*self.officers, *self.holders)
        for marks in (
            [one.signing for one in everyone],
            [(one.role, one.site, one.name) for one in everyone],
        ):
            for at, one in enumerate(everyone):
                if marks[at] in marks[:at]:
                    raise HolderTwiceError(name=one.name)
        fit = all(NAME.fullmatch(board) for board in self.boards)
        if not self.boards or not fit or len(set(self.boards)) != len(self.boards):
            raise BoardNameError


def root(cast: Cast, version: int, now: Instant) -> Root:
    """The root that names these people; nobody has signed it yet."""
    officers, publishers = _keys(cast.officers), _keys(cast.of(Role.PUBLISHER))
    by_officers = TufRole(list(officers), cast.threshold)
    by_publishers = TufRole(list(publishers), 1)
    roles = {
        "root": by_officers,
        "targets": TufRole(list(officers), cast.threshold),
        "snapshot": by_publishers,
        "timestamp": TufRole(list(publishers), 1),
    }
    return Root(version, expires=expiry(now, ROOT_LIFE), keys=officers | publishers, roles=roles)


def top_list(cast: Cast, version: int, now: Instant) -> Targets:
    """The officers' list of targets: no files, only who signs which names."""
    keys: dict[str, Key] = {}
    roles: dict[str, DelegatedRole] = {}
    for name, threshold in THRESHOLDS.items():
        held = _keys(cast.of(HELD_BY[name]))
        if not held:
            continue
        keys |= held
        patterns = PATTERNS.get(name) or tuple(f"exams/{board}/*" for board in cast.boards)
        roles[name] = DelegatedRole(name, list(held), threshold, terminating=True, paths=list(patterns))
    return Targets(version, expires=expiry(now, LIST_LIFE), delegations=Delegations(keys, roles))


def expiry(now: Instant, life: timedelta) -> datetime:
    """When metadata signed at `now` runs out, to the second as TUF has it."""
    return datetime.fromtimestamp(now // 1000, UTC) + life


def _keys(holders: Iterable[Identity]) -> dict[str, Key]:
    """TUF's form of public keys, each with its holder's name."""
    found: dict[str, Key] = {}
    for one in holders:
        key = public_key(one.signing)
        key.unrecognized_fields[NAME_FIELD] = one.name
        found[key.keyid] = key
    return found
