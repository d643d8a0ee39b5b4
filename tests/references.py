"""Distributions worked out elsewhere, to hold the laws of response times against."""

from __future__ import annotations

import itertools

import numpy as np
from scipy import integrate


def exponential_cdf(t, mean):
    """P(T <= t) of an exponential time."""
    return np.where(np.asarray(t) > 0, -np.expm1(-np.maximum(t, 0.0) / mean), 0.0)


def response_tail(t, chance, rate, service):
    """P(W + S > t): W is 0 or, with a chance, exponential at a rate; S is exponential."""
    x, b = np.maximum(t, 0.0), 1 / service
    both = (b * np.exp(-rate * x) - rate * np.exp(-b * x)) / (b - rate)
    return np.where(np.asarray(t) >= 0, (1 - chance) * np.exp(-b * x) + chance * both, 1.0)


def hypoexponential_tail(t, means):
    """P(sum > t) of exponential times of different means: sum of exp(-t/m_i) prod_j m_i/(m_i - m_j)."""
    total = 0.0
    for m in means:
        factor = np.prod([m / (m - other) for other in means if other != m])
        total = total + factor * np.exp(-np.asarray(t) / m)
    return total


def plus_exponential(cdf, mean, t, corners=()):
    """P(Y + X <= t), X exponential: Gauss-Legendre sums over the distribution of Y, between its corners.

    Two sums of different order have to agree, so a missed corner is an error and not a wrong reference.
    """
    return np.array([_convolution(cdf, mean, end, corners) for end in np.atleast_1d(t)])


def _convolution(cdf, mean, end, corners):
    edges = {0.0, end} | {end - c for c in corners} | {mean * z for z in (0.03, 0.1, 0.3, 1, 3, 10, 30)}
    edges |= {end - mean * z for z in (0.03, 0.1, 0.3, 1, 3, 10)}
    edges = sorted(e for e in edges if 0 <= e <= end)
    sums = []
    for points in (60, 90):
        pieces = [
            integrate.fixed_quad(lambda u: cdf(end - u) * np.exp(-u / mean) / mean, a, b, n=points)[0]
            for a, b in itertools.pairwise(edges)
        ]
        sums.append(sum(pieces))
    assert abs(sums[0] - sums[1]) < 1e-10
    return sums[1]
