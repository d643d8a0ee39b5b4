"""Times of work: mean, variability and law agree, and with the textbook."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from capcalc.errors import DomainError
from capcalc.laws.work import Z99, Work, between, fixed

PS = np.array([0.5, 0.9, 0.99, 0.9999])


def test_the_99th_percentile_of_the_normal():
    want = mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf("0.98"))
    assert pytest.approx(float(want), rel=1e-14) == Z99


def test_exponential_unless_said_otherwise():
    work = Work(0.005)
    assert (work.mean_s, work.scv, work.sigma) == (0.005, 1.0, 0.0)
    np.testing.assert_allclose(work.law().percentile(PS), stats.expon(scale=0.005).ppf(PS), rtol=1e-9)


def test_fixed():
    work = fixed(0.05)
    assert (work.mean_s, work.scv, work.sigma) == (0.05, 0.0, 0.0)
    assert work.law().percentile(PS).tolist() == [0.05] * 4 and work.law().variance_s2 == 0
    assert Work(0.0).law().percentile(0.99) == 0


def test_between_by_hand():
    """Median 2 ms, p99 12 ms: sigma = ln 6/2.3263 = 0.7702, mean = 2 ms e^0.2966, scv = e^0.5932 - 1."""
    work = between(0.002, 0.012)
    assert work.sigma == pytest.approx(0.770203, rel=1e-5)
    assert work.mean_s == pytest.approx(0.0026906, rel=1e-4)
    assert work.scv == pytest.approx(0.80979, rel=1e-4)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(1e-5, 10.0), st.floats(1.001, 300.0))
def test_between_is_the_lognormal_through_both(p50, ratio):
    work, law = between(p50, p50 * ratio), between(p50, p50 * ratio).law()
    np.testing.assert_allclose(law.percentile([0.5, 0.99]), [p50, p50 * ratio], rtol=1e-9)
    other = stats.lognorm(np.log(ratio) / stats.norm.ppf(0.99), scale=p50)
    np.testing.assert_allclose([work.mean_s, law.mean_s], other.mean(), rtol=1e-9)
    np.testing.assert_allclose(law.variance_s2, other.var(), rtol=1e-6)
    assert work.scv == pytest.approx(other.var() / other.mean() ** 2, rel=1e-6)


def test_mean_and_law_agree_over_scenarios():
    means = np.array([0.001, 0.002, 0.0])
    np.testing.assert_allclose(Work(means).law().mean_s, means)
    np.testing.assert_allclose(fixed(means).law().percentile(0.9), means)
    np.testing.assert_allclose(Work(means).law().percentile(0.9), means * np.log(10), atol=1e-300)


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: Work(-0.001), "mean_s = -0.001 is outside [0, inf)."),
        (lambda: fixed(float("nan")), "mean_s = nan is outside [0, inf)."),
        (lambda: between(0.0, 0.1), "p50 = 0.0 is outside (0, inf)."),
        (
            lambda: between(0.002, 0.002),
            "p99 = 0.002 is outside times above p50 = 0.002. Write { fixed = ... } for a constant.",
        ),
    ],
)
def test_texts_of_errors(make, text):
    with pytest.raises(DomainError) as error:
        make()
    assert str(error.value) == text
