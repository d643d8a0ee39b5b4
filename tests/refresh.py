"""Puts into the console blocks of pages what they print today: `python tests/refresh.py docs/laws/*.md`.

A block that ends in a line of three dots keeps the results and leaves the working out. `test_readme.py`
compares.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def printed(command: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path}
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, env=env, check=False)
    return "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines()) + "\n"


def renewed(block: re.Match[str]) -> str:
    out = []
    for part in re.split(r"^\$ ", block[1], flags=re.M)[1:]:
        command, _, before = part.partition("\n")
        if before.startswith("...\n"):  # a piece of the middle, chosen by hand
            out.append(f"$ {command}\n{before}")
            continue
        now = printed(command)
        if before.endswith("...\n"):
            now = now.partition("\nGiven\n")[0].rstrip("\n") + "\n...\n"
        out.append(f"$ {command}\n{now}")
    return f"```console\n{''.join(out)}```"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = Path(name)
        text = page.read_text(encoding="utf-8")
        page.write_text(
            re.sub(r"^```console\n(.*?)^```$", renewed, text, flags=re.M | re.S), encoding="utf-8"
        )
