"""From a distribution back to a time: the percentile of a `Latency`, over arrays of scenarios.

The tail has corners where a branch begins and jumps where one has an atom. First the stretch between two
corners that holds the answer is found by bisection over the corners; if the tail jumps across the target at
its end, the answer is that atom. Inside a stretch, Newton's method on the logarithm of the tail, which is
nearly straight (and concave for sums of exponentials, so that it comes from the right without overshoot),
held in a bracket.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Triple = tuple[np.ndarray, np.ndarray, np.ndarray]
Survival = Callable[[np.ndarray], Triple]  # t -> P(T > t), density, P(T = t)
_NOISE = 2e-12  # below this a difference of probabilities is rounding
_STEPS = 80


def least_time(survival: Survival, corners_s: np.ndarray, moments, lost, q: np.ndarray) -> np.ndarray:
    """The least t with P(T > t) <= q; inf where q is below the mass that is lost.

    Parameters
    ----------
    survival : function of an array of times
        Tail, density and atom at t.
    corners_s : ndarray
        Times at which branches begin, along the first axis. [s]
    moments : (ndarray, ndarray)
        Mean [s] and mean square [s^2] of the mass that is not lost.
    lost, q : ndarray
        Mass that never answers; the tail that is asked for. [ratio]
    """
    shape = q.shape
    never = np.broadcast_to(lost, shape) >= q
    low, high, atom = _stretch(survival, np.sort(corners_s, axis=0), q)
    mean, square = moments
    sd = np.sqrt(np.maximum(square - mean * mean, 0.0))
    r = np.where(never, 0.5, (q - lost) / np.where(never, 1.0, 1 - lost))  # of the mass that is answered
    # Cantelli: no more than r of that mass lies beyond this; 1.001 keeps the bracket open under rounding.
    bound = np.broadcast_to((mean + sd * np.sqrt((1 - r) / r)) * 1.001, shape)
    high = np.where(np.isfinite(high), high, np.maximum(bound, low * 1.001))
    start = np.clip(mean + sd * (-np.log(r) - 1), low + (high - low) / 64, high - (high - low) / 64)
    done = never | atom | (high <= low)
    t = _newton(survival, q, np.where(done, high, start), low, high, done)
    return np.where(never, np.inf, t)


def _stretch(survival: Survival, knots: np.ndarray, q: np.ndarray) -> Triple:
    """The corners around the answer (inf for the last); whether the answer is the atom at the upper one."""
    count, shape = len(knots), q.shape

    def corner(index):
        return np.take_along_axis(knots, np.clip(index, 0, count - 1)[None], axis=0)[0]

    below, above = np.full(shape, -1), np.full(shape, count)  # last corner with a tail over q, first without
    for _ in range(count.bit_length()):
        middle = (below + above) // 2
        inside = (middle > below) & (middle < above)
        if not inside.any():
            break
        over = survival(corner(middle))[0] > q + _NOISE
        below, above = np.where(inside & over, middle, below), np.where(inside & ~over, middle, above)
    low = corner(np.maximum(below, 0))
    high = np.where(above < count, corner(above), np.inf)
    if not (above < count).any():
        return low, high, np.zeros(shape, bool)
    tail, _, jump = survival(corner(above))
    return low, high, (above < count) & ((below < 0) | (tail + jump > q + _NOISE))


def _newton(survival: Survival, q, t, low, high, done) -> np.ndarray:
    for _ in range(_STEPS):
        if done.all():
            break
        tail, density, _ = survival(t)
        over = tail > q
        low, high = np.where(over, t, low), np.where(over, high, t)
        known = (density > 0) & (tail > 0)
        log_gap = np.log(np.where(known, tail, 1) / q)
        step = np.where(known, tail * log_gap / np.where(known, density, 1), np.inf)
        new = t + step
        newton = known & (new > low) & (new < high)
        new = np.where(newton, new, (low + high) / 2)
        # Newton doubles its digits: from here the next step would change none. A step that is small beside t
        # says nothing where all that varies is small beside a constant, so the tail has to be near as well.
        near = (np.abs(new - t) <= 1e-7 * t) & (np.abs(tail - q) <= 1e-7 * q + 1e-10)
        hit = (
            np.abs(tail - q) <= _NOISE
        )  # a Newton step too short to leave t is no reason to halve the bracket
        t = np.where(done | (hit & ~newton), t, new)
        done = done | (newton & near) | hit | (high - low <= 5e-16 * high)
    return t
