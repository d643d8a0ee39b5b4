"""One law many times over, against the exact sums of a few times and against sampling."""

import numpy as np
import pytest

from capcalc.laws.latency import constant, either, exponential, series, wait
from capcalc.laws.many import many_times, repeated

MIXED = either(0.8, series(constant(0.0005), exponential(0.0001)), series(constant(0.001), exponential(0.003), wait(0.3, 500.0)))


@pytest.mark.parametrize("n", [40, 60])
def test_as_one_transform_it_is_what_all_branches_say(n):
    exact, one = repeated(n, MIXED), many_times(n, MIXED)
    for p in (0.1, 0.5, 0.9, 0.99, 0.999):
        assert float(one.percentile(p)) == pytest.approx(float(exact.percentile(p)), rel=1e-6)
    assert float(one.mean_s) == pytest.approx(float(exact.mean_s), rel=1e-12)


@pytest.mark.parametrize("n", [65, 500, 10_000, 10_001, 50_000])
def test_many_times_against_sampling(n):
    """Misses are binomial, sums of exponentials are gamma: drawn 400,000 times."""
    rng = np.random.default_rng(n)
    size = 400_000
    miss = rng.binomial(n, 0.2, size)
    late = rng.binomial(miss, 0.3)
    times = 0.0005 * (n - miss) + 0.001 * miss
    for count, mean in ((n - miss, 0.0001), (miss, 0.003), (late, 1 / 500.0)):
        times += np.where(count > 0, rng.gamma(np.maximum(count, 1), mean), 0.0)
    law = repeated(n, MIXED)
    assert float(law.mean_s) == pytest.approx(n * float(MIXED.mean_s), rel=1e-9)
    for p in (0.01, 0.5, 0.99):
        assert float(law.percentile(p)) == pytest.approx(np.quantile(times, p), rel=2e-3), p


def test_a_million_calls_cost_no_more_than_a_hundred():
    law = repeated(10**6, MIXED)
    assert len(law.branches) == 1
    assert float(law.percentile(0.5)) == pytest.approx(1e6 * float(MIXED.mean_s), rel=1e-3)


def test_what_is_lost_once_is_lost_for_the_whole():
    law = repeated(100, either(0.001, wait(0.5, -1.0), MIXED))
    assert float(law.tail(1e9)) == pytest.approx(1 - 0.999**100, rel=1e-9)


def test_all_constants_keep_their_sum():
    law = repeated(1000, either(0.5, constant(0.001), constant(0.002)))
    assert float(law.percentile(0.5)) == pytest.approx(1.5, abs=0.002)
