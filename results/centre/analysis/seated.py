"""A run of the ledger as groups, forms and answers are compared: the items that count, who sat where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from results.centre.analysis.gathering import gather
from results.centre.inputs import read_inputs
from results.centre.office import Centre, find_run
from results.centre.standing.books import standings
from results.scoring.matrix import Matrix


@dataclass(frozen=True, slots=True)
class Seated:
    """The scored items of a run's free results; the sitting of each person and the name of the kiosk."""

    matrix: Matrix
    sittings: tuple[str, ...]
    kiosks: tuple[str, ...]


def seated(centre: Centre, name: str, exam_folder: Path) -> Seated:
    """What the ledger holds for a run. Raises as `find_run`, `read_inputs` and `gather`."""
    run = find_run(centre, name)
    found = gather(centre, run, read_inputs(exam_folder, centre.trusted.keyring, key_version=run.key_version))
    with centre.ledger.reading() as books:
        withheld = standings(books, run.run)
        at = {row.digest: row.kiosk for row in books.sound_records(form_digest=run.form_digest)}
    taken = [one for one in run.scores if (one.sitting, one.candidate, one.attempt) not in withheld]
    names = _kiosk_names(centre, {one.sitting for one in taken})
    counting = np.flatnonzero(found.counting)
    items = tuple(found.matrix.items[n] for n in counting)
    matrix = Matrix(
        found.matrix.persons, items, found.matrix.chosen[:, counting], found.matrix.scores[:, counting]
    )
    kiosks = tuple(names.get(at[one.record], "") for one in taken)
    return Seated(matrix, tuple(one.sitting for one in taken), kiosks)


def _kiosk_names(centre: Centre, sittings: set[str]) -> dict[str, str]:
    """The kiosks of the published plans by fingerprint."""
    plans = [known for one in sorted(sittings) if (known := centre.plan(one)) is not None]
    return {slot.identity.fingerprint: slot.identity.name for known in plans for slot in known.plan.kiosks}
