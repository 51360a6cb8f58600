"""A self-contained page: one frame for all of them, drawn with Jinja2; nothing in it comes from anywhere else.

Rules.
1. Every value is escaped where it is put in; only our own drawings (charts.py) are markup.
2. The policy in the head lets a browser load nothing, and run and apply only what stands in the page, by its digest.
3. A page says everything without its script, which only sorts tables by a click or a key on their heads.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from keys.encoding import digest

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a page stands in a folder of pages, by addresses relative to it.

    `parts` are the folder's: words, address, and whether the page is of that part; `trail` are the pages above it as
    words and address, the first one first; `here` is its own name there.
    """

    parts: tuple[tuple[str, str, bool], ...] = ()
    trail: tuple[tuple[str, str], ...] = ()
    here: str = ""


ALONE = Way()
"""A page that is sent and kept by itself, and leads nowhere."""


def render(template: str, *, sortable: bool = False, way: Way = ALONE, **values: object) -> str:
    """The page that `template` makes of these values; `sortable` if tables of it can be sorted."""
    style, script = _file("page.css"), _file("sort.js")
    allowed = [f"style-src {_hash(style)}", *([f"script-src {_hash(script)}"] if sortable else [])]
    policy = "; ".join(("default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"))
    return (
        _templates()
        .get_template(template)
        .render(
            **values,
            way=way,
            policy=policy,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script) if sortable else "",  # noqa: S704 - our own file
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _file(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _hash(content: str) -> str:
    """A source expression of the content security policy: the digest of what stands between the tags (CSP Level 3)."""
    return f"'sha256-{base64.b64encode(bytes.fromhex(digest(content.encode()))).decode()}'"
