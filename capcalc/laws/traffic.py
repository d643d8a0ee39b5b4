"""Traffic equations: what arrives at each station of an open network, from outside and from other stations.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| arrivals from outside at each station | gamma | `external_rps` | 1/s |
| share of those done at i that go on to j | P_ij | `routing` | ratio |
| arrivals at each station in all | lam | `traffic_rates` | 1/s |
| visits a customer | V | `visit_ratios` | count |

lam_j = gamma_j + sum_i lam_i P_ij.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capcalc.checks import real
from capcalc.errors import DomainError
from capcalc.laws._stations import Array

_ROUNDING = 1e-12


def traffic_rates(external_rps, routing):
    """Arrivals at each station, from outside and from other stations together.

    Parameters
    ----------
    external_rps : array_like
        Arrivals from outside at each station, gamma >= 0; further axes in front are classes. [1/s]
    routing : array_like
        P_ij, the share of those done at i that go on to j; the rest of a row leaves. [ratio]

    Returns
    -------
    ndarray
        lam, one number a station. [1/s]

    Raises
    ------
    DomainError : a number is out of range, the table is not square, a row sums to more than 1, or customers
        get to where no way leads out.

    Notes
    -----
    lam = gamma (I - P)^-1.

    Examples
    --------
    >>> traffic_rates([10.0, 0.0], [[0, 0.5], [1, 0]]).round(6).tolist()
    [20.0, 10.0]

    References
    ----------
    [JACKSON].
    """
    gamma, P = real("external_rps", external_rps, 0), real("routing", routing, 0, 1)
    if gamma.ndim < 1 or not gamma.size:
        raise DomainError("external_rps", gamma.tolist(), "the lists of one number a station")
    count = gamma.shape[-1]
    if P.ndim < 2 or P.shape[-2:] != (count, count):
        allowed = f"the tables of {count} rows and {count} columns, a row and a column a station"
        raise DomainError("routing", P.tolist(), allowed)
    leaving = 1 - P.sum(axis=-1)
    if leaving.min() < -_ROUNDING:
        raise DomainError(
            "routing", float((1 - leaving).max()), "the row sums up to 1", "The rest of a row leaves."
        )
    _lets_out(gamma, P, leaving > _ROUNDING)
    used = _reached(gamma, P)
    kept = np.where(used[..., :, None] & used[..., None, :], P, 0.0)
    lam = np.linalg.solve(np.eye(count) - np.swapaxes(kept, -1, -2), gamma[..., None])[..., 0]
    return np.where(used, np.maximum(lam, gamma), 0.0)


def visit_ratios(external_rps, routing):
    """Visits of one customer to each station.

    Parameters
    ----------
    external_rps : array_like
        Arrivals from outside at each station, gamma >= 0; only their shares count. [1/s]
    routing : array_like
        P_ij, the share of those done at i that go on to j; the rest of a row leaves. [ratio]

    Returns
    -------
    ndarray
        V = lam / sum gamma, one number a station. [count]

    Raises
    ------
    DomainError : as `traffic_rates`, or nobody arrives.

    Examples
    --------
    >>> visit_ratios([1.0, 0.0], [[0, 0.5], [1, 0]]).round(6).tolist()
    [2.0, 1.0]

    References
    ----------
    [JACKSON].
    """
    lam = traffic_rates(external_rps, routing)
    total = np.sum(np.asarray(external_rps, float), axis=-1, keepdims=True)
    if (total <= 0).any():
        raise DomainError(
            "external_rps", float(total.min()), "(0, inf)", "Without arrivals there are no visits."
        )
    return lam / total


def _reached(gamma: Array, P: Array) -> NDArray[np.bool_]:
    reached = np.broadcast_to(gamma > 0, np.broadcast_shapes(gamma.shape, P.shape[:-1]))
    for _ in range(gamma.shape[-1]):
        reached = reached | (reached[..., :, None] & (P > 0)).any(axis=-2)
    return reached


def _lets_out(gamma: Array, P: Array, leaves: NDArray[np.bool_]) -> None:
    """Refuses a routing that keeps some customers for ever."""
    for _ in range(gamma.shape[-1]):
        leaves = leaves | ((P > 0) & leaves[..., None, :]).any(axis=-1)
    kept = np.argwhere(_reached(gamma, P) & ~leaves)
    if kept.size:
        where = f"station {int(kept[0][-1]) + 1}"
        raise DomainError("routing", where, "the stations with a way out", "Let a row sum to less than 1.")
