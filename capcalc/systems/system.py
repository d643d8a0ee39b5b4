"""The system as people hold it in their hands: what is written, and what one can do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from capcalc.systems.change import changed
from capcalc.systems.report import Report, report
from capcalc.systems.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class System(Spec):
    """A whole system. Make one with `load_model`.

    Examples
    --------
    >>> from capcalc import load_model
    >>> answer = load_model("web").set(users="10M", hit_ratio=0.95).estimate()
    >>> int(answer.tiers["web"].servers)
    8
    """

    def set(self, values: Mapping[str, Any] | None = None, /, **short: Any) -> System:
        """The same system with other values.

        Parameters
        ----------
        values : mapping, optional
            Keys as `--set` takes them: `{"tiers.web.service_time": "8 ms"}`.
        short
            By the short names: users, peak, requests_per_user, read_ratio, hit_ratio. Text carries its unit; a
            number, or an array of scenarios, is in base units (s, B, 1/s, ratio).

        Raises
        ------
        UnknownName, UnitError, DomainError : a key or a value that is none.
        """
        return changed(self, {**(values or {}), **short})

    def estimate(self) -> Report:
        """The whole answer."""
        return report(self)

    def __repr__(self) -> str:
        return f"<System {self.name}: {len(self.operations)} operations, {len(self.tiers)} tiers>"
