"""Few users before a pool: chains term by term, limits, Little's law, inverses, errors."""

from __future__ import annotations

import numpy as np
import pytest
from chains import birth_death, wait_tail
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws import population as pop
from capcalc.laws import population_sizing as sizing
from capcalc.laws.mmc import mmc_mean_wait_s

CASES = [(8.0, 0.5, 5, 12, None), (0.01, 1.0, 3, 200, None), (0.25, 0.25, 2, 8, 4), (2.0, 1.0, 1, 1, None)]
CASES += [(0.5, 1.0, 4, 60, 4), (1e-3, 1.0, 2, 5, 30), (5.0, 3.0, 7, 300, 20)]


def chain(nu, S, c, N, K):
    return birth_death(lambda k: nu * (N - k), lambda k: min(k, c) / S, min(N, K) + 1)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_against_the_chain(case):
    nu, S, c, N, K = case
    K = K or N
    p, k = chain(nu, S, c, N, K), np.arange(min(N, K) + 1)
    arrivals = p * (N - k)
    refused = arrivals[-1] / arrivals.sum() if K < N else 0.0
    inside = arrivals[:K]
    seen = inside / inside.sum()
    wait = float(seen @ np.maximum(np.arange(len(seen)) - c + 1, 0)) * S / c
    assert pop.population_mean_number(*case) == pytest.approx(p @ k, rel=1e-12)
    assert pop.population_throughput_rps(*case) == pytest.approx(p @ np.minimum(k, c) / S, rel=1e-12)
    assert pop.population_mean_wait_s(*case) == pytest.approx(wait, rel=1e-11, abs=1e-300)
    assert pop.population_loss(*case) == pytest.approx(refused, rel=1e-11, abs=1e-300)
    assert pop.population_wait_probability(*case) == pytest.approx(seen[c:].sum(), rel=1e-11, abs=1e-300)
    for t in (0.0, S, 5 * S):
        assert pop.population_wait_tail(t, *case) == pytest.approx(
            wait_tail(t, seen, c, c / S), rel=1e-10, abs=1e-99
        )
    # Little: all that get in are here for a wait and a service.
    here = pop.population_throughput_rps(*case) * pop.population_mean_response_s(*case)
    assert here == pytest.approx(p @ k, rel=1e-11)


def test_percentile_is_where_the_tail_passes():
    case = 0.05, 1.0, 4, 100, None
    for p in (0.5, 0.9, 0.999):
        t = pop.population_wait_percentile_s(p, *case)
        assert pop.population_wait_tail(t, *case) == pytest.approx(1 - p, rel=1e-9)
    assert pop.population_wait_percentile_s(0.9, 1e-6, 1.0, 4, 10) == 0


def test_many_users_are_a_poisson_stream():
    few = pop.population_mean_wait_s(9.0 / 10**10, 1.0, 12, 10**10)
    assert few == pytest.approx(mmc_mean_wait_s(9.0, 1.0, 12), rel=1e-7)


def test_all_at_once_is_a_closed_loop():
    # Far over what the pool serves: throughput c/S, response N S/c - Z.
    assert pop.population_throughput_rps(0.01, 1.0, 80, 10**6) == pytest.approx(80, rel=1e-12)
    assert pop.population_mean_response_s(0.01, 1.0, 80, 10**6) == pytest.approx(10**6 / 80 - 100, rel=1e-12)


@settings(deadline=None, max_examples=15)
@given(nu=st.floats(1e-3, 10), c=st.integers(1, 30), t=st.floats(1e-3, 10))
def test_inverses(nu, c, t):
    N = float(sizing.population_for_wait(nu, 1.0, c, t))
    assert pop.population_mean_wait_s(nu, 1.0, c, N) <= t * (1 + 1e-12)
    assert pop.population_mean_wait_s(nu, 1.0, c, N + 1) > t * (1 - 1e-12)
    servers = float(sizing.servers_for_population_wait(nu, 1.0, 40, t))
    assert pop.population_mean_wait_s(nu, 1.0, servers, 40) <= t * (1 + 1e-12)
    assert servers == 1 or pop.population_mean_wait_s(nu, 1.0, servers - 1, 40) > t


def test_arrays_are_scalars():
    grid = pop.population_mean_wait_s([[0.1], [2.0]], 1.0, [1, 2, 3], 20)
    assert grid.shape == (2, 3) and grid[1, 2] == pop.population_mean_wait_s(2.0, 1.0, 3, 20)
    assert pop.population_wait_percentile_s([0.5, 0.9], 2.0, 1.0, 3, 20).shape == (2,)


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (pop.population_mean_wait_s, (1.0, 1.0, 2, 0), "population = 0.0 is outside [1, inf)."),
        (pop.population_loss, (1.0, 0.0, 2, 9), "service_time_s = 0.0 is outside (0, inf)."),
        (
            pop.population_loss,
            (1.0, 1.0, 5, 9, 3),
            "capacity = 3.0 is outside [servers, inf). It counts the jobs in service as well.",
        ),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text
