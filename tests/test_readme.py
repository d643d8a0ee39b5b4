"""Every console and Python block of README.md and docs/ is run, and prints what it says it prints.

A line of three dots stands for lines that are left out.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str):
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.M | re.S):
            line = text[: match.start()].count("\n") + 1
            yield pytest.param(match[1], id=f"{page.relative_to(ROOT)}:{line}")


def commands(block: str):
    """(command, what is printed) pairs of a console block."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def alike(printed: str, wanted: str) -> bool:
    pieces = [re.escape(piece) for piece in re.split(r"^\.\.\.\n", wanted, flags=re.M)]
    return re.fullmatch("(?:.*\n)*?".join(pieces), printed) is not None


@pytest.mark.parametrize("block", list(blocks("console")))
def test_console_blocks_print_what_they_say(block):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for command, wanted in commands(block):
        done = subprocess.run(
            command, shell=True, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False
        )
        printed = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines()) + "\n"
        assert alike(printed, wanted), f"$ {command}\n{printed}\n--- but the page says\n{wanted}"


@pytest.mark.parametrize("block", list(blocks("python")))
def test_python_blocks_run(block):
    """A comment behind an expression statement is its value, as printed by repr."""
    checked = []
    for line in block.splitlines():
        code, _, comment = line.partition("  # ")
        wanted = comment.strip()
        if wanted.startswith("-> "):
            checked.append(f"assert repr({code.strip()}) == {wanted[3:]!r}, repr({code.strip()})")
        else:
            checked.append(line)
    exec(compile("\n".join(checked), "README.md", "exec"), {})


def test_the_two_commands_are_what_ci_runs():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shell = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    assert len(shell) == 2, "one command sets up and runs the main job, one sets up and runs the tests"
    assert all(len(block.strip().splitlines()) == 1 for block in shell)
    assert shell[1].strip() in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
