"""One law many times over: hundreds of calls one after another, of which some are hits and some are misses.

Each way through has a constant of its own, and n calls have as many sums of them as there are ways to mix hits and
misses. Of a few calls each is a branch; of many the constants go into one transform, since no sum of them has any
mass to speak of any more, and of thousands the sum is normal.

| calls | how | error |
| --- | --- | --- |
| up to 64 | every sum a branch | none |
| up to 10,000 | one transform, its n-th power | rings by a step of the constants where all times are fixed |
| beyond | normal, by mean and variance | skewness / 6, under 1% of a deviation |
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws import transforms as tr
from capcalc.laws.erlang import normal_density, normal_tail
from capcalc.laws.latency import Branch, Latency, constant, either, series

FEW, NORMAL = 64, 10_000


def repeated(times, law: Latency) -> Latency:
    """`times` calls one after another, independent; 1.5 is one or two with even chances."""
    n = real("times", times, 0)
    if n.ndim:
        raise DomainError("times", n.tolist(), "a single number", "Sweep the number of calls one at a time.")
    return between_whole(float(n), lambda k: _power(k, law))


def between_whole(n: float, of: Callable[[int], Latency]) -> Latency:
    """`of(n)` for a whole n, else the mixture of the two beside it that has n for its mean."""
    low = int(n)
    return of(low) if low == n else either(n - low, of(low + 1), of(low))


def _power(n: int, law: Latency) -> Latency:
    if n > FEW and len(law.branches) > 1:
        return many_times(n, law)
    total, square = constant(0.0), law
    while n:
        if n & 1:
            total = series(total, square)
        n >>= 1
        square = series(square, square) if n else square
    return total


def many_times(n: int, law: Latency) -> Latency:
    """`n` calls of a law with several branches, one after another, independent."""
    base = np.minimum.reduce(np.broadcast_arrays(*(b.shift_s for b in law.branches)))
    mass, mean, square, atom, parts = 0.0, 0.0, 0.0, 0.0, []
    for b in law.branches:
        late = b.shift_s - base
        mass, mean = mass + b.weight, mean + late * b.weight + b.mean_s
        square = square + late**2 * b.weight + 2 * late * b.mean_s + b.square_s2
        atom = atom + np.where(late == 0, b.atom, 0.0)
        parts.append((1.0, tr.Delayed(late, tr.Constant(b.weight) if b.node is None else b.node)))
    lost, safe = 1 - mass**n, np.where(mass > 0, mass, 1.0)
    mu, var = mean / safe, np.maximum(square / safe - (mean / safe) ** 2, 0.0)
    if n > NORMAL:
        return _normal(mass**n, n * base, n * mu, np.sqrt(n * var), lost, law)
    total, power = n * mu, mass**n
    whole = Branch(power, n * base, atom**n, total * power, (n * var + total**2) * power, tr.Power(n, tr.Sum(parts)))
    return Latency((whole,), np.asarray(lost), law.standing)


def _normal(mass, shift, mu, sd, lost, law: Latency) -> Latency:
    """A normal law of the time beyond the constants."""
    wide = np.where(sd > 0, sd, np.maximum(mu, 1e-300) * 1e-12)

    def direct(x):
        z = (x - mu) / wide
        return mass * normal_tail(z), mass * normal_density(z) / wide

    zero = np.asarray(0.0)
    branch = Branch(mass, shift, zero, mu * mass, (mu**2 + sd**2) * mass, tr.Normal(mass, mu, wide), direct)
    return Latency((branch,), np.asarray(lost), law.standing)
