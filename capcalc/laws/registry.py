"""The registry of laws: every building block that `calc` and `explain` know, by name.

A new law is an entry in a module of `capcalc.laws.entries`; nothing else has to change. Importing this loads
data and no law: functions are named in text and looked up when they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from capcalc.errors import UnknownName
from capcalc.laws.entries.entry import Entry

FAMILIES = (
    "pools",
    "general",
    "single",
    "classes",
    "limits",
    "patience",
    "together",
    "networks_open",
    "networks_closed",
    "scaling",
)


@lru_cache(maxsize=1)
def laws() -> dict[str, Entry]:
    """Every entry by its name, in the order of the families."""
    modules = [import_module(f"capcalc.laws.entries.{family}") for family in FAMILIES]
    return {entry.name: entry for module in modules for entry in module.ENTRIES}


def law(name: str) -> Entry:
    """The entry of a name; capitals and hyphens do not matter.

    Raises
    ------
    UnknownName : there is none; says the nearest.
    """
    plain = name.lower().replace("-", "_").replace("/", "")
    found = laws().get(plain) or next((e for e in laws().values() if plain in e.also), None)
    if found is None:
        raise UnknownName("law", name, laws())
    return found


def function(entry: Entry, name: str) -> Callable[..., Any]:
    """The function that an entry calls by a name."""
    for place in entry.at:
        found: Callable[..., Any] | None = getattr(import_module(f"capcalc.laws.{place}"), name, None)
        if found is not None:
            return found
    raise AttributeError(f"{entry.name} calls {name}, which is not in {', '.join(entry.at)}")
