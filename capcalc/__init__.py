"""capcalc: analytical capacity planning, from users to a fleet, with the working shown."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "System": "capcalc.systems.system",
    "Estimate": "capcalc.systems.estimate",
    "load_model": "capcalc.systems.library",
    "load_text": "capcalc.systems.load",
    "MMc": "capcalc.laws.queueing",
    "MGc": "capcalc.laws.queueing",
    "CapcalcError": "capcalc.errors",
    "DomainError": "capcalc.errors",
    "UnitError": "capcalc.errors",
    "UnknownName": "capcalc.errors",
    "ModelFileError": "capcalc.errors",
}
__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from capcalc.errors import CapcalcError, DomainError, ModelFileError, UnitError, UnknownName
    from capcalc.laws.queueing import MGc, MMc
    from capcalc.systems.estimate import Estimate
    from capcalc.systems.library import load_model
    from capcalc.systems.load import load_text
    from capcalc.systems.system import System


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first asked for, so that `import capcalc` costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'capcalc' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
