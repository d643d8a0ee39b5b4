"""Response times against closed forms, quadrature and simulation."""

import mpmath
import numpy as np
import pytest
from references import hypoexponential_tail, plus_exponential, response_tail
from scipy import stats

from capcalc.laws import latency as la
from capcalc.laws import transforms as tr
from capcalc.laws.latency import (
    constant,
    either,
    exponential,
    lognormal,
    mixture,
    series,
    uniform,
    wait,
)
from capcalc.laws.many import repeated
from capcalc.laws.orders import slowest

PS = np.array([0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999])
WAITING = {"near": (0.4, 120.0, 0.005), "far": (0.3, 60.0, 0.008)}  # chance, rate [1/s], service [s]


def response(name):
    chance, rate, service = WAITING[name]
    return wait(chance, rate) + exponential(service)


def regions():
    """Four in five answered 10 ms away, the others 200 ms away; both wait for a pool."""
    return either(0.8, constant(0.010) + response("near"), constant(0.200) + response("far"))


def regions_tail(t):
    return 0.8 * response_tail(t - 0.010, *WAITING["near"]) + 0.2 * response_tail(t - 0.200, *WAITING["far"])


class Constant(tr.Node):
    """exp(-s d), the jump that latency.py keeps out of its transforms."""

    __slots__ = ("time_s",)

    def __init__(self, time_s):
        self.time_s = time_s

    def _value(self, s, seen):
        return np.exp(-s * self.time_s)


# ---- The way back from a transform ----


def test_inversion_of_two_far_regions_against_the_closed_form():
    law = regions()
    times = np.concatenate([np.linspace(0.0101, 0.199, 150), np.linspace(0.2001, 0.5, 150)])
    assert np.abs(law.tail(times) - regions_tail(times)).max() < 3e-10
    assert (np.diff(law.tail(times)) < 0).all()
    found = law.percentile(np.linspace(0.5, 0.9999, 200))
    assert (np.diff(found) > 0).all()
    np.testing.assert_allclose(regions_tail(found), 1 - np.linspace(0.5, 0.9999, 200), atol=3e-10)


def test_one_inversion_with_the_constants_inside_would_not_be_monotone():
    one, ways = np.asarray(1.0), []
    for share, away, name in ((0.8, 0.010, "near"), (0.2, 0.200, "far")):
        chance, rate, service = WAITING[name]
        waits = tr.Sum([(one, tr.Constant(1 - chance)), (np.asarray(chance), tr.Exponential(1 / rate))])
        ways.append((np.asarray(share), tr.Product([Constant(away), waits, tr.Exponential(service)])))
    times = np.linspace(0.0101, 0.3, 400)
    tail, _ = tr.invert(tr.Sum(ways), times, one, np.asarray(0.0))
    assert np.diff(tail).max() > 1e-4  # more requests take longer than a longer time: it rings
    assert np.abs(tail - regions_tail(times)).max() > 1e-3


@pytest.mark.parametrize("k", [2, 3, 5, 10, 30])
def test_repeated_exponential_is_erlang(k):
    law, erlang = repeated(k, exponential(0.01)), stats.gamma(k, scale=0.01)
    times = erlang.ppf(np.linspace(0.001, 0.9999, 60))
    assert np.abs(law.cdf(times) - erlang.cdf(times)).max() < (3e-10 if k <= 10 else 1e-9)
    np.testing.assert_allclose(law.percentile(PS), erlang.ppf(PS), rtol=1e-6)
    np.testing.assert_allclose([law.mean_s, law.variance_s2], [erlang.mean(), erlang.var()], rtol=1e-12)


@pytest.mark.parametrize("k", [60, 100, 300, 1000, 3000])
def test_a_law_that_is_narrow_beside_its_mean_keeps_its_digits(k):
    """The deviation is 1/13 to 1/55 of the mean: counted from 0, the inversion would miss by up to 0.005."""
    law, erlang = repeated(k, exponential(1 / k)), stats.gamma(k, scale=1 / k)
    times = erlang.ppf(np.linspace(0.0001, 0.9999, 60))
    assert np.abs(law.cdf(times) - erlang.cdf(times)).max() < 5e-9
    assert (np.diff(law.percentile(np.linspace(0.01, 0.999, 50))) > 0).all()
    assert law.cdf(0.1) == pytest.approx(0, abs=1e-9) and law.cdf(2.5) == pytest.approx(1, abs=1e-6)


def test_sum_of_different_exponentials_is_hypoexponential():
    means = (0.002, 0.005, 0.011, 0.030)
    law = series(*map(exponential, means))
    times = np.geomspace(1e-4, 0.4, 80)
    assert np.abs(law.tail(times) - hypoexponential_tail(times, means)).max() < 3e-10


@pytest.mark.parametrize("sigma", [0.02, 0.05, 0.1, 0.19, 0.2, 0.4, 0.77, 1.5, 2.5])
def test_lognormal_plus_exponential_against_quadrature(sigma):
    law, other = lognormal(0.01, sigma) + exponential(0.005), stats.lognorm(sigma, scale=0.01)
    corners = 0.01 * np.exp(np.array([-8, -4, -2, 0, 2, 4, 8]) * sigma)
    times = np.array([0.008, 0.01, 0.0105, 0.012, 0.016, 0.03, 0.06, 0.2])
    bound = 1e-7 if sigma < 0.2 else 5e-9
    assert np.abs(law.cdf(times) - plus_exponential(other.cdf, 0.005, times, corners)).max() < bound
    np.testing.assert_allclose(lognormal(0.01, sigma).percentile(PS), other.ppf(PS), rtol=1e-9)
    np.testing.assert_allclose(law.mean_s, other.mean() + 0.005, rtol=1e-12)
    np.testing.assert_allclose(law.variance_s2, other.var() + 0.005**2, rtol=1e-9)


@pytest.mark.parametrize("sigma", [0.2, 0.77, 2.0])
def test_transform_of_a_lognormal_against_mpmath(sigma):
    """E exp(-s X) on the line of the inversion, the times from a tenth to ten times the median."""
    for time in (0.1, 1.0, 10.0):
        s = tr.euler_nodes(17)[0][[0, 1, 8, 20, 34]] / time
        ours = tr.LogNormal(1.0, sigma).at(s, {})
        for point, value in zip(s, ours, strict=True):
            # Turned by d, the integrand falls off and hardly turns; the value does not depend on d.
            d = min(mpmath.mpf(2), mpmath.arg(mpmath.mpc(point)) / sigma)

            def integrand(u, point=point, d=d):
                z = mpmath.mpc(u, -d)
                return mpmath.exp(-z * z / 2 - mpmath.mpc(point) * mpmath.exp(sigma * z))

            want = mpmath.quad(integrand, mpmath.linspace(-11, 11, 23)) / mpmath.sqrt(2 * mpmath.pi)
            assert abs(complex(want) - value) < 1e-13


def test_uniform():
    law = uniform(0.02)
    np.testing.assert_allclose(law.percentile(PS), 0.02 * PS, rtol=1e-12)
    np.testing.assert_allclose([law.mean_s, law.variance_s2], [0.01, 0.02**2 / 12], rtol=1e-12)
    times = np.concatenate([[0.001, 0.005, 0.01, 0.015], np.linspace(0.016, 0.06, 40), [0.08]])
    want = plus_exponential(stats.uniform(0, 0.02).cdf, 0.005, times, (0.02,))
    apart = np.abs((law + exponential(0.005)).cdf(times) - want)
    assert apart[:4].max() < 1e-8
    assert apart.max() < 2e-4  # from near its end on: the corner in the density is inside the transform


def test_monte_carlo_of_a_path_with_everything():
    random = np.random.default_rng(7)
    n = 400_000
    web = (
        0.002
        + np.where(random.random(n) < 0.3, random.exponential(0.004, n), 0)
        + random.exponential(0.005, n)
    )
    miss = random.uniform(0, 0.01, n) + 0.02 * np.exp(0.8 * random.standard_normal(n))
    seen = web + np.where(random.random(n) < 0.7, 0.001, miss)
    law = series(
        constant(0.002), wait(0.3, 250.0), exponential(0.005),
        either(0.7, constant(0.001), uniform(0.01) + lognormal(0.02, 0.8)),
    )  # fmt: skip
    for p in PS[:-1]:
        share = (seen <= law.percentile(p)).mean()
        assert abs(share - p) < 3.9 * np.sqrt(p * (1 - p) / n)  # once in 10,000
    assert abs(seen.mean() - law.mean_s) < 3.9 * seen.std() / np.sqrt(n)


# ---- Atoms ----


def test_a_percentile_on_an_atom_is_the_atom():
    law = either(0.9, constant(0.001), constant(0.001) + exponential(0.02))
    for p in (0.01, 0.5, 0.899999, 0.9):
        assert law.percentile(p) == 0.001
    assert law.percentile(0.9 + 1e-9) > 0.001
    assert law.percentile(0.99) == pytest.approx(0.001 - 0.02 * np.log(0.1), rel=1e-9)


def test_several_atoms():
    law = mixture([0.5, 0.3, 0.2], [constant(0.001), constant(0.010), constant(0.100)])
    ps = np.array([0.2, 0.5, 0.5 + 1e-9, 0.8, 0.8 + 1e-9, 0.99999])
    assert law.percentile(ps).tolist() == [0.001, 0.001, 0.010, 0.010, 0.100, 0.100]
    assert law.mean_s == pytest.approx(0.0235, rel=1e-14)
    total = law + law  # 2, 11, 20, 101, 110, 200 ms with 0.25, 0.30, 0.09, 0.20, 0.12, 0.04
    found = total.percentile([0.25, 0.54, 0.63, 0.84, 0.95, 0.97])
    np.testing.assert_allclose(found, [0.002, 0.011, 0.020, 0.101, 0.110, 0.200], rtol=1e-14)


def test_atoms_between_continuous_parts():
    law = mixture(
        [0.4, 0.3, 0.3], [exponential(0.001), constant(0.002), constant(0.003) + exponential(0.001)]
    )
    jump = 0.4 * -np.expm1(-2)  # what the first part has answered by 2 ms
    assert law.percentile(jump + 0.1) == 0.002 and law.percentile(jump + 0.29) == 0.002
    assert law.percentile(jump - 1e-6) < 0.002 < law.percentile(jump + 0.3 + 1e-6)


def test_no_wait_is_an_atom_at_zero():
    law = wait(0.25, 100.0)
    assert law.percentile(0.75) == 0 and law.percentile(0.1) == 0
    assert law.percentile(0.99) == pytest.approx(np.log(25) / 100, rel=1e-12)
    assert law.cdf(0.0) == 0.75 and law.cdf(-1.0) == 0


# ---- Algebra ----


def test_shift_scale_and_identity():
    law = regions()
    np.testing.assert_allclose((law + 0.01).percentile(PS), law.percentile(PS) + 0.01, rtol=1e-8)
    np.testing.assert_allclose((0.01 + law).mean_s, law.mean_s + 0.01, rtol=1e-14)
    np.testing.assert_allclose(law.scaled(3.0).percentile(PS), 3 * law.percentile(PS), rtol=1e-8)
    np.testing.assert_allclose(law.scaled(3.0).variance_s2, 9 * law.variance_s2, rtol=1e-12)
    np.testing.assert_allclose(
        lognormal(0.01, 0.5).scaled(2.0).percentile(PS), lognormal(0.02, 0.5).percentile(PS)
    )
    assert series().percentile(0.5) == 0 and series(law) is law
    assert la.percentile(0.99, law) == law.percentile(0.99) and la.mean(law) == law.mean_s


def test_repeated_whole_and_fractional():
    law = exponential(0.01)
    assert repeated(0, law).percentile(0.99) == 0 and repeated(1, law).percentile(0.9) == law.percentile(0.9)
    part = repeated(2.25, law)
    time = 0.05
    want = 0.75 * stats.gamma(2, scale=0.01).cdf(time) + 0.25 * stats.gamma(3, scale=0.01).cdf(time)
    assert part.cdf(time) == pytest.approx(want, abs=3e-10)
    assert part.mean_s == pytest.approx(0.0225, rel=1e-14)
    assert repeated(0.25, law).percentile(0.75) == 0


def test_exponential_of_mean_0_is_no_time():
    assert exponential(0.0).percentile(0.99) == 0
    mixed = exponential(np.array([0.0, 0.01]))
    np.testing.assert_allclose(mixed.percentile(0.99), [0, 0.01 * np.log(100)], rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose((mixed + exponential(0.02)).percentile(0.9)[0], 0.02 * np.log(10), rtol=1e-8)


def test_mm1_response_is_exponential():
    rho, service = 0.7, 0.01
    law = wait(rho, (1 - rho) / service) + exponential(service)
    want = service / (1 - rho)
    assert law.mean_s == pytest.approx(want, rel=1e-14)
    np.testing.assert_allclose(law.percentile(PS), -want * np.log(1 - PS), rtol=1e-6)
    times = np.geomspace(1e-4, 1.0, 50)
    assert np.abs(law.tail(times) - np.exp(-times / want)).max() < 3e-10


# ---- No answer ----


def test_a_saturated_queue_never_answers():
    for rate in (0.0, -5.0):
        law = wait(1.0, rate) + exponential(0.01)
        assert law.percentile(0.5) == np.inf and law.mean_s == np.inf and law.lost == 1
    assert slowest(exponential(0.01), wait(1.0, 0.0)).percentile(0.01) == np.inf


def test_a_tenth_saturated():
    law = either(0.9, exponential(0.01), wait(1.0, -1.0))
    assert law.percentile(0.5) == pytest.approx(-0.01 * np.log(4 / 9), rel=1e-9)
    assert law.percentile(0.8999) == pytest.approx(
        -0.01 * np.log(1e-4 / 0.9), rel=1e-9
    )  # close to what is lost
    assert law.percentile(0.99) == np.inf and law.mean_s == np.inf and law.lost == pytest.approx(0.1)
    assert law.moments()[0] == pytest.approx(0.01)


# ---- Scales ----


@pytest.mark.parametrize("p", [0.5, 0.89, 0.9, 0.95, 0.99, 0.9999])
def test_a_microsecond_on_top_of_a_thousand_seconds(p):
    law = constant(1000.0) + either(0.9, exponential(1e-6), exponential(1.0))

    def gap(x):
        return 0.9 * mpmath.exp(-x / mpmath.mpf("1e-6")) + 0.1 * mpmath.exp(-x) - (1 - p)

    want = mpmath.findroot(gap, (1e-9, 20.0), solver="bisect", tol=1e-18, maxsteps=200)
    assert law.percentile(p) - 1000 == pytest.approx(float(want), rel=1e-6, abs=3e-13)


def test_parts_nine_orders_apart():
    law = exponential(1e-6) + exponential(1e3)
    np.testing.assert_allclose(law.percentile(PS), -1e3 * np.log(1 - PS), rtol=1e-6)
    rare = wait(1e-15, 1e-3) + exponential(1e-6)
    np.testing.assert_allclose(rare.percentile(PS), -1e-6 * np.log(1 - PS), rtol=1e-6)
    assert wait(1e-15, 1e-3).percentile(0.9999) == 0
    assert rare.mean_s == pytest.approx(1e-6 + 1e-12, rel=1e-12)


def test_one_time_asked_of_many_scenarios():
    """The tail at one time, where only a part inside the law varies: each scenario as it is alone."""
    means = np.array([0.001, 0.004, 0.02])
    law = constant(0.002) + exponential(0.003) + exponential(means)
    alone = [float((constant(0.002) + exponential(0.003) + exponential(m)).tail(0.01)) for m in means]
    assert law.tail(0.01) == pytest.approx(alone, rel=1e-9)
