"""CPU time of whole commands against `python -c pass`, in turn, as ratios: the median of the pairs.

    python benchmarks/startup.py [runs]

Wanted: the table at most 18 times, JSON at most 15 times.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

JOB = ["estimate", "--users", "1e6", "--read-ratio", "0.9"]
COMMANDS = {
    "capcalc --version": ["--version"],
    "estimate --json": [*JOB, "--json"],
    "estimate, table": JOB,
    "estimate, table and steps": [*JOB, "--steps"],
}
LIMITS = {"estimate --json": 15, "estimate, table": 18}


def cpu_s(command: list[str]) -> float:
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# As a user has it: bytecode is kept, and nobody has chosen a number of threads.
LEFT_OUT = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in LEFT_OUT}


def main(runs: int = 15) -> None:
    base = [sys.executable, "-c", "pass"]
    start = [sys.executable, "-c", "from capcalc.cli import command; command()"]
    for name, arguments in COMMANDS.items():
        cpu_s([*start, *arguments])
        ratios, bases = [], []
        for _ in range(runs):
            bases.append(cpu_s(base))
            ratios.append(cpu_s([*start, *arguments]))
        ratio = statistics.median(ratios) / statistics.median(bases)
        limit = f"  (limit {LIMITS[name]})" if name in LIMITS else ""
        print(f"{name:28s} {ratio:5.1f} x `python -c pass` ({statistics.median(bases) * 1e3:.1f} ms){limit}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
