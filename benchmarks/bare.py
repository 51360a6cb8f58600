"""The baseline of the screens: the barest Textual app that repaints one line at a key."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text that changes at each key."""

    def __init__(self) -> None:
        """Count keys from 0."""
        super().__init__()
        self.count = 0

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("ready 0", markup=False)

    def on_key(self) -> None:
        """Repaint the line."""
        self.count += 1
        self.query_one(Static).update(f"ready {self.count}")


if __name__ == "__main__":
    Bare().run()
