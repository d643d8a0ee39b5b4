"""Erlang's formulas with 50 digits, by sums of positive terms in integers: the laws are tested against it."""

from __future__ import annotations

from mpmath import exp, log, loggamma, mp, mpf

mp.dps = 60
_ONE = 1 << 240


def inverse_b(c: int, a: float) -> mpf:
    """1/B(c, a) for exactly the double a > 0."""
    top, bottom = float(a).as_integer_ratio()
    if a > c or c <= 300:  # 1 + c/a + c(c-1)/a^2 + ...
        term = total = _ONE
        k = int(c)
        while k and term:
            term = term * k * bottom // top
            total += term
            k -= 1
        return mpf(total) / _ONE
    term, total, k = _ONE, 0, int(c)  # the rest of the exponential series, a^j c!/(c+j)!
    while term:
        k += 1
        term = term * top // (k * bottom)
        total += term
    x = mpf(a)
    return exp(loggamma(mpf(c) + 1) + x - c * log(x)) - mpf(total) / _ONE


def exact_b(c: int, a: float) -> mpf:
    return 1 / inverse_b(c, a)


def exact_c(c: int, a: float) -> mpf:
    x = mpf(a)
    return c / (x + (c - x) * inverse_b(c, a)) if x < c else mpf(1)


def off(value: float, exact: mpf) -> float:
    """Relative error of a float."""
    return abs(float((mpf(float(value)) - exact) / exact)) if exact else abs(float(value))
