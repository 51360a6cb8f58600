"""What every page must be: self-contained, whole, and with nothing that its own policy does not let run or apply."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import re

VOID = {"meta", "rect", "line", "polyline", "br"}
ALLOWED = {
    *(
        "html",
        "head",
        "title",
        "style",
        "body",
        "header",
        "footer",
        "nav",
        "section",
        "div",
        "span",
        "script",
    ),
    *("h1", "h2", "h3", "p", "a", "b", "strong", "ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption"),
    *(
        "circle",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "svg",
        "text",
        "g",
        "path",
        *VOID,
    ),
}
"""Every element that a page of ours may have: none that loads, embeds, sends or sets a base."""

ADDRESS = re.compile(r"//|:|^\s*/|^\s*$")


class Page(html.parser.HTMLParser):
    """A page taken apart: the tags that are open, what stands in scripts and styles, the policy, and all its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.code: list[tuple[str, str]] = []
        self.policy = ""
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> has no place in a page"
        found = dict(attributes)
        assert len(found) == len(attributes)
        for name, value in attributes:
            assert not name.startswith("on"), f"{name} would run"
            assert name not in {
                "style",
                "src",
                "srcset",
                "action",
                "formaction",
                "background",
                "xlink:href",
            }, name
            if name == "href":
                assert not ADDRESS.search(value or ""), f"{value} leads elsewhere"
        if found.get("http-equiv") == "Content-Security-Policy":
            assert not self.policy
            self.policy = found["content"] or ""
            assert not self.code, "the policy stands before what it is about"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag) if tag not in VOID else None

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"}:
            self.code.append((self.open[-1], data))
        else:
            self.words.append(data)

    def text(self) -> str:
        """What a person reads, each run of white space one space."""
        return " ".join(" ".join(self.words).split())


def check_page(text: str) -> Page:
    """The page, checked: closed tags, no address, no code but what the policy names by its digest."""
    page = Page(text)
    assert page.open == []
    directives = dict(one.strip().partition(" ")[::2] for one in page.policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["base-uri"] == directives["form-action"] == "'none'"
    assert set(directives) <= {"default-src", "base-uri", "form-action", "style-src", "script-src"}
    needed: dict[str, set[str]] = {"style-src": set(), "script-src": set()}
    for tag, content in page.code:
        hashed = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        needed[f"{tag}-src"].add(f"'sha256-{hashed}'")
        assert not re.search(r"https?:|url\(|@import|\bfetch\b|XMLHttpRequest|\bimport\b|innerHTML", content)
    for name, hashes in needed.items():
        assert set(directives.get(name, "").split()) == hashes
    return page
