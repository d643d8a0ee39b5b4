"""Response times over arrays of scenarios, the properties that composing must keep, standing and errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws.latency import (
    Standing,
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
FAST = settings(max_examples=25, deadline=None, derandomize=True)


# ---- Arrays of scenarios ----


def response():
    return wait(0.4, 120.0) + exponential(0.005)


def scenarios(i=slice(None)):
    """Eight scenarios; constants cross, so that two ways begin together in some and not in others."""
    near = np.array([1.0, 5.0, 10.0, 10.0, 20.0, 30.0, 10.0, 0.0])[i] * 1e-3
    far = np.array([10.0, 10.0, 10.0, 5.0, 20.0, 1.0, 100.0, 0.0])[i] * 1e-3
    share = np.array([0.9, 0.5, 0.99, 0.1, 0.0, 1.0, 0.7, 0.3])[i]
    rate = np.array([50.0, 200.0, 30.0, 90.0, 80.0, 70.0, -1.0, 60.0])[i]
    hit = constant(near) + wait(0.2, 40.0)
    return either(share, hit, series(constant(far), wait(0.5, rate), exponential(0.008)))


def test_scenarios_together_are_scenarios_one_by_one():
    together = scenarios()
    for p in (0.3, 0.5, 0.9, 0.99):
        one_by_one = [float(scenarios(i).percentile(p)) for i in range(8)]
        np.testing.assert_allclose(together.percentile(p), one_by_one, rtol=1e-9)
    np.testing.assert_allclose(together.mean_s, [float(scenarios(i).mean_s) for i in range(8)], rtol=1e-12)
    sums = (together + lognormal(0.01, np.linspace(0.05, 1.0, 8))).percentile(0.95)
    ones = [
        float((scenarios(i) + lognormal(0.01, np.linspace(0.05, 1.0, 8)[i])).percentile(0.95))
        for i in range(8)
    ]
    np.testing.assert_allclose(sums, ones, rtol=1e-9)


def test_arrays_of_percentiles_and_two_dimensions():
    law = either(0.8, 0.010 + response(), 0.200 + response())
    np.testing.assert_allclose(law.percentile(PS), [float(law.percentile(p)) for p in PS], rtol=1e-9)
    grid = exponential(np.array([[0.01], [0.02]])) + constant(np.array([0.0, 0.1, 0.2]))
    found = grid.percentile(0.9)
    assert grid.shape == found.shape == grid.mean_s.shape == (2, 3)
    np.testing.assert_allclose(
        found, np.array([[0.01], [0.02]]) * np.log(10) + np.array([0.0, 0.1, 0.2]), rtol=1e-12
    )


# ---- Properties ----

MEANS = st.floats(1e-5, 10.0)
PARTS = st.one_of(
    st.builds(exponential, MEANS),
    st.builds(constant, MEANS),
    st.builds(lognormal, MEANS, st.floats(0.2, 2.0)),
    st.builds(lambda p, m: wait(p, 1 / m), st.floats(0.0, 1.0), MEANS),
    st.builds(
        lambda p, a, b: either(p, constant(a), constant(a) + exponential(b)),
        st.floats(0.0, 1.0),
        MEANS,
        MEANS,
    ),
)
LAWS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: series(*parts))
SHARES = st.floats(0.01, 0.9999)


@FAST
@given(LAWS, SHARES, SHARES)
def test_percentiles_rise_and_are_reached(law, p, q):
    low, high = sorted((p, q))
    first, last = law.percentile(low), law.percentile(high)
    assert first <= last * (1 + 1e-12)
    assert law.cdf(first) >= low - 1e-9 and law.cdf(last) >= high - 1e-9


@FAST
@given(LAWS, PARTS, SHARES)
def test_one_more_part_never_makes_it_faster(law, part, p):
    total = law + part
    assert total.percentile(p) >= law.percentile(p) * (1 - 1e-6)
    np.testing.assert_allclose(total.mean_s, law.mean_s + part.mean_s, rtol=1e-12)
    np.testing.assert_allclose(total.variance_s2, law.variance_s2 + part.variance_s2, rtol=1e-6)


@FAST
@given(LAWS, LAWS, st.floats(0.0, 1.0), SHARES)
def test_a_mixture_lies_between_its_parts(a, b, share, p):
    ends = sorted((a.percentile(p), b.percentile(p)))
    assert ends[0] * (1 - 1e-6) <= either(share, a, b).percentile(p) <= ends[1] * (1 + 1e-6)


# ---- Standing ----


def test_standing_travels_and_the_weaker_level_wins():
    exact, rough = exponential(0.01), exponential(0.02).noted("service is not exponential")
    bound = exponential(0.03).noted("three calls share a pool", "lower bound")
    assert series(exact, exact).standing == Standing("exact", ())
    assert series(exact, rough).standing == Standing("approximation", ("service is not exponential",))
    both = ("service is not exponential", "three calls share a pool")
    for law in (
        series(rough, bound),
        either(0.5, rough, bound),
        slowest(rough, bound),
        repeated(2, rough) + bound,
    ):
        assert law.standing == Standing("lower bound", both)
    assert series(bound, rough).standing.level == "lower bound"
    assert mixture([1.0, 0.0], [exact, bound]).standing.level == "exact"  # a way nobody takes
    assert (rough + 0.01).scaled(2.0).standing == rough.standing


# ---- Errors ----


@pytest.mark.parametrize("p, shown", [(0, "0.0"), (1, "1.0"), (99, "99.0"), (float("nan"), "nan")])
def test_a_share_outside_0_to_1(p, shown):
    with pytest.raises(DomainError) as error:
        exponential(0.01).percentile(p)
    assert str(error.value) == f"p = {shown} is outside (0, 1). Write 0.99 for the 99th percentile."


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: constant(-1), "time_s = -1.0 is outside [0, inf)."),
        (lambda: exponential(0.01) + -0.5, "time_s = -0.5 is outside [0, inf)."),
        (lambda: exponential([0.1, -2]), "mean_s = -2.0 is outside [0, inf)."),
        (lambda: lognormal(0, 1), "median_s = 0.0 is outside (0, inf)."),
        (lambda: lognormal(1, 0), "sigma = 0.0 is outside (0, inf)."),
        (lambda: uniform(0), "width_s = 0.0 is outside (0, inf)."),
        (lambda: wait(1.5, 1), "probability = 1.5 is outside [0, 1]."),
        (lambda: wait(0.5, float("inf")), "rate_per_s = inf is outside (-inf, inf)."),
        (lambda: constant(1).scaled(0), "factor = 0.0 is outside (0, inf)."),
        (lambda: repeated(-1, constant(1)), "times = -1.0 is outside [0, inf)."),
        (
            lambda: repeated([1, 2], constant(1)),
            "times = [1.0, 2.0] is outside a single number. Sweep the number of calls one at a time.",
        ),
        (
            lambda: mixture([0.5, 0.4], [constant(1), constant(2)]),
            "weights = [0.5, 0.4] is outside weights that sum to 1, one a law.",
        ),
        (
            lambda: mixture([1.0], [constant(1), constant(2)]),
            "weights = [1.0] is outside weights that sum to 1, one a law.",
        ),
        (lambda: mixture([1.5, -0.5], [constant(1), constant(2)]), "weights = 1.5 is outside [0, 1]."),
    ],
)
def test_texts_of_errors(make, text):
    with pytest.raises(DomainError) as error:
        make()
    assert str(error.value) == text
