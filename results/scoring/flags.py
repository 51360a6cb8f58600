"""What an analysis points at, and the thresholds that say so; a programme sets its own in a TOML file.

Rules.
1. A flag asks a person to look. It changes no key and no score.
2. Each flag names its threshold and the figure that crossed it.
3. A correlation is not judged where fewer than `least_candidates` sat: by chance alone it would cross any threshold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from keys.errors import ExamKioskError
from results.scoring.figures import Flag, ItemFigures, OptionFigures, ScoreFigures, SpeedFigures


class ThresholdsError(ExamKioskError):
    """A file of thresholds that is not what it should be."""

    code = "thresholds-malformed"
    what = "The thresholds in {name} cannot be used: {detail}."
    next_step = "Name each threshold as docs/formats/analysis.md does, with one number each."


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares and correlations from -1 to 1; the defaults are common rules of thumb.

    Of DIF the sizes of the ETS delta from which it is moderate and large, and the level of its tests; of the similarity
    of answers the false discovery rate.
    """

    difficulty_least: float = 0.25
    difficulty_most: float = 0.95
    discrimination_least: float = 0.10
    distractor_discrimination_most: float = 0.0
    distractor_share_least: float = 0.02
    omitted_most: float = 0.05
    not_reached_most: float = 0.05
    alpha_least: float = 0.80
    rapid_most: float = 0.10
    least_candidates: int = 30
    dif_moderate: float = 1.0
    dif_large: float = 1.5
    dif_level: float = 0.05
    similarity_level: float = 0.05


def flags(
    by: Thresholds, test: ScoreFigures, items: Sequence[ItemFigures], speed: Sequence[SpeedFigures] = ()
) -> tuple[Flag, ...]:
    """Everything that crosses a threshold: the test first, then the items in their order, then their times."""
    enough = test.n >= by.least_candidates
    return (
        *_test(by, test, enough=enough),
        *(flag for item in items for flag in _item(by, item, enough=enough)),
        *(flag for one in speed for flag in _rapid(by, one)),
    )


def _rapid(by: Thresholds, one: SpeedFigures) -> Iterator[Flag]:
    if one.rapid is not None and one.rapid > by.rapid_most:
        words = f"{one.rapid:.1%} of those who saw it answered too fast to have read it"
        yield Flag("rapid", one.item, "", one.rapid, "rapid_most", by.rapid_most, words)


def _test(by: Thresholds, test: ScoreFigures, *, enough: bool) -> Iterator[Flag]:
    if enough and test.alpha is not None and test.alpha < by.alpha_least:
        yield Flag(
            "alpha-low", "", "", test.alpha, "alpha_least", by.alpha_least, f"alpha is only {test.alpha:.2f}"
        )


def _item(by: Thresholds, item: ItemFigures, *, enough: bool) -> Iterator[Flag]:
    p, r = item.difficulty, item.discrimination
    if p < by.difficulty_least:
        yield _of(item, "too-hard", p, "difficulty_least", by, f"only {p:.0%} earned it")
    if p > by.difficulty_most:
        yield _of(item, "too-easy", p, "difficulty_most", by, f"{p:.0%} earned it")
    if enough and (r is None or r < by.discrimination_least):
        words = (
            "everyone or nobody earned it" if r is None else f"it goes with the other items by only {r:.2f}"
        )
        yield _of(item, "discriminates-little", r, "discrimination_least", by, words)
    if item.omitted > by.omitted_most:
        yield _of(item, "omitted-often", item.omitted, "omitted_most", by, f"{item.omitted:.1%} left it out")
    if item.not_reached > by.not_reached_most:
        words = f"{item.not_reached:.1%} did not reach it"
        yield _of(item, "not-reached", item.not_reached, "not_reached_most", by, words)
    keyed = [option for option in item.options if option.key]
    if len(keyed) == 1:
        for option in item.options:
            if not option.key and not option.option.startswith("("):
                yield from _distractor(by, item, option, keyed[0], enough=enough)


def _distractor(
    by: Thresholds, item: ItemFigures, option: OptionFigures, key: OptionFigures, *, enough: bool
) -> Iterator[Flag]:
    top, right = option.fifths[-1], key.fifths[-1]
    if len(item.options) > 2 and enough and option.share < by.distractor_share_least:
        words = f"hardly anyone chose it ({option.share:.1%})"
        yield _of(item, "distractor-idle", option.share, "distractor_share_least", by, words, option.option)
    if top is not None and right is not None and top > right:
        words = (
            f"the best fifth chose it ({top:.0%}) more often than the key ({right:.0%}): is the key right?"
        )
        yield Flag(
            "key-doubtful", item.item, option.option, top, "the key's share of the best fifth", right, words
        )
    r = option.point_biserial
    if (
        enough
        and r is not None
        and option.chosen >= by.least_candidates
        and r > by.distractor_discrimination_most
    ):
        words = f"those who chose it did better on the other items ({r:+.2f})"
        yield _of(item, "distractor-attracts", r, "distractor_discrimination_most", by, words, option.option)


def _of(
    item: ItemFigures,
    code: str,
    found: float | None,
    threshold: str,
    by: Thresholds,
    words: str,
    option: str = "",
) -> Flag:
    return Flag(code, item.item, option, found, threshold, float(getattr(by, threshold)), words)
