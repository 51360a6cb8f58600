"""The sitting plan as operations write it: plan.toml and a roster in, a `SittingPlan` out. The formats are in
docs/formats/sitting-plan.md.

Proctors, kiosks and recipients are named, and stand for the identities that are published under these names: proctors
and kiosks of the plan's own site, recipients of the site "centre".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from exam_packages.complaint import Complaint, ComplaintsError, Toml, nearest
from exam_packages.package import PackageHeader
from exam_packages.roster import MomentError, Room, moment, read_roster
from exam_packages.sitting_plan import KioskSlot, Mode, Policies, SittingId, SittingPlan
from keys.clock import utc
from keys.encoding import Digest, Instant
from keys.errors import ExamKioskError
from keys.identities import NAME, Identity
from keys.statement import Role

CENTRE = "centre"
LIMITS = {"one_proctor_minutes": 240, "late_minutes": 480}
"""The most minutes of these policies."""
TARGET = re.compile(r"exams/[a-z0-9-]+/[a-z0-9._-]+\.ekp")


class PlanFilesError(ComplaintsError):
    """A plan or roster file that is not in order."""

    code = "plan-not-in-order"


class PlanPackageError(ExamKioskError):
    """A plan that was put together for a package other than the one it names."""

    code = "plan-package-wrong"
    what = "The plan names the package {named}, and the one at hand is {found}."
    next_step = "Give the package that plan.toml names."


class PackageNotPublishedError(ExamKioskError):
    """A plan that names a package which the centre has not published."""

    code = "package-not-published"
    what = "{file} names the package {name}, which is not published; published: {known}."
    next_step = "Set `package =` in {file} to one that is published, or publish the package first."


class WindowOverError(ExamKioskError):
    """A plan or release for a sitting whose window has closed."""

    code = "window-over"
    what = "The window of sitting {sitting} ended at {closes}; this machine's clock says {clock}."
    next_step = (
        "Check the clock; if it is right, set opens_at and closes_at in plan.toml and make the plan again."
    )


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """plan.toml as it is written. Times are TOML date-times or text, always with their zone.

    `reserve` names a proctor's key whose file and passphrase lie sealed at the site: with it the desk can be rebuilt.
    """

    sitting: str
    mode: Mode
    programme: str
    site: str
    room: str
    opens_at: datetime
    closes_at: datetime
    package: str
    proctors: tuple[str, ...]
    kiosks: tuple[str, ...]
    recipients: tuple[str, ...]
    policies: dict[str, Any]
    spares: tuple[str, ...] = ()
    reserve: str = ""


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A package as sites will find it: its target name, the digest of its file, and its verified header."""

    target: str
    digest: Digest
    header: PackageHeader


@dataclass(frozen=True, slots=True)
class Sources:
    """The two files: the name of each, for complaints, and its text."""

    plan_file: str
    plan: str
    roster_file: str
    roster: str


def named_package(file: str, text: str, published: Collection[str]) -> str:
    """The target name of the package that a plan names, one of those `published`.

    Raises `PlanFilesError` or `PackageNotPublishedError`.
    """
    toml = Toml(file, text)
    named = toml.content.get("package", "")
    if not toml.complaints and (not isinstance(named, str) or not TARGET.fullmatch(named)):
        toml.complain(toml.line("package"), "“package” is a published package such as exams/cetl/name.ekp.")
    if toml.complaints:
        raise PlanFilesError("The sitting plan", toml.complaints)
    if named not in published:
        known = ", ".join(sorted(published)) or "none yet"
        raise PackageNotPublishedError(file=file, name=named, known=known)
    return str(named)


def check_not_over(plan: SittingPlan, now: Instant) -> None:
    """Raise `WindowOverError` where nobody could open the sitting any more."""
    if plan.closes_at < now:
        raise WindowOverError(sitting=plan.sitting, closes=utc(plan.closes_at), clock=utc(now))


def read_plan(sources: Sources, package: PublishedPackage, published: Iterable[Identity]) -> SittingPlan:
    """The plan of these files for this package, with the published identities it names.

    Raises `PlanFilesError` with every complaint about both files, or `PlanPackageError`.
    """
    reader = _Reader(sources, {identity.target(): identity for identity in published})
    plan = reader.plan(package)
    if plan is None or reader.complaints:
        raise PlanFilesError("The sitting plan", reader.complaints)
    if reader.named != package.target:
        raise PlanPackageError(named=reader.named, found=package.target)
    return plan


class _Reader:
    """Reads plan.toml, then the roster in its light."""

    def __init__(self, sources: Sources, published: Mapping[str, Identity]) -> None:
        self._sources, self._published = sources, published
        self._toml = Toml(sources.plan_file, sources.plan)
        self._roster: tuple[Complaint, ...] = ()
        self.named = ""

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        return (*sorted(self._toml.complaints), *self._roster)

    def plan(self, package: PublishedPackage) -> SittingPlan | None:
        toml = self._toml
        wanted = toml.read(Wanted, toml.content) if toml.content else None
        if wanted is None:
            return None
        self.named = wanted.package
        policies = toml.read(Policies, wanted.policies, "policies")
        self._check_minutes(policies)
        (opens_at, zone), (closes_at, _) = self._moment("opens_at", wanted), self._moment("closes_at", wanted)
        if closes_at <= opens_at:
            toml.complain(toml.line("closes_at"), "The sitting closes before it opens.")
        self._check_words(wanted)
        proctors = self._known("proctors", wanted.proctors, Role.PROCTOR, wanted.site)
        reserve = self._reserve(wanted)
        kiosks = self._known("kiosks", wanted.kiosks, Role.KIOSK, wanted.site)
        spares = self._known("spares", wanted.spares, Role.KIOSK, wanted.site, least=0)
        recipients = self._known("recipients", wanted.recipients, Role.CENTRE, CENTRE)
        if both := sorted(set(wanted.kiosks) & set(wanted.spares)):
            toml.complain(toml.line("spares"), f"Kiosk {both[0]} is both in use and a spare.")
        room = Room(dict.fromkeys(wanted.kiosks, False) | dict.fromkeys(wanted.spares, True), closes_at, zone)
        roster, self._roster = read_roster(self._sources.roster_file, self._sources.roster, room)
        if policies is None or self.complaints:
            return None
        return SittingPlan(
            SittingId(wanted.sitting),
            wanted.mode,
            wanted.programme,
            package.header.exam,
            wanted.site,
            wanted.room,
            opens_at,
            closes_at,
            package.target,
            package.digest,
            package.header.form,
            package.header.form_digest,
            roster,
            (*proctors, *reserve),
            (*(KioskSlot(one) for one in kiosks), *(KioskSlot(one, spare=True) for one in spares)),
            recipients,
            policies,
        )

    def _check_words(self, wanted: Wanted) -> None:
        for name in ("sitting", "site"):
            if not NAME.fullmatch(getattr(wanted, name)):
                self._toml.complain(
                    self._toml.line(name), f"“{name}” is lower-case letters, digits and dashes, at most 40."
                )
        for name in ("programme", "room"):
            if not getattr(wanted, name).strip():
                self._toml.complain(self._toml.line(name), f"“{name}” is empty.")

    def _check_minutes(self, policies: Policies | None) -> None:
        for name, most in LIMITS.items():
            if policies is not None and not 0 <= getattr(policies, name) <= most:
                self._toml.complain(
                    self._toml.line(name, "policies"), f"“{name}” is a whole number from 0 to {most}."
                )

    def _reserve(self, wanted: Wanted) -> tuple[Identity, ...]:
        """The sealed reserve, if there is one; without it there are two proctors."""
        reserve = self._known(
            "reserve", (wanted.reserve,) if wanted.reserve else (), Role.PROCTOR, wanted.site, least=0
        )
        if wanted.reserve in wanted.proctors:
            self._toml.complain(
                self._toml.line("reserve"),
                f"“{wanted.reserve}” is a proctor already; a reserve is another key.",
            )
        elif wanted.proctors and len({*wanted.proctors, wanted.reserve} - {""}) < 2:
            self._toml.complain(
                self._toml.line("proctors"),
                "One proctor alone cannot rebuild a desk that is lost; name a second one, or a sealed “reserve”.",
            )
        return reserve

    def _moment(self, name: str, wanted: Wanted) -> tuple[Instant, tzinfo]:
        value: datetime = getattr(wanted, name)
        try:
            return moment(value.isoformat()), value.tzinfo or UTC
        except MomentError as error:
            self._toml.complain(self._toml.line(name), f"“{name}”: {error}")
            return Instant(0), UTC

    def _known(
        self, key: str, names: Sequence[str], role: Role, site: str, *, least: int = 1
    ) -> tuple[Identity, ...]:
        """The published identities of these names; each name stands once."""
        line, found = self._toml.line(key), []
        folder = f"identities/{role.value}/{site}/"
        there = [
            one.removeprefix(folder).removesuffix(".json")
            for one in self._published
            if one.startswith(folder)
        ]
        for place, name in enumerate(names):
            identity = self._published.get(f"{folder}{name}.json")
            if name in names[:place]:
                self._toml.complain(line, f"“{name}” stands twice in “{key}”.")
            elif identity is None:
                told = f"No {role.value} “{name}” of site {site} is published{nearest(name, there)}"
                self._toml.complain(line, told)
            else:
                found.append(identity)
        if len(names) < least:
            self._toml.complain(line, f"“{key}” is empty.")
        return tuple(found)
