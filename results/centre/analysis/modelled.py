"""`results irt`: a matrix and a model, to item parameters, fit and abilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from results.centre.analysis.choices import Model
from results.centre.analysis.listing import columns, known, tail
from results.scoring.ability import (
    Ability,
    Parameters,
    expected_posterior,
    item_information,
    maximum_likelihood,
    population,
    rasch_parameters,
    warm,
    weighted,
)
from results.scoring.fit import MeanSquares, ScoreFit, mean_squares, score_fit
from results.scoring.irt_counts import Floats, ItemWithoutVarianceError, TooFewPersonsError, by_score
from results.scoring.matrix import Matrix
from results.scoring.rasch import LikelihoodRatio, Rasch, andersen, rasch
from results.scoring.two_pl import TwoPL, two_pl

GRID = np.linspace(-4, 4, 17)


@dataclass(frozen=True, slots=True)
class Modelled:
    """What was estimated; `squares` for Rasch alone, and `andersen` where both halves of the persons allow it."""

    model: Model
    found: Rasch | TwoPL
    parameters: Parameters
    error: Floats
    fit: ScoreFit
    squares: MeanSquares | None
    andersen: LikelihoodRatio | None
    ml: Ability
    wle: Ability
    eap: Ability


def model(matrix: Matrix, which: Model) -> Modelled:
    """Estimate items and persons. Raises the errors of `rasch` or `two_pl`.

    EAP has a normal prior: of the 2PL's population, and for Rasch of the mean and SD that are most likely.
    """
    names = [item.id for item in matrix.items]
    counts = by_score(matrix.scores)
    if which is Model.TWO_PL:
        two = two_pl(matrix.scores, names)
        sums = weighted(two.parameters, matrix.scores)
        fit = score_fit(counts, two.parameters, estimated=2)
        ml, wle = maximum_likelihood(two.parameters, sums), warm(two.parameters, sums)
        eap = expected_posterior(two.parameters, sums)
        return Modelled(which, two, two.parameters, two.difficulty_error, fit, None, None, ml, wle, eap)
    one = rasch(counts, names)
    by, sums = rasch_parameters(one.difficulty), matrix.totals().astype(float)
    mean, sd = population(one.difficulty, counts.persons)
    standard = Parameters(np.full(len(names), sd), (one.difficulty - mean) / sd)
    try:
        test = andersen(counts, names)
    except (ItemWithoutVarianceError, TooFewPersonsError):
        test = None
    return Modelled(
        which,
        one,
        by,
        one.error,
        score_fit(counts, standard, estimated=1),
        mean_squares(counts, one.difficulty),
        test,
        maximum_likelihood(by, sums),
        warm(by, sums),
        expected_posterior(by, sums, mean=mean, sd=sd),
    )


def varying(matrix: Matrix) -> tuple[Matrix, tuple[str, ...]]:
    """The items of a run that a model can have, and the names of the others: everybody or nobody earned those.

    So it is with an item that has full credit for everyone. Persons with nothing or all right do not count.
    """
    taken = np.arange(len(matrix.items))
    while True:
        scores = matrix.scores[:, taken]
        totals = scores.sum(axis=1)
        shares = scores[(totals > 0) & (totals < len(taken))].sum(axis=0)
        persons = int(((totals > 0) & (totals < len(taken))).sum())
        kept = taken[(shares > 0) & (shares < persons)]
        if len(kept) in {0, len(taken)}:
            break
        taken = kept
    items = tuple(matrix.items[n] for n in taken)
    rest = tuple(matrix.items[n].id for n in np.setdiff1d(np.arange(len(matrix.items)), taken))
    return Matrix(matrix.persons, items, matrix.chosen[:, taken], matrix.scores[:, taken]), rest


def irt_values(matrix: Matrix, one: Modelled) -> dict[str, object]:
    """As JSON."""
    items = []
    for n, item in enumerate(matrix.items):
        values: dict[str, object] = {
            "item": item.id,
            "difficulty": known(one.parameters.difficulty[n]),
            "difficulty_error": known(one.error[n]),
        }
        if isinstance(one.found, TwoPL):
            values["discrimination"] = known(one.parameters.discrimination[n])
            values["discrimination_error"] = known(one.found.discrimination_error[n])
        if one.squares:
            values |= {
                "infit": known(one.squares.infit[n]),
                "outfit": known(one.squares.outfit[n]),
                "infit_t": known(one.squares.infit_t[n]),
                "outfit_t": known(one.squares.outfit_t[n]),
            }
        values |= {
            "s_x2": known(one.fit.s_x2[n]),
            "s_x2_df": int(one.fit.df[n]),
            "s_x2_p": tail(one.fit.p[n]),
            "rmsd": known(one.fit.rmsd[n]),
        }
        items.append(values)
    information = item_information(one.parameters, GRID).sum(axis=0)
    found: dict[str, object] = {
        "model": one.model.value,
        "persons": one.found.persons,
        "log_likelihood": known(one.found.log_likelihood),
        "steps": one.found.steps,
        "items": items,
        "information": [
            {"ability": known(at), "information": known(held), "error": known(held**-0.5)}
            for at, held in zip(GRID, information, strict=True)
        ],
        "abilities": [
            {
                "person": person,
                "ml": known(one.ml.estimate[n]),
                "ml_error": known(one.ml.error[n]),
                "wle": known(one.wle.estimate[n]),
                "wle_error": known(one.wle.error[n]),
                "eap": known(one.eap.estimate[n]),
                "eap_error": known(one.eap.error[n]),
            }
            for n, person in enumerate(matrix.persons)
        ],
    }
    if isinstance(one.found, Rasch):
        found["left_out"] = one.found.left_out
        test = one.andersen
        found["andersen"] = (
            {"statistic": known(test.statistic), "df": test.df, "p": tail(test.p)} if test else None
        )
    return found


def irt_text(matrix: Matrix, one: Modelled) -> str:
    """As people read it: items, and information over the scale; persons are in the JSON."""
    found = one.found
    lines = [f"{found.persons} persons, log-likelihood {found.log_likelihood:.3f}, {found.steps} steps."]
    if isinstance(found, Rasch):
        lines[0] = f"Rasch model, conditional maximum likelihood: {lines[0]}"
        lines.append(f"  {found.left_out} persons with a perfect or a zero score do not count.")
        test = one.andersen
        lines.append(
            f"  Andersen's test by median score: chi2 {test.statistic:.2f}, {test.df} df, p {test.p:.3f}"
            if test
            else "  Andersen's test: one half of the persons is too small, or an item has no variance in it."
        )
        heads = ("item", "difficulty", "error", "infit", "outfit", "S-X2", "df", "p", "RMSD")
    else:
        lines[0] = f"2PL model, marginal maximum likelihood: {lines[0]}"
        heads = ("item", "difficulty", "error", "discrimination", "error", "S-X2", "df", "p", "RMSD")
    rows = []
    for n, item in enumerate(matrix.items):
        if isinstance(found, TwoPL):
            two = (one.parameters.discrimination[n], found.discrimination_error[n])
        else:
            two = (one.squares.infit[n], one.squares.outfit[n]) if one.squares else (np.nan, np.nan)
        fit = one.fit
        rows.append(
            (
                item.id,
                known(one.parameters.difficulty[n]),
                known(one.error[n]),
                known(two[0]),
                known(two[1]),
                known(fit.s_x2[n]),
                int(fit.df[n]),
                known(fit.p[n]),
                known(fit.rmsd[n]),
            )
        )
    information = item_information(one.parameters, GRID).sum(axis=0)
    scale = [(known(at), known(held), known(held**-0.5)) for at, held in zip(GRID, information, strict=True)]
    return "\n".join(
        [*lines, "", *columns(heads, rows), "", *columns(("ability", "information", "error"), scale)]
    )
