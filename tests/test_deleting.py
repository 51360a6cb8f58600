"""Where anything is deleted: a result that the centre has not confirmed cannot be, because nothing else deletes one."""

from __future__ import annotations

import ast
from pathlib import Path

FLOORS = ("keys", "exam_packages", "results", "terminal", "kiosk", "proctor")
REMOVING = {
    "unlink",
    "rmtree",
    "rmdir",
    "remove",
    "removedirs",
    "remove_file",
    "erase",
    "truncate",
    "ftruncate",
}
KNOWN = {
    "keys/carrier.py": "the temporary file of a write, and the function itself",
    "keys/erasing.py": "the function itself",
    "keys/updater.py": "TUF's cache",
    "keys/vault.py": "a store that was never finished, and the reserve",
    "keys/lists.py": "lists of the repository that wait no longer",
    "results/centre/stores/file.py": "what an interrupted new ledger or copy left",
    "results/centre/certificates/publishing.py": "the public page of a certificate whose holder was erased on schedule",
    "results/centre/cli/intake.py": "the list of problems of an import that had none",
    "results/centre/cli/retention.py": "the same, by its command",
    "results/centre/retention/erasing.py": "personal data of results, on schedule and by name",
    "results/centre/pages/frame.py": "review pages that it wrote itself, known by their mark",
    "kiosk/handover.py": "the wrap and the reserve after hand-in, once the sealed record was read back",
    "kiosk/seating.py": "a folder without a vault, which a crash left before the start",
    "kiosk/mirroring.py": "the mirror on the second medium, once the sealed record was read back",
    "kiosk/purging.py": "a purge",
    "proctor/preflight.py": "the file that it wrote to see whether the disk can be written",
    "proctor/purging.py": "a purge",
    "proctor/store.py": "an unfinished opening",
}
"""Every file that removes anything, and what it removes."""


def removing(path: Path) -> set[str]:
    """The functions called in a file that remove a file or folder."""
    called = (one.func for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Call))
    found: set[str] = set()
    for one in called:
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif isinstance(one, ast.Attribute):
            owner = one.value.id if isinstance(one.value, ast.Name) else ""
            if one.attr != "remove" or owner == "os":
                found.add(one.attr)
    return found & REMOVING


def test_only_these_files_remove_anything(repository: Path) -> None:
    """A new place that deletes is a decision: it is named here with what it deletes."""
    found = {
        str(path.relative_to(repository)): removing(path)
        for floor in FLOORS
        for path in (repository / floor).rglob("*.py")
    }
    assert {name for name, calls in found.items() if calls} == set(KNOWN)


def test_what_removes_is_seen(tmp_path: Path) -> None:
    """A function that deletes is found by its name, whoever it is called on; a list's `remove` is none."""
    text = "os.remove(x)\nerase(path)\nPath(x).unlink()\nfound.remove(1)\n"
    (tmp_path / "one.py").write_text(text, "utf-8")
    assert removing(tmp_path / "one.py") == {"remove", "erase", "unlink"}
