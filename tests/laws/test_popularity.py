"""Zipf's law: 30 digits, limits, inverses, arrays, the component, texts of errors."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws._ranks import rank_rule, zipf_law
from capcalc.laws.popularity import (
    Zipf,
    zipf_for_counts,
    zipf_for_top_share,
    zipf_harmonic,
    zipf_rank_share,
    zipf_top_keys,
    zipf_top_share,
)
from capcalc.sources import CITATIONS

KEYS = [1, 2, 23, 24, 25, 1000, 10**6, 10**12, 10**18]
SKEWS = [0.0, 0.3, 0.9, 1 - 1e-12, 1.0, 1 + 1e-12, 1 + 1e-6, 1.3, 2.0, 3.5, 7.0]


def exact_harmonic(n, s):
    with mpmath.workdps(60):
        if n <= 1000:
            return mpmath.fsum(mpmath.mpf(i) ** -mpmath.mpf(s) for i in range(1, n + 1))
        if s == 1:
            return mpmath.harmonic(n)
        return mpmath.zeta(mpmath.mpf(s)) - mpmath.zeta(mpmath.mpf(s), n + 1)


@pytest.mark.parametrize("s", SKEWS)
def test_harmonic_numbers_against_60_digits(s):
    got, ruled = zipf_harmonic(KEYS, s), [float(sum_of(n, s)) for n in KEYS]
    want = [float(exact_harmonic(n, s)) for n in KEYS]
    np.testing.assert_allclose(got, want, rtol=5e-15, atol=0)
    np.testing.assert_allclose(ruled, want, rtol=5e-15, atol=0)


def sum_of(n, s):
    x, w = rank_rule(n, 2 if s > 1.3 else 4)
    return x**-s @ w


def test_the_rule_sums_what_bends():
    """1 - e^(-p T) over a million ranks, where half of them are worn out."""
    i = np.arange(1.0, 1e6 + 1)
    for s in (0.5, 0.9, 1.3, 1.5, 2.0):
        law, p = zipf_law(1e6, s), i**-s / (i**-s).sum()
        for times in (1e2, 1e5, 1e8, 1e11):
            whole = -np.expm1(-p * times)
            np.testing.assert_allclose(-np.expm1(-law.shares * times) @ law.weights, whole.sum(), rtol=1e-12)


def test_no_long_arrays():
    assert all(len(rank_rule(10**18 - 7, ratio)[0]) < 1200 for ratio in (2, 4))
    assert len(rank_rule(10**12)[0]) < 350
    assert zipf_law(1e18, 0.9).keys == 1e18


def test_hand_worked():
    assert zipf_harmonic(4, 1.0) == pytest.approx(25 / 12, rel=1e-15)
    assert zipf_top_share(2, 4, 1.0) == pytest.approx(18 / 25, rel=1e-15)
    assert zipf_rank_share([1, 4, 5], 4, 1.0).tolist() == pytest.approx([12 / 25, 3 / 25, 0])
    assert zipf_top_share(1.5, 4, 1.0) == pytest.approx((1 + 0.25) * 12 / 25, rel=1e-15)
    assert zipf_top_share(20, 100, 0.0) == pytest.approx(0.2, rel=1e-15)


def test_limits():
    assert zipf_top_share([0, 7, 8], 7, 0.9).tolist() == [0, 1, 1]
    assert zipf_top_keys([0, 1], 7, 0.9).tolist() == [0, 7]
    assert zipf_top_share(1, 1, 5.0) == 1
    steps = zipf_top_share(1000, 10**9, 1 + np.array([-1e-3, -1e-9, 0, 1e-9, 1e-3]))
    assert (np.diff(steps) > 0).all() and abs(steps[1] - steps[3]) < 1e-8


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    keys=st.integers(1, 10**6),
    zipf=st.floats(0, 3),
    share=st.floats(0.001, 0.999),
)
def test_fewest_keys_for_a_share(keys, zipf, share):
    k = float(zipf_top_keys(share, keys, zipf))
    assert 1 <= k <= keys
    assert zipf_top_share(k, keys, zipf) >= share * (1 - 1e-13)
    assert k == 1 or zipf_top_share(k - 1, keys, zipf) < share * (1 + 1e-13)


def test_more_of_the_top_and_more_skew_get_more():
    k = np.geomspace(1, 1e12, 400)
    s = np.linspace(0, 3, 61)[:, None]
    share = zipf_top_share(k, 10**12, s)
    assert (np.diff(share, axis=1) >= 0).all() and (np.diff(share, axis=0) >= -1e-15).all()


def test_arrays_are_scalars():
    rng = np.random.default_rng(2)
    k, n, s = 10 ** rng.uniform(0, 6, 50), np.floor(10 ** rng.uniform(3, 12, 50)), rng.uniform(0, 2, 50)
    shares = zipf_top_share(k, n, s)
    cases = list(zip(k, n, s, strict=True))
    np.testing.assert_allclose(shares, [zipf_top_share(*case) for case in cases], rtol=1e-15)
    one = [zipf_top_keys(h, n, s) for h, (_, n, s) in zip(shares, cases, strict=True)]
    assert zipf_top_keys(shares, n, s).tolist() == one
    assert zipf_harmonic(n[:, None], s).shape == (50, 50)


def test_skew_from_a_share_and_from_counts():
    for s in (0.2, 0.9, 1.0, 2.5):
        assert zipf_for_top_share(100, zipf_top_share(100, 10**9, s), 10**9) == pytest.approx(s, rel=1e-9)
        counts = np.arange(1.0, 2001) ** -s
        assert zipf_for_counts(counts[::-1]) == pytest.approx(s, rel=1e-9)
    assert zipf_for_counts([3, 3, 3, 0]) == 0


def test_sampled_counts_give_the_skew_back():
    rng = np.random.default_rng(5)
    p = np.arange(1.0, 101) ** -0.9
    counts = rng.multinomial(200_000, p / p.sum())
    assert zipf_for_counts(counts) == pytest.approx(0.9, abs=0.01)


def test_component():
    law = Zipf(keys=10**6, zipf=1.0)
    assert law.hottest_share == pytest.approx(1 / 14.392726722865, rel=1e-12)
    assert law.top_keys(0.8) == 56217
    steps = law.steps()
    assert [s.symbol for s in steps] == ["H", "p1", "top1"]
    assert steps[2].value == zipf_top_share(10_000, 10**6, 1.0)
    assert all(s.source in CITATIONS for s in steps)
    assert Zipf(keys=50, zipf=0.5) == Zipf(keys=50, zipf=0.5)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: zipf_harmonic(0, 1), "keys = 0.0 is outside [1, 1e+18]."),
        (lambda: zipf_harmonic(2.5, 1), "keys = 2.5 is outside the whole numbers. Round it up or down."),
        (
            lambda: zipf_harmonic(5, -1),
            "zipf = -1.0 is outside [0, 10]. It is the exponent: 0 is uniform, the web is near 0.9.",
        ),
        (lambda: zipf_top_share(-1, 5, 1), "top = -1.0 is outside [0, inf)."),
        (lambda: zipf_top_keys(1.5, 5, 1), "share = 1.5 is outside [0, 1]."),
        (
            lambda: zipf_for_top_share(5, 0.5, 5),
            "top = 5.0 is outside what is below keys. All keys get all requests.",
        ),
        (
            lambda: zipf_for_top_share(5, 0.4, 10),
            "share = 0.4 is outside [0.5, 1). The most popular keys get no less than an even share.",
        ),
        (
            lambda: zipf_for_counts([3]),
            "counts = [3.0] is outside the counts of two keys or more. One key has no skew.",
        ),
        (
            lambda: Zipf(keys=np.array([5]), zipf=1.0),
            "keys = array([5]) is outside the single numbers. Arrays go to the functions.",
        ),
    ],
)
def test_texts_of_errors(call, text):
    with pytest.raises(DomainError) as error:
        call()
    assert str(error.value) == text
