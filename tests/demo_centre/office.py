"""The centre before the season, made at once: ceremony, exam, sites, plans, and the drives that come back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from exam_packages.bank import load
from exam_packages.exam_folder import MasteredForm, read_form, write_mastered
from exam_packages.interactions import ChoiceInteraction, ChosenOptions, ItemId, OptionId
from exam_packages.mastering import Mastered, master
from exam_packages.package import take_handoff, unpack
from exam_packages.packing import pack_form
from exam_packages.release import SittingSecrets, make_release, release_target
from exam_packages.scoring_key import ItemKey
from exam_packages.sitting_plan import plan_target, seal_plan
from keys.ceremony import Cast
from keys.clock import SystemClock
from keys.codes import release_code
from keys.encoding import Digest, Instant, digest, encode
from keys.identities import PrivateIdentity, new_identity
from keys.keystore import save_private
from keys.primitives import MINIMUM, entropy
from keys.repository import Repository
from keys.statement import Role
from keys.trusted import local_repository
from tests.demo_centre import season, truth
from tests.demo_centre.season import Exam, Job, Site

BANK = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"
OFFICERS = ("officer-1", "officer-2", "officer-3")
HOLDERS = (
    ("packager", Role.PACKAGER),
    ("registrar-1", Role.REGISTRAR),
    ("registrar-2", Role.REGISTRAR),
    ("publisher", Role.PUBLISHER),
    ("intake", Role.INTAKE),
    ("scoring", Role.SCORING),
    ("certifier", Role.CERTIFIER),
    ("centre", Role.CENTRE),
)
EXAM = "centre/exams/cetl-practice-1"


@dataclass
class Office:
    """Everything in `folder`: the centre, and `drives/` with one folder a site. Key files are lightly locked."""

    folder: Path
    sites: int = season.SITES
    passphrase: str = field(default_factory=lambda: entropy(12).hex(), repr=False)
    keys: dict[str, PrivateIdentity] = field(default_factory=dict)
    content_key: bytes = field(default=b"", repr=False)
    now: Instant = field(default_factory=lambda: SystemClock().now().wall)

    @property
    def count(self) -> int:
        """How many candidates there are."""
        return self.sites * season.SITTINGS * season.KIOSKS

    @property
    def _repository(self) -> Repository:
        return Repository(self.folder / "centre/repository", SystemClock().now().wall)

    def hold_ceremony(self) -> None:
        """Three officers and the centre's roles; their keys as files."""
        for name in OFFICERS:
            self.keys[name] = new_identity(Role.ROOT, "centre", name)
        for name, role in HOLDERS:
            self.keys[name] = new_identity(role, "centre", name)
        keys = self.folder / "centre/keys"
        keys.mkdir(parents=True)
        for name, private in self.keys.items():
            save_private(keys / f"{name}.key", private, self.passphrase, cost=MINIMUM)
        officers = tuple(self.keys[name].identity for name in OFFICERS)
        holders = tuple(self.keys[name].identity for name, _ in HOLDERS)
        self._repository.begin(Cast(officers, 2, holders, ("cetl",)))
        self._publish()

    def enrol(self) -> tuple[Site, ...]:
        """Every site's machines and proctor, approved."""
        made = tuple(
            Site(
                name,
                new_identity(Role.PROCTOR, name, f"proctor-{n + 1:02}"),
                tuple(
                    new_identity(Role.KIOSK, name, f"kiosk-{seat + 1:02}") for seat in range(season.KIOSKS)
                ),
            )
            for n in range(self.sites)
            for name in (season.site_name(n),)
        )
        store = self._repository
        for site in made:
            for one in (site.proctor, *site.kiosks):
                store.stage_target("identities", one.identity.target(), encode(one.identity))
        self._publish()
        return made

    def make_exam(self) -> tuple[Exam, Mastered, MasteredForm]:
        """The sample bank as form, key and package."""
        mastered = master(load(BANK))
        write_mastered(self.folder / EXAM, mastered, self.keys["scoring"].signer())
        keyring = local_repository(self.folder / "centre/repository", SystemClock().now()).keyring
        form = read_form(self.folder / EXAM, keyring)
        registrar = self.keys["registrar-1"]
        packed = pack_form(form, self.keys["packager"].signer(), registrar.identity, keyring, self.now)
        self._repository.stage_target("exams", packed.target, packed.raw)
        self._publish()
        self.content_key = take_handoff(packed.handoff, registrar.identity.fingerprint, registrar.sealing)
        header = unpack(packed.raw, keyring).header
        exam = Exam(
            header.exam,
            mastered.front.title,
            packed.target,
            digest(packed.raw),
            mastered.form.form,
            mastered.scoring_key.form_digest,
            tuple(one.id for one in mastered.front.agreements),
        )
        return exam, mastered, form

    def plan(self, sites: tuple[Site, ...], exam: Exam, mastered: Mastered) -> tuple[list[Job], truth.Truth]:
        """Every sitting's plan and release, published; and what its candidates will answer."""
        keys = {one.item: one for one in mastered.scoring_key.keys}
        shown = [
            ref.item for part in mastered.form.parts for section in part.sections for ref in section.refs
        ]
        orders = {
            item.id: tuple(one.id for one in item.interaction.options)
            for item in mastered.form.items
            if isinstance(item.interaction, ChoiceInteraction)
        }
        listed = [one.item for one in mastered.scoring_key.keys]
        options = tuple(len(orders[item]) for item in listed)
        keyed = tuple(orders[item].index(_correct(keys[item])) for item in listed)
        east = np.arange(self.count) % 2 == 1
        found = truth.make(options, keyed, east, copier=self.copier)
        jobs = list(self._jobs(sites, exam, shown, orders, listed, found))
        store, registrar = self._repository, self.keys["registrar-1"]
        planned = []
        for job in jobs:
            sealed = seal_plan(job.plan, registrar)
            secrets = SittingSecrets(self.content_key, entropy(32))
            made = make_release(
                job.plan, digest(sealed), secrets, release_code(), registrar.signer(), cost=MINIMUM
            )
            store.stage_target("sittings", plan_target(job.plan.sitting), sealed)
            store.stage_target("sittings", release_target(job.plan.sitting), made)
            planned.append(replace(job, plan_digest=digest(sealed)))
        self._publish()
        return planned, found

    @property
    def copier(self) -> int:
        """The person who copies from the one before, in the same sitting."""
        return season.KIOSKS + 5

    def _jobs(
        self,
        sites: tuple[Site, ...],
        exam: Exam,
        shown: list[ItemId],
        orders: dict[ItemId, tuple[OptionId, ...]],
        listed: list[ItemId],
        found: truth.Truth,
    ) -> Iterator[Job]:
        place = [listed.index(item) for item in shown]
        recipients = (self.keys["centre"].identity,)
        person = 0
        for n, site in enumerate(sites):
            for sitting in range(season.SITTINGS):
                begins = Instant((self.now // season.DAY - 30 + sitting) * season.DAY + 9 * season.HOUR)
                plan = season.plan(site, n, sitting, exam, begins, recipients)
                chosen = found.chosen[person : person + season.KIOSKS][:, place].tolist()
                answers = tuple(
                    tuple(
                        None if one < 0 else orders[item][one] for item, one in zip(shown, row, strict=True)
                    )
                    for row in chosen
                )
                person += season.KIOSKS
                last = sitting == season.SITTINGS - 1 and n % 10 == 0
                yield Job(
                    plan,
                    Digest(""),
                    site,
                    tuple(shown),
                    tuple(orders[item] for item in shown),
                    answers,
                    frozenset({season.ABSENT} if last else ()),
                    exam.agreements,
                )

    def hold(self, jobs: list[Job]) -> int:
        """Hold every sitting, on all cores; the bundles on the sites' drives. How many records there are."""
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            for job, raw in zip(jobs, pool.map(season.hold, jobs, chunksize=4), strict=True):
                drive = self.folder / "drives" / job.site.name / "bundles"
                drive.mkdir(parents=True, exist_ok=True)
                (drive / f"{job.plan.sitting}.ekb").write_bytes(raw)
        return sum(len(job.plan.roster) - len(job.absent) for job in jobs)

    def _publish(self) -> None:
        store = self._repository
        for name, private in self.keys.items():
            if any(name in status.missing for status in store.status()):
                store.sign(private)
        store.publish(self.keys["publisher"])


def _correct(key: ItemKey) -> OptionId:
    assert isinstance(key.correct, ChosenOptions)
    return key.correct.options[0]
