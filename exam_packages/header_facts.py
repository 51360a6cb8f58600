"""What a package, plan, release or unlock file says about itself before any code or key; nothing is verified.

No item, name of a candidate or key is among them.
"""

from __future__ import annotations

from exam_packages.package import PackageHeader
from exam_packages.release import Release
from exam_packages.sitting_plan import PlanHeader
from exam_packages.unlock import Unlock
from keys import container
from keys.clock import utc
from keys.encoding import decode, digest
from keys.errors import WrongPayloadTypeError
from keys.statement import (
    EXAM_PACKAGE,
    PAYLOADS,
    RELEASE,
    SITTING_PLAN,
    UNLOCK,
    claimed_payload,
    payload_type,
)

Facts = dict[str, str | int | list[str]]


def header_facts(raw: bytes) -> Facts:
    """What the file says. Raises `DocumentError`, or `WrongPayloadTypeError` for any other document."""
    boxed = raw.startswith(container.MAGIC)
    envelope = container.split(raw, kind="file")[0] if boxed else raw
    claimed = PAYLOADS.get(payload_type(envelope))
    kind = claimed.name if claimed else "document of an unknown kind"
    common: Facts = {"kind": kind, "digest": digest(raw), "bytes": len(raw)}
    if claimed is EXAM_PACKAGE:
        return common | _package(decode(claimed_payload(envelope, EXAM_PACKAGE), PackageHeader, name=kind))
    if claimed is SITTING_PLAN:
        return common | _plan(decode(claimed_payload(envelope, SITTING_PLAN), PlanHeader, name=kind))
    if claimed is RELEASE:
        return common | _release(decode(claimed_payload(envelope, RELEASE), Release, name=kind))
    if claimed is UNLOCK:
        return common | _unlock(decode(claimed_payload(envelope, UNLOCK), Unlock, name=kind))
    raise WrongPayloadTypeError(kind="package, plan, release or unlock file", found=kind)


def _package(header: PackageHeader) -> Facts:
    return {
        "package": header.package,
        "exam": header.exam,
        "form": header.form,
        "form_digest": header.form_digest,
        "needs_format": header.needs_format,
        "demands": list(header.demands),
        "made_at": utc(header.made_at),
        "parts": [f"{part.name}, {part.length} bytes" for part in header.parts],
    }


def _plan(header: PlanHeader) -> Facts:
    return {
        "sitting": header.sitting,
        "mode": header.mode.value,
        "site": header.site,
        "sealed_to": [one.recipient for one in header.envelopes],
    }


def _release(release: Release) -> Facts:
    return {
        "sitting": release.sitting,
        "mode": release.mode,
        "plan_digest": release.plan_digest,
        "package_digest": release.package_digest,
        "sealed_to": [one.recipient for one in (*release.proctors, *release.centre)],
    }


def _unlock(unlock: Unlock) -> Facts:
    return {
        "sitting": unlock.sitting,
        "mode": unlock.mode,
        "kiosk": unlock.kiosk,
        "plan_digest": unlock.plan_digest,
        "package_digest": unlock.package_digest,
        "issued_at": utc(unlock.issued_at),
    }
