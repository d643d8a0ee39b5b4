"""FIFO and RANDOM exactly: under independent requests the content is a product form.

All contents of C keys are as likely as the product of their shares [GELENBE]. That is the law of independent
trials of chances q_i = p_i T/(1 + p_i T), given that S = C of them succeed, whatever T is, so that

    h = sum_i p_i q_i P(S_i = C - 1) / P(S = C),   S_i = S without key i.

At the T of the usual approximation, sum q = C, both lie at the middle of S, and some fifty values of its
characteristic function give them to 1e-11.
"""

from __future__ import annotations

import math

import numpy as np

from capcalc.laws._occupancy import FIFO, life
from capcalc.laws._ranks import Array, Law, total

_REACH = 9.0  # standard deviations that count


def fifo_hit_ratio_whole(law: Law, items: Array) -> Array:
    """Hit ratios for a flat array of whole numbers of items."""
    out = np.where(items >= law.keys, 1.0, 0.0)
    live = np.flatnonzero((items > 0) & (items < law.keys))
    for i, T in zip(live.tolist(), life(FIFO, law, items[live]).tolist(), strict=True):
        out[i] = _one(law, float(items[i]), T)
    return out


def _one(law: Law, items: float, T: float) -> float:
    odds = law.shares * T
    q = odds / (1 + odds)
    v = q / (1 + odds)
    sd = math.sqrt(float(v @ law.weights))
    period = min(law.keys + 1, math.ceil(2 * _REACH * sd) + 32)
    turn = 2 * math.pi / period
    theta = turn * np.arange(min(period // 2, math.ceil(_REACH / max(sd, 1e-9) / turn)) + 1)
    half, w = 2 * np.sin(theta / 2) ** 2, law.weights
    size = total(np.log1p(-2 * np.multiply.outer(half, v)), w) / 2
    real, imaginary = 1 - np.multiply.outer(half, q), np.multiply.outer(np.sin(theta), q)
    turned = total(np.arctan2(imaginary, real), w) - theta * items
    ends = np.where((theta == 0) | (np.abs(theta - math.pi) < 1e-12), 0.5, 1.0)
    value = ends * np.exp(size + 1j * turned)
    one_less = (law.together * q) / (real * real + imaginary * imaginary)
    without = (one_less * real).sum(axis=1) - 1j * (one_less * imaginary).sum(axis=1)
    found = (value * np.exp(1j * theta) * without).real.sum() / value.real.sum()
    return float(min(max(found, 0.0), 1.0))
