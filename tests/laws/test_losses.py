"""Erlang B backwards and Engset: hand-worked points, exact sums, limits, inverses, errors."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capcalc.errors import DomainError
from capcalc.laws import losses
from capcalc.laws.erlang import erlang_b


def exact_engset(N: int, c: int, alpha: Fraction) -> float:
    terms = [comb(N, k) * alpha**k for k in range(c + 1)]
    return float(terms[-1] / sum(terms))


def test_hand_worked():
    # One server, B = a/(1 + a): 1 % of blocking at a = 1/99.
    assert losses.load_for_blocking(1, 0.01) == pytest.approx(1 / 99, rel=1e-14)
    assert losses.servers_for_blocking(1.0, 0.5) == 1  # B(1, 1) is exactly 1/2
    assert losses.servers_for_blocking(1.0, 0.2) == 2  # B(2, 1) is exactly 1/5
    # Two sources on one server: a call is lost if the other source is on, alpha/(1 + alpha).
    assert losses.engset_call_congestion(2, 1, 0.5) == pytest.approx(1 / 3, rel=1e-15)
    assert losses.engset_time_congestion(2, 1, 0.5) == pytest.approx(1 / 2, rel=1e-15)


@pytest.mark.parametrize(("N", "c"), [(1, 1), (5, 3), (20, 10), (60, 7), (60, 59), (60, 60), (9, 12)])
@pytest.mark.parametrize("alpha", [0.001, 0.3, 1.0, 40.0])
def test_engset_against_exact_sums(N, c, alpha):
    exact = exact_engset(N, c, Fraction(alpha))
    assert losses.engset_time_congestion(N, c, alpha) == pytest.approx(exact, rel=1e-13)
    fewer = exact_engset(N - 1, c, Fraction(alpha)) if N > 1 else 0.0
    assert losses.engset_call_congestion(N, c, alpha) == pytest.approx(fewer, rel=1e-13)


def test_limits_and_edges():
    assert losses.engset_time_congestion(10**9, 12, 10 / 10**9) == pytest.approx(erlang_b(12, 10.0), rel=1e-7)
    assert losses.engset_call_congestion(4, 4, 3.0) == losses.engset_time_congestion(3, 4, 9.0) == 0
    assert losses.engset_time_congestion(5, 2, 0.0) == 0
    assert losses.load_for_call_congestion(4, 4, 0.1) == np.inf
    assert losses.servers_for_blocking(0.0, 0.1) == 1


@settings(deadline=None)
@given(a=st.floats(1e-3, 1e7), B=st.floats(1e-9, 0.99))
def test_fewest_servers_for_blocking(a, B):
    c = float(losses.servers_for_blocking(a, B))
    assert erlang_b(c, a) <= B * (1 + 1e-12)
    assert c == 1 or erlang_b(c - 1, a) > B * (1 - 1e-12)


@settings(deadline=None)
@given(c=st.integers(1, 10**7), B=st.floats(1e-9, 0.99))
def test_most_load_for_blocking(c, B):
    assert erlang_b(c, losses.load_for_blocking(c, B)) == pytest.approx(B, rel=1e-8)


@settings(deadline=None, max_examples=20)
@given(N=st.integers(2, 2000), alpha=st.floats(1e-3, 5), share=st.floats(1e-6, 0.5))
def test_engset_inverses(N, alpha, share):
    c = float(losses.servers_for_call_congestion(N, alpha, share))
    assert losses.engset_call_congestion(N, c, alpha) <= share * (1 + 1e-12)
    assert c == 1 or losses.engset_call_congestion(N, c - 1, alpha) > share
    if c < N:
        most = losses.load_for_call_congestion(N, c, share)
        assert losses.engset_call_congestion(N, c, most) == pytest.approx(share, rel=1e-6)


def test_arrays_are_scalars():
    c = np.array([[1], [5], [17]])
    grid = losses.load_for_blocking(c, [0.01, 0.3])
    assert grid.shape == (3, 2) and grid[2, 1] == losses.load_for_blocking(17, 0.3)
    many = losses.engset_call_congestion([5, 50], c, 0.2)
    assert many.shape == (3, 2) and many[1, 1] == losses.engset_call_congestion(50, 5, 0.2)
    assert isinstance(losses.servers_for_blocking(3.0, 0.1), float)


@pytest.mark.parametrize(
    ("law", "given_", "text"),
    [
        (losses.servers_for_blocking, (1.0, 1.0), "blocking = 1.0 is outside (0, 1). Write 0.01 for 1 %."),
        (losses.load_for_blocking, (0, 0.1), "servers = 0.0 is outside [1, inf)."),
        (losses.engset_call_congestion, (0, 1, 0.1), "sources = 0.0 is outside [1, inf)."),
        (losses.engset_time_congestion, (1, 1, -1), "erlangs_per_idle_source = -1.0 is outside [0, inf)."),
    ],
)
def test_errors_say_what_and_where(law, given_, text):
    with pytest.raises(DomainError) as error:
        law(*given_)
    assert str(error.value) == text
