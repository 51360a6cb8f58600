"""Every sealed record vector is judged as its first line says, by its code and by nothing else."""

from __future__ import annotations

import pytest

from exam_packages.sitting_plan import open_plan
from keys.encoding import digest
from results.centre.intake import Sound, judge
from results.centre.settling import Quarantined
from results.wire.bundle import open_record, read_record
from tests.vectors import generate_sealed_record as generator
from tests.vectors.vector import Vector, read_all

VECTORS = read_all(generator.NAME)
W = generator.world()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_intake_judges_a_record_as_the_vector_says(vector: Vector) -> None:
    """A sound record is sound; each fault is quarantined with the code it holds, whatever else could be said of it."""
    revoked = [one for one in W.kiosks if one.identity.name == vector.more.get("revoked")]
    verdict = judge(vector.body, W.office(revoked=revoked))
    if vector.expect == "ok":
        assert isinstance(verdict, Sound)
        assert verdict.filed.digest == digest(vector.body)
    else:
        assert isinstance(verdict, Quarantined)
        assert verdict.reason.code == vector.expect


def test_there_are_enough_faults_and_each_stands_alone() -> None:
    """At least twelve faults, at least twelve codes, and a valid record beside them."""
    faults = [vector for vector in VECTORS if vector.expect != "ok"]
    assert len(faults) >= 12
    assert len({vector.expect for vector in faults}) >= 12
    assert (
        len({vector.body for vector in VECTORS}) == len(VECTORS) - 1
    )  # a revoked kiosk's file is the valid one


def test_the_vectors_are_what_the_generator_makes() -> None:
    """Made again from the frozen ones, every file is the same byte for byte."""
    for path, content in generator.files().items():
        assert (generator.PLAN.parent.parent / path).read_bytes() == content, path


def test_the_frozen_ones_hold_what_they_say() -> None:
    """The frozen record opens for the centre to a journal that begins with its session, and the plan opens too."""
    valid = next(vector for vector in VECTORS if vector.name == "valid")
    record = read_record(valid.body, W.keyring.and_also([W.kiosks[0].identity.holder()]))
    assert open_record(record, W.centre).startswith(b'{"seq":0,')
    assert open_plan(W.plan_file, W.keyring, W.centre) == W.plan
