"""Measures the response times of `paths.CASES` against simulation; prints the table of docs/accuracy.md.

    python tests/accuracy.py 0.7 0.9            every case, as precise as the table is
    python tests/accuracy.py 0.7 --case "M/D"   some of them
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

import paths
import simulation as sim

PERCENTILES = (0.5, 0.99)
WIDTHS = {0.5: 0.005, 0.99: 0.01}  # half-width of the 99% interval, of the percentile
HEAD = (
    "| path | busy | standing | p50 error | p99 error | half-widths |\n"
    "| --- | ---: | --- | ---: | ---: | ---: |"
)


@dataclass(frozen=True)
class Row:
    """One measurement: errors of the formula relative to the simulation, and how precise that is."""

    case: str
    load: float
    standing: str
    errors: tuple[float, ...]
    widths: tuple[float, ...]  # of the 99% interval
    inside: tuple[bool, ...]  # the 99.9% interval

    def line(self) -> str:
        p50, p99 = (f"{e:+.1%}" for e in self.errors)
        widths = " / ".join(f"{w:.1%}" for w in self.widths)
        return f"| {self.case} | {self.load:.0%} | {self.standing} | {p50} | {p99} | {widths} |"


def measure(name: str, load: float, scale: float = 1.0, most: int = 300_000_000) -> Row:
    """One case at one load; `scale` widens the intervals that are asked for."""
    case = paths.CASES[name]
    estimate = case.at(load).estimate()
    tiers, operations = paths.simulated(estimate)
    wanted = {p: w * scale * case.widen for p, w in WIDTHS.items()}
    result = sim.simulate_until(
        tiers, operations, wanted, level=0.99, requests=500_000, max_requests=most, watch=[case.watch], seed=20
    )
    samples, answer = result.response[case.watch], estimate.operations[case.watch]
    found = [(float(answer.server_law.percentile(p)), samples, p) for p in PERCENTILES]
    return Row(
        name,
        load,
        answer.server_law.standing.level,
        tuple(value / s.percentile(p, level=0.99).value - 1 for value, s, p in found),
        tuple(s.percentile(p, level=0.99).relative for _, s, p in found),
        tuple(value in s.percentile(p, level=0.999) for value, s, p in found),
    )


def _measured(job: tuple[str, float]) -> str:
    try:
        return measure(*job).line()
    except RuntimeError as error:
        return f"| {job[0]} | {job[1]:.0%} | {error} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("loads", nargs="+", type=float)
    parser.add_argument("--case", default="")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    jobs = [(name, load) for name in paths.CASES for load in asked.loads if asked.case in name]
    print(HEAD)
    with multiprocessing.Pool(asked.processes) as pool:
        for line in pool.imap(_measured, jobs):
            print(line, flush=True)


if __name__ == "__main__":
    main()
