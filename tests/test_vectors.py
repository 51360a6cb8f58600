"""The vectors in the work tree are the ones their generators make, no more and no fewer, and each shows one fault."""

from __future__ import annotations

from pathlib import Path

from tests.vectors import generate
from tests.vectors.vector import FOLDER, Vector, frozen, read, respelt


def test_every_vector_is_what_its_generator_makes() -> None:
    """Made again, each file has the very bytes that are kept, and no file is kept that nothing makes."""
    for made in generate.formats().values():
        folders = {FOLDER / path.split("/")[0] for path in made}
        kept = {str(path.relative_to(FOLDER)) for folder in folders for path in folder.iterdir()}
        assert kept == set(made)
        assert [path for path, content in made.items() if (FOLDER / path).read_bytes() != content] == []


def test_every_generator_is_run() -> None:
    """Each format with a folder has a generator beside it."""
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders == set(generate.formats())


def test_a_vector_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Head and body come back, though the body be bytes with empty lines."""
    vector = Vector("x", "ok", "With: colons.", b"\x00\n\n\xff", {"code": "1"})
    (tmp_path / "x.vector").write_bytes(vector.encode())
    assert read(tmp_path / "x.vector") == vector


def test_frozen_bytes_are_made_only_once() -> None:
    """A sealed file that is kept is read; only a missing one is made."""
    kept = read(FOLDER / "package/valid.vector").body
    assert frozen("package", "valid", lambda: b"made") == kept
    assert frozen("package", "no-such-vector", lambda: b"made") == b"made"


def test_respelling_without_a_change_changes_nothing() -> None:
    """A fault of an envelope is the change asked for, and no other spelling of the rest."""
    envelope = read(FOLDER / "unlock/valid.vector").body
    assert respelt(envelope, lambda document: None) == envelope
