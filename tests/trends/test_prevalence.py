import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.trends.intervals import lang_reiczigel, prediction_powered, wilson
from classifier.trends.prevalence import (
    DRAWS,
    Stratum,
    audited,
    collapsed,
    corrected,
    design_effect,
    difference,
    effect_size,
    generator,
    rates_from_audit,
    rates_from_figures,
)
from classifier.trends.sample import allocate
from classifier.trends.simulation import Coverage, Pile, blast_coverage, cell_coverage, coverage

CORPUS = (0.85, 0.97)
ALIKE, SHIFTED, EASY = CORPUS, (0.65, 0.90), (0.92, 0.995)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6)
SIZES = ((1000, 200), (5000, 300), (50_000, 500))


FEW = 5
"""Positive messages to be expected in an audit, below which intervals may be wider than they need be."""


def holds(found: Coverage, repeats: int, most: float = 0.97) -> bool:
    """93 to 97 %, give or take two standard errors of the simulation."""
    slack: float = 2 * (0.95 * 0.05 / repeats) ** 0.5
    return 0.93 - slack <= found.held <= most + slack


@pytest.mark.parametrize(("prevalence", "rates"), [(0.01, ALIKE), (0.05, SHIFTED), (0.3, SHIFTED), (0.6, EASY)])
def test_intervals_hold_the_truth_95_times_in_100_and_plain_counts_do_not(
    prevalence: float, rates: tuple[float, float]
) -> None:
    found = coverage(Pile(prevalence, 5000, 300, *rates, CORPUS), 400)
    assert holds(found["audited"], 400)
    assert not holds(found["plain"], 400)


@pytest.mark.slow
@pytest.mark.parametrize("rates", [ALIKE, SHIFTED, EASY])
@pytest.mark.parametrize("size", SIZES)
def test_intervals_hold_the_truth_over_the_whole_grid(size: tuple[int, int], rates: tuple[float, float]) -> None:
    grid = {share: coverage(Pile(share, *size, *rates, CORPUS), 2000) for share in SHARES}
    for share, found in grid.items():
        assert holds(found["audited"], 2000, 0.985 if share * size[1] < FEW else 0.97), share
    narrower = [found["audited"].width <= 1.1 * found["prediction_powered"].width for found in grid.values()]
    assert sum(narrower) >= len(SHARES) - 2
    assert all(found["audited"].width < found["rogan_gladen"].width for found in grid.values())
    if rates == SHIFTED:
        assert all(not holds(found["indicative"], 2000) for found in grid.values())
        assert all(not holds(found["plain"], 2000) for found in grid.values())


def test_borrowed_rates_fail_where_the_classifier_errs_unequally_and_own_audits_do_not() -> None:
    shares = [0.1, 0.2, 0.3, 0.15]
    even = cell_coverage(shares, [0.85] * 4, 0.97, rows=1000, sample=100, repeats=150)
    uneven = cell_coverage(shares, [0.95, 0.9, 0.4, 0.5], 0.97, rows=1000, sample=100, repeats=150)
    assert even["borrowed"] > 0.92
    assert uneven["borrowed"] < 0.6
    assert min(even["audited"], uneven["audited"]) > 0.9


@pytest.mark.parametrize(("share", "copies"), [(0.1, 5), (0.3, 20)])
def test_blasts_make_intervals_as_wide_as_they_must_be_and_single_messages_do_not(share: float, copies: float) -> None:
    found = blast_coverage(Pile(share, 5000, 300, *CORPUS, CORPUS), copies, 300)
    for name in ("audited", "indicative"):
        assert holds(found[name], 300)
        assert found[name + "_alone"].held < 0.85


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=30))
def test_the_design_effect_is_the_spread_of_blasts_over_that_of_single_messages(blasts: list[tuple[int, bool]]) -> None:
    sizes = np.array([size for size, _ in blasts], dtype=float)
    hits = np.array([size * said for size, said in blasts], dtype=float)
    rows, share = sizes.sum(), hits.sum() / sizes.sum()
    squares = (float((sizes**2).sum()), float((sizes * hits).sum()), float((hits**2).sum()))
    found = design_effect(hits.sum(), rows, len(blasts), squares)
    if 0 < share < 1:
        assert found == pytest.approx(max(1.0, ((hits - share * sizes) ** 2).sum() / (rows * share * (1 - share))))
    else:
        assert found == pytest.approx(rows / len(blasts))
    assert design_effect(hits.sum(), rows, rows, (rows, hits.sum(), hits.sum())) == pytest.approx(1.0)


def test_a_stratified_sample_is_weighed_back() -> None:
    rng = np.random.default_rng(3)
    sizes = np.array([6000, 3000, 700, 200, 100])
    shares = np.array([0.002, 0.01, 0.05, 0.8, 0.9])
    said = [False, False, False, True, True]
    truth = float((sizes * shares).sum() / sizes.sum())
    taken = allocate({str(i): int(size) for i, size in enumerate(sizes)}, 300)
    held = 0
    for _ in range(400):
        rows = rng.multinomial(10_000, sizes / sizes.sum())
        strata = []
        for i, size in enumerate(rows):
            positive = int(rng.hypergeometric(round(size * shares[i]), size - round(size * shares[i]), taken[str(i)]))
            strata.append(Stratum(said[i], int(size), positive, taken[str(i)] - positive))
        held += audited(strata, rng).share().covers(truth)
    assert 0.92 <= held / 400 <= 0.985


@pytest.mark.parametrize(("base", "count", "sample"), [(0.02, 40, 200), (0.1, 100, 400)])
def test_many_strata_with_a_few_audited_messages_each_do_not_mislead(base: float, count: int, sample: int) -> None:
    rng = np.random.default_rng(count)
    sizes = np.maximum(30, (8000 / np.arange(1, count + 1)).astype(int))
    shares = rng.beta(base * 4, (1 - base) * 4, count)
    truth = float((sizes * shares).sum() / sizes.sum())
    taken = allocate({str(i): int(size) for i, size in enumerate(sizes)}, sample)
    held = 0
    for _ in range(300):
        strata = []
        for i, size in enumerate(sizes):
            positive = int(rng.binomial(size, shares[i]))
            found, false = int(rng.binomial(positive, 0.8)), int(rng.binomial(size - positive, 0.05))
            kinds = [found, false, positive - found, int(size) - positive - false]
            a, b, c, d = (int(n) for n in rng.multivariate_hypergeometric(kinds, taken[str(i)]))
            chance = taken[str(i)] / int(size)
            strata.append(Stratum(True, found + false, a, b, chance))
            strata.append(Stratum(False, int(size) - found - false, c, d, chance))
        held += audited(strata, rng).share().covers(truth)
    assert 0.92 <= held / 300 <= 0.985


def test_strata_taken_together_are_weighed_by_their_chance_of_being_drawn() -> None:
    rare, common = Stratum(True, 100, 4, 0, 0.04), Stratum(True, 900, 0, 4, 4 / 900)
    (one,) = collapsed([rare, common])
    assert one.rows == 1000
    assert one.positive / one.audited == pytest.approx(0.1)
    assert 4 < one.audited < 8
    assert collapsed([Stratum(True, 0, 0, 0), Stratum(False, 9, 3, 2)]) == [Stratum(False, 9, 3, 2)]
    alone = [Stratum(True, 50, 10, 0, 0.2), Stratum(True, 50, 0, 10, 0.2), Stratum(False, 50, 1, 9, 0.2)]
    assert collapsed(alone) == alone


@given(
    st.integers(1, 500),
    st.integers(0, 500),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 60),
)
@settings(deadline=None, max_examples=60)
def test_every_interval_lies_in_0_to_1_and_holds_its_value(
    said: int, unsaid: int, a: int, b: int, c: int, d: int
) -> None:
    strata = [Stratum(True, said, a, b), Stratum(False, unsaid, c, d)]
    share = audited(strata, np.random.default_rng(0)).share()
    assert 0 <= share.low <= share.value <= share.high <= 1
    rates = rates_from_audit(strata, np.random.default_rng(0))
    if rates.refusal() is None:
        share = corrected(said, said + unsaid, rates, np.random.default_rng(0)).share()
        assert 0 <= share.low <= share.value <= share.high <= 1
    for rival in (
        lang_reiczigel(said, said + unsaid, (a, a + c), (d, b + d)),
        prediction_powered(said, said + unsaid, (b, c), a + b + c + d + 1),
        wilson(said, said + unsaid),
    ):
        assert 0 <= rival.low <= rival.value <= rival.high <= 1


def test_the_interval_of_lang_and_reiczigel_gives_its_reference_numbers() -> None:
    share = lang_reiczigel(100, 500, (85, 100), (380, 400))  # reference: a separate writing of the formula
    assert (share.value, share.low, share.high) == pytest.approx((0.187500, 0.138401, 0.243283), abs=1e-6)


def test_a_classifier_that_guesses_is_not_corrected() -> None:
    rng = np.random.default_rng(0)
    guess = rates_from_figures(0.55, 1000, 0.55, 1000, rng)
    refusal = guess.refusal()
    assert refusal is not None
    assert refusal.code == "youden"
    with pytest.raises(ValueError, match="too little"):
        corrected(10, 100, guess, rng)
    unsure = rates_from_figures(0.7, 3, 0.6, 3, rng).refusal()
    assert unsure is not None
    assert unsure.code == "uncertain"
    assert rates_from_figures(0.8, 100, 0.95, 100, rng).refusal() is None


def test_same_names_same_draws() -> None:
    draws = [
        corrected(30, 100, rates_from_figures(0.8, 50, 0.95, 90, generator("x")), generator("y")) for _ in range(2)
    ]
    assert np.array_equal(draws[0].draws, draws[1].draws)
    assert draws[0].draws.shape == (DRAWS,)
    assert generator("x").random() != generator("y").random()


def test_a_difference_takes_part_in_shared_error_rates() -> None:
    rates = rates_from_figures(0.7, 40, 0.9, 60, generator("rates"))
    first, second = (corrected(k, 5000, rates, generator(k)) for k in (900, 1400))
    shared = difference(first, second)
    alone = corrected(1400, 5000, rates_from_figures(0.7, 40, 0.9, 60, generator("others")), generator("z"))
    apart = difference(first, alone)
    assert shared.high - shared.low < 0.8 * (apart.high - apart.low)
    assert shared.low <= second.value - first.value <= shared.high
    assert effect_size(0.5, 0.5) == 0
    assert effect_size(0.2, 0.5) == pytest.approx(0.6435, abs=1e-4)
