"""A centre's folder for the tests of results/: what it has published, an empty ledger, an exam's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exam_packages import form as f
from exam_packages.exam_folder import write_mastered
from exam_packages.mastering import Mastered
from exam_packages.release import SittingSecrets, make_release, release_target
from exam_packages.scoring_key import ScoringKey
from exam_packages.sitting_plan import (
    plan_target,
)
from keys.carrier import Carrier
from keys.codes import kiosk_key, kiosk_keys, receipt_code, release_code
from keys.encoding import Instant, digest, encode
from keys.primitives import MINIMUM
from keys.trusted import Floor, Target, Trusted
from results.centre.ledger import open_ledger
from results.centre.office import Centre
from results.wire.bundle import (
    claimed_record,
)
from tests.results.builders import LIMIT, World

SECRET = bytes(range(32))


def publish(w: World, folder: Path, *, without: Sequence[str] = ()) -> Trusted:
    """What the centre has published of this world, as files in `folder`; names in `without` are left out."""
    known = SittingSecrets(bytes(32), SECRET)
    release = make_release(
        w.plan, digest(w.plan_file), known, release_code(), w.registrar.signer(), cost=MINIMUM
    )
    contents = {plan_target(w.plan.sitting): w.plan_file, release_target(w.plan.sitting): release}
    contents |= {one.identity.target(): encode(one.identity) for one in (w.proctor, *w.kiosks)}
    contents |= {one.target(): encode(one) for one in w.plan.recipients}
    carrier = Carrier(folder)
    folder.mkdir(parents=True, exist_ok=True)
    targets: dict[str, Target] = {}
    for name, content in contents.items():
        if name not in without:
            carrier.write(name, content)
            targets[name] = Target(name, len(content), digest(content))
    return Trusted(Floor(), w.keyring, carrier, targets, Instant(0))


def centre(w: World, folder: Path, *, without: Sequence[str] = ()) -> Centre:
    """The centre of this world with an empty ledger in `folder`."""
    trusted = publish(w, folder / "published", without=without)
    return Centre(w.centre, trusted, open_ledger(folder, w.centre, make=True))


def exam_folder(w: World, folder: Path, *, key: ScoringKey | None = None) -> Path:
    """The exam's folder as mastering writes it."""
    front = f.Front(
        w.form.form, "cetl", "Practice <Exam>", "Only & for practice", "en", (), "", len(w.form.items), LIMIT
    )
    write_mastered(folder, Mastered(front, w.form, key or w.key, w.table), w.scoring.signer())
    return folder


def receipt(w: World, n: int, record: bytes) -> str:
    """The receipt code that seat `n`'s kiosk showed for this record."""
    header = claimed_record(record)
    key = kiosk_key(SECRET, w.plan.sitting, w.plan.mode.value, w.kiosks[n].identity.fingerprint)
    return receipt_code(kiosk_keys(key), header.session, header.head, header.count)
