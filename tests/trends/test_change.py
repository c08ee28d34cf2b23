import numpy as np
import pytest

from classifier.trends.change import adjusted, change_point, trend_test


def test_a_planted_step_is_found_where_it_was_planted() -> None:
    rng = np.random.default_rng(1)
    totals = rng.integers(300, 600, 12).tolist()
    hits = [int(rng.binomial(n, 0.12 if i < 6 else 0.2)) for i, n in enumerate(totals)]
    step = change_point(hits, totals)
    assert step is not None
    assert step.at == 6
    assert step.p < 0.01
    assert step.before == pytest.approx(0.12, abs=0.03)
    assert step.after == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("scatter", [None, 20])
def test_where_nothing_changes_steps_are_rarely_found(scatter: int | None) -> None:
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(100):
        totals = rng.integers(150, 900, 12)
        shares = 0.15 if scatter is None else rng.beta(0.15 * scatter, 0.85 * scatter, 12)
        step = change_point(rng.binomial(totals, shares).tolist(), totals.tolist())
        assert step is not None
        found += step.p < 0.05
    assert found <= 12


def test_a_steady_rise_is_a_trend_with_its_slope() -> None:
    totals = [1000] * 12
    trend = trend_test([100 + 10 * i for i in range(12)], totals)
    assert trend is not None
    assert trend.tau == pytest.approx(1)
    assert trend.slope == pytest.approx(0.01)
    assert trend.p < 1e-4


def test_too_few_periods_or_nothing_that_varies_is_not_tested() -> None:
    assert trend_test([1, 2, 3], [10] * 3) is None
    assert trend_test([5] * 12, [10] * 12) is None
    assert change_point([5] * 5, [10] * 5) is None
    assert change_point([0] * 12, [10] * 12) is None


def test_p_values_grow_with_their_number() -> None:
    assert adjusted([0.01, 0.02, 0.9]) == pytest.approx([0.03, 0.03, 0.9])
    assert adjusted([]) == []
