"""The slowest, the k-th and the hedged call against closed forms, enumeration, quadrature and simulation."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from references import exponential_cdf, plus_exponential
from scipy import integrate, special, stats

from capcalc.errors import DomainError
from capcalc.laws.latency import constant, either, exponential, lognormal, mixture, series, wait
from capcalc.laws.orders import hedged, kth_of, slowest, slowest_of

PS = np.array([0.01, 0.5, 0.9, 0.99, 0.999, 0.9999])
TIMES = np.array(
    [0.0005, 0.002, 0.005, 0.0099, 0.0101, 0.011, 0.013, 0.016, 0.0199, 0.0201, 0.022, 0.03, 0.05, 0.1]
)
SIGMA = np.log(6) / stats.norm.ppf(0.99)  # median 2 ms, p99 12 ms
FAST = settings(max_examples=20, deadline=None, derandomize=True)


def cdf(mean, start=0.0):
    return lambda t: exponential_cdf(np.asarray(t) - start, mean)


def harmonic(n):
    return sum(1 / i for i in range(1, n + 1))


# ---- The slowest ----


def test_slowest_of_exponentials():
    for n in (2, 3, 20, 100):
        law = slowest_of(n, exponential(0.01))
        np.testing.assert_allclose(law.percentile(PS), -0.01 * np.log1p(-(PS ** (1 / n))), rtol=1e-9)
        assert law.mean_s == pytest.approx(0.01 * harmonic(n), rel=1e-9)
        assert law.variance_s2 == pytest.approx(1e-4 * sum(1 / i**2 for i in range(1, n + 1)), rel=1e-8)
    np.testing.assert_allclose(
        slowest(*[exponential(0.01)] * 3).percentile(PS), slowest_of(3, exponential(0.01)).percentile(PS)
    )


def test_slowest_of_none_one_and_a_fraction():
    law = exponential(0.01)
    assert slowest_of(0, law).percentile(0.99) == 0
    assert slowest_of(1, law) is law and slowest(law) is law
    part = slowest_of(1.5, law)
    np.testing.assert_allclose(part.cdf(TIMES), (cdf(0.01)(TIMES) + cdf(0.01)(TIMES) ** 2) / 2, rtol=1e-12)
    assert part.mean_s == pytest.approx(0.0125, rel=1e-9)


def test_slowest_of_100_lognormal_by_the_distribution_of_one():
    law, one = slowest_of(100, lognormal(0.002, SIGMA)), stats.lognorm(SIGMA, scale=0.002)
    np.testing.assert_allclose(law.percentile(PS), one.ppf(PS**0.01), rtol=1e-8)
    # E T = integral of P(T > t), t = m exp(sigma z); before z = -9 the tail is 1.
    rest, _ = integrate.quad(
        lambda z: -np.expm1(100 * stats.norm.logcdf(z)) * SIGMA * np.exp(SIGMA * z), -9, 12
    )
    assert law.mean_s == pytest.approx(0.002 * (np.exp(-9 * SIGMA) + rest), rel=1e-8)


def test_slowest_of_heavy_tails_keeps_its_mean():
    """E max(X, Y) = 2 E X Phi(sigma / sqrt 2) for two log-normal times."""
    for sigma in (0.5, 1.0, 2.0, 2.5):
        want = 2 * np.exp(sigma**2 / 2) * stats.norm.cdf(sigma / np.sqrt(2))
        assert slowest_of(2, lognormal(1.0, sigma)).mean_s == pytest.approx(want, rel=1e-6)


def test_slowest_with_atoms():
    law = slowest(constant(0.005), either(0.9, constant(0.001), constant(0.001) + exponential(0.010)))
    assert law.percentile(0.5) == 0.005  # 5 ms is an atom: what is faster waits for it
    at = 0.9 + 0.1 * -np.expm1(-0.4)
    assert law.cdf(0.005) == pytest.approx(at, rel=1e-12) and law.cdf(0.0049999) == 0
    assert law.percentile(at - 1e-9) == 0.005 < law.percentile(at + 1e-6)
    assert law.percentile(0.99) == pytest.approx(0.001 + 0.010 * np.log(10), rel=1e-9)
    twice = slowest_of(2, mixture([0.5, 0.3, 0.2], [constant(0.001), constant(0.002), constant(0.003)]))
    assert twice.percentile([0.25, 0.2501, 0.64, 0.6401]).tolist() == [0.001, 0.002, 0.002, 0.003]
    assert twice.mean_s == pytest.approx(0.25 * 0.001 + 0.39 * 0.002 + 0.36 * 0.003, rel=1e-12)


def test_slowest_of_different_starts_and_far_apart_scales():
    law = slowest(exponential(1e-3), constant(1000.0) + either(0.9, exponential(1e-6), exponential(1.0)))
    assert law.percentile(0.01) >= 1000
    assert law.percentile(0.99) == pytest.approx(1000 + np.log(10), rel=1e-12)
    assert law.mean_s == pytest.approx(1000 + 0.9e-6 + 0.1, rel=1e-8)  # by panels in units of the whole


# ---- The k-th ----


@pytest.mark.parametrize("k, n", [(1, 3), (2, 3), (3, 3), (1, 1), (3, 5), (2, 7)])
def test_kth_of_equal_exponentials(k, n):
    law = kth_of(k, *[exponential(0.01)] * n)
    assert law.mean_s == pytest.approx(0.01 * (harmonic(n) - harmonic(n - k)), rel=1e-9)
    np.testing.assert_allclose(
        law.percentile(PS), -0.01 * np.log1p(-special.betaincinv(k, n - k + 1, PS)), rtol=1e-8
    )


def by_enumeration(k, shares):
    """P(at least k of them) by going through all subsets."""
    total = 0.0
    for count in range(k, len(shares) + 1):
        for chosen in combinations(range(len(shares)), count):
            total = total + np.prod([f if i in chosen else 1 - f for i, f in enumerate(shares)], axis=0)
    return total


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_kth_of_different_laws_by_enumeration(k):
    laws = [exponential(0.004), constant(0.010), constant(0.001) + exponential(0.02), lognormal(0.002, SIGMA)]
    shares = [
        cdf(0.004)(TIMES),
        1.0 * (TIMES >= 0.010),
        cdf(0.02, 0.001)(TIMES),
        stats.lognorm(SIGMA, scale=0.002).cdf(TIMES),
    ]
    law = kth_of(k, *laws)
    np.testing.assert_allclose(law.cdf(TIMES), by_enumeration(k, shares), atol=1e-13)
    found = law.percentile(PS)
    assert (law.cdf(found) >= PS - 1e-9).all() and (law.cdf(found * (1 - 1e-6)) < PS).all()


# ---- The hedged call ----


def test_hedged_lognormal_by_the_worked_example():
    """Median 2 ms, p99 12 ms, sent again at its p95, 7.1 ms."""
    one = stats.lognorm(SIGMA, scale=0.002)
    after = one.ppf(0.95)
    law = hedged(lognormal(0.002, SIGMA), after)
    assert after == pytest.approx(7.1e-3, rel=0.005)
    assert law.percentile(0.9995) == pytest.approx(13.3e-3, rel=0.005)
    assert one.sf(law.percentile(0.9995)) * one.sf(law.percentile(0.9995) - after) == pytest.approx(
        0.0005, rel=1e-7
    )
    assert slowest_of(20, lognormal(0.002, SIGMA)).percentile(0.99) == pytest.approx(25.2e-3, rel=0.002)
    assert slowest_of(20, law).percentile(0.99) == pytest.approx(law.percentile(0.99**0.05), rel=1e-8)


def test_hedged_exponential():
    """S(t) S(t - h) = exp(-(2 t - h) / m) from h on."""
    law = hedged(exponential(0.01), 0.015)
    want = np.where(TIMES < 0.015, np.exp(-TIMES / 0.01), np.exp(-(2 * TIMES - 0.015) / 0.01))
    np.testing.assert_allclose(law.tail(TIMES), want, rtol=1e-11, atol=1e-13)
    assert law.mean_s == pytest.approx(0.01 - 0.005 * np.exp(-1.5), rel=1e-9)
    assert hedged(exponential(0.01), 0.0).mean_s == pytest.approx(0.005, rel=1e-9)


def test_hedged_with_atoms():
    law = hedged(either(0.9, constant(0.001), constant(0.1)), 0.010)  # 1 ms, else 11 ms with 0.9, else 100 ms
    assert law.percentile([0.9, 0.901, 0.99, 0.9901]).tolist() == [0.001, 0.011, 0.011, 0.1]
    queue = hedged(wait(0.2, 50.0), 0.010)  # the second finds no queue with 0.8
    assert queue.percentile(0.9) == 0.010
    assert queue.tail(0.010) == pytest.approx(0.2 * np.exp(-0.5) * 0.2, rel=1e-12)


# ---- Inside a sum ----

SUMS = {
    "the slower of two": (
        slowest(exponential(0.01), exponential(0.02)),
        lambda t: cdf(0.01)(t) * cdf(0.02)(t),
        (),
    ),
    "beside a constant": (
        slowest(exponential(0.01), constant(0.01)),
        lambda t: cdf(0.01)(t) * (t >= 0.01),
        (0.01,),
    ),
    "another start": (
        slowest(exponential(0.01), constant(0.01) + exponential(0.02)),
        lambda t: cdf(0.01)(t) * cdf(0.02, 0.01)(t),
        (0.01,),
    ),
    "the slowest of 20": (slowest_of(20, exponential(0.005)), lambda t: cdf(0.005)(t) ** 20, ()),
    "hits and misses": (
        slowest_of(2, either(0.99, exponential(1e-4), exponential(0.2))),
        lambda t: (0.99 * cdf(1e-4)(t) + 0.01 * cdf(0.2)(t)) ** 2,
        (1e-4, 1e-3),
    ),
    "two of three, three starts": (
        kth_of(2, exponential(0.01), constant(0.01) + exponential(0.02), constant(0.02) + exponential(0.01)),
        lambda t: by_enumeration(2, [cdf(0.01)(t), cdf(0.02, 0.01)(t), cdf(0.01, 0.02)(t)]),
        (0.01, 0.02),
    ),
    "hedged": (
        hedged(exponential(0.01), 0.01),
        lambda t: 1 - (1 - cdf(0.01)(t)) * (1 - cdf(0.01, 0.01)(t)),
        (0.01,),
    ),
    "hedged log-normal": (
        hedged(lognormal(0.002, SIGMA), 0.0071),
        lambda t: (
            1 - stats.lognorm(SIGMA, scale=0.002).sf(t) * stats.lognorm(SIGMA, loc=0.0071, scale=0.002).sf(t)
        ),
        (0.0071,),
    ),
}


@pytest.mark.parametrize("name", SUMS)
def test_inside_a_sum_against_convolution(name):
    law, other, corners = SUMS[name]
    for mean in (0.001, 0.005):
        want = plus_exponential(other, mean, TIMES, corners)
        assert np.abs((law + exponential(mean)).cdf(TIMES) - want).max() < 1e-8
    total = series(exponential(0.001), law, constant(0.003), exponential(0.002))
    assert total.mean_s == pytest.approx(float(law.mean_s) + 0.006, rel=1e-12)
    assert total.variance_s2 == pytest.approx(float(law.variance_s2) + 5e-6, rel=1e-9)


@pytest.mark.parametrize("name", SUMS)
def test_mean_and_square_against_quadrature(name):
    law, other, corners = SUMS[name]
    edges = sorted({0.0, 0.001, 0.05, 0.2, 1.0, 8.0, *corners})
    for power, found in ((0, law.mean_s), (1, law.variance_s2 + law.mean_s**2)):
        pieces = [
            integrate.quad(lambda t, n=power: (1 + n) * t**n * (1 - other(t)), a, b, epsabs=1e-15, limit=200)[
                0
            ]
            for a, b in pairwise(edges)
        ]
        assert found == pytest.approx(sum(pieces), rel=1e-7)


def test_slowest_of_inverted_laws_inside_a_sum_by_simulation():
    random = np.random.default_rng(11)
    n = 300_000

    def seen(share, rate, service, constant_s):
        waits = np.where(random.random(n) < share, random.exponential(1 / rate, n), 0.0)
        return constant_s + waits + random.exponential(service, n)

    calls = [(0.4, 100.0, 0.008, 0.0005), (0.2, 300.0, 0.012, 0.003)]
    laws = [constant(c) + wait(share, rate) + exponential(service) for share, rate, service, c in calls]
    law = slowest(*laws) + exponential(0.004)
    times = np.maximum(*(seen(*call) for call in calls)) + random.exponential(0.004, n)
    for p in PS[1:-1]:
        assert abs((times <= law.percentile(p)).mean() - p) < 3.9 * np.sqrt(p * (1 - p) / n)
    assert abs(times.mean() - law.mean_s) < 3.9 * times.std() / np.sqrt(n)


# ---- No answer ----


def test_without_an_answer():
    never, fine = wait(1.0, 0.0), exponential(0.01) + exponential(0.02)
    for law in (
        slowest(fine, never),
        kth_of(2, never, fine, never),
        slowest_of(3, never),
        hedged(never, 0.1),
    ):
        assert law.lost == 1 and law.mean_s == np.inf and law.percentile(0.001) == np.inf
    first = kth_of(1, fine, never)
    assert first.lost == 0
    np.testing.assert_allclose(first.percentile(PS), fine.percentile(PS), rtol=1e-8)
    assert first.mean_s == pytest.approx(0.03, rel=1e-7)
    sometimes = either(0.9, exponential(0.01), never)
    assert hedged(sometimes, 0.05).lost == pytest.approx(0.01, rel=1e-12)
    assert slowest_of(2, sometimes).lost == pytest.approx(0.19, rel=1e-12)
    assert kth_of(2, sometimes, sometimes, sometimes).lost == pytest.approx(0.028, rel=1e-12)
    assert (
        np.isfinite(hedged(sometimes, 0.05).percentile(0.98))
        and hedged(sometimes, 0.05).percentile(0.995) == np.inf
    )


# ---- Arrays of scenarios ----


def scenarios(i=slice(None)):
    """Starts that cross; in the third scenario they coincide, in the last one the second never answers."""
    start = np.array([0.0, 5.0, 10.0, 20.0, 10.0])[i] * 1e-3
    rate = np.array([50.0, 200.0, 30.0, 90.0, -1.0])[i]
    return constant(0.010) + exponential(0.008), constant(start) + wait(0.5, rate), exponential(0.01)


@pytest.mark.parametrize(
    "make",
    [
        lambda a, b, c: slowest(a, c),
        lambda a, b, c: slowest(a, b),
        lambda a, b, c: kth_of(2, a, b, c),
        lambda a, b, c: hedged(b, 0.010),
        lambda a, b, c: slowest_of(10, b),
        lambda a, b, c: kth_of(2, a, b, c) + c,
        lambda a, b, c: slowest_of(1.5, a + b) + 0.001,
    ],
)
def test_scenarios_together_are_scenarios_one_by_one(make):
    together = make(*scenarios())
    for p in (0.5, 0.9, 0.99):
        one_by_one = [float(make(*scenarios(i)).percentile(p)) for i in range(5)]
        np.testing.assert_allclose(np.broadcast_to(together.percentile(p), 5), one_by_one, rtol=1e-9)
    np.testing.assert_allclose(
        np.broadcast_to(together.mean_s, 5), [float(make(*scenarios(i)).mean_s) for i in range(5)], rtol=1e-9
    )


def test_two_dimensions():
    law = slowest(
        exponential(np.array([[0.01], [0.02]])), constant(np.array([0.0, 0.02, 0.2])) + exponential(0.001)
    )
    assert law.percentile(0.9).shape == law.mean_s.shape == law.shape == (2, 3)
    one = slowest(exponential(0.02), constant(0.2) + exponential(0.001))
    assert law.percentile(0.9)[1, 2] == pytest.approx(one.percentile(0.9), rel=1e-9)


# ---- Properties ----

MEANS = st.floats(1e-4, 1.0)
PARTS = st.one_of(
    st.builds(exponential, MEANS),
    st.builds(lognormal, MEANS, st.floats(0.2, 1.5)),
    st.builds(lambda d, m: constant(d) + exponential(m), MEANS, MEANS),
    st.builds(lambda p, m: wait(p, 1 / m), st.floats(0.0, 1.0), MEANS),
)


@FAST
@given(st.lists(PARTS, min_size=2, max_size=4), st.floats(0.01, 0.999))
def test_the_kth_answer_comes_in_order(laws, p):
    order = [float(kth_of(k, *laws).percentile(p)) for k in range(1, len(laws) + 1)]
    each = [float(law.percentile(p)) for law in laws]
    assert all(a <= b * (1 + 1e-9) for a, b in pairwise(order))
    assert order[-1] >= max(each) * (1 - 1e-9) and order[0] <= min(each) * (1 + 1e-9)
    means = [float(kth_of(k, *laws).mean_s) for k in range(1, len(laws) + 1)]
    assert sum(means) == pytest.approx(sum(float(law.mean_s) for law in laws), rel=1e-8)


@FAST
@given(PARTS, MEANS, st.floats(0.01, 0.999))
def test_a_hedge_never_makes_it_slower(law, after, p):
    assert hedged(law, after).percentile(p) <= law.percentile(p) * (1 + 1e-9)


# ---- Errors ----


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: kth_of(3, constant(1), constant(2)), "k = 3.0 is outside [1, 2]."),
        (lambda: kth_of(0, constant(1)), "k = 0.0 is outside [1, 1]."),
        (
            lambda: kth_of(1.5, constant(1), constant(2)),
            "k = 1.5 is outside the whole numbers. Round it up or down.",
        ),
        (lambda: hedged(constant(1), -1), "after_s = -1.0 is outside [0, inf)."),
        (lambda: slowest_of(-2, constant(1)), "times = -2.0 is outside [0, inf)."),
        (
            lambda: slowest_of([2, 3], constant(1)),
            "times = [2.0, 3.0] is outside a single number. Sweep the number of calls one at a time.",
        ),
    ],
)
def test_texts_of_errors(make, text):
    with pytest.raises(DomainError) as error:
        make()
    assert str(error.value) == text
