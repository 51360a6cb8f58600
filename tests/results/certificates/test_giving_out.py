"""What is given out: the badge's members and claims, the sheet, and public pages that list nobody."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from keys.encoding import Instant, digest
from keys.errors import DocumentError
from keys.jws import sign_jws
from keys.statement import Role
from results.centre.certificates.acting import revoke, show_name
from results.centre.certificates.badge import badge_number, badge_until, read_badge
from results.centre.certificates.document import read_certificate
from results.centre.certificates.pages import SCRIPT, STYLE, initials
from results.centre.certificates.publishing import NoCertificatesError, publish, write_files
from results.centre.certificates.register import Entry, Register
from results.centre.office import Centre
from tests.results import centres
from tests.results.certificates import holders as h


@pytest.fixture
def at(tmp_path: Path) -> tuple[Centre, list[Entry]]:
    """A centre with two certificates."""
    centre, run = h.scored(tmp_path)
    h.issued(centre, run)
    return centre, h.entries(centre)


def test_a_badge_has_what_the_standard_asks_for(at: tuple[Centre, list[Entry]]) -> None:
    """Contexts and types of Open Badges 3.0, its required properties, and claims that equal what they repeat."""
    centre, (entry, _) = at
    with centre.ledger.transaction() as books:
        text = Register(books).documents(entry.number)[1]
    said = read_badge(text, centre.trusted.keyring)
    assert said["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert {"id", "name", "issuer", "validFrom", "credentialSubject"} <= said.keys()
    subject = said["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"]
    assert {"id", "type", "name", "description", "criteria"} <= subject["achievement"].keys()
    assert {"type", "hashed", "identityHash", "identityType"} <= subject["identifier"][0].keys()
    assert subject["identifier"][0]["identityHash"] == entry.name
    claims = [said[name] for name in ("iss", "jti", "sub")]
    assert claims == [said["issuer"]["id"], said["id"], subject["id"]]
    assert (badge_number(said), badge_until(said)) == (entry.number, entry.until // 1000 * 1000)
    assert said["nbf"] == entry.granted // 1000
    assert entry.candidate not in json.dumps(said)


def test_a_badge_whose_claims_differ_is_refused(at: tuple[Centre, list[Entry]]) -> None:
    """A later end in the claims than in the credential is no badge, though the certifier signed it."""
    centre, (entry, _) = at
    with centre.ledger.transaction() as books:
        said = dict(read_badge(Register(books).documents(entry.number)[1], centre.trusted.keyring))
    wrong: object
    for wrong in (said | {"exp": said["exp"] + 1}, {"iss": "x"}, said | {"type": ["Other"]}, []):
        text = sign_jws(json.dumps(wrong).encode(), Role.CERTIFIER, h.CERTIFIER.signer(), kind="badge")
        with pytest.raises(DocumentError):
            read_badge(text, centre.trusted.keyring)


def test_the_holders_files_say_the_same(at: tuple[Centre, list[Entry]], tmp_path: Path) -> None:
    """Document, badge and a PDF of one page; written again they have the same bytes."""
    centre, (entry, _) = at
    files = write_files(centre, entry.number, tmp_path / "out")
    assert read_certificate(files.document.read_bytes(), centre.trusted.keyring).number == entry.number
    assert read_badge(files.badge.read_text("ascii"), centre.trusted.keyring)["id"].endswith(
        f"/{entry.number}.html"
    )
    paper = files.paper.read_bytes()
    assert paper.startswith(b"%PDF-")
    assert paper.count(b"/Type /Page\n") == 1
    assert write_files(centre, entry.number, tmp_path / "again").paper.read_bytes() == paper


def page(folder: Path, number: str) -> str:
    """A published page."""
    return (folder / f"{number}.html").read_text("utf-8")


def test_the_public_pages_show_how_each_stands(at: tuple[Centre, list[Entry]], tmp_path: Path) -> None:
    """Valid, then revoked with its day; a year after its end expired. Published again, the pages are as it stands."""
    centre, (one, other) = at
    assert publish(centre, tmp_path / "web", h.NOW.wall) == 2
    assert "genuine and valid" in page(tmp_path / "web", one.number)
    with centre.ledger.transaction() as books:
        revoke(books, one.number, "Impersonation of somebody", "Ray", h.NOW.wall)
    publish(centre, tmp_path / "web", Instant(other.until + h.YEAR))
    assert "was revoked on" in page(tmp_path / "web", one.number)
    assert "Impersonation" not in page(tmp_path / "web", one.number)
    assert "has expired" in page(tmp_path / "web", other.number)


def test_a_name_is_shown_only_while_its_holder_agrees(at: tuple[Centre, list[Entry]], tmp_path: Path) -> None:
    """Initials, then the name, then initials again."""
    centre, (one, other) = at
    for shown in (False, True, False):
        with centre.ledger.transaction() as books:
            show_name(books, one.number, "Ray", h.NOW.wall, shown=shown)
        publish(centre, tmp_path, h.NOW.wall)
        assert (one.name in page(tmp_path, one.number)) is shown
        assert other.name not in page(tmp_path, other.number)


def test_no_page_leads_to_another_holder(at: tuple[Centre, list[Entry]], tmp_path: Path) -> None:
    """No page names another number or links anywhere, and the page for typing names none."""
    centre, found = at
    publish(centre, tmp_path, h.NOW.wall)
    texts = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.html")}
    assert texts.keys() == {"index.html", *(f"{one.number}.html" for one in found)}
    for name, text in texts.items():
        others = [one.number for one in found if f"{one.number}.html" != name]
        assert not [number for number in others if number in text]
        assert not re.search(r"<a\b|<link|<img|<iframe|\bsrc=|\bon\w+=|url\(", text)
        assert "C-100" not in text


def test_the_policy_of_a_page_allows_its_own_text_and_nothing_else(
    at: tuple[Centre, list[Entry]], tmp_path: Path
) -> None:
    """Style and the one script are named by digest; foreign words are escaped."""
    centre, (one, _) = at
    publish(centre, tmp_path, h.NOW.wall)
    style, script = (
        "sha256-" + base64.b64encode(bytes.fromhex(digest(text.encode()))).decode()
        for text in (STYLE, SCRIPT)
    )
    holder, typing = page(tmp_path, one.number), (tmp_path / "index.html").read_text("utf-8")
    for text in (holder, typing):
        policy = text.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
        assert policy.startswith("default-src &#39;none&#39;; ")
        assert style in policy
        assert (script in policy) is ("<script>" in text) is (text is typing)
        assert f"<style>{STYLE}</style>" in text
        assert "Exam &amp; Office" in text
        assert "<Certificate>" not in text
    assert f"<script>{SCRIPT}</script>" in typing


def test_an_empty_register_publishes_nothing(tmp_path: Path) -> None:
    """Where nothing was issued there is nothing to publish, and it is said."""
    centre = h.believed(centres.centre(h.W, tmp_path))
    with pytest.raises(NoCertificatesError):
        publish(centre, tmp_path / "web", h.NOW.wall)
    assert not (tmp_path / "web").exists()


@pytest.mark.parametrize(
    ("name", "short"),
    [("Ana Beltran", "A. B."), ("Jean-Luc Ørsted", "J. L. Ø."), ("Ана", "А."), ("  ", "")],
)
def test_initials_are_of_every_part(name: str, short: str) -> None:
    """One letter a part, whatever the alphabet."""
    assert initials(name) == short
