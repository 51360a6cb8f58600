"""The review pages in a real browser: they open, nothing is refused or asked for, links lead on, heads sort."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.results.pages import chromium
from tests.results.pages.season import Season

pytestmark = pytest.mark.skipif(
    not chromium.PROGRAM, reason="no Chromium is installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    """A browser, once for all."""
    with chromium.browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def browser(opened: chromium.Browser) -> chromium.Browser:
    """The browser, with nothing said yet."""
    opened.open("about:blank")
    opened.requests.clear()
    opened.complaints.clear()
    return opened


def rows(browser: chromium.Browser, table: int) -> list[list[str]]:
    """What stands in the cells of a table of the page."""
    found: list[list[str]] = browser.value(
        f"[...document.querySelectorAll('table.sortable')[{table}].tBodies[0].rows]"
        ".map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return found


def test_every_page_opens_and_asks_for_nothing_else(browser: chromium.Browser, made: Season) -> None:
    """Every link of every page, from the first one on, leads to a page of the folder; a page is the one request that
    it makes; the browser refuses nothing and no page is wider than a window of 1,280 or 800 pixels.
    """
    first = (made.pages / "index.html").as_uri()
    waiting, met = [first], {first}
    while waiting:
        address = waiting.pop()
        browser.requests.clear()
        browser.open(address)
        for width in (1280, 800):
            browser.size(width, 900)
            wide = browser.value("document.documentElement.scrollWidth")
            assert wide <= width, (address, wide)
        assert browser.requests == [address]
        assert browser.complaints == [], address
        for link in browser.value("[...document.links].map(link => link.href.split('#')[0])"):
            assert Path(unquote(urlsplit(link).path)).is_relative_to(made.pages), link
            if link not in met:
                met.add(link)
                waiting.append(link)
    there = {path.as_uri() for path in made.pages.rglob("*.html")}
    assert met == there


def test_the_first_page_is_read_without_scrolling_sideways(browser: chromium.Browser, made: Season) -> None:
    """In a window of 1,100 pixels none of its tables is wider than its place, however long a form's name is."""
    browser.open((made.pages / "index.html").as_uri())
    browser.size(1100, 900)
    names = "document.querySelectorAll('.scroll td:nth-child(-n+2)')"
    browser.value(f"{names}.forEach(one => one.lastChild.textContent += '-x0'.repeat(9))")
    places = "[...document.querySelectorAll('.scroll')].map(one => one.scrollWidth - one.clientWidth)"
    assert set(browser.value(places)) == {0}


def test_one_clicks_from_the_first_page_to_a_candidate_and_back(
    browser: chromium.Browser, made: Season
) -> None:
    """Overview, newest run, a sitting's report, a candidate's; the trail leads back, the parts to the quarantine."""
    browser.open((made.pages / "index.html").as_uri())
    at = browser.follow("table a[href^='runs/']")
    assert at.endswith(f"runs/{made.after.run}/index.html")
    browser.follow("table a[href$='/sitting.html']")
    assert "candidate-" in browser.follow("table a[href^='candidate-']")
    assert browser.follow("nav.trail a:nth-of-type(2)") == at
    assert browser.follow("nav.parts a:nth-of-type(4)").endswith("quarantine.html")
    browser.follow("table a")
    assert browser.value("document.querySelector('.flag').textContent") == "part-altered"
    assert browser.complaints == []


def test_a_click_on_a_head_sorts_the_items(browser: chromium.Browser, made: Season) -> None:
    """By difficulty upward, by another click downward, as numbers; the head says so, and Enter does the same."""
    browser.open((made.pages / f"runs/{made.after.run}/item-analysis.html").as_uri())
    table = browser.value(
        "[...document.querySelectorAll('table.sortable')].findIndex(one => one.tHead.textContent.includes('r bis'))"
    )
    browser.value(f"document.querySelectorAll('table.sortable')[{table}].id = 'items'")
    before = rows(browser, table)
    assert len(before) == len(made.world.form.items)
    head = "#items thead th:nth-child(4)"
    for kind, back in (("ascending", False), ("descending", True)):
        browser.click(head)
        found = [float(row[3]) for row in rows(browser, table)]
        assert found == sorted(found, reverse=back)
        assert browser.value(f"document.querySelector('{head}').getAttribute('aria-sort')") == kind
    assert len(set(found)) > 1
    browser.value("document.querySelector('#items thead th').focus()")
    browser.ask("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13)
    assert rows(browser, table) == sorted(before)
    assert browser.complaints == []


def test_everything_is_there_without_scripts(browser: chromium.Browser, made: Season) -> None:
    """With scripts turned off the same words stand in the tables, and links lead on."""
    browser.open((made.pages / "reconciliation.html").as_uri())
    with_them = browser.value("document.body.innerText")
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open((made.pages / "reconciliation.html").as_uri())
        assert browser.value("document.body.innerText") == with_them
        assert not browser.value("document.querySelectorAll('[aria-sort]').length")
        assert browser.follow("table a").endswith("sites/west.html")
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)


def test_the_browser_tells_what_a_page_may_not(
    browser: chromium.Browser, made: Season, tmp_path: Path
) -> None:
    """A script, a style and a picture that somebody put into a page are refused, and these tests would see it."""
    page = (made.pages / "index.html").read_text("utf-8")
    for added in ("<script>1</script>", "<p style='color: red'>", "<img src='http://127.0.0.1:9/x.png'>"):
        (tmp_path / "altered.html").write_text(page.replace("</header>", f"</header>{added}"), "utf-8")
        browser.complaints.clear()
        browser.open((tmp_path / "altered.html").as_uri())
        assert any("Content Security Policy" in one for one in browser.complaints), added
