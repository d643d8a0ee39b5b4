"""`capcalc explain`: whole, computed, cited; LaTeX from the same text; sentences for bad input."""

import os
import re
import subprocess
import sys

import pytest

from capcalc.laws.registry import laws
from capcalc.output.explain import explain_latex, explain_text
from capcalc.output.latex import latex
from capcalc.sources import CITATIONS

MAIN = [sys.executable, "-m", "capcalc", "explain"]


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*MAIN, *arguments], capture_output=True, text=True, env={**os.environ, **env}, check=False
    )


AMDAHL = """\
amdahl   Amdahl's law: how much faster N workers do a fixed job

  Whether more cores, threads or shards help at all, and where they stop helping.

Formula
  s = N/(1 + sigma*(N - 1))
  s < 1/sigma

Where
  N       workers, users or nodes                   --workers
  sigma   share that only one can do at a time      --serial
  s       speed-up
  e       of each worker

Assumes
  - The job is fixed; what is not serial splits evenly and for nothing.

Breaks
  - Workers that must agree with each other slow each other down: usl.
  - A job that grows: gustafson.

Standing
  exact

Example
  $ capcalc calc amdahl --workers 8 --serial 5%
  speed-up         5.93
  of each worker   74.1%
  (by hand: 8/(1 + 0.05 x 7))

Backwards
  --speedup   speed-up   gives --workers

Sources
  [AMDAHL]
"""


def test_a_whole_explanation():
    done = run("amdahl")
    assert (done.returncode, done.stderr) == (0, "")
    front, _, back = done.stdout.partition("  [AMDAHL]")
    assert re.sub(" +", " ", front) == re.sub(" +", " ", AMDAHL.partition("  [AMDAHL]")[0])
    cited = " ".join(f"[AMDAHL]{back}".partition("\n\n")[0].split())
    assert cited == f"[AMDAHL] {CITATIONS['AMDAHL']}"
    assert back.endswith("  More: docs/laws/scalability.md\n")


@pytest.mark.parametrize("entry", laws().values(), ids=lambda e: e.name)
@pytest.mark.parametrize("width", [100, 50])
def test_every_law_is_explained(entry, width):
    text = explain_text(entry, width)
    for title in ("Formula", "Where", "Assumes", "Breaks", "Standing", "Example", "Sources"):
        assert f"\n{title}\n" in text
    assert ("\nBackwards\n" in text) == bool(entry.inverses)
    for key in entry.sources:
        assert f"[{key}] " in text
    prose = text.partition("\nFormula\n")[0] + text.partition("\nAssumes\n")[2].partition("\nExample\n")[0]
    assert max(map(len, prose.splitlines()[1:])) <= width
    assert "\x1b" not in text


@pytest.mark.parametrize("entry", laws().values(), ids=lambda e: e.name)
def test_every_law_has_latex(entry):
    tex = explain_latex(entry)
    assert tex.startswith("\\begin{align*}") and tex.endswith("\\end{description}")
    assert tex.count("{") == tex.count("}")
    assert tex.count("\\left") == tex.count("\\right")
    assert "lam" not in re.findall(r"(?<![\\\w])\w+", tex)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lam*S", r"\lambda\, S"),
        ("Wq = C*S/(c - a)", r"W_{q} = \frac{C\, S}{c - a}"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a - b - c", "a - b - c"),
        ("a - (b + c)*d", r"a - \left(b + c\right)\, d"),
        ("-(a + b)", r"-\left(a + b\right)"),
        ("(1 - rho)**2", r"{\left(1 - \rho\right)}^{2}"),
        ("2*3", r"2 \cdot 3"),
        ("max(0, log(C/(1 - p)))", r"\max\left(0,\, \ln\left(\frac{C}{1 - p}\right)\right)"),
        ("ceil(x)**0.5", r"\sqrt{\left\lceil x \right\rceil}"),
        ("erlang_c(c, a)", r"\mathrm{erlang\_c}\left(c,\, a\right)"),
    ],
)
def test_latex_says_what_the_text_says(text, wanted):
    assert latex(text) == wanted


@pytest.mark.parametrize(
    "text", ["Wq + S*(a - b)/c", "a - (b - c)*d/(e - f)", "1/(a/b)", "-(a - b)", "(a - b)*(c + d)"]
)
def test_latex_binds_as_the_formula_does(text):
    """Turned back into arithmetic, the LaTeX has the value of the text."""
    values = {"Wq": 1.3, "S": 0.7, "a": 5.0, "b": 2.0, "c": 3.5, "d": 0.25, "e": 9.0, "f": 4.0}
    back = latex(text).replace("W_{q}", "Wq")
    while r"\frac" in back:
        back = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", back)
    back = back.replace(r"\left", "").replace(r"\right", "").replace(r"\, ", "*")
    assert eval(back, {}, values) == pytest.approx(eval(text, {}, values))


def test_latex_on_the_command_line():
    done = run("mmc", "-f", "latex")
    assert (done.returncode, done.stderr) == (0, "")
    assert r"W_{q} &= \frac{C\, S}{c - a} \\" in done.stdout


def test_alone_it_lists_the_laws():
    done = run()
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in laws())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["erlang"], "unknown law 'erlang'"),
        (["mmc", "-f", "json"], "-f: 'json' is no format; there are: latex, text"),
        (["mmc", "--rate", "3/s"], 'to put numbers in: "capcalc calc mmc --rate ..."'),
        (["mmc", "mm1"], "'mm1' has no flag in front of it"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, sentence):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr and "Traceback" not in done.stderr
