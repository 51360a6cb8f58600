"""A centre with all its people, a published repository and a carrier, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from keys.carrier import Carrier
from keys.ceremony import Cast
from keys.clock import Stamp, SystemClock
from keys.encoding import Instant, encode
from keys.identities import PrivateIdentity, new_identity
from keys.repository import Repository
from keys.statement import Role
from keys.trusted import Floor, Trusted, refresh

PEOPLE = {
    **{f"officer-{number}": Role.ROOT for number in range(1, 7)},
    "packager": Role.PACKAGER,
    "registrar-1": Role.REGISTRAR,
    "registrar-2": Role.REGISTRAR,
    "registrar-3": Role.REGISTRAR,
    "publisher": Role.PUBLISHER,
    "publisher-2": Role.PUBLISHER,
    "intake": Role.INTAKE,
    "scoring": Role.SCORING,
    "centre": Role.CENTRE,
    "escrow": Role.CENTRE,
}
HOLDERS = ("packager", "registrar-1", "registrar-2", "publisher", "intake", "scoring", "centre", "escrow")
SIGNERS = ("officer-1", "officer-2", "packager", "registrar-1", "registrar-2", "intake", "scoring")


@dataclass
class Centre:
    """A centre in a folder: who is there, the repository, a carrier and a site's private folder."""

    folder: Path
    people: dict[str, PrivateIdentity]
    now: Stamp = field(default_factory=lambda: SystemClock().now())

    @property
    def repository(self) -> Repository:
        return Repository(self.folder / "repository", self.now.wall)

    @property
    def carrier(self) -> Carrier:
        return Carrier(self.folder / "carrier")

    @property
    def root(self) -> bytes:
        return (self.folder / "repository/metadata/1.root.json").read_bytes()

    def cast(
        self,
        officers: tuple[str, ...] = ("officer-1", "officer-2", "officer-3"),
        threshold: int = 2,
        holders: tuple[str, ...] = HOLDERS,
        boards: tuple[str, ...] = ("cetl",),
    ) -> Cast:
        named = [tuple(self.people[name].identity for name in names) for names in (officers, holders)]
        return Cast(named[0], threshold, named[1], boards)

    def sign(self, *names: str) -> None:
        for name in names:
            self.repository.sign(self.people[name])

    def publish(self, by: str = "publisher") -> None:
        self.repository.publish(self.people[by], self.carrier)

    def hold_ceremony(self) -> None:
        (self.folder / "carrier").mkdir(parents=True)
        self.repository.begin(self.cast())
        self.sign(*SIGNERS)
        self.publish()

    def refresh(
        self, floor: Floor | None = None, *, pinned: bytes | None = None, now: Stamp | None = None
    ) -> Trusted:
        work = self.folder / "site"
        return refresh(self.carrier, pinned or self.root, floor or Floor(), now or self.now, work)

    def later(self, milliseconds: int) -> None:
        wall = Instant(self.now.wall + milliseconds)
        self.now = Stamp(wall, self.now.boot + milliseconds, self.now.boot_id)


@pytest.fixture(scope="session")
def people() -> dict[str, PrivateIdentity]:
    return {name: new_identity(role, "centre", name) for name, role in PEOPLE.items()}


@pytest.fixture(scope="session")
def kiosk() -> PrivateIdentity:
    return new_identity(Role.KIOSK, "west", "kiosk-01")


@pytest.fixture(scope="session")
def proctor() -> PrivateIdentity:
    return new_identity(Role.PROCTOR, "west", "rivera")


@pytest.fixture(scope="session")
def _published(
    people: dict[str, PrivateIdentity], kiosk: PrivateIdentity, tmp_path_factory: pytest.TempPathFactory
) -> Centre:
    """A ceremony, then one package and one kiosk, published twice."""
    centre = Centre(tmp_path_factory.mktemp("centre"), people)
    centre.hold_ceremony()
    centre.repository.stage_target("exams", "exams/cetl/one.ekp", b"the first package")
    centre.repository.stage_target("exams", "exams/cetl/two.ekp", b"the second package")
    centre.repository.stage_target("identities", kiosk.identity.target(), encode(kiosk.identity))
    centre.sign("packager", "registrar-1", "registrar-2")
    centre.publish()
    return centre


@pytest.fixture
def centre(_published: Centre, tmp_path: Path) -> Centre:
    """A copy of the published centre, to be changed by one test."""
    shutil.copytree(_published.folder, tmp_path / "centre")
    return Centre(tmp_path / "centre", _published.people, _published.now)


@pytest.fixture
def new_centre(people: dict[str, PrivateIdentity], tmp_path: Path) -> Callable[[], Centre]:
    """Make centres where no ceremony was held yet."""
    made: list[Centre] = []

    def make() -> Centre:
        made.append(Centre(tmp_path / f"new-{len(made)}", people))
        return made[-1]

    return make
