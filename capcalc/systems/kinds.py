"""The kinds of tiers by name; the module of a kind is imported when a system has one."""

from __future__ import annotations

from importlib import import_module

from capcalc.errors import UnknownName
from capcalc.tiers.tier import Tier

_CLASSES = {
    "edge": ("outside", "Edge"),
    "balancer": ("balancer", "Balancer"),
    "service": ("service", "Service"),
    "cache": ("cache", "Cache"),
    "database": ("database", "Database"),
    "queue": ("queue", "Queue"),
    "objects": ("outside", "Objects"),
    "external": ("outside", "External"),
}
KINDS = tuple(_CLASSES)


def tier_class(kind: str) -> type[Tier]:
    """The class of a kind.

    Raises
    ------
    UnknownName : there is no such kind; says the nearest, or the list.
    """
    if kind not in _CLASSES:
        raise UnknownName("kind", kind, KINDS)
    module, name = _CLASSES[kind]
    return getattr(import_module(f"capcalc.tiers.{module}"), name)
