"""The tables of certificates. Who holds what is the fold of acts; only an erasure that was entered changes a row."""

from __future__ import annotations

import sqlalchemy as sa

from results.centre.tables import METADATA, append_only

_ERASED = (
    "EXISTS (SELECT 1 FROM erasures WHERE erasures.thing = OLD.number AND erasures.kind = 'certificates')"
)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False, server_default="")


certificates = append_only(
    sa.Table(
        "certificates",
        METADATA,
        sa.Column("number", sa.String, primary_key=True),
        *(_word(name) for name in ("exam", "candidate", "name")),
        sa.Column("granted", sa.BigInteger, nullable=False),
    ),
    unless=_ERASED,
)

certificate_acts = append_only(
    sa.Table(
        "certificate_acts",
        METADATA,
        sa.Column("number", sa.ForeignKey("certificates.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String, nullable=False),
        # What the act rests on: one pass makes or extends one certificate, and nothing is done twice.
        sa.Column("basis", sa.String, nullable=False, unique=True),
        # The term from which hours count, and its end; as before where the act does not change them.
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("at", "since", "until")),
        *(_word(name) for name in ("reason", "actor", "run")),
        # The signed certificate and its badge, where the act made them anew.
        sa.Column("document", sa.LargeBinary),
        sa.Column("badge", sa.LargeBinary),
    ),
    unless=_ERASED,
)

education = append_only(
    sa.Table(
        "education",
        METADATA,
        *(
            sa.Column(name, sa.String, primary_key=True)
            for name in ("exam", "candidate", "area", "day", "activity")
        ),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        _word("actor"),
    )
)
