"""`exam-kiosk packages`, from a bank to a release that a proctor opens; and each refusal in the words a person sees."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import exam_kiosk
from exam_packages import cli, packing
from exam_packages.exam_folder import CONVERSION, FORM, FRONT, HANDOFF, SCORING
from exam_packages.package import MAX_PACKAGE, unpack
from exam_packages.release import open_release, read_release, release_target
from exam_packages.scoring_key import ConversionTable, ScoringKey
from exam_packages.sitting_plan import MAX_PLAN, open_plan, plan_target
from keys.clock import SystemClock
from keys.encoding import Instant, decode, digest, encode
from keys.identities import PrivateIdentity, new_identity
from keys.keystore import save_public
from keys.primitives import MINIMUM
from keys.statement import CONVERSION_TABLE, SCORING_KEY, Role, verify
from tests.exam_packages.workshop import CLOSES, SAMPLES, kiosk, person, proctor
from tests.keys.conftest import PEOPLE, Centre

BANK = SAMPLES / "cetl-practice"
SITTING = "west-practice-1"


def people() -> dict[str, PrivateIdentity]:
    """Everyone at the centre."""
    return {name: person(role, name) for name, role in PEOPLE.items()}


class Office:
    """The centre's desk: a folder with a repository, keys and the files of the story."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.centre = Centre(folder, people())
        self.repository = folder / "repository"
        self.exam = folder / "exams/cetl-practice-1"

    def run(self, *arguments: object) -> tuple[int, str, str]:
        """Run one command; its status, stdout and stderr."""
        self.capsys.readouterr()
        status = exam_kiosk.run(["packages", *map(str, arguments)])
        said = self.capsys.readouterr()
        return status, said.out, said.err

    def report(self, *arguments: object) -> Any:
        """Run one command with `--json` that has to work."""
        status, out, err = self.run(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    def refused(self, *arguments: object) -> str:
        """Run one command that has to fail; the error's code."""
        status, out, err = self.run(*arguments, "--json")
        assert status == 1
        assert "Traceback" not in out + err
        return str(json.loads(out or err)["error"]["code"])

    def master(self, key: str = "scoring") -> Sequence[object]:
        return ("master", BANK, "--out", self.exam, "--key", f"{key}.key")

    def pack(self, key: str = "packager", registrar: str = "registrar-1") -> Sequence[object]:
        public = self.folder / f"{registrar}.pub"
        if not public.exists():
            save_public(public, self.centre.people[registrar].identity)
        return (
            "pack",
            self.exam,
            "--repository",
            self.repository,
            "--key",
            f"{key}.key",
            "--handoff-to",
            public,
        )

    def plan(self, target: str, key: str = "registrar-1") -> Sequence[object]:
        text = (SAMPLES / "site-west/plan.toml").read_text("utf-8")
        (self.folder / "plan.toml").write_text(
            text.replace("exams/cetl/cetl-practice-1.ekp", target), "utf-8"
        )
        shutil.copy(SAMPLES / "site-west/roster.csv", self.folder / "roster.csv")
        files = (self.folder / "plan.toml", self.folder / "roster.csv")
        return ("plan", *files, "--repository", self.repository, "--key", f"{key}.key")

    def release(self, key: str = "registrar-1") -> Sequence[object]:
        handoff = self.exam / HANDOFF
        return (
            "release",
            SITTING,
            "--repository",
            self.repository,
            "--key",
            f"{key}.key",
            "--handoff",
            handoff,
        )


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office before its ceremony; key files are opened without a passphrase, and locks cost little."""
    office = Office(tmp_path, capsys)

    def unlocked(key: Path, passphrase_fd: int | None) -> PrivateIdentity:
        return office.centre.people[key.stem]

    monkeypatch.setattr(cli, "_unlocked", unlocked)
    monkeypatch.setattr(packing.release_plan, "__kwdefaults__", {"cost": MINIMUM})
    return office


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published repository and its carrier, with twelve kiosks and a proctor of site west enrolled."""
    centre = Centre(tmp_path_factory.mktemp("enrolled"), people())
    centre.hold_ceremony()
    for one in (*(kiosk(number) for number in range(1, 13)), proctor(), proctor("reserve")):
        centre.repository.stage_target("identities", one.identity.target(), encode(one.identity))
    centre.sign("registrar-1", "registrar-2")
    centre.publish()
    return centre.folder


@pytest.fixture
def office(bare: Office, enrolled: Path) -> Office:
    """An office after its ceremony and its enrolments."""
    shutil.copytree(enrolled, bare.folder, dirs_exist_ok=True)
    return bare


def _published(office: Office) -> str:
    """Master, pack and publish; the package's target."""
    office.report(*office.master())
    target = str(office.report(*office.pack())["target"])
    office.centre.publish()
    return target


def test_from_a_bank_to_a_release_that_opens(office: Office) -> None:
    """Master, pack, publish, plan, release, publish; a site's proctor then opens it with the code that was shown."""
    made = office.report(*office.master())
    assert (made["form"], made["items"]) == ("cetl-practice-1", 100)
    packed = office.report(*office.pack())
    assert packed["target"].startswith("exams/cetl/cetl-practice-1-")
    office.centre.publish()
    planned = office.report(*office.plan(packed["target"]))
    assert (planned["candidates"], planned["kiosks"], planned["package"]) == (12, 12, packed["target"])
    released = office.report(*office.release())
    assert office.centre.repository.status()[0].complete
    office.centre.publish()

    site = office.centre.refresh()
    raw_plan = site.target(plan_target(SITTING), limit=MAX_PLAN)
    for reader in (proctor(), kiosk(1), office.centre.people["centre"]):
        plan = open_plan(raw_plan, site.keyring, reader)
    assert digest(raw_plan) == planned["digest"]
    raw = site.target(plan.package, limit=MAX_PACKAGE)
    assert (digest(raw), plan.form_digest) == (packed["digest"], made["form_digest"])
    release = read_release(
        site.target(release_target(SITTING), limit=10**6), site.keyring, plan, digest(raw_plan)
    )
    secrets = open_release(release, proctor(), released["release_code"], floor=MINIMUM)
    assert len(unpack(raw, site.keyring).form(secrets.content_key).items) == 100
    written = b"".join(file.read_bytes() for file in office.folder.rglob("*") if file.is_file())
    for secret in (secrets.content_key, secrets.secret):
        spellings = (secret, secret.hex().encode(), base64.b64encode(secret))
        assert not [one for one in spellings if one in written]


def test_what_mastering_writes_is_the_centre_s_alone(office: Office) -> None:
    """Four files that only their owner reads; key and table are signed by the scoring authority for the same form."""
    office.report(*office.master())
    assert {path.name for path in office.exam.iterdir()} == {FRONT, FORM, SCORING, CONVERSION}
    assert {path.stat().st_mode & 0o777 for path in office.exam.iterdir()} == {0o600}
    ring = office.centre.refresh().keyring
    key = decode(
        verify((office.exam / SCORING).read_bytes(), SCORING_KEY, ring).payload, ScoringKey, name="key"
    )
    signed = verify((office.exam / CONVERSION).read_bytes(), CONVERSION_TABLE, ring)
    table = decode(signed.payload, ConversionTable, name="table")
    assert key.form_digest == table.form_digest == digest((office.exam / FORM).read_bytes())


def test_mastering_again_changes_nothing_and_overwrites_nothing(office: Office) -> None:
    """The same bank gives the same bytes; another form, or another key to it, is not written over the first."""
    office.report(*office.master())
    before = {path: path.read_bytes() for path in office.exam.iterdir()}
    office.report(*office.master())
    assert {path: path.read_bytes() for path in office.exam.iterdir()} == before
    (office.exam / FORM).write_bytes(b"{}")
    assert office.refused(*office.master()) == "exam-folder-taken"
    assert (office.exam / FORM).read_bytes() == b"{}"


def test_check_says_what_the_bank_holds(bare: Office) -> None:
    """A good bank is told with its areas, in words and as an object."""
    status, out, _ = bare.run("check", BANK)
    assert status == 0
    assert "cetl-practice-1 can be made of this bank: 100 items." in out
    assert "  1   15  Leadership and Vision" in out
    assert bare.report("check", BANK) == {"form": "cetl-practice-1", "items": 100, "warnings": []}


def _spoilt(bare: Office) -> Path:
    bank = Path(shutil.copytree(BANK, bare.folder / "bank"))
    for name in ("01-leadership-and-vision", "03-ethics-and-policies"):
        file = bank / f"items/{name}.txt"
        file.write_text(file.read_text("utf-8").replace("key: ", "kay: ", 1), "utf-8")
    return bank


def test_check_shows_every_complaint_with_file_and_line(bare: Office) -> None:
    """All complaints come on stderr as file:line: sentence, then the error's two lines; nothing is on stdout."""
    status, out, err = bare.run("check", _spoilt(bare))
    assert (status, out) == (1, "")
    lines = err.splitlines()
    assert lines[0].startswith("items/01-leadership-and-vision.txt:4: ")
    assert sum(line.startswith("items/03-ethics-and-policies.txt:") for line in lines) == 2
    assert "“kay:” is not known here; is “key” meant?" in err


def test_check_lists_every_complaint_as_an_object(bare: Office) -> None:
    """With --json stdout is one object with the error and all complaints."""
    status, out, err = bare.run("check", _spoilt(bare), "--json")
    told = json.loads(out)
    assert (status, err, told["error"]["code"]) == (1, "", "bank-not-in-order")
    assert len(told["complaints"]) == 4
    assert {"file", "line", "what"} == set(told["complaints"][0])


def test_a_bank_one_item_short_names_the_area(bare: Office) -> None:
    """Without one item of area 3 there is no form, and the words say which area and by how much."""
    bank = Path(shutil.copytree(BANK, bare.folder / "bank"))
    file = bank / "items/03-ethics-and-policies.txt"
    file.write_text(file.read_text("utf-8").rpartition("\n@ ")[0] + "\n", "utf-8")
    status, _, err = bare.run("check", bank)
    assert status == 1
    assert "area 3 (Ethics and Policies) needs 10 items and has 9" in err


REFUSALS: dict[str, tuple[Callable[[Office], Sequence[object]], str]] = {
    "no bank": (lambda office: ("check", office.folder / "none"), "file-missing"),
    "scoring key signed by a packager": (lambda office: office.master("packager"), "signer-wrong-role"),
    "nothing mastered": (
        lambda office: ("pack", office.folder / "none", *office.pack()[2:]),
        "file-missing",
    ),
    "packed by a registrar": (lambda office: office.pack("registrar-1"), "signer-wrong-role"),
    "handed to a packager": (lambda office: office.pack(registrar="packager"), "not-a-registrar"),
    "planned by a packager": (
        lambda office: office.plan(_published(office), "packager"),
        "signer-wrong-role",
    ),
    "a package that is not published": (
        lambda office: office.plan("exams/cetl/none.ekp"),
        "package-not-published",
    ),
    "a sitting without a plan": (lambda office: office.release(), "target-not-listed"),
    "a file that is none of ours": (lambda office: ("show", BANK / "programme.toml"), "document-malformed"),
    "a document of another kind": (lambda office: ("show", office.exam / SCORING), "payload-type-wrong"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_a_refusal_has_its_code(office: Office, why: str) -> None:
    """What a person can do wrong ends with its code and no traceback, and nothing is staged."""
    command, code = REFUSALS[why]
    if why not in {"no bank", "scoring key signed by a packager", "planned by a packager"}:
        office.report(*office.master())
    arguments = command(office)
    assert office.refused(*arguments) == code
    assert office.centre.repository.status() == ()


def test_a_stranger_s_registrar_key_is_not_handed_a_content_key(office: Office) -> None:
    """A .pub file that says it is a registrar's but is not of this repository gets nothing."""
    office.report(*office.master())
    office.centre.people["stranger"] = new_identity(Role.REGISTRAR, "centre", "stranger")
    assert office.refused(*office.pack(registrar="stranger")) == "not-a-registrar"
    assert not (office.exam / HANDOFF).exists()


def test_a_form_that_was_changed_after_mastering_is_not_packed(office: Office) -> None:
    """The packager packs only what the scoring authority's signed table was made for."""
    office.report(*office.master())
    form = office.exam / FORM
    form.write_bytes(form.read_bytes().replace(b"Larkfield", b"Barkfield", 1))
    assert office.refused(*office.pack()) == "form-altered"


def test_a_window_that_is_over_makes_no_plan_and_no_release(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the sitting neither command signs anything; before it the same files do."""
    plan = office.plan(_published(office))
    office.report(*plan)
    late = msgspec.structs.replace(SystemClock().now(), wall=Instant(CLOSES + 1))
    monkeypatch.setattr(cli, "SystemClock", lambda: SimpleNamespace(now=lambda: late))
    staged = office.centre.repository.status()
    assert office.refused(*office.release()) == "window-over"
    assert office.refused(*plan) == "window-over"
    assert office.centre.repository.status() == staged


def test_a_handoff_of_another_package_makes_no_release(office: Office) -> None:
    """The form packed a second time has another key; a plan of the first is not released with it."""
    office.report(*office.plan(_published(office)))
    office.report(*office.pack())
    assert office.refused(*office.release()) == "handoff-mismatch"


def test_a_handoff_is_of_no_use_to_another_registrar(office: Office) -> None:
    """The content key is sealed to one registrar; another is told that it is not theirs."""
    office.report(*office.plan(_published(office), "registrar-2"))
    assert office.refused(*office.release("registrar-2")) == "not-a-recipient"
    assert office.refused(*office.release("registrar-1")) == "not-a-recipient"


def test_a_command_signs_no_more_than_it_staged(office: Office) -> None:
    """An enrolment that waits for the second registrar still waits after a registrar planned a sitting."""
    target = _published(office)
    late = person(Role.PROCTOR, "late", "west").identity
    office.centre.repository.stage_target("identities", late.target(), encode(late))
    office.centre.sign("registrar-2")
    office.report(*office.plan(target))
    waiting = {one.role: one.have for one in office.centre.repository.status()}
    assert waiting == {"identities": ("registrar-2",), "sittings": ("registrar-1",)}


def test_show_tells_what_a_file_says_and_no_secret(office: Office) -> None:
    """Package, plan and release tell their headers without a code; no name of a candidate and no item is among them."""
    target = _published(office)
    office.report(*office.plan(target))
    office.report(*office.release())
    office.centre.publish()
    site = office.centre.refresh()
    for name, kind in (
        (target, "exam package"),
        (plan_target(SITTING), "sitting plan"),
        (release_target(SITTING), "release"),
    ):
        file = office.folder / "shown"
        file.write_bytes(site.target(name, limit=MAX_PACKAGE))
        facts = office.report("show", file)
        assert (facts["kind"], facts["digest"]) == (kind, digest(file.read_bytes()))
        _, out, _ = office.run("show", file)
        assert f"kind: {kind}" in out
        assert "Beltran" not in out + json.dumps(facts)
        assert "Priya" not in out + json.dumps(facts)


def test_the_release_code_is_shown_once_in_groups(office: Office) -> None:
    """In words the code is on the last line in groups of four; a second release has another code."""
    office.report(*office.plan(_published(office)))
    _, out, _ = office.run(*office.release())
    code = out.rstrip().rpartition(": ")[2]
    assert [len(group) for group in code.split(" ")] == [4, 4, 4]
    assert office.report(*office.release())["release_code"] != code.replace(" ", "")
