"""The review pages as files: what stands in them and what does not, each self-contained, and how they are replaced."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest

import exam_kiosk
from keys import keystore
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, office
from results.centre.pages import frame
from results.centre.reconciling.gathering import reconciliation
from results.centre.rescoring.comparison import compare
from results.centre.retention.erasing import apply
from results.centre.retention.rules import Rules
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from tests.results import builders as b
from tests.results.pages.season import HELD, HOLDER, NASTY, NOW, Season, season
from tests.results.report.checking import Page, check_page

LINK = re.compile(r'href="([^"#]*)')


def every(folder: Path) -> dict[str, str]:
    """All pages by their path."""
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}


def read(made: Season, path: str) -> Page:
    return check_page(made.page(path))


def test_every_page_is_self_contained_and_reached(made: Season) -> None:
    """Nothing foreign, closed tags, a policy by digests; each link leads to a page, and each page is linked to."""
    pages = every(made.pages)
    reached = {"index.html"}
    for path, text in pages.items():
        page = check_page(text)
        assert NASTY not in text
        assert page.text()
        for link in LINK.findall(text):
            if link:
                to = os.path.normpath(f"{os.path.dirname(path)}/{link}").lstrip("/")
                assert to in pages, (path, link)
                reached.add(to)
    assert reached == set(pages)
    assert {path.partition("/")[0] for path in pages} >= {"sites", "sittings", "quarantine", "runs"}


def test_a_page_says_where_it_is(made: Season) -> None:
    """Every page has all parts, its own marked, and the pages above it in order."""
    for path, text in every(made.pages).items():
        assert text.count('aria-current="true"') == 1, path
        assert all(f">{words}</a>" in text for words, _ in frame.PARTS)
    text = made.page(f"runs/{made.after.run}/changes/west.html")
    trail = text[text.index('<nav class="trail"') :].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', trail) == [
        "../../../runs.html",
        f"../../../runs/{made.after.run}/index.html",
        f"../../../runs/{made.after.run}/changes.html",
    ]


def test_no_item_and_no_certificate_holder_is_told(made: Season) -> None:
    """The wording of items and options stands nowhere, nor does a person's name from the register."""
    words = [f"Item {n}?" for n in range(len(made.world.form.items))] + ["Option A", "Option B", HOLDER]
    for path, text in every(made.pages).items():
        assert not [one for one in words if one in text], path


def test_what_came_is_counted(made: Season) -> None:
    """Bundles and records by import and site, every problem with its reason, and the sum that comes out."""
    page = read(made, "intake.html").text()
    assert "7 records = 5 admitted + 0 repeats + 2 in quarantine" in page
    assert "part-altered 2 1 no known site" in page
    assert "west 1 5 5" in page


def test_reconciliation_is_that_of_the_command(made: Season) -> None:
    """Balance, findings, incident, clock jump and outage of the site are told, as `results reconcile` finds them."""
    (found,) = reconciliation(made.centre, NOW).sittings
    assert {one.kind for one in found.happenings} >= {"clock jump", "outage"}
    assert found.incidents
    for path in ("sites/west.html", f"sittings/{made.world.plan.sitting}.html"):
        page = read(made, path).text()
        assert found.balance in page
        assert all(told.words in page for told in found.happenings)
        assert all(told.words in page for told in found.incidents)
        assert all(words in page for seat in found.seats for words in seat.open)
        assert all(words in page for words in (*found.codes, *found.findings))
        assert f"Lights {NASTY}" in page


def test_a_held_file_has_its_reason_and_its_decisions(made: Season) -> None:
    """One waits and says why, the other was rejected by a person with a reason; both have a page."""
    page = read(made, "quarantine.html").text()
    assert f"{NASTY.replace('/', '')}.ekr" in page
    assert "second.ekr reject part-altered A. Director It is torn." in page
    pages = [read(made, f"quarantine/{path.name}").text() for path in (made.pages / "quarantine").iterdir()]
    assert len(pages) == 2
    assert sum("Nothing has been decided." in one for one in pages) == 1
    assert (
        sum(f"rejected by A. Director at 2027-01-16 08:00 UTC: It is torn. {NASTY}" in one for one in pages)
        == 1
    )


def test_the_first_page_says_what_to_look_at(made: Season) -> None:
    """What is open by site, what waits in quarantine, and appeals that nobody has decided; with what there is."""
    page = read(made, "index.html").text()
    assert "1 file in quarantine for a person to decide on." in page
    assert "1 appeal that nobody has decided yet." in page
    assert f"west {reconciliation(made.centre, NOW).sittings[0].open} Newest" in page
    assert "5 records admitted" in page
    assert "2 score runs" in page


def test_who_changed_is_told_as_the_comparison_has_it(made: Season) -> None:
    """Each changed result with its difference and reason, but not a held one's; the others are only counted."""
    found = compare(made.before, made.after)
    changed = [one for one in found.lines if one.kind != "same"]
    assert changed
    page = read(made, f"runs/{made.after.run}/changes/west.html").text()
    for one in found.lines:
        assert (one.candidate in page) == (one in changed)
        if one in changed and one.candidate != HELD:
            assert one.told in page
            assert "; ".join(one.why) in page
    (mine,) = (one for one in changed if one.candidate == HELD)
    assert mine.told not in page
    assert f"{HELD} 1 {mine.sitting} withheld" in page
    whole = read(made, f"runs/{made.after.run}/changes.html").text()
    assert f"{len(changed)} changed" in whole
    assert "i6 re-keyed: It was misread." in whole


def test_a_held_result_is_withheld_everywhere(made: Season) -> None:
    """Its score stands on no page of the newest run, and the run's figures leave it out."""
    mine = next(one for one in made.after.scores if one.candidate == HELD)
    page = read(made, f"runs/{made.after.run}/index.html").text()
    assert "hold candidate C-1003 Lee Answers like a neighbour's." in page
    assert "5 results scored 1 withheld" in page
    told = [one.score.scaled for one in made.after.scores if one.candidate != HELD]
    assert f"{sum(told) / len(told):.1f} mean scaled score" in page
    assert mine.score.scaled not in told
    candidate = read(made, f"runs/{made.after.run}/{mine.sitting}/candidate-{HELD}.html").text()
    assert "This result is being looked into" in candidate
    assert not re.search(rf"\b{mine.score.scaled}\b", candidate)  # a digest may have its figures


def test_the_newest_run_leads_to_all_its_reports(made: Season) -> None:
    """Item analysis, test report, sponsors and sittings; a sitting to its candidates; the older run has no such."""
    newest = f"runs/{made.after.run}"
    page = made.page(f"{newest}/index.html")
    for link in (
        "item-analysis.html",
        "test-report.html",
        "changes.html",
        "/sponsors/East.html",
        "/sitting.html",
    ):
        assert f'{link}"' in page
    sitting = made.page(f"{newest}/{made.world.plan.sitting}/sitting.html")
    assert len(re.findall(r'href="candidate-', sitting)) == len(made.after.scores)
    older = {path.name for path in (made.pages / "runs" / made.before.run).rglob("*.html")}
    assert older == {"index.html", "item-analysis.html", "test-report.html"}
    assert "results report --run" in made.page(f"runs/{made.before.run}/index.html")


def test_the_item_analysis_draws_changes_and_times(made: Season) -> None:
    """Every item has its times; the changed item what the first and the last answers were worth."""
    page = read(made, f"runs/{made.after.run}/item-analysis.html")
    text = page.text()
    assert "Mean effort" in text
    assert "Items by median time and difficulty" in made.page(f"runs/{made.after.run}/item-analysis.html")
    changed = re.search(r"all items (\d+) (\d+) (\d+) (\d+) i7 (\d+) (\d+) (\d+) (\d+)", text)
    assert changed
    assert changed.groups()[:4] == changed.groups()[4:]
    count, *parts = map(int, changed.groups()[4:])
    assert count >= sum(parts) > 0
    assert parts[0] == 1


def test_certificates_and_erasures_are_counted(made: Season) -> None:
    """By exam and status, with those that expire soon; what was erased with rule, person and reason."""
    assert "cetl-practice 1 1 0 0 0 1 1" in read(made, "certificates.html").text()
    page = read(made, "erased.html").text()
    assert "1 things were erased." in page
    assert "answers: 30 days after the result Lee As planned." in page


def test_pages_are_private_files(made: Season) -> None:
    """They hold personal data: only their owner reads them."""
    assert stat.S_IMODE(made.pages.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.pages.rglob("*.*")} == {0o600}


def test_made_again_they_are_the_same_and_nothing_older_stays(made: Season, tmp_path: Path) -> None:
    """The same ledger makes the same pages; a page that is no more goes with its folder; nothing is left beside it."""
    made.write(tmp_path / "out")
    first = every(tmp_path / "out")
    assert first == every(made.pages)
    (tmp_path / "out/quarantine/gone.html").write_text("a file that was released", "utf-8")
    made.write(tmp_path / "out")
    assert every(tmp_path / "out") == first
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_another_folder_is_never_replaced(made: Season, tmp_path: Path) -> None:
    """One with anything else in it is refused in a sentence, and is as it was."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ExamKioskError) as caught:
        made.write(tmp_path)
    assert caught.value.diagnostics().code == "pages-place"
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["mine"]


def test_a_failure_leaves_the_older_pages(
    made: Season, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a page cannot be written, the folder is as before, and what was made goes."""
    made.write(tmp_path / "out")
    before = every(tmp_path / "out")
    real = frame.Pages.put

    def full(self: frame.Pages, path: str, page: str) -> None:
        if path == frame.ERASED:
            raise OSError(28, "No space left on device")
        real(self, path, page)

    monkeypatch.setattr(frame.Pages, "put", full)
    with pytest.raises(ExamKioskError) as caught:
        made.write(tmp_path / "out")
    assert caught.value.diagnostics().code == "disk-full"
    assert every(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_was_erased_is_told_and_gone(tmp_path: Path) -> None:
    """A run that stays for its held result has no analysis and says why; once that is released and gone, no page has a
    score, and the run's page says that they were erased.
    """
    mine = season(tmp_path)
    rules = Rules(answers=0, desks=0, scores=0, least=1)
    apply(mine.centre, rules, "Lee", "As planned.", b.stamp(100 * 24 * b.HOUR))
    mine.write()
    page = check_page(mine.page(f"runs/{mine.after.run}/index.html")).text()
    assert "There is no analysis: The answers behind 3 results" in page
    with mine.centre.ledger.transaction() as books:
        enter(books, Act(Kind.RELEASE, Scope(candidate=HELD), "No copying.", "Lee", NOW))
        enter(books, Act(Kind.APPEAL_DENIED, Scope(candidate=b.candidate(3)), "It is right.", "Lee", NOW))
    apply(mine.centre, rules, "Lee", "As planned.", b.stamp(101 * 24 * b.HOUR))
    mine.write()
    pages = every(mine.pages)
    assert {path for path in pages if path.startswith("runs/")} == {
        f"runs/{run.run}/index.html" for run in (mine.before, mine.after)
    }
    assert "were erased on schedule" in pages[f"runs/{mine.after.run}/index.html"]
    assert check_page(pages["runs.html"]).text().count(" erased ") == 2


def test_the_command_says_what_it_wrote(
    made: Season, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first page, how many there are, and an exam folder that no run was made from; a wrong place in a sentence."""

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: made.centre.trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    keystore.save_private(tmp_path / "centre.key", made.world.centre, "correct horse", MINIMUM)

    def command(out: Path, *more: object) -> tuple[int, str]:
        reading, writing = os.pipe()
        os.write(writing, b"correct horse\n")
        os.close(writing)
        folder = made.exam.parent
        words = ["results", "pages", "--centre", folder, "--out", out, "--key", tmp_path / "centre.key"]
        status = exam_kiosk.run([str(one) for one in [*words, "--passphrase-fd", reading, "--json", *more]])
        os.close(reading)
        found = capsys.readouterr()
        assert "Traceback" not in found.out + found.err
        return status, found.out + found.err

    status, told = command(tmp_path / "pages", "--exam-folder", made.exam)
    answer = json.loads(told)
    assert status == 0
    assert answer["pages"] == len(every(tmp_path / "pages"))
    assert (Path(answer["index"]).is_file(), answer["unused"]) == (True, [])
    status, told = command(tmp_path)
    assert status
    assert "pages-place" in told
