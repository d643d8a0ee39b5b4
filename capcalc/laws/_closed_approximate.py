"""The approximate solution of closed networks: Schweitzer and the Linearizer, solved by Newton's method.

| quantity | symbol | name | unit |
| --- | --- | --- | --- |
| customers of class r | N_r | `population` | count |
| demand of class r at station k | D_rk | `demands_s` | s |
| share of class r that is at station k, Q_rk/N_r | F_rk | | ratio |
| how it changes with one of class s less | d_rk^s | | ratio |

The arrival theorem asks for queues with one customer less. Schweitzer takes their shares as unchanged, d = 0;
the Linearizer estimates d from the network with one customer less of each class, three times over. With d
held, everything follows from the throughputs: per station

    w_rk = X_r D_rk / (1 + X_r D_rk/N_r)
    Q_k = sum_r w_rk (1 + e_rk) / (1 - sum_r w_rk),  Q_rk = w_rk (1 + e_rk + Q_k)

with e_rk = sum_s (N_s - [s = r]) d_sk^r. So Newton's method has as many unknowns as classes; it needs some
ten steps for each factor of 30 in the population. The usual substitution creeps (by 1 - 2/N a turn for two
equal bottlenecks).

A pool of c servers is a queue of one fast server, demand D/c, and a delay. Seidmann takes the delay as
D (c - 1)/c; here it is D (1 - h/c), h = (1 - B)/(1 - rho (1 - B)), which makes queue and delay together an
M/M/c, B being Erlang's loss formula at the load of the pool. It is Seidmann's at no load, and right as N
grows.
"""

from __future__ import annotations

import numpy as np

from capcalc.errors import CapcalcError, UnknownName
from capcalc.laws._stations import Array
from capcalc.laws.erlang import erlang_b

METHODS = ("linearizer", "schweitzer")
_STEPS = 40  # at the whole population; 3 to 8 are usual
_FEW_STEPS = 15  # on the way there, where a smaller population can be tried next
_GROWTH = 30.0  # of the population from one size to the next
_NEAR = 1e-2  # enough to go on from
_GOOD = 1e-8  # enough to answer; rounding leaves 1e-16 N
_ROUNDS = 3  # of the Linearizer


def solve(D: Array, N: Array, Z: Array, c: Array, method: str) -> tuple[Array, Array]:
    """Throughput of each class, customers of each class at each station."""
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    X, queues = np.zeros(len(D)), np.zeros(D.shape)
    some = N > 0
    free = c >= N.sum()  # nobody ever waits there
    core = _Core(D[some][:, ~free], Z[some] + D[some][:, free].sum(axis=1), c[~free])
    solved = core.linearized(N[some]) if method == "linearizer" else core.at(N[some])
    X[some], queues[np.ix_(some, ~free)] = solved.X, solved.queues
    queues[:, free] = X[:, None] * D[:, free]
    return X, queues


class _Core:
    """The stations at which somebody may wait, and what is spent elsewhere."""

    def __init__(self, demands: Array, think: Array, servers: Array) -> None:
        self.demands, self.think, self.servers = demands, think, servers
        self.fast = demands / servers
        self.pools = np.flatnonzero(servers > 1)

    def linearized(self, N: Array) -> _Point:
        """[CHANDY]: the changes d[s] of the shares F where one of class s is less."""
        change = np.zeros((len(N), *self.demands.shape))
        whole = self.at(N)
        for _ in range(_ROUNDS):
            share, old = whole.queues / N[:, None], change
            change = np.zeros_like(
                old
            )  # all from the old ones: a mixture would differ by more than one customer
            for s, fewer in enumerate(N - np.eye(len(N))):
                some = fewer > 0
                if some.any():
                    part = self if some.all() else _Core(self.demands[some], self.think[some], self.servers)
                    extra = self._extra(old, fewer)[some]
                    less = part.at(fewer[some], extra, (whole.lnX[some], whole.q)).queues
                    change[s, some] = less / fewer[some, None] - share[some]
            whole = self.at(N, self._extra(change, N), (whole.lnX, whole.q))
        return whole

    @staticmethod
    def _extra(change: Array, N: Array) -> Array:
        """e_rk = sum_s (N_s - [s = r]) d_sk^r; beyond 10 either way it is noise."""
        one_less = np.maximum(N[None, :] - np.eye(len(N)), 0.0)
        return np.clip(np.einsum("rs,rsk->rk", one_less, change), -10.0, 10.0)

    def at(self, N: Array, extra: Array | float = 0.0, start: tuple[Array, Array] | None = None) -> _Point:
        """The solution for N customers, from that of a like problem where there is one."""
        extra = np.broadcast_to(extra, self.demands.shape)
        if start is not None:
            first = _Point(self, *start, N, extra)
            if (first.room > 0).all():
                found = _arrived(first, True)
                if found.missed <= _GOOD:
                    return found
        return self._grown(N, extra)

    def _grown(self, N: Array, extra: Array) -> _Point:
        """The population grown from half a customer, each solution the start of the next."""
        size, growth = min(0.5 / float(N.sum()), 1.0), _GROWTH
        lnX = np.log(size * N / (self.think + self.demands.sum(axis=1)))
        point = _arrived(_Point(self, lnX, None, size * N, size * extra), size == 1)
        while size < 1 and growth > 1.001:
            bigger = 1.0 if size * growth > 0.999 else size * growth
            found = _arrived(_Point(self, point.lnX, point.q, bigger * N, bigger * extra), bigger == 1)
            if found.missed <= (_GOOD if bigger == 1 else _NEAR):
                point, size, growth = found, bigger, min(growth * 1.5, _GROWTH)
            else:  # too bold
                growth = growth**0.5
        if size < 1:
            raise CapcalcError(f"no approximate solution for the population {N.tolist()}")
        return point

    def _delays(self, X: Array) -> tuple[Array, Array]:
        """1 - h/c of each station and its derivative by the load; 0 where there is one server."""
        share, slope = np.zeros(len(self.servers)), np.zeros(len(self.servers))
        if self.pools.size:
            c = self.servers[self.pools]
            load = (X * self.demands[:, self.pools]).sum(axis=0)
            a = np.minimum(load, c)
            B = erlang_b(c, a)
            dB = B * (c / np.maximum(a, 1e-300) - 1 + B)
            below = 1 - a / c * (1 - B)
            dh = (-dB * below - (1 - B) * (-(1 - B) / c + a / c * dB)) / below**2
            share[self.pools] = 1 - (1 - B) / below / c
            slope[self.pools] = np.where(load < c, -dh / c, 0.0)
        return share, slope


class _Point:
    """Throughputs X, and q = 1 + Q of each station, with what they miss of N customers.

    q is an unknown of its own, as in interior-point methods: q (1 - sum_r w) = 1 + sum_r w e. Put in for q,
    that has a pole at saturation, where Newton gets stuck once several classes fill several stations.
    """

    def __init__(self, core: _Core, lnX: Array, q: Array | None, N: Array, extra: Array) -> None:
        self.core, self.lnX, self.N, self.extra = core, lnX, N, extra
        self.X = np.exp(lnX)
        X = self.X[:, None]
        damped = 1 / (1 + X * core.fast / N[:, None])
        self.w = X * core.fast * damped
        self.by_lnX = self.w * damped
        self.room = 1 - self.w.sum(axis=0)
        one = 1 + (self.w * extra).sum(axis=0)
        self.q = one / self.room if q is None else q
        self.g = self.q * self.room - one
        share, self.slope = core._delays(X)
        self.there = X * core.demands * share
        self.queues = self.w * (extra + self.q) + self.there
        self.h = self.queues.sum(axis=1) + self.X * core.think - N

    @property
    def missed(self) -> float:
        """Relative: customers, and q where its rounding does not hide it."""
        g = np.abs(self.g) - 1e-15 * self.q
        return max(float(np.abs(self.h / self.N).max()), float(g.max(initial=0.0)))

    def stepped(self) -> tuple[float, _Point]:
        """One step, no more than 0.9 of the way to saturation; how far it went, and where it ended."""
        rise = self.by_lnX * (self.extra + self.q)
        work = self.X[:, None] * self.core.demands
        own = rise.sum(axis=1) + self.there.sum(axis=1) + self.X * self.core.think
        matrix = np.diag(own) + (work * self.slope) @ work.T + (self.w / self.room) @ rise.T
        right = -self.h + (self.w * self.g / self.room).sum(axis=1)
        step = np.linalg.solve(matrix / self.N[:, None], right / self.N)
        q_step = ((rise * step[:, None]).sum(axis=0) - self.g) / self.room
        far = min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        down = q_step < 0
        far = min(far, float((-0.9 * self.q[down] / q_step[down]).min(initial=1.0)))
        for _ in range(60):
            new = _Point(self.core, self.lnX + far * step, self.q + far * q_step, self.N, self.extra)
            if (new.room > 0.1 * self.room).all():
                break
            far /= 2
        return far * float(np.abs(step).max()), new


def _arrived(point: _Point, last: bool) -> _Point:
    """Newton's method: to all digits at the last size, else near enough to go on from."""
    for _ in range(_STEPS if last else _FEW_STEPS):
        if point.missed <= (1e-13 if last else _NEAR):
            break
        before = point.missed
        moved, point = point.stepped()
        if last and before <= _NEAR and (moved <= 1e-14 or point.missed >= before):
            break
    return point
