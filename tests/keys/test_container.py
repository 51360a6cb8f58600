"""A container is exactly its header and its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import container
from keys.container import MAGIC, Part
from keys.encoding import digest
from keys.errors import ContainerError, PartAlteredError

PARTS = {"form.json": b"abc", "media.bin": b"", "z": b"\x00" * 10}
LISTED = container.describe(PARTS)
RAW = container.pack(b"envelope", list(PARTS.values()))


@given(st.dictionaries(st.from_regex(container.NAME, fullmatch=True), st.binary(max_size=50), max_size=8))
def test_parts_survive_packing(parts: dict[str, bytes]) -> None:
    """Whatever the parts, packing and splitting gives them back under their names, in their order."""
    raw = container.pack(b"e", list(parts.values()))
    envelope, body = container.split(raw, kind="package")
    found = container.parts(body, container.describe(parts), kind="package")
    assert (envelope, list(found.items())) == (b"e", list(parts.items()))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        MAGIC[:-1],
        MAGIC,
        MAGIC + b"\0\0\0",
        b"X" + RAW[1:],
        MAGIC + b"\0\0\0\x09envelope",
        MAGIC + b"\xff" * 8,
    ],
)
def test_what_does_not_begin_as_a_container_is_refused(raw: bytes) -> None:
    """A wrong magic, and an envelope that is cut short or larger than allowed, are refused."""
    with pytest.raises(ContainerError):
        container.split(raw, kind="package")


@pytest.mark.parametrize("size", range(len(RAW)))
def test_a_container_cut_anywhere_is_refused(size: int) -> None:
    """Cut at any byte it is damaged, and so is one with a byte to spare."""
    for raw in (RAW[:size], RAW + b"\0"):
        with pytest.raises(ContainerError):
            container.parts(container.split(raw, kind="package")[1], LISTED, kind="package")


def test_a_changed_part_is_named() -> None:
    """The complaint says which part is not the one that was signed."""
    with pytest.raises(PartAlteredError) as caught:
        container.parts(b"abd" + b"\0" * 10, LISTED, kind="package")
    assert "form.json" in caught.value.diagnostics().what


BAD_LISTS = {
    "a name twice": (Part("a", 1, digest(b"x")), Part("a", 1, digest(b"x"))),
    "a path": (Part("../a", 2, digest(b"xx")),),
    "a capital": (Part("A", 2, digest(b"xx")),),
    "a negative length": (Part("a", 3, digest(b"xxx")), Part("b", -1, digest(b""))),
    "too many": tuple(Part(f"p{number}", 0, digest(b"")) for number in range(container.MAX_PARTS + 1)),
}


@pytest.mark.parametrize("listed", BAD_LISTS.values(), ids=BAD_LISTS)
def test_a_list_of_parts_that_is_not_in_order_is_refused(listed: tuple[Part, ...]) -> None:
    """Even a signed list cannot name a path, a part twice, or a length that is none."""
    with pytest.raises(ContainerError):
        container.parts(b"xx", listed, kind="package")
