"""Two kinds of exponential jobs in one pool, M/H2/c, solved exactly; see `mixed`.

The state is the number of jobs and how many of those in service are of the second kind. From c jobs on all
levels look alike, and their probabilities fall by a matrix R, found by doubling (logarithmic reduction);
below, each level follows from the one under it. c + 1 states a level: the cost grows as c^3.
"""

from __future__ import annotations

import numpy as np

from capcalc.laws.erlang import Array

_TURNS = 64


class Mixed:
    """Stable: lam1 m1 + lam2 m2 < c. `level` is P(c jobs, i of them of kind 2), R takes it one job up."""

    def __init__(self, lam1: float, m1: float, lam2: float, m2: float, c: int) -> None:
        self.lam, self.p, self.c, self.mu = lam1 + lam2, lam2 / (lam1 + lam2), c, (1 / m1, 1 / m2)
        self.finish = self._finish()  # one ends, the next starts
        self.pace = self.finish.sum(axis=1)
        self.R = self._ratio()
        self.level, self.all_busy = self._levels()

    def _finish(self) -> Array:
        c, p, i = self.c, self.p, np.arange(self.c + 1.0)
        one, two = (c - i) * self.mu[0], i * self.mu[1]
        return np.diag(one * (1 - p) + two * p) + np.diag(one[:-1] * p, 1) + np.diag(two[1:] * (1 - p), -1)

    def _ratio(self) -> Array:
        size = self.c + 1
        scale = (1 / (self.lam + self.pace))[:, None]
        up, down = self.lam * scale * np.eye(size), scale * self.finish
        G, through = down.copy(), up.copy()
        for _ in range(_TURNS):
            both = np.eye(size) - up @ down - down @ up
            up, down = np.linalg.solve(both, up @ up), np.linalg.solve(both, down @ down)
            more = through @ down
            G, through = G + more, through @ up
            if more.max() < 1e-16 or through.max() < 1e-16:
                break
        busy = np.diag(self.lam + self.pace) - self.lam * G
        return self.lam * np.linalg.inv(busy)

    def _levels(self) -> tuple[Array, float]:
        """P(c, i), and P(c jobs or more)."""
        c, lam, p = self.c, self.lam, self.p
        steps = []
        above = self.R @ self.finish
        for k in range(c, 0, -1):
            i = np.arange(k + 1.0)
            one, two = (k - i) * self.mu[0], i * self.mu[1]
            local = np.diag(lam + one + two) - above
            up = np.zeros((k, k + 1))
            up[np.arange(k), np.arange(k)], up[np.arange(k), np.arange(1, k + 1)] = lam * (1 - p), lam * p
            step = np.linalg.solve(local.T, up.T).T
            down = np.zeros((k + 1, k))
            down[np.arange(k), np.arange(k)], down[np.arange(1, k + 1), np.arange(k)] = one[:-1], two[1:]
            above = step @ down
            steps.append(step)
        level, below = np.ones(1), 0.0
        for step in reversed(steps):
            below += level.sum()
            level = level @ step
            size = max(level.max(), below)
            level, below = level / size, below / size
        busy = float(np.linalg.solve((np.eye(c + 1) - self.R).T, level).sum())
        return level / (below + busy), busy / (below + busy)

    @property
    def queue(self) -> float:
        """Mean number waiting: level R (1 - R)^-2 1."""
        left = np.eye(self.c + 1) - self.R
        v = np.linalg.solve(left, np.linalg.solve(left, np.ones(self.c + 1)))
        return float(self.level @ self.R @ v)

    @property
    def wait_square(self) -> float:
        """E W^2. With E the mean times to the next end and M the moves then, j + 1 ends take
        w(j) = sum M^i E 1 on average, and 2 sum M^i E w(j - i) squared; both are summed over level R^j.
        """
        E, M = np.diag(1 / self.pace), self.finish / self.pace[:, None]
        above = np.linalg.solve((np.eye(self.c + 1) - self.R).T, self.level)
        inner = _both_sides(self.R, np.eye(self.c + 1), M)
        return float(2 * (above @ _both_sides(self.R, inner @ E, M) @ E).sum())

    def wait_transform(self, s: Array) -> Array:
        """E e^(-s W) of those who wait, times their share; F = (s + pace)^-1 finish, level R^j F^(j+1) 1."""
        F = self.finish / (s[:, None, None] + self.pace[:, None])
        R = np.broadcast_to(self.R, F.shape).astype(complex)
        return (self.level @ _both_sides(R, F, F)).sum(axis=-1)


def _both_sides(R: Array, middle: Array, F: Array) -> Array:
    """sum of R^j middle F^j, by doubling the number of terms."""
    total = middle
    for _ in range(_TURNS):
        more = R @ total @ F
        total = total + more
        if np.abs(more).max() <= 1e-17 * np.abs(total).max():
            break
        R, F = R @ R, F @ F
    return total
