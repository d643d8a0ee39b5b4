"""Every script of examples/ is short, says its question first, and prints what stands beside it.

`CAPCALC_RENEW=1 pytest tests/test_examples.py` writes the outputs anew.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))


def test_each_script_has_an_output_and_each_output_a_script():
    outputs = {path.stem for path in (ROOT / "examples").glob("*.out")}
    assert len(SCRIPTS) >= 8
    assert outputs == {path.stem for path in SCRIPTS}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_prints_what_stands_beside_it(script):
    command = [sys.executable, "-W", "error", str(script)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, check=False)
    assert done.stderr == "" and done.returncode == 0
    output = script.with_suffix(".out")
    if os.environ.get("CAPCALC_RENEW"):
        output.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == output.read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_short_and_begins_with_its_question(script):
    text = script.read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    assert "?" in said.partition("\n\n")[0], "the question comes first"
    assert "Assumed" in said
    assert len(text.splitlines()) < 40
