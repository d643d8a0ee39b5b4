"""CPU time of 5,000 rows of a sweep as CSV and the other formats, against the same rows through rich.

    python benchmarks/tables.py [rows]

Wanted: CSV at least 50 times faster than rich.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from capcalc import load_model
from capcalc.output.table import table_text
from capcalc.table import written

WANTED = 50


def cpu_s(work: Callable[[], object], runs: int) -> float:
    """The least CPU time of some runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main(rows: int = 5000) -> None:
    rng = np.random.default_rng(1)
    system = load_model("web").set(users=10 ** rng.uniform(4, 9, rows), hit_ratio=rng.uniform(0, 1, rows))
    table = system.estimate().table()
    slow = cpu_s(lambda: table_text(table, width=1000), 1)
    print(f"{rows:,} rows of {len(table.columns)} columns; through rich {slow:.2f} CPU s")
    for form in ("csv", "json", "markdown", "latex", "html"):
        fast = cpu_s(lambda form=form: written(table, form), 3)
        wanted = f"  (wanted: {WANTED})" if form == "csv" else ""
        print(f"{form:10s} {fast * 1e3:8.1f} ms   {slow / fast:6.1f} times faster{wanted}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
