"""The functions that formulas of the working may call, by name: arithmetic, the laws, and the algebra of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capcalc.laws.erlang import erlang_c
from capcalc.laws.replication import fewest_shards
from capcalc.tiers.answer import FUNCTIONS as TIMES

FUNCTIONS: dict[str, Callable[..., Any]] = {"erlang_c": erlang_c, "fewest_shards": fewest_shards, **TIMES}
