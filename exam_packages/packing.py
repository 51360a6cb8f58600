"""The two acts of the centre that need fresh secrets: packing a form under a new content key, and releasing a sitting.

Everything is checked before a secret leaves a hand: the registrar is one the repository believes, and the content key
that is released opens the very package that the plan names.
"""

from __future__ import annotations

from dataclasses import dataclass

from exam_packages.exam_folder import MasteredForm
from exam_packages.package import KeyHandoff, Package, hand_off, pack, package_target, take_handoff, unpack
from exam_packages.release import SittingSecrets, make_release
from exam_packages.sitting_plan import SittingPlan
from keys import primitives
from keys.codes import release_code
from keys.encoding import Digest, Instant
from keys.errors import ExamKioskError
from keys.identities import Identity, PrivateIdentity
from keys.primitives import MODERATE, KdfCost
from keys.statement import Keyring, Role, Signer, key_id


class NotARegistrarError(ExamKioskError):
    """A content key would be handed to someone who is no registrar."""

    code = "not-a-registrar"
    what = "{name} ({role}) is not a registrar of this repository, so no content key is handed over."
    next_step = "Give the .pub file of a registrar that the ceremony named."


class HandoffMismatchError(ExamKioskError):
    """A handoff of another package than the plan's."""

    code = "handoff-mismatch"
    what = "This handoff holds the key of {found}, and the plan of {sitting} names another package."
    next_step = "Give the handoff.json that was made with the plan's package."


@dataclass(frozen=True, slots=True)
class Packed:
    """A package ready to be published under `target`, and its content key for the registrar."""

    target: str
    raw: bytes
    handoff: KeyHandoff


@dataclass(frozen=True, slots=True)
class Released:
    """A signed release, and the code that is told to the site on the day."""

    raw: bytes
    code: str

    def __repr__(self) -> str:
        """Never show the code."""
        return "Released()"


def pack_form(
    mastered: MasteredForm, packager: Signer, registrar: Identity, keyring: Keyring, now: Instant
) -> Packed:
    """Pack a form under 32 fresh random bytes that are handed to the registrar and kept nowhere else.

    The package's id is the form's with four random bytes: a form that is packed again is another package.
    Raises `NotARegistrarError` or the errors of `sign` and `unpack`.
    """
    holders = keyring.find(key_id(registrar.signing))
    if registrar.role is not Role.REGISTRAR or all(one.role is not Role.REGISTRAR for one in holders):
        raise NotARegistrarError(name=registrar.name, role=registrar.role.value)
    content_key = primitives.entropy(32)
    package = f"{mastered.form.form}-{primitives.entropy(4).hex()}"
    raw = pack(
        package,
        mastered.exam,
        mastered.front,
        mastered.form,
        {},
        content_key=content_key,
        made_at=now,
        signer=packager,
    )
    handoff = hand_off(unpack(raw, keyring), content_key, registrar.fingerprint, registrar.sealing)
    return Packed(package_target(mastered.exam, package), raw, handoff)


def release_plan(
    plan: SittingPlan,
    plan_digest: Digest,
    package: Package,
    handoff: KeyHandoff,
    registrar: PrivateIdentity,
    *,
    cost: KdfCost = MODERATE,
) -> Released:
    """Make the release of a plan: a fresh sitting secret and release code, and the handed-over content key.

    Raises `HandoffMismatchError`, `WrongRecipientError`, or `SealError` for a key that does not open the package.
    """
    if not plan.package_digest == package.digest == handoff.package_digest:
        raise HandoffMismatchError(found=handoff.package, sitting=plan.sitting)
    content_key = take_handoff(handoff, registrar.identity.fingerprint, registrar.sealing)
    package.front(content_key)
    code = release_code()
    secrets = SittingSecrets(content_key, primitives.entropy(32))
    return Released(make_release(plan, plan_digest, secrets, code, registrar.signer(), cost=cost), code)
