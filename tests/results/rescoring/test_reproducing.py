"""A score run made again by another process, from nothing but its inputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from keys.encoding import encode
from keys.statement import SCORE_RUN, sign
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import score_all
from results.centre.runs import RunOlderError, read_run
from results.centre.tables import State
from tests.results import builders as b
from tests.results import centres

W = b.world(3, 12)

AGAIN = """
import json, sys
from pathlib import Path
from keys.encoding import decode, encode
from keys.statement import Holder, Keyring, Role
from results.centre.facts import SessionFacts
from results.centre.inputs import read_inputs
from results.centre.runs import Scorable, make_run

folder = Path(sys.argv[1])
told = json.loads((folder / "inputs.json").read_text())
ring = Keyring(Holder(Role(role), name, bytes.fromhex(public)) for role, name, public in told["signers"])
found = [
    Scorable(*words, decode((folder / words[0]).read_bytes(), SessionFacts, name="facts"))
    for words in told["records"]
]
run = make_run(read_inputs(folder / "exam", ring), reversed(found), "0.1.0")
(folder / "again.json").write_bytes(encode(run))
"""


def test_another_process_makes_the_same_run_from_its_inputs(tmp_path: Path, repository: Path) -> None:
    """Form, key, table and the facts of the records, exported, give the run's payload again, byte for byte."""
    (tmp_path / "centre").mkdir()
    centre = centres.centre(W, tmp_path / "centre")
    bundle = tmp_path / "west.ekb"
    bundle.write_bytes(b.bundle(W, {n: b.sitting_record(W, n, 4 * n) for n in range(3)}))
    now = b.stamp(24 * b.HOUR)
    import_files([bundle], centre.ledger, centre.office(), now.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, tmp_path / "exam"), W.keyring)
    run, _ = score_all(centre, inputs, W.scoring.signer(), "0.1.0", now)

    with centre.ledger.transaction() as books:
        rows = books.sound_records(state=State.ADMITTED.value)
    for row in rows:
        (tmp_path / row.digest).write_bytes(row.facts)
    records = [
        (row.digest, row.sitting, row.mode, row.candidate, row.attempt, row.session, row.outcome)
        for row in rows
    ]
    signers = [
        (one.identity.role.value, one.identity.name, one.identity.signing.hex())
        for one in (W.registrar, W.scoring)
    ]
    (tmp_path / "inputs.json").write_text(json.dumps({"records": records, "signers": signers}))
    subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path)],
        check=True,
        cwd=repository,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )
    assert (tmp_path / "again.json").read_bytes() == encode(run)
    assert len(run.scores) == len(msgspec.json.decode((tmp_path / "again.json").read_bytes())["scores"]) == 3


def test_a_run_of_the_first_program_is_told_as_such() -> None:
    """Its signature holds and its shape was another: one sentence says to score again."""
    raw = sign(b'{"type":"score-run/1","run":"cetl-k1-x"}', SCORE_RUN, W.scoring.signer())
    with pytest.raises(RunOlderError):
        read_run(raw, W.keyring)
