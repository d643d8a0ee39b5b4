"""M/M/c/K: chains term by term, limits, Little's law, waits, inverses, errors."""

from __future__ import annotations

import numpy as np
import pytest
from chains import birth_death, wait_tail
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws import finite, finite_sizing
from capcalc.laws.erlang import erlang_b
from capcalc.laws.mmc import mmc_mean_wait_s, mmc_wait_percentile_s

CASES = [
    (lam, S, c, K)
    for lam, S in ((0.3, 1.0), (4.0, 0.5), (9.0, 1.0))
    for c, K in ((1, 1), (1, 9), (3, 3), (3, 12))
]


def chain(lam, S, c, K):
    return birth_death(lambda k: lam, lambda k: min(k, c) / S, K + 1)


def test_hand_worked():
    # M/M/1/2 at rho = 1: three states alike. Of those that get in half wait one service.
    assert finite.mmck_loss(1.0, 1.0, 1, 2) == pytest.approx(1 / 3, rel=1e-15)
    assert finite.mmck_empty(1.0, 1.0, 1, 2) == pytest.approx(1 / 3, rel=1e-15)
    assert finite.mmck_mean_wait_s(1.0, 1.0, 1, 2) == pytest.approx(0.5, rel=1e-15)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_against_the_chain(case):
    lam, S, c, K = case
    p = chain(*case)
    k = np.arange(K + 1)
    seen = p[:-1] / p[:-1].sum()
    wait = float(seen @ np.maximum(k[:-1] - c + 1, 0)) * S / c
    assert finite.mmck_loss(*case) == pytest.approx(p[-1], rel=1e-13)
    assert finite.mmck_empty(*case) == pytest.approx(p[0], rel=1e-13)
    assert finite.mmck_throughput_rps(*case) == pytest.approx(lam * (1 - p[-1]), rel=1e-13)
    assert finite.mmck_mean_wait_s(*case) == pytest.approx(wait, rel=1e-12, abs=1e-300)
    assert finite.mmck_mean_number(*case) == pytest.approx(p @ k, rel=1e-13)
    for t in (0.0, 0.3 * S, 4 * S):
        exact = wait_tail(t, seen, c, c / S)
        assert finite.mmck_wait_tail(t, *case) == pytest.approx(exact, rel=1e-12, abs=1e-300)
    for share in (0.2, 0.9, 0.999):
        t = float(finite.mmck_wait_percentile_s(share, *case))
        assert wait_tail(t, seen, c, c / S) <= (1 - share) * (1 + 1e-9)
        assert t == 0 or wait_tail(t * (1 - 1e-9), seen, c, c / S) >= (1 - share) * (1 - 1e-6)


def test_limits():
    assert finite.mmck_loss(9.0, 1.0, 12, 12) == pytest.approx(erlang_b(12, 9.0), rel=1e-14)
    pool = (9.0, 1.0, 12)
    assert finite.mmck_mean_wait_s(*pool, 10**6) == pytest.approx(mmc_mean_wait_s(*pool), rel=1e-13)
    p99 = finite.mmck_wait_percentile_s(0.99, *pool, 10**6)
    assert p99 == pytest.approx(mmc_wait_percentile_s(0.99, *pool), rel=1e-12)


def test_near_one_and_far_above_one():
    for rho in (1 - 1e-10, 1.0, 1 + 1e-10):
        assert finite.mmck_mean_number(rho, 1.0, 1, 10) == pytest.approx(5.0, rel=1e-9)
        assert finite.mmck_mean_number(rho, 1.0, 1, 10**6) == pytest.approx(5e5, rel=2e-5)
    # Far above, the queue is full but for a geometric number: 1/(rho - 1) places free.
    assert finite.mmck_mean_number(2.0, 1.0, 1, 10**7) == pytest.approx(10**7 - 1, rel=1e-15)
    assert finite.mmck_loss(1e300, 1.0, 3, 10) == 1
    assert finite.mmck_throughput_rps(1e250, 1.0, 3, 10) == pytest.approx(3.0)
    assert finite.mmck_loss(0.0, 1.0, 3, 10) == finite.mmck_mean_wait_s(0.0, 1.0, 3, 10) == 0
    assert (
        finite.mmck_empty(0.0, 1.0, 3, 10) == 1 and finite.mmck_wait_percentile_s(0.9, 1.0, 0.0, 3, 10) == 0
    )


@settings(deadline=None)
@given(rho=st.floats(0.01, 5), c=st.integers(1, 10**5), n=st.integers(0, 10**5))
def test_more_room_loses_less_and_waits_longer(rho, c, n):
    case = rho * c, 1.0, c
    loss = finite.mmck_loss(*case, np.array([c + n, c + n + 1]))
    wait = finite.mmck_mean_wait_s(*case, np.array([c + n, c + n + 1]))
    assert not np.isnan([loss, wait]).any()
    assert loss[1] <= loss[0] * (1 + 1e-12) and wait[1] >= wait[0] * (1 - 1e-12)
    assert finite.mmck_throughput_rps(*case, c + n) <= min(rho, 1) * c * (1 + 1e-12)


@settings(deadline=None, max_examples=25)
@given(rho=st.floats(0.1, 3), c=st.integers(1, 300), loss=st.floats(1e-6, 0.5))
def test_inverses(rho, c, loss):
    lam = rho * c
    K = float(finite_sizing.mmck_capacity_for_loss(lam, 1.0, c, loss))
    if np.isfinite(K):
        assert finite.mmck_loss(lam, 1.0, c, K) <= loss * (1 + 1e-12)
        assert c == K or finite.mmck_loss(lam, 1.0, c, K - 1) > loss * (1 - 1e-9)
    servers = float(finite_sizing.mmck_servers_for_loss(lam, 1.0, 5, loss))
    assert finite.mmck_loss(lam, 1.0, servers, servers + 5) <= loss * (1 + 1e-12)
    assert servers == 1 or finite.mmck_loss(lam, 1.0, servers - 1, servers + 4) > loss * (1 - 1e-12)
    most = finite_sizing.mmck_load_for_loss(1.0, c, c + 5, loss)
    assert finite.mmck_loss(most, 1.0, c, c + 5) == pytest.approx(loss, rel=1e-7)


def test_arrays_are_scalars():
    lam = np.array([[0.0], [3.0], [90.0]])
    for law in (finite.mmck_loss, finite.mmck_mean_wait_s, finite.mmck_empty, finite.mmck_mean_number):
        grid = law(lam, 0.5, [1, 4], 40)
        assert (
            grid.shape == (3, 2)
            and grid[1, 1] == law(3.0, 0.5, 4, 40)
            and isinstance(law(3.0, 0.5, 4, 40), float)
        )
    assert finite.mmck_wait_percentile_s([0.5, 0.9], 3.0, 0.5, 2, 9).shape == (2,)


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (
            finite.mmck_loss,
            (1.0, 1.0, 4, 3),
            "capacity = 3.0 is outside [servers, inf). It counts the jobs in service as well.",
        ),
        (finite.mmck_wait_tail, (-1.0, 1.0, 1.0, 4, 5), "t_s = -1.0 is outside [0, inf)."),
        (
            finite_sizing.mmck_capacity_for_loss,
            (1.0, 1.0, 4, 0.0),
            "loss = 0.0 is outside (0, 1). Write 0.01 for 1 %.",
        ),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text
