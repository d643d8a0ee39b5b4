"""How requests fall on keys: Zipf's law for any number of keys.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| keys | N | `keys` | count |
| skew, the exponent | s | `zipf` | ratio |
| generalised harmonic number | H(N, s) = sum_(i<=N) i^-s | `zipf_harmonic` | ratio |
| share of the i-th key | p_i = i^-s / H(N, s) | `zipf_rank_share` | ratio |
| share of the k most popular keys | H(k, s) / H(N, s) | `zipf_top_share` | ratio |

H is the sum of 24 terms and Euler-Maclaurin's formula for the rest, with the integral as expm1((1 - s) L)/(1
- s), L = ln(N/24), which is L at s = 1: no skew is a special case, and the time does not depend on N. The
textbook (N^(1-s) - 1)/(1 - s) loses all its digits near s = 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capcalc.checks import real, whole
from capcalc.errors import DomainError
from capcalc.laws._ranks import MOST_KEYS, MOST_SKEW, Array, checked, rank_rule
from capcalc.laws._search import crossing, flattened
from capcalc.laws.erlang import in_blocks
from capcalc.steps import Step

_DIRECT = 24
_BERNOULLI = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160)  # B_2k / (2k)!


def zipf_harmonic(keys, zipf):
    """Generalised harmonic number, the sum of i^-s over the first N ranks.

    Parameters
    ----------
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 (uniform) to 10. [ratio]

    Returns
    -------
    float or ndarray
        H(N, s), to about 1e-15 of itself. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    H = sum_(i<K) i^-s + int_K^N x^-s dx + (K^-s + N^-s)/2 + sum_k B_2k/(2k)! (f^(2k-1)(N) - f^(2k-1)(K)).

    Examples
    --------
    >>> round(float(zipf_harmonic(10, 1.0)), 6)
    2.928968
    >>> zipf_harmonic(10**12, [0.9, 1.0, 1.1]).round(4).tolist()
    [149.0592, 28.2082, 9.9535]

    References
    ----------
    [DLMF] 25.11; [ZIPF].
    """
    n, s = checked(keys, zipf)
    return in_blocks(_harmonic, n, s)


def zipf_rank_share(rank, keys, zipf):
    """Share of the requests that go to the key of a rank; rank 1 is the most popular.

    Parameters
    ----------
    rank : int or array_like
        From 1 to `keys`. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        p = rank^-s / H(N, s); 0 for a rank beyond the keys. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number.

    Examples
    --------
    >>> round(float(zipf_rank_share(1, 1_000_000, 1.0)), 4)
    0.0695

    References
    ----------
    [ZIPF].
    """
    n, s = checked(keys, zipf)
    i = whole("rank", rank, 1)
    return np.where(i <= n, i**-s / in_blocks(_harmonic, n, s), 0.0)[()]


def zipf_top_share(top, keys, zipf):
    """Share of the requests that go to the most popular keys. So much hits a cache that holds just these.

    Parameters
    ----------
    top : float or array_like
        k, how many of them, >= 0; a part of a key counts as that part of it. [count]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        H(k, s) / H(N, s), 1 from k = N on. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Notes
    -----
    No cache that cannot see the future does better where requests are independent (perfect LFU).

    Examples
    --------
    >>> round(float(zipf_top_share(1000, 1_000_000, 1.0)), 4)
    0.5201

    References
    ----------
    [ZIPF]; [BRESLAU].
    """
    n, s = checked(keys, zipf)
    return in_blocks(_top_share, real("top", top, 0), n, s)


def zipf_top_keys(share, keys, zipf):
    """Fewest of the most popular keys that together get a share of the requests.

    Parameters
    ----------
    share : float or array_like
        From 0 to 1. [ratio]
    keys : int or array_like
        N, from 1 to 10^18. [count]
    zipf : float or array_like
        Skew s, from 0 to 10. [ratio]

    Returns
    -------
    float or ndarray
        Least whole k with H(k, s) / H(N, s) >= share, as far as a double tells. [count]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Examples
    --------
    >>> float(zipf_top_keys(0.8, 1_000_000, 1.0))
    56217.0
    >>> round(float(zipf_top_keys(0.8, 18_000_000_000, 0.9)) / 1e9, 2)
    2.41

    References
    ----------
    [ZIPF].
    """
    n, s = checked(keys, zipf)
    shape, (y, n, s) = flattened(real("share", share, 0, 1), n, s)
    goal = y * _harmonic(n, s)
    k = np.exp(crossing(lambda x, i: goal[i] - _partial(np.exp(x), s[i]), np.zeros(y.size), np.log(n)))
    k = np.minimum(np.ceil(k * (1 - 1e-13)), n)
    for _ in range(2):
        k = np.where((k > 1) & (_partial(k - 1, s) >= goal * (1 - 1e-15)), k - 1, k)
    k = np.where(_partial(k, s) < goal * (1 - 1e-15), k + 1, k)
    return np.where(y > 0, np.where(y < 1, np.minimum(k, n), n), 0.0).reshape(shape)[()]


def zipf_for_top_share(top, share, keys):
    """The skew at which the `top` most popular keys get a share of the requests ("1% of keys get half").

    Parameters
    ----------
    top : float or array_like
        k, from 1 to below `keys`. [count]
    share : float or array_like
        What they get, at least k/N, below 1. [ratio]
    keys : int or array_like
        N, from 2 to 10^18. [count]

    Returns
    -------
    float or ndarray
        s, at most 10. [ratio]

    Raises
    ------
    DomainError : an element is out of range, not finite, or not a whole number of keys.

    Examples
    --------
    >>> round(float(zipf_for_top_share(10_000, 0.5, 1_000_000)), 4)
    0.89

    References
    ----------
    [ZIPF].
    """
    given = (
        real("top", top, 1),
        real("share", share, 0, 1, above=True, below=True),
        whole("keys", keys, 2, MOST_KEYS),
    )
    shape, (k, y, n) = flattened(*given)
    if (k >= n).any():
        raise DomainError("top", float(k[k >= n][0]), "what is below keys", "All keys get all requests.")
    if (y < k / n * (1 - 1e-12)).any():
        first = int(np.argmax(y < k / n * (1 - 1e-12)))
        least = f"[{k[first] / n[first]:g}, 1)"
        raise DomainError(
            "share", float(y[first]), least, "The most popular keys get no less than an even share."
        )
    s = crossing(lambda s, i: y[i] - _top_share(k[i], n[i], s), np.zeros(y.size), np.full(y.size, MOST_SKEW))
    return s.reshape(shape)[()]


def zipf_for_counts(counts) -> float:
    """The skew of measured counts, by maximum likelihood.

    Parameters
    ----------
    counts : array_like
        Requests of each key, in any order; at least two keys. [count]

    Returns
    -------
    float
        s, from 0 to 10. [ratio]

    Raises
    ------
    DomainError : a count is negative or not finite, or fewer than two keys were asked for.

    Notes
    -----
    The s at which the mean of ln(rank) is that of the law, -H'(N, s)/H(N, s). Least squares on a log-log plot
    gives too low a skew. Counts of a short trace name too few keys, and so too small an N.

    Examples
    --------
    >>> round(zipf_for_counts([120, 60, 40, 30, 24, 20]), 3)
    1.0

    References
    ----------
    [CLAUSET].
    """
    found = real("counts", counts, 0).ravel()
    found = np.sort(found[found > 0])[::-1]
    if found.size < 2:
        raise DomainError("counts", found.tolist(), "the counts of two keys or more", "One key has no skew.")
    mean = float(found @ np.log(np.arange(1.0, found.size + 1)) / found.sum())
    x, w = rank_rule(found.size, 2)
    log_x = np.log(x)

    def excess(s: Array, _) -> Array:
        shares = w * np.exp(-np.multiply.outer(s, log_x))
        return shares @ log_x / shares.sum(axis=-1) - mean

    return float(crossing(excess, np.zeros(1), np.full(1, MOST_SKEW))[0])


@dataclass(frozen=True, kw_only=True)
class Zipf:
    """One popularity law: so many keys, so much skew.

    Parameters
    ----------
    keys : int
        N, from 1 to 10^18. [count]
    zipf : float
        Skew s, from 0 (uniform) to 10. [ratio]

    Raises
    ------
    DomainError : a number is out of range, not finite, not a scalar, or not a whole number of keys.

    Examples
    --------
    >>> law = Zipf(keys=1_000_000, zipf=1.0)
    >>> round(law.top_share(1000), 4), law.top_keys(0.8)
    (0.5201, 56217)

    References
    ----------
    [ZIPF].
    """

    keys: int
    zipf: float

    def __post_init__(self) -> None:
        for name in ("keys", "zipf"):
            if np.ndim(getattr(self, name)):
                raise DomainError(
                    name, getattr(self, name), "the single numbers", "Arrays go to the functions."
                )
        checked(self.keys, self.zipf)

    @property
    def harmonic(self) -> float:
        """H(N, s). [ratio]"""
        return float(zipf_harmonic(self.keys, self.zipf))

    @property
    def hottest_share(self) -> float:
        """Share of the most popular key. [ratio]"""
        return 1 / self.harmonic

    def top_share(self, top: float) -> float:
        """Share of the `top` most popular keys. [ratio]"""
        return float(zipf_top_share(top, self.keys, self.zipf))

    def top_keys(self, share: float) -> int:
        """Fewest keys that get a share. [count]"""
        return int(zipf_top_keys(share, self.keys, self.zipf))

    def steps(self) -> tuple[Step, ...]:
        """The working: what the law divides by, the hottest key and the hottest hundredth."""
        N, s, H = float(self.keys), float(self.zipf), self.harmonic
        k = float(np.ceil(N / 100))
        return (
            Step("H", "sum of the popularities", "zipf_harmonic(N, s)", {"N": N, "s": s}, H, source="DLMF"),
            Step("p1", "share of the hottest key", "1/H", {"H": H}, self.hottest_share, source="ZIPF"),
            Step(
                "top1",
                "share of the hottest hundredth",
                "zipf_top_share(k, N, s)",
                {"k": k, "N": N, "s": s},
                self.top_share(k),
                source="ZIPF",
            ),
        )


def _harmonic(n: Array, s: Array) -> Array:
    """H of whole n >= 0."""
    i = np.arange(1.0, _DIRECT).reshape(-1, *[1] * n.ndim)
    head = np.where(i <= n, i**-s, 0.0).sum(axis=0)
    far = np.maximum(n, _DIRECT)
    a, b = _DIRECT**-s, far**-s
    length, e = np.log(far / _DIRECT), 1 - s
    x = e * length
    small = np.abs(x) < 1e-12
    tail = _DIRECT * a * length * np.where(small, 1.0, np.expm1(x) / np.where(small, 1.0, x))
    tail += (a + b) / 2
    rise = s
    for k, bernoulli in enumerate(_BERNOULLI):
        a, b = a / (_DIRECT if k == 0 else _DIRECT**2), b / (far if k == 0 else far**2)
        tail += bernoulli * rise * (a - b)
        rise = rise * (s + 2 * k + 1) * (s + 2 * k + 2)
    return np.where(n >= _DIRECT, head + tail, head)


def _partial(top: Array, s: Array) -> Array:
    """H of real `top`: a part of a key counts as that part."""
    k = np.floor(top)
    return _harmonic(k, s) + (top - k) * (k + 1) ** -s


def _top_share(top: Array, n: Array, s: Array) -> Array:
    share = _partial(np.minimum(top, n), s) / _harmonic(n, s)
    return np.where(top >= n, 1.0, np.minimum(share, 1.0))
