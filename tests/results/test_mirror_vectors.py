"""Every mirror vector is read as its first line says; what a desk reads of a header needs no key."""

from __future__ import annotations

import pytest

from keys.encoding import digest
from keys.errors import ExamKioskError, WrongRecipientError
from results.wire.journal import Head
from results.wire.mirror import FULL, cut, newest, open_mirror, read_header, segment_name
from tests.results import builders as b
from tests.results import moves
from tests.vectors import generate_mirror as generator
from tests.vectors.generate_sealed_record import world
from tests.vectors.vector import Vector, read_all

VECTORS = {vector.name: vector for vector in read_all(generator.NAME)}
W = world()
PLAN = digest(W.plan_file)


def segments(vector: Vector) -> list[bytes]:
    """The mirror that a vector makes with the segment before it."""
    before = vector.more.get("after", "")
    return [*([VECTORS[before].body] if before else []), vector.body]


@pytest.mark.parametrize("vector", VECTORS.values(), ids=lambda vector: vector.name)
def test_a_kiosk_of_the_plan_reads_a_mirror_as_the_vector_says(vector: Vector) -> None:
    """A sound mirror gives its lines up to the head that it names; each fault is refused with its own code."""
    if vector.expect == "ok":
        mirrored = open_mirror(segments(vector), W.plan, PLAN, W.kiosks[1])
        assert digest(mirrored.lines[-1]) == mirrored.header.head
        assert len(mirrored.lines) == mirrored.header.count
        return
    with pytest.raises(ExamKioskError) as refused:
        open_mirror(segments(vector), W.plan, PLAN, W.kiosks[1])
    assert refused.value.diagnostics().code == vector.expect


def test_the_desk_reads_where_a_journal_stands_and_no_line_of_it() -> None:
    """The header is verified without any key; the proctor's key opens nothing."""
    header = read_header(VECTORS["valid"].body, W.plan, PLAN)
    source = moves.left(W, b.right(W, 3))
    assert (header.candidate, header.count) == (b.candidate(0), len(source))
    assert header.checkpoint == moves.checkpoint(W, source)
    with pytest.raises(WrongRecipientError):
        open_mirror(segments(VECTORS["valid"]), W.plan, PLAN, W.proctor)


def test_an_older_segment_names_the_older_checkpoint() -> None:
    """Putting back an older segment is a mirror of that moment, and no more."""
    older, newer = (read_header(VECTORS[name].body, W.plan, PLAN) for name in ("valid-older", "valid"))
    assert older.count < newer.count
    assert older.checkpoint != newer.checkpoint


def test_the_newest_of_each_session_is_found_whatever_else_is_there() -> None:
    """Foreign names and damaged segments are left out."""
    good, bad = f"mirror/{W.plan.sitting}/a-1", f"mirror/{W.plan.sitting}/b-2"
    files = {
        segment_name(good, 0): VECTORS["valid-genesis"].body,
        segment_name(good, 1): VECTORS["valid"].body,
        segment_name(bad, 0): VECTORS["valid-genesis"].body,
        segment_name(bad, 1): VECTORS["cut-in-lines"].body,
        "mirror/elsewhere/a-1/000000.ekm": VECTORS["valid-genesis"].body,
        f"{good}/readme.txt": b"",
    }
    found = newest(files, files.__getitem__, W.plan, PLAN)
    assert [one.count for one in found] == [read_header(VECTORS["valid"].body, W.plan, PLAN).count]


def test_cutting_anew_goes_on_where_it_was() -> None:
    """However a journal is handed over, bit by bit or whole, it makes the same segments."""
    raws = [bytes([65 + n % 26]) * (FULL // 5) for n in range(40)]
    whole = cut(raws)
    assert [one.number for one in whole] == list(range(len(whole)))
    assert [raw for one in whole for raw in one.raws] == raws
    for at in (1, 2, 7, 23):
        done = [one for one in cut(raws[:at]) if one.full]
        begun = done[-1].end if done else Head()
        rest = cut(raws[begun.count :], len(done), begun)
        assert (*done, *rest) == whole


def test_there_are_enough_faults() -> None:
    """At least twelve faults beside the valid ones, with a right signature in the wrong role among them."""
    assert len([one for one in VECTORS.values() if one.expect != "ok"]) >= 12
    assert VECTORS["signer-in-wrong-role"].expect == "signer-wrong-role"
