"""The wait in a queue with one server, exact for any service: M/G/1 by Pollaczek and Khinchine.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| load | rho | `utilisation` | ratio |
| service time | S | a `Latency` | s |
| residual service | R | transform (1 - E exp(-s S)) / (s E S) | s |

Whoever arrives waits for a geometric number of residual services: E exp(-s W) = (1 - rho) / (1 - rho E exp(-s R)).

References
----------
[GROSS] ch. 5.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws import transforms as tr
from capcalc.laws.latency import Branch, Latency, mixture


class _Wait(tr.Node):
    """Pollaczek-Khinchine over the transform of a whole law of service, its constants included."""

    __slots__ = ("load", "mean_s", "service")

    def __init__(self, load: np.ndarray, service: Latency) -> None:
        self.load, self.service, self.mean_s = load, service, service.mean_s

    def _value(self, s, seen):
        total = 0.0
        for branch in self.service.branches:
            rest = branch.weight if branch.node is None else branch.node.at(s, seen)
            total = total + np.exp(-s * branch.shift_s) * rest
        return (1 - self.load) / (1 - self.load * (1 - total) / (s * self.mean_s))


def mg1_wait(utilisation, service: Latency) -> Latency:
    """The wait in an M/G/1 queue; without end where the utilisation is 1 or more.

    Parameters
    ----------
    utilisation : float or array_like
        rho = arrival rate times mean service, >= 0. [ratio]
    service : Latency
        The time that a job keeps the server.

    Returns
    -------
    Latency
        0 with 1 - rho, else by the transform.

    Examples
    --------
    >>> from capcalc.laws.latency import constant
    >>> float(mg1_wait(0.5, constant(1.0)).mean_s)  # M/D/1: rho S / (2 (1 - rho))
    0.5
    """
    rho = real("utilisation", utilisation, 0)
    open_ = rho < 1
    lost = np.where(open_, 0.0, 1.0)
    load = np.where(open_, rho, 0.0)
    _, square = service.moments()
    residual = square / (2 * service.mean_s)
    mean = load * residual / (1 - load)
    # E W^2 = 2 (E W)^2 + rho E R^2 / (1 - rho), E R^2 = E S^3 / (3 E S)
    second = 2 * mean * mean + load * third_moment(service) / (3 * service.mean_s * (1 - load))
    weight = 1 - lost
    zero = np.zeros(())
    branch = Branch(weight, zero, (1 - load) * weight, mean, second, _Wait(load, service))
    return Latency((branch,), lost, service.standing)


def third_moment(law: Latency):
    """E T^3 = integral of 3 t^2 P(T > t), by quadrature between the corners of the law. [s^3]"""
    mean, square = law.moments()
    scale = np.asarray(mean + np.sqrt(np.maximum(square - mean * mean, 0.0)))
    shape = np.broadcast_shapes(law.shape, scale.shape)
    grades = np.multiply.outer(1.3 ** np.arange(-16, 29.0), np.broadcast_to(scale, shape))
    corners = [np.broadcast_to(b.shift_s, shape)[None] for b in law.branches]
    t, w = tr.panels(np.sort(np.concatenate([np.zeros((1, *shape)), grades, *corners]), axis=0))
    return (3 * w * t * t * law.tail(t)).sum(axis=0)


def blend(*parts) -> Latency:
    """A mixture by rates: `blend(lam_1, law_1, lam_2, law_2, ...)`, each law as often as its rate says."""
    rates, laws = [np.asarray(r, float) for r in parts[::2]], list(parts[1::2])
    total = sum(rates)
    safe = np.where(total > 0, total, 1.0)
    return mixture([np.where(total > 0, r / safe, 1 / len(rates)) for r in rates], laws)
