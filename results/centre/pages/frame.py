"""The folder of review pages: where each page is, how one gets from it to the others, and how the folder is written.

Rules.
1. Every address is relative, so the folder can be copied anywhere; nothing is loaded from outside it.
2. The pages are made beside their place and put there at once: a reader finds all of the old or all of the new ones.
   So no page of a site, file or person stays that the new pages have no more.
3. Only a folder of review pages is ever replaced; it is known by its `review-pages.txt`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from keys.carrier import disk_errors, make_folder
from keys.clock import utc
from keys.errors import ExamKioskError
from results.centre.report.page import Way, render

MARK = "review-pages.txt"
_MARKED = "A folder of review pages of exam-kiosk. It is replaced as a whole when they are made again.\n"
INDEX, INTAKE, RECONCILIATION, QUARANTINE = (
    "index.html",
    "intake.html",
    "reconciliation.html",
    "quarantine.html",
)
RUNS, CERTIFICATES, ERASED = "runs.html", "certificates.html", "erased.html"
PARTS = (
    ("Overview", INDEX),
    ("Intake", INTAKE),
    ("Reconciliation", RECONCILIATION),
    ("Quarantine", QUARANTINE),
    ("Score runs", RUNS),
    ("Certificates", CERTIFICATES),
    ("Erased", ERASED),
)
_NEW = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
Step = tuple[str, str]
"""A page: its name, and its path in the folder."""


class PagesPlaceError(ExamKioskError):
    """A folder with something else in it."""

    code = "pages-place"
    what = "The folder {name} holds something else than review pages."
    next_step = "Name a folder that is empty or not there yet, or one of earlier review pages."


def up(path: str) -> str:
    """What leads from a page to the folder itself."""
    return "../" * path.count("/")


def way(path: str, here: str, *above: Step) -> Way:
    """The way at a page, whose pages above are these; the first of those says of which part it is, or it is one."""
    part = above[0][1] if above else path
    return Way(
        tuple((words, up(path) + address, address == part) for words, address in PARTS),
        tuple((words, up(path) + address) for words, address in above),
        here,
    )


def moment(at: int) -> str:
    """A time (wall ms) in UTC where a head says so, in minutes; empty for none."""
    return utc(at).removesuffix(" UTC") if at else ""


class Pages:
    """A folder of pages that is being made."""

    def __init__(self, folder: Path) -> None:
        """Write below `folder`."""
        self._folder = folder
        self.count = 0

    def put(self, path: str, page: str) -> None:
        """Write a page. Raises a `StorageError`."""
        place = self._folder / path
        with disk_errors(place):
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(place, _NEW, 0o600), "w", encoding="utf-8") as file:
                file.write(page)
        self.count += path.endswith(".html")

    def draw(self, path: str, here: str, *above: Step, template: str, **values: object) -> None:
        """Draw a page of ours and write it; templates know `moment`, and the way up to the folder as `up`."""
        page = render(
            f"review/{template}.html",
            sortable=True,
            way=way(path, here, *above),
            up=up(path),
            moment=moment,
            **values,
        )
        self.put(path, page)


@contextlib.contextmanager
def replaced(out: Path) -> Iterator[Pages]:
    """A new folder, which takes the place of `out` where the block ends, and goes where it raises.

    Raises `PagesPlaceError` or a `StorageError`.
    """
    out = out.absolute()
    _check(out)
    make_folder(out.parent)
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    with disk_errors(out):
        for left in (new, old):
            _discard(left)
        new.mkdir(mode=0o700)
        try:
            pages = Pages(new)
            pages.put(MARK, _MARKED)
            yield pages
            if out.exists():
                out.rename(old)
            new.rename(out)
        finally:
            _discard(new)
        _discard(old)


def _discard(folder: Path) -> None:
    """Remove a folder of pages that an interrupted command left, or that is not needed any more."""
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
    elif folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _check(out: Path) -> None:
    with disk_errors(out):
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            raise PagesPlaceError(name=str(out))
        if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
            raise PagesPlaceError(name=str(out))
