"""The package's vectors: a valid one opens to the form inside; every other is refused with the code it names."""

from __future__ import annotations

import json

import pytest

from exam_packages.package import unpack
from keys.errors import ExamKioskError
from keys.statement import Holder, Keyring, Role
from tests.vectors.vector import FOLDER, Vector, read_all

VECTORS = read_all("package")
SETTING = json.loads((FOLDER / "package/setting.json").read_text("utf-8"))
RING = Keyring(
    Holder(Role(one["role"]), one["name"], bytes.fromhex(one["public"])) for one in SETTING["believed"]
)


def _open(vector: Vector) -> str:
    """Open everything of a package as a site does, and return the first item's stem."""
    key = bytes.fromhex(vector.more.get("content-key", SETTING["content_key"]))
    package = unpack(vector.body, RING)
    package.front(key)
    return str(package.form(key).items[0].stem[0])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_package_vector(vector: Vector) -> None:
    """Each file is taken, or refused with its own code and without a word of the item."""
    if vector.expect == "ok":
        assert "What comes" in _open(vector)
        return
    with pytest.raises(ExamKioskError) as refused:
        _open(vector)
    told = refused.value.diagnostics()
    assert told.code == vector.expect
    assert "What comes" not in told.what + told.next_step


def test_there_are_enough_package_faults() -> None:
    """At least twelve faults, one of them the right signature in the wrong role."""
    assert sum(vector.expect != "ok" for vector in VECTORS) >= 12
    assert "signer-wrong-role" in {vector.expect for vector in VECTORS}
