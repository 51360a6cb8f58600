"""The desk's papers: what stands on them, that they fit their sheet, and that the same sitting gives the same bytes."""

from __future__ import annotations

import functools
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from reportlab.pdfgen.canvas import Canvas

import exam_kiosk
from exam_packages import typeface
from exam_packages.sitting_plan import Mode
from keys.codes import RECEIPT_LENGTH
from keys.encoding import digest
from keys.primitives import MINIMUM
from keys.statement import Keyring
from proctor import desk as desks
from proctor.cli import asking
from proctor.collect import collect, make_bundle
from proctor.commands import CloseSitting, DeclareAbsence, ShowCodes
from proctor.paper import canvas, sheets
from proctor.paper.page import page_pdf
from proctor.paper.plain import page_text
from proctor.paper.sheets import GROUPS, Line, Sheet, Slip, Slips
from proctor.paper.slips import slips_pdf
from proctor.runner import Desk
from results.wire.bundle import read_bundle
from results.wire.closing import FinalState
from tests.proctor.simulated import FIRST, PASSPHRASE, Site

SHEET = Sheet(
    programme="Practice",
    sitting="west-1",
    place="west, room 1",
    window="2030-06-14 08:30 UTC to 2030-06-14 13:30 UTC",
    opened="2030-06-14 08:12 UTC",
    closed="2030-06-14 13:31 UTC",
    rehearsal=False,
    support="Ada at 555-0100",
    lines=(Line("C-1", "Ann Beltrán", "kiosk-01", "completed", "ABC DEF GHJ K"),),
    totals="authorised 1 = completed 1",
    incidents=3,
    digest="3f2a" * 16,
    proctors=("rivera", "okafor"),
)
SLIPS = Slips(
    "Practice   west-1", "Ada", rehearsal=False, slips=(Slip("C-1", "Ann", "kiosk-01", "000 AB3 DEF G"),)
)


class Ink:
    """What a PDF draws, heard from the page that draws it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.words: list[str] = []
        self.out: list[str] = []
        draw = Canvas.drawString

        def heard(page: Canvas, x: float, y: float, text: str, *more: object) -> None:
            self.words.append(text)
            width = float(page.stringWidth(text, page._fontname, page._fontsize))
            if not (0 <= x <= x + width <= canvas.WIDTH and 0 <= y <= canvas.HEIGHT):
                self.out.append(text)
            draw(page, x, y, text, *more)

        monkeypatch.setattr(Canvas, "drawString", heard)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.words)


@pytest.fixture
def ink(monkeypatch: pytest.MonkeyPatch) -> Ink:
    """Listens to everything that is drawn."""
    return Ink(monkeypatch)


def pages(pdf: bytes) -> int:
    """How many sheets a PDF has."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def closed(site: Site) -> Desk:
    """A closed sitting with one record and two who never came."""
    site.open().close()
    site.export(0, "C-1")
    desk = site.again()
    collect(desk, site.carrier)
    for candidate in ("C-2", "C-3"):
        desk.submit(DeclareAbsence(candidate, FinalState.NO_SHOW, desk.proctor))
    desk.submit(CloseSitting(desk.proctor))
    return desk


def test_a_slip_shows_what_a_candidate_needs_and_no_more(ink: Ink, site: Site) -> None:
    """Number, name, kiosk and the admission code in groups of three: of each one who has a seat."""
    with site.open() as desk:
        desk.submit(ShowCodes(desk.proctor))
        made = sheets.slips(desk)
        slips_pdf(made)
        codes = {one.candidate: one.code for one in made.slips}
        assert set(codes) == {"C-1", "C-2"}
        assert codes["C-1"].replace(" ", "") == desk.admission_code("C-1")
    for wanted in ("C-1", "Ann", "kiosk-01", codes["C-1"], "C-2", "Bo", "kiosk-02", codes["C-2"]):
        assert wanted in ink.words
    assert "REHEARSAL" not in ink.text
    assert ink.out == []


def test_eight_slips_go_on_a_sheet(ink: Ink) -> None:
    """Sixty slips are eight sheets, and a long name stays inside its own slip."""
    long = Slip(
        "C-1", "Ørjan Featherstonehaugh van den Berg de la Cruz y Villanueva", "kiosk-01", "000 AB3 DEF G"
    )
    pdf = slips_pdf(replace(SLIPS, slips=(long,) * 60))
    assert pages(pdf) == 8
    assert ink.out == []


def test_a_rehearsal_says_so_on_every_paper(ink: Ink) -> None:
    """Slips, page and text are marked in words."""
    slips_pdf(replace(SLIPS, rehearsal=True))
    page_pdf(replace(SHEET, rehearsal=True))
    assert ink.words.count("REHEARSAL") == 1
    assert "rehearsal: this code opens no real exam" in ink.words
    assert "REHEARSAL: Closing page" in ink.words
    assert page_text(replace(SHEET, rehearsal=True)).startswith("REHEARSAL")


def test_the_closing_page_is_of_the_signed_page_in_the_bundle(site: Site, ink: Ink) -> None:
    """Digest and totals are of what goes to the centre; every candidate has a line and a final state."""
    with closed(site) as desk:
        sheet = sheets.closing_sheet(desk)
        bundle = read_bundle(make_bundle(desk), Keyring([desk.identity.holder()]))
        assert sheet.digest == digest(bundle.parts[sheets.CLOSING_PART])
    assert [(one.candidate, one.state) for one in sheet.lines] == [
        ("C-1", "completed"),
        ("C-2", "no-show"),
        ("C-3", "no-show"),
    ]
    assert sheet.totals.startswith("authorised 3 = completed 1 + timed out 0 + ")
    assert sum(int(number) for number in re.findall(r" (\d+)", sheet.totals)[1:]) == 3
    page_pdf(sheet)
    assert f"Signed page, first 24 of 64: {sheet.short}" in ink.words
    assert sheet.digest in sheet.scanned
    assert sheet.sitting in sheet.scanned


def test_before_the_close_there_is_no_state_and_no_digest(site: Site, ink: Ink) -> None:
    """The sheet to sign on does not look like a closing page: nothing on it is final."""
    with site.open() as desk:
        sheet = sheets.closing_sheet(desk)
    assert (sheet.digest, sheet.totals, {one.state for one in sheet.lines}) == ("", "", {""})
    page_pdf(sheet)
    assert "Sheet to sign on; the sitting is not closed" in ink.words
    assert "Signed page" not in ink.text
    assert "Signed page" not in page_text(sheet)


@pytest.mark.parametrize(("count", "sheets_needed"), [(1, 1), (30, 1), (31, 1), (60, 1), (61, 2)])
def test_sixty_candidates_fit_one_sheet(count: int, sheets_needed: int, ink: Ink) -> None:
    """Up to sixty stand on one sheet of A4, nothing beyond its edge; the sixty-first begins another."""
    name = "Ørjan Featherstonehaugh van den Berg de la Cruz y Villanueva"
    lines = tuple(
        Line(f"C-{n:04}", name, f"kiosk-{n:02}", "ended by proctor", "ABC DEF GHJ K") for n in range(count)
    )
    assert pages(page_pdf(replace(SHEET, lines=lines))) == sheets_needed
    assert ink.out == []
    assert ink.words.count("initials") == count


def test_the_boxes_are_as_many_as_a_receipt_code_is_long() -> None:
    """In the groups that the kiosk's last screen shows."""
    assert (sum(GROUPS), GROUPS) == (RECEIPT_LENGTH, (3, 3, 3, 3, 1))


def test_the_same_sitting_gives_the_same_bytes() -> None:
    """No date, no random id: the file can be compared."""
    assert page_pdf(SHEET) == page_pdf(SHEET)
    assert slips_pdf(SLIPS) == slips_pdf(SLIPS)
    assert page_pdf(SHEET) != page_pdf(replace(SHEET, incidents=4))


def test_the_text_fits_a_printer_of_eighty_columns() -> None:
    """No line is longer, and a checkpoint that was heard stands there."""
    text = page_text(replace(SHEET, lines=(*SHEET.lines, Line("C-2", "陳大文", "kiosk-02", "no-show", ""))))
    assert max(len(one) for one in text.splitlines()) <= 80
    assert "checkpoint ABC DEF GHJ K" in text
    assert "Signed page: 3f2a 3f2a 3f2a 3f2a 3f2a 3f2a" in text
    assert "incidents" in text.lower()


def test_a_letter_that_no_typeface_has_is_owned_up_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ink: Ink
) -> None:
    """Without the wider typeface, marks are dropped and other letters become numbers, and the slip says so."""
    monkeypatch.setattr(typeface, "DEJAVU", tmp_path / "none.ttf")
    typeface.faces.cache_clear()
    assert canvas.words("Łukasz Beltrán") == canvas.Words("Łukasz Beltrán", typeface.PLAIN)
    assert canvas.words("Wiśniewski").text == "Wisniewski"
    assert canvas.words("陳").text == "[U+9673]"
    slips_pdf(replace(SLIPS, slips=(replace(SLIPS.slips[0], name="陳 Wiśniewski"),)))
    assert canvas.CHANGED in ink.words
    assert "[U+9673] Wisniewski" in ink.words
    monkeypatch.undo()
    typeface.faces.cache_clear()


def test_a_plan_of_a_rehearsal_makes_marked_papers(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark comes from the signed plan."""
    with site.open() as desk:
        assert not sheets.closing_sheet(desk).rehearsal
        desk.plan = msgspec.structs.replace(desk.plan, mode=Mode.REHEARSAL)
        assert sheets.closing_sheet(desk).rehearsal
        assert sheets.slips(desk).rehearsal


def test_the_commands_write_what_they_name(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slips and both kinds of page are in the files named, readable by their owner alone, and are told in JSON."""
    monkeypatch.setattr(asking, "unlock_desk", functools.partial(desks.unlock_desk, floor=MINIMUM))

    def run(name: str, file: str) -> dict[str, Any]:
        read, write = os.pipe()
        os.write(write, PASSPHRASE.encode() + b"\n")
        os.close(write)
        where = ("--desk", str(site.path), "--proctor", FIRST, "--out", str(tmp_path / file))
        assert exam_kiosk.run(["proctor", name, *where, "--passphrase-fd", str(read), "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    site.open().close()
    assert run("slips", "slips.pdf")["slips"] == 2
    assert (tmp_path / "slips.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "slips.pdf").stat().st_mode & 0o777 == 0o600
    assert run("closing-page", "sheet.txt")["closed"] is False
    assert (tmp_path / "sheet.txt").read_text("utf-8").startswith("Sheet to sign on")
    with site.again() as desk:
        for candidate in ("C-1", "C-2", "C-3"):
            desk.submit(DeclareAbsence(candidate, FinalState.NO_SHOW, desk.proctor))
        desk.submit(CloseSitting(desk.proctor))
    told = run("closing-page", "page.pdf")
    assert (told["closed"], len(told["digest"])) == (True, 64)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")
