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

    w_rk = X_r D_rk / (1 + X_r D_rk/N_r),  Q_k = sum_r w_rk (1 + e_rk) / (1 - sum_r w_rk),  Q_rk = w_rk (1 +
    e_rk + Q_k)

with e_rk = sum_s (N_s - [s = r]) d_sk^r. So there are as many unknowns as classes, and Newton's method in ln
X needs 5 to 30 steps at any population, where the usual substitution creeps (by 1 - 2/N a turn for two equal
bottlenecks).

A pool of c servers is a queue of one fast server, demand D/c, and a delay. Seidmann takes the delay as
D (c - 1)/c; here it is D (1 - h/c), h = (1 - B)/(1 - rho (1 - B)), which makes queue and delay together an
M/M/c, B being Erlang's loss formula at the load of the pool. It is Seidmann's at no load, and right as N
grows.
"""

from __future__ import annotations

import numpy as np

from capcalc.errors import UnknownName
from capcalc.laws._stations import Array
from capcalc.laws.erlang import erlang_b

METHODS = ("linearizer", "schweitzer")
_STEPS = 200
_ROUNDS = 3  # of the Linearizer


def solve(D: Array, N: Array, Z: Array, c: Array, method: str) -> tuple[Array, Array]:
    """Throughput of each class, customers of each class at each station."""
    if method not in METHODS:
        raise UnknownName("method", method, METHODS)
    X, queues = np.zeros(len(D)), np.zeros(D.shape)
    some = N > 0
    free = c >= N.sum()  # nobody ever waits there
    core = _Core(D[some][:, ~free], Z[some] + D[some][:, free].sum(axis=1), c[~free])
    X[some], queueing = core.linearized(N[some]) if method == "linearizer" else core.at(N[some])
    queues[np.ix_(some, ~free)] = queueing
    queues[:, free] = X[:, None] * D[:, free]
    return X, queues


class _Core:
    """The stations at which somebody may wait, and what is spent elsewhere."""

    def __init__(self, demands: Array, think: Array, servers: Array) -> None:
        self.demands, self.think, self.servers = demands, think, servers
        self.fast = demands / servers
        self.pools = np.flatnonzero(servers > 1)

    def linearized(self, N: Array) -> tuple[Array, Array]:
        """[CHANDY]: the changes d[s] of the shares F where one of class s is less."""
        classes = len(N)
        change = np.zeros((classes, *self.demands.shape))
        X, queues = self.at(N)
        for _ in range(_ROUNDS):
            share = queues / N[:, None]
            for s in range(classes):
                fewer = N - (np.arange(classes) == s)
                _, less = self.at(fewer, self._extra(change, fewer))
                change[s] = np.where(fewer[:, None] > 0, less / np.maximum(fewer, 1)[:, None] - share, 0.0)
            X, queues = self.at(N, self._extra(change, N))
        return X, queues

    @staticmethod
    def _extra(change: Array, N: Array) -> Array:
        """e_rk = sum_s (N_s - [s = r]) d_sk^r, never below -1."""
        one_less = np.maximum(N[None, :] - np.eye(len(N)), 0.0)
        return np.maximum(np.einsum("rs,rsk->rk", one_less, change), -1.0)

    def at(self, N: Array, extra: Array | float = 0.0) -> tuple[Array, Array]:
        """Throughputs and queues of N customers."""
        some = N > 0
        X, queues = np.zeros(len(N)), np.zeros(self.demands.shape)
        if not some.any():
            return X, queues
        part = _Core(self.demands[some], self.think[some], self.servers) if not some.all() else self
        extra = np.broadcast_to(extra, self.demands.shape)[some]
        X[some], queues[some] = part._newton(N[some], extra)
        return X, queues

    def _newton(self, N: Array, extra: Array) -> tuple[Array, Array]:
        worst = self.think + (self.demands + self.fast * (N.sum() - 1)).sum(axis=1)
        lnX = np.log(N / worst)  # all wait for all: no station is overloaded
        near = max(1e-13, 1e-15 * float(N.max()))
        room, miss, slope, queues = self._miss(lnX, N, extra)
        for _ in range(_STEPS):
            step = np.clip(np.linalg.solve(slope, -miss), -3.0, 3.0)
            for _ in range(60):
                tried = self._miss(lnX + step, N, extra)
                if tried[0] > 0.05 * room:  # not past the pole, and not right at it
                    break
                step = step / 2
            lnX = lnX + step
            room, miss, slope, queues = tried
            if np.abs(step).max() <= 1e-13 or np.abs(miss).max() <= near:
                break
        return np.exp(lnX), queues

    def _miss(self, lnX: Array, N: Array, extra: Array) -> tuple[float, Array, Array, Array]:
        """Room to saturation; ln(customers/N) of each class; its derivatives by ln X; queues."""
        X = np.exp(lnX)[:, None]
        damped = 1 / (1 + X * self.fast / N[:, None])
        w = X * self.fast * damped
        room = 1 - w.sum(axis=0)
        if room.size and room.min() <= 0:
            return float(room.min()), lnX, np.eye(len(N)), w
        total = (w * (1 + extra)).sum(axis=0) / room
        each = w * (1 + extra + total)
        grown = (
            w * damped * (1 + extra + total)
        )  # dQ_rk/d ln X_r by w_rk alone; Q_k grows by it over the room
        slope = np.einsum("rk,sk->rs", w, grown / room) + np.diag(grown.sum(axis=1))
        delayed, by_load = self._delays(X)
        there = X * self.demands * delayed
        slope += np.einsum("rk,sk->rs", X * self.demands * by_load, X * self.demands) + np.diag(
            there.sum(axis=1)
        )
        thought = X[:, 0] * self.think
        customers = each.sum(axis=1) + there.sum(axis=1) + thought
        slope = (slope + np.diag(thought)) / customers[:, None]
        return float(room.min(initial=1.0)), np.log(customers / N), slope, each + there

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
