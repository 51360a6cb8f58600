"""What a person may choose between on the command line; nothing heavy is loaded for it."""

from __future__ import annotations

import enum


class Method(enum.StrEnum):
    """How two forms are equated: the first two for random groups, the others by an anchor."""

    LINEAR = "linear"
    EQUIPERCENTILE = "equipercentile"
    TUCKER = "tucker"
    LEVINE = "levine"
    CHAINED = "chained"
    FREQUENCY = "frequency"
    RASCH = "rasch"
    RASCH_MEAN_SIGMA = "rasch-mean-sigma"


class Model(enum.StrEnum):
    """An item response model: Rasch by conditional, 2PL by marginal maximum likelihood."""

    RASCH = "rasch"
    TWO_PL = "2pl"
