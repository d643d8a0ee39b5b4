"""The functions that formulas of the working may call, by name: arithmetic, the laws, and the algebra of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capcalc.laws.availability import k_of_n
from capcalc.laws.erlang import erlang_c
from capcalc.laws.replication import fewest_shards
from capcalc.systems.cost import FUNCTIONS as COSTS
from capcalc.tiers.answer import FUNCTIONS as TIMES


def _caching(name: str) -> Callable[..., Any]:
    """A law of caches, imported when a formula calls it: few systems have keys."""

    def law(*arguments: Any) -> Any:
        from capcalc.laws import caching

        return getattr(caching, name)(*arguments)

    return law


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "erlang_c": erlang_c,
    "fewest_shards": fewest_shards,
    "k_of_n": k_of_n,
    "lru_items": _caching("lru_items"),
    "lru_hit_ratio": _caching("lru_hit_ratio"),
    **TIMES,
    **COSTS,
}
