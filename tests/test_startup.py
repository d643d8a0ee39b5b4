"""What a command loads, and what it leaves alone."""

import os
import subprocess
import sys

import pytest

HEAVY = ("scipy", "sympy", "pydantic", "pandas", "matplotlib", "asyncio", "numpy.testing")
ESTIMATE = ["estimate", "--users", "1e6", "--read-ratio", "0.9"]
PROBE = """
import sys
sys.argv[0] = "capcalc"
from capcalc.cli import main
try:
    main()
except SystemExit as stop:
    assert stop.code == 0, stop.code
print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("more", [[], ["--json"], ["--steps"]], ids=["table", "json", "steps"])
def test_estimate_leaves_heavy_libraries_alone(more):
    names = loaded(*ESTIMATE, *more)
    assert not names & set(HEAVY)
    assert "numpy" in names


def test_json_needs_no_rich():
    assert "rich" not in loaded(*ESTIMATE, "--json")


def test_import_capcalc_costs_next_to_nothing_and_sets_no_variable():
    code = "import os, sys, capcalc; print('numpy' in sys.modules, os.environ.get('OPENBLAS_NUM_THREADS'))"
    env = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.split() == ["False", "None"]


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("3", "3")])
def test_the_command_asks_for_one_thread_unless_told_otherwise(before, after):
    code = "import os\nfrom capcalc.cli import main\ntry:\n main()\nexcept SystemExit:\n pass\n"
    code += "print('threads', os.environ['OPENBLAS_NUM_THREADS'])"
    env = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    env |= {"OPENBLAS_NUM_THREADS": before} if before else {}
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True, env=env)
    assert f"threads {after}" in done.stdout
