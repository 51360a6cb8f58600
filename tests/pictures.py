"""Texts and pictures of screens that were looked at and are kept: what is drawn now is held against them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from terminal.app import LockedApp
from terminal.widgets import Header, KeyBar, Lines

UPDATE = os.environ.get("UPDATE_SNAPSHOTS") == "1"


def compare(path: Path, now: str) -> None:
    """Hold `now` against what is kept, or keep it."""
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, "utf-8")
    kept = path.read_text("utf-8") if path.exists() else ""
    assert now == kept, f"{path.name} differs: look at it, then `make snapshots`"


def picture(app: LockedApp, title: str) -> str:
    """The screen as SVG, without any address of the web but that of the SVG language itself."""
    svg = app.export_screenshot(title=title)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    assert set(re.findall(r"https?://[^\"' )]*", svg)) == {"http://www.w3.org/2000/svg"}
    return svg


def nothing_cut(app: LockedApp) -> None:
    """Nothing on the screen reaches under the key bar or out of its pane."""
    bar = app.screen.query_one(KeyBar)
    for widget in app.screen.query(Lines):
        if widget.display and widget is not bar and widget.region.height:
            assert widget.region.bottom <= bar.region.y, f"{widget} is cut at the bottom"
            assert widget.region.y >= (0 if isinstance(widget, Header) else 1), f"{widget} is cut at the top"
