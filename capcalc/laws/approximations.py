"""G/G/c: the older approximations of the mean wait, each by its name and with its standing.

| name | exact for | standing |
| --- | --- | --- |
| `kingman_mean_wait_s` | M/G/1 | approximation of G/G/1; right in heavy traffic |
| `kingman_bound_s` | | upper bound of G/G/1 |
| `heavy_traffic_mean_wait_s` | M/M/1, M/G/1 at load 1 | limit at load 1 of G/G/c; far above at low load |
| `sakasegawa_mean_wait_s` | M/G/1 | approximation of G/G/c without Erlang's C, near Allen-Cunneen |
| `whitt_mean_wait_s` | M/M/c, M/G/1 | approximation of G/G/c, the best of two moments for ca2 unlike cs2 |

Allen and Cunneen's, exact for M/M/c and M/G/1, is `ggc.ggc_mean_wait_s`. Letters as there: a = lam S,
rho = a/c, ca2 and cs2 the squared coefficients of variation. Services far from exponential, or pooled classes
of very different times: see `mgc`.
"""

from __future__ import annotations

import numpy as np

from capcalc.checks import real
from capcalc.laws.erlang import Array, chance_of_wait, in_blocks
from capcalc.laws.mmc import checked, spare_servers


def kingman_mean_wait_s(arrival_rps, service_time_s, arrival_scv=1.0, service_scv=1.0):
    """Mean wait of one server with any variability, by Kingman's heavy-traffic formula.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        rho/(1 - rho) (ca2 + cs2)/2 S; inf wherever lam S >= 1. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    Exact for M/G/1. Else an approximation that is right as rho -> 1.

    Examples
    --------
    >>> round(float(kingman_mean_wait_s(0.8, 1.0, 0.5, 2.0)), 9)
    5.0

    References
    ----------
    [KINGMAN].
    """
    pool = checked(arrival_rps, service_time_s, 1)
    return in_blocks(_kingman, *pool, *_scvs(arrival_scv, service_scv))


def kingman_bound_s(arrival_rps, service_time_s, arrival_scv=1.0, service_scv=1.0):
    """Upper bound of the mean wait of one server with any variability.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        (ca2/rho + rho cs2)/(1 - rho) S/2; inf wherever lam S >= 1, and at lam = 0 if ca2 > 0. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    lam (variance between arrivals + variance of service)/(2 (1 - rho)). A bound: nothing else is claimed.

    Examples
    --------
    >>> round(float(kingman_bound_s(0.8, 1.0)), 9)
    5.125

    References
    ----------
    [KINGMAN].
    """
    pool = checked(arrival_rps, service_time_s, 1)
    return in_blocks(_bound, *pool, *_scvs(arrival_scv, service_scv))


def heavy_traffic_mean_wait_s(arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """Mean wait of a pool with any variability, as if nobody ever found a free server.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        (ca2 + cs2)/2 S/(c - a); inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    The limit as rho -> 1, where the chance of waiting is 1; too long elsewhere.

    Examples
    --------
    >>> round(float(heavy_traffic_mean_wait_s(9.5, 1.0, 10)), 9)
    2.0

    References
    ----------
    [KOLLERSTROM].
    """
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_heavy, *pool, *_scvs(arrival_scv, service_scv))


def sakasegawa_mean_wait_s(arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """Mean wait of a pool with any variability, by Sakasegawa's formula.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        (ca2 + cs2)/2 rho^(sqrt(2 (c + 1)) - 1) S/(c - a); inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    Erlang's C replaced by a power of rho, for a pocket calculator; exact for c = 1 and ca2 = 1.

    Examples
    --------
    >>> round(float(sakasegawa_mean_wait_s(9.0, 1.0, 10, 4.0, 1.0)), 6)
    1.694634

    References
    ----------
    [SAKASEGAWA].
    """
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_sakasegawa, *pool, *_scvs(arrival_scv, service_scv))


def whitt_mean_wait_s(arrival_rps, service_time_s, servers, arrival_scv=1.0, service_scv=1.0):
    """Mean wait of a pool with any variability, by Whitt's formula of 1993.

    Parameters
    ----------
    arrival_rps : float or array_like
        Arrival rate, lam >= 0. [1/s]
    service_time_s : float or array_like
        Mean service time, S >= 0. [s]
    servers : int or array_like
        Parallel servers, c >= 1. [count]
    arrival_scv, service_scv : float or array_like
        Squared coefficients of variation, ca2 and cs2 >= 0. [ratio]

    Returns
    -------
    float or ndarray
        phi (ca2 + cs2)/2 C S/(c - a); inf wherever lam S >= c. [s]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of servers.

    Notes
    -----
    phi corrects Allen and Cunneen where ca2 and cs2 differ or are below 1. With
    g = min(0.24, (1 - rho)(c - 1)(sqrt(4 + 5 c) - 2)/(16 c rho)), p1 = 1 + g,
    p3 = (1 - 4 g) e^(-2 (1 - rho)/(3 rho)), p4 = min(1, (p1 + p3)/2), v = (ca2 + cs2)/2 and
    psi = p4^(2 (1 - v)) below v = 1, else 1:
    phi = (4 (ca2 - cs2) p1 + cs2 psi)/(4 ca2 - 3 cs2) if ca2 >= cs2, else
    ((cs2 - ca2) p3 + (cs2 + 3 ca2) psi)/(2 (ca2 + cs2)).

    Examples
    --------
    >>> round(float(whitt_mean_wait_s(9.0, 1.0, 10, 0.5, 2.0)), 6)
    0.786872

    References
    ----------
    [WHITT] eqs. 2.16 to 2.25.
    """
    pool = checked(arrival_rps, service_time_s, servers)
    return in_blocks(_whitt, *pool, *_scvs(arrival_scv, service_scv))


def _scvs(arrival_scv, service_scv) -> tuple[Array, Array]:
    return real("arrival_scv", arrival_scv, 0), real("service_scv", service_scv, 0)


def _kingman(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    return lam * S * _heavy(lam, S, c, ca2, cs2)


def _bound(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    stable = spare > 0
    none = np.where((ca2 > 0) & (S > 0), np.inf, 0.0)  # at no load
    first = np.where(a > 0, ca2 / np.where(a > 0, a, 1.0), none)
    return np.where(stable, (first + a * cs2) / np.where(stable, spare, 1.0) * S / 2, np.inf)


def _heavy(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    _, spare = spare_servers(lam, S, c)
    stable = spare > 0
    wait = np.minimum(S * (ca2 / 2 + cs2 / 2) / np.where(stable, spare, 1.0), 1e308)
    return np.where(stable, wait, np.inf)


def _sakasegawa(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    rho = np.minimum(lam * S / c, 1.0)
    return rho ** (np.sqrt(2 * (c + 1)) - 1) * _heavy(lam, S, c, ca2, cs2)


def _whitt(lam: Array, S: Array, c: Array, ca2: Array, cs2: Array) -> Array:
    a, spare = spare_servers(lam, S, c)
    ca2, cs2 = np.minimum(ca2, 1e150), np.minimum(cs2, 1e150)
    load = np.clip(a / c, 1e-300, 1.0)
    free = np.maximum(spare, 0.0) / c
    g = np.minimum(0.24, free * (c - 1) * (np.sqrt(4 + 5 * c) - 2) / (16 * c * load))
    p1, p3 = 1 + g, (1 - 4 * g) * np.exp(-2 * free / (3 * load))
    v = (ca2 + cs2) / 2
    psi = np.minimum(1.0, (p1 + p3) / 2) ** (2 * np.maximum(1 - v, 0.0))
    wide, narrow = 4 * ca2 - 3 * cs2, 2 * (ca2 + cs2)
    more = (4 * (ca2 - cs2) * p1 + cs2 * psi) / np.where(wide > 0, wide, 1.0)
    less = ((cs2 - ca2) * p3 + (cs2 + 3 * ca2) * psi) / np.where(narrow > 0, narrow, 1.0)
    wait = np.where(spare > 0, _heavy(lam, S, c, ca2, cs2), 0.0)
    return np.where(spare > 0, np.where(ca2 >= cs2, more, less) * chance_of_wait(c, a) * wait, np.inf)
