"""The estimate as people hold it in their hands: as tables, as data, in a notebook.

The modules behind a method are imported when it is called: most commands ask for one of them.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from capcalc.errors import UnknownName
from capcalc.systems.estimate import Estimate, estimate
from capcalc.systems.spec import Spec

if TYPE_CHECKING:
    from capcalc.table import Table


class Report(Estimate):
    """The whole answer for one system, or for an array of scenarios of it. `System.estimate` makes one.

    Examples
    --------
    >>> from capcalc import load_model
    >>> load_model("web").estimate().table()
    <Table Tiers, at the peak: 3 rows, 20 columns>
    """

    __slots__ = ()

    def tables(self) -> dict[str, Table]:
        """All tables by name: load, operations, tiers; only scenarios where numbers are arrays."""
        from capcalc.systems.tables import tables

        return tables(self)

    def table(self, name: str = "") -> Table:
        """One table; the tiers, or the scenarios, if no name is given.

        Raises
        ------
        UnknownName : there is no such table.
        """
        found = self.tables()
        wanted = name or ("scenarios" if "scenarios" in found else "tiers")
        if wanted not in found:
            raise UnknownName("table", name, found)
        return found[wanted]

    def to_dict(self, *, steps: bool = False) -> dict[str, Any]:
        """Nested dictionaries of plain numbers, as `--json` prints them; `steps` adds the working."""
        from capcalc.systems.document import to_dict

        return to_dict(self, steps=steps)

    def to_frame(self, name: str = "", kind: str = "pandas") -> Any:
        """A table as a DataFrame of pandas or polars.

        Raises
        ------
        CapcalcError : the library is not installed; says how to.
        """
        return self.table(name).to_frame(kind)

    def _repr_html_(self) -> str:
        from capcalc.table import NOTEBOOK_ROWS, to_html

        return "\n".join(to_html(table, most=NOTEBOOK_ROWS) for table in self.tables().values())


def report(spec: Spec) -> Report:
    """The whole answer for a system."""
    found = estimate(spec)
    return Report(**{f.name: getattr(found, f.name) for f in dataclasses.fields(found)})
