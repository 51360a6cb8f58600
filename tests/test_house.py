"""The work tree keeps the rules of the house, and every rule is broken once here to show that it can be."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

from keys.errors import ExamKioskError
from keys.statement import PAYLOADS
from tests import house
from tests.house import Source

DOC = '"""A module for this test."""\n'
BREACHES = [
    (house.size, "keys/long.py", DOC + "x = 1\n" * 400),
    (house.first_line, "keys/mute.py", "x = 1\n"),
    (house.first_line, "keys/late.py", "\n" + DOC),
    (house.first_line, "tests/test_mute.py", DOC + "def test_it(): assert True\n"),
    (house.one_door, "kiosk/session.py", DOC + "import nacl.bindings\n"),
    (house.one_door, "keys/sealing.py", DOC + "from cryptography.hazmat import primitives\n"),
    (house.one_door, "keys/codes.py", DOC + "import os as system\ndef f(): return system.urandom(4)\n"),
    (house.one_door, "keys/codes.py", DOC + "from os import urandom\n"),
    (house.one_door, "keys/codes.py", DOC + "from secrets import token_bytes\n"),
    (house.one_door, "keys/codes.py", DOC + "import random\nx = random.SystemRandom()\n"),
    (house.one_door, "exam_packages/form.py", DOC + "from uuid import uuid4\n"),
    (house.one_door, "results/wire/bundle.py", DOC + "def f():\n    from securesystemslib import dsse\n"),
    (house.one_door, "proctor/runner.py", DOC + "import tuf.ngclient\n"),
    (house.one_clock, "kiosk/timing.py", DOC + "from time import time\n"),
    (house.one_clock, "kiosk/timing.py", DOC + "from time import time_ns as tick\n"),
    (house.one_clock, "kiosk/timing.py", DOC + "import time as t\nx = t.time()\n"),
    (house.one_clock, "kiosk/timing.py", DOC + "from datetime import datetime\nx = datetime.now()\n"),
    (house.one_clock, "kiosk/timing.py", DOC + "import datetime as dt\nx = dt.datetime.utcnow()\n"),
    (house.one_clock, "kiosk/timing.py", DOC + "import datetime\nx = datetime.date.today\n"),
    (house.pure, "kiosk/session.py", DOC + "import socket\n"),
    (house.pure, "results/wire/record.py", DOC + "from pathlib import Path\n"),
    (house.pure, "proctor/sitting.py", DOC + "from keys.clock import SystemClock\n"),
    (house.drawing, "kiosk/runner.py", DOC + "from textual.app import App\n"),
    (house.drawing, "kiosk/runner.py", DOC + "from kiosk.app import KioskApp\n"),
    (house.drawing, "proctor/collect.py", DOC + "import proctor.cli\n"),
    (house.drawing, "terminal/supervisor.py", DOC + "from terminal import theme\n"),
    (house.frozen, "keys/x.py", DOC + "@dataclass\nclass A: ...\n"),
    (house.frozen, "keys/x.py", DOC + "@dataclasses.dataclass(slots=True, frozen=False)\nclass A: ...\n"),
    (house.frozen, "keys/x.py", DOC + "class A(msgspec.Struct, frozen=True): ...\n"),
    (house.frozen, "keys/x.py", DOC + "class A(Struct, forbid_unknown_fields=True): ...\n"),
    (house.finished, "keys/x.py", DOC + "# TO" + "DO later\n"),
    (house.finished, "docs/x.md", "FIX" + "ME\n"),
    (house.finished, "keys/x.py", DOC + "x = 1  # no" + "qa: E501\n"),
    (house.finished, "keys/x.py", DOC + "x = 1  # type: ig" + "nore[misc]\n"),
    (house.places, "docs/x.md", "see /wo" + "rk/main\n"),
    (house.places, "docs/x.md", "in /tm" + "p/w/v\n"),
    (house.places, "requirements/x.txt", "--index-url https://py" + "pi.org/simple\n"),
]
KEPT = [
    (house.one_door, "keys/primitives.py", DOC + "import os\nfrom nacl import bindings\nx = os.urandom(4)\n"),
    (house.one_clock, "keys/clock.py", DOC + "import time\nx = time.time_ns()\n"),
    (
        house.one_clock,
        "kiosk/timing.py",
        DOC + "from datetime import datetime\nx = datetime.fromtimestamp(0, UTC)\n",
    ),
    (
        house.drawing,
        "kiosk/screens/item.py",
        DOC + "from textual.screen import Screen\nimport kiosk.messages\n",
    ),
    (house.finished, "keys/x.py", DOC + "x = 1  # no" + "qa: E501 - a table reads best in one line\n"),
    (house.frozen, "keys/x.py", DOC + "class A(Document, frozen=True): ...\n"),
]
NO_SCREEN = [
    "kiosk.session",
    "kiosk.runner",
    "proctor.sitting",
    "proctor.runner",
    "results.wire.record",
    "exam_packages.form",
]
SITE_ONLY = ["kiosk.app", "kiosk.cli", "kiosk.runner", "proctor.cli", "proctor.runner"]


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_the_work_tree_keeps_the_rule(rule: house.Rule, repository: Path) -> None:
    """No file of the work tree breaks this rule."""
    complaints = [complaint for source in house.sources(repository) for complaint in rule(source)]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_is_seen(rule: house.Rule, path: str, text: str) -> None:
    """A file that breaks the rule is complained about by name."""
    complaints = list(rule(Source(PurePosixPath(path), text)))
    assert complaints
    assert all(complaint.startswith(f"{path}:") for complaint in complaints)


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_what_is_allowed_is_not_a_breach(rule: house.Rule, path: str, text: str) -> None:
    """A rule says nothing about the one place it makes room for."""
    assert list(rule(Source(PurePosixPath(path), text))) == []


def test_every_rule_is_broken_once() -> None:
    """No rule is without a breach above."""
    assert {rule for rule, _, _ in BREACHES} == set(house.RULES)


def _loaded(modules: list[str], watched: set[str], repository: Path) -> str:
    program = f"import sys, {', '.join(modules)}; print(*sorted({watched!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_rules_and_runners_never_load_the_terminal_library(repository: Path) -> None:
    """A session, a sitting and every document work where Textual does not exist."""
    assert _loaded(NO_SCREEN, {"textual"}, repository) == ""
    assert _loaded(["textual.app"], {"textual"}, repository) == "textual"


def test_a_site_never_loads_what_only_the_centre_has(repository: Path) -> None:
    """Both site programs, screens and all, load no ledger, no scoring, no authored item and no key to one."""
    centre = {"sqlalchemy", "numpy", "results.scoring", "results.centre", "exam_packages.items"}
    centre |= {"exam_packages.bank", "exam_packages.mastering", "exam_packages.scoring_key"}
    assert _loaded(SITE_ONLY, centre, repository) == ""
    assert _loaded(["exam_packages.scoring_key"], centre, repository) == "exam_packages.scoring_key"


def test_the_candidates_screen_loads_no_keys_and_no_carrier(repository: Path) -> None:
    """The process that draws for a candidate holds no TUF, no store and no signing library."""
    watched = {"tuf", "sqlcipher3", "securesystemslib", "keys.keystore", "keys.trusted", "keys.vault"}
    assert _loaded(["kiosk.app"], watched, repository) == ""
    assert _loaded(["keys.vault"], {"keys.vault"}, repository) == "keys.vault"


def _locked(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+) ", text, re.MULTILINE))


def lock_faults(text: str) -> list[str]:
    """Lines of a lock that name an address or an option, and requirements without a hash."""
    lines = re.sub(r" \\\n +--hash=sha256:[0-9a-f]{64}", " HASHED", text).splitlines()
    loose = [line for line in lines if line[:1].isalpha() and not line.endswith("HASHED")]
    return loose + [line for line in lines if re.search(r"://|^-|^/|@ |file:", line.strip())]


@pytest.mark.parametrize("name", ["dev", "site", "centre", "lock"])
def test_a_lock_has_hashes_and_no_address(name: str, repository: Path) -> None:
    """Every requirement is one version with its hashes; no index, host, option or path is written down."""
    text = (repository / "requirements" / f"{name}.txt").read_text("utf-8")
    assert _locked(text)
    assert lock_faults(text) == []


def test_a_lock_with_an_address_or_without_a_hash_is_seen() -> None:
    """An index line, a direct address and a requirement without a hash are each a fault."""
    hashed = "a==1 \\\n    --hash=sha256:" + "0" * 64 + "\n"
    assert lock_faults(hashed) == []
    for fault in ("--index-url x\n", "a @ https://x/a.whl\n", "a==1\n", "--find-links /x\n"):
        assert lock_faults(hashed + fault) != []


def test_the_locks_agree_and_a_site_has_no_ledger(repository: Path) -> None:
    """Site and centre run the very versions the tests ran; a site installs no SQLAlchemy, a centre no Textual."""
    locks = {
        name: _locked((repository / "requirements" / f"{name}.txt").read_text("utf-8"))
        for name in ("dev", "site", "centre")
    }
    assert locks["site"].items() <= locks["dev"].items()
    assert locks["centre"].items() <= locks["dev"].items()
    assert {"sqlalchemy", "numpy"}.isdisjoint(locks["site"])
    assert "textual" not in locks["centre"]


def test_the_lock_answers_the_project(repository: Path) -> None:
    """Everything pyproject.toml asks for is in the lock that `make setup` installs."""
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *(one for extra in extras.values() for one in extra),
    ]
    names = {re.split(r"[^a-z0-9-]", one)[0] for one in wanted}
    assert names - set(_locked((repository / "requirements/dev.txt").read_text("utf-8"))) == set()


@pytest.mark.parametrize("payload", sorted(PAYLOADS))
def test_every_signed_document_has_a_page(payload: str, repository: Path) -> None:
    """Each payload type is named in a page of docs/formats/ that has the four parts of a format page."""
    pages = [page.read_text("utf-8") for page in (repository / "docs/formats").glob("*.md")]
    about = [page for page in pages if payload in page]
    assert about, f"no page in docs/formats names {payload}"
    parts = {"conventions", "format", "example", "security considerations"}
    headings = [set(re.findall(r"^## (.+)$", page.lower(), re.MULTILINE)) for page in about]
    assert any(parts <= found for found in headings), f"the page about {payload} lacks one of {sorted(parts)}"


def error_faults(errors: Iterable[type[ExamKioskError]]) -> list[str]:
    """Codes that two errors share or that are not kebab-case, and words that are not sentences."""
    own = [error for error in errors if {"code", "what", "next_step"} & set(vars(error))]
    count = Counter(error.code for error in own if "code" in vars(error))
    faults = [f"{code} is shared" for code, number in count.items() if number > 1]
    faults += [f"{code} is not a code" for code in count if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)]
    ends = (".", "?", "}")
    faults += [f"{e.__name__}.what is no sentence" for e in own if not e.what.endswith(ends)]
    return faults + [f"{e.__name__}.next_step is no sentence" for e in own if not e.next_step.endswith(ends)]


def test_every_error_has_a_code_of_its_own_and_two_sentences() -> None:
    """No two errors share a code; each is kebab-case, and `what` and `next_step` are sentences."""
    faults = error_faults(house.own_errors())
    assert not faults, "\n".join(faults)


def test_a_shared_code_and_a_half_sentence_are_seen() -> None:
    """Two errors with one code, a code with a space, and words without an end are each a fault."""
    words = {"what": "It broke.", "next_step": "Mend it."}
    one = type("OneError", (ExamKioskError,), {"code": "planted", **words})
    two = type("TwoError", (ExamKioskError,), {"code": "planted", **words})
    three = type(
        "ThreeError", (ExamKioskError,), {"code": "two words", "what": "It broke", "next_step": "Mend it"}
    )
    assert error_faults([one]) == []
    assert error_faults([one, two]) == ["planted is shared"]
    assert len(error_faults([three])) == 3
