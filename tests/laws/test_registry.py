"""The registry: examples hold, formulas are the laws, inverses come back, and nothing is left out."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from capcalc.errors import CapcalcError, UnknownName
from capcalc.formula import ARITHMETIC, calls, evaluate
from capcalc.laws.asked import functions_of, named, quantity
from capcalc.laws.calculate import calculate
from capcalc.laws.entries.entry import Entry, Inverse
from capcalc.laws.registry import FAMILIES, function, law, laws
from capcalc.output.explain import worked
from capcalc.output.latex import latex
from capcalc.sources import CITATIONS
from capcalc.steps import Step

ROOT = Path(__file__).resolve().parent.parent.parent
ENTRIES = list(laws().values())
INVERSES = [pytest.param(e, v, id=f"{e.name}:{v.given}->{v.answers}") for e in ENTRIES for v in e.inverses]
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)


@each
def test_the_example_holds(entry: Entry):
    found = worked(entry)
    assert found.problem is None
    for name, wanted in entry.example.expect.items():
        assert found.results[name] == pytest.approx(wanted, rel=entry.example.rel, abs=0), name
    assert entry.example.expect and entry.example.origin


@each
def test_formulas_are_what_the_laws_say(entry: Entry):
    """What is printed gives, from the numbers printed beside it, the number that the law has made."""
    found = worked(entry)
    steps = {line.key: line for line in found.lines if isinstance(line, Step)}
    for output in entry.outputs:
        step = steps.get(named(output.name, found.inputs.get("percentile")))
        if step is None or output.pick:
            continue
        assert step.formula == (output.formula or output.law), "the formula does not give what the law gives"
        again = evaluate(step.formula, step.inputs, functions_of(entry, step.formula))
        np.testing.assert_allclose(again, step.value, rtol=1e-9)


@each
def test_entries_are_whole(entry: Entry):
    assert entry.standing in ("exact", "approximation", "bound")
    assert entry.standing == "exact" or entry.error, "an approximation says how far off it is"
    assert entry.use and entry.assumptions and entry.breaks and entry.formulas
    assert (ROOT / "docs" / "laws" / entry.page).is_file()
    cited = [*entry.sources, *(o.source for o in entry.outputs), *(v.source for v in entry.inverses)]
    assert entry.sources and {c for c in cited if c} <= CITATIONS.keys()
    names = [i.name for i in entry.inputs] + [o.name for o in entry.outputs]
    symbols = [i.symbol for i in entry.inputs] + [o.symbol for o in entry.outputs]
    assert len(set(names)) == len(names) and len(set(symbols)) == len(symbols)
    assert not {"target"} & set(symbols)
    assert all(v.given in names and v.answers in names for v in entry.inverses)


@each
def test_every_law_is_found(entry: Entry):
    for text in texts_of(entry):
        for name in calls(text) - ARITHMETIC.keys():
            assert callable(function(entry, name))


@each
def test_latex_is_sound(entry: Entry):
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for text, given in entry.formulas:
        tex = given or latex(text)
        assert tex.count("{") == tex.count("}")
        parser.parse(f"${tex.replace('Big/', '/')}$")


@pytest.mark.parametrize(("entry", "inverse"), INVERSES)
def test_inverses_come_back(entry: Entry, inverse: Inverse):
    """Asked for the value that the example has, the input that was left out is found again."""
    inputs = dict(entry.example.inputs)
    inputs |= NEEDED.get((entry.name, inverse.given, inverse.answers), {})
    inputs = {k: v for k, v in inputs.items() if v is not None}
    given = {name: quantity(entry.input(name), text) for name, text in inputs.items()}
    forward = calculate(entry, given)
    name = named(inverse.given, forward.inputs.get("percentile"))
    value, wanted = forward.results[name], forward.inputs[inverse.answers]
    asked = {k: v for k, v in given.items() if k != inverse.answers}
    whole = entry.input(inverse.answers).one == "whole"
    if whole:  # a hair's breadth of room, for rounding
        value = value * (1 + 1e-9) if inverse.says.startswith(("the fewest with a", "the most")) else value
    again = calculate(entry, {**asked, name: value})
    assert again.problem is None
    assert again.answer == inverse.answers
    assert again.inputs[inverse.answers] == pytest.approx(wanted, rel=1e-6)
    assert again.results[name] == pytest.approx(value, rel=1e-5)


# What the example lacks, or must not have, so that a way back can be tried: (law, given, answers) -> inputs.
NEEDED: dict[tuple[str, str, str], dict[str, str | None]] = {
    ("mmck", "loss", "servers"): {"capacity": None, "places": "2"},
}


def texts_of(entry: Entry) -> list[str]:
    found = [text for o in entry.outputs for text in (o.law, o.formula)]
    problem = [entry.overload.problem, entry.overload.load, entry.overload.limit] if entry.overload else []
    return [
        t
        for t in [*found, *problem, *(v.law for v in entry.inverses), *(i.formula for i in entry.inputs)]
        if t
    ]


# Public names that no entry calls, and why.
LEFT_OUT: dict[str, str] = {
    "MMc": "a component: the same laws as methods of one design; `calc mmc`",
    "MGc": "a component: `calc ggc`",
    "standing_ggc": "gives words: how far ggc may be trusted for a pool",
    "ClosedClasses": "what closed_multiclass hands back",
    "ClosedNetwork": "what closed_network hands back",
    "NetworkBounds": "what the bounds hand back",
    "OpenClasses": "what open_multiclass hands back",
    "OpenNetwork": "what open_network hands back",
    "UslFit": "what usl_fit hands back",
    "mm1_ps_response": "a Latency, for systems; its percentile is in `calc ps`",
    "two_kinds_wait": "a Latency, for systems; its percentile is in `calc two_kinds`",
}
MODULES = (
    *("queueing", "networks", "scalability"),  # with a list of their public names
    *("erlang", "mmc", "ggc", "sizing", "loads", "losses", "finite", "finite_sizing", "population"),
    *(
        "population_sizing",
        "abandon",
        "abandon_sizing",
        "infinite",
        "approximations",
        "phases",
        "mdc",
        "mixed",
    ),
    *("batch", "parallel", "priority", "sharing", "forkjoin", "networks_open", "networks_closed"),
    *("networks_approximate", "network_bounds", "tandem", "usl", "usl_fit"),
)


def public(module: str) -> list[str]:
    """The `__all__` of a module; else its functions that cite a source, as every law does."""
    tree = ast.parse((ROOT / "capcalc" / "laws" / f"{module}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    return [n.name for n in found if "References" in (ast.get_docstring(n) or "")]


def test_no_law_is_left_out():
    called = {name for entry in ENTRIES for text in texts_of(entry) for name in calls(text)}
    names = [name for module in MODULES for name in public(module)]
    missing = [name for name in names if name not in called and name not in LEFT_OUT]
    assert not missing, f"add an entry, or say in LEFT_OUT why not: {missing}"
    stale = [name for name in LEFT_OUT if name in called]
    assert not stale, f"no longer left out: {stale}"


STRANGE = (0.0, 1e-9, 0.5, 1.0, 2.5, 1e6, 1e12)


@each
@pytest.mark.filterwarnings("error")
def test_any_number_gets_an_answer_or_a_sentence(entry: Entry):
    """No nan, no warning and no other exception, whatever is put in for one number of the example."""
    inputs = {name: quantity(entry.input(name), text) for name, text in entry.example.inputs.items()}
    scalars = [name for name, value in inputs.items() if isinstance(value, float)]
    if entry.name in ("fan_out", "closed_network"):
        scalars.remove("calls" if entry.name == "fan_out" else "customers")  # time grows with them
    for name in scalars:
        for value in STRANGE:
            try:
                found = calculate(entry, {**inputs, name: value})
            except CapcalcError as error:
                assert str(error)
                continue
            for result in found.results.values():
                numbers = result if isinstance(result, tuple) else (result,)
                flat = [n for row in numbers for n in (row if isinstance(row, tuple) else (row,))]
                assert not any(n is not None and n != n for n in flat)


def test_every_family_is_there():
    files = {p.stem for p in (ROOT / "capcalc" / "laws" / "entries").glob("*.py")} - {"__init__", "entry"}
    assert files == set(FAMILIES)


def test_the_registry_loads_no_law():
    code = "import sys; from capcalc.laws.registry import laws; laws(); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "numpy" not in loaded
    assert not [m for m in loaded if re.fullmatch(r"capcalc\.laws\.(?!registry|entries).*", m)]


def test_unknown_law_says_the_nearest():
    with pytest.raises(UnknownName, match='did you mean "mmck"'):
        law("mcck")
    assert law("M/M/c").name == "mmc"


def test_the_index_lists_every_law_with_its_standing():
    text = (ROOT / "docs" / "laws" / "index.md").read_text(encoding="utf-8")
    for entry in ENTRIES:
        assert f"| [`{entry.name}`]({entry.page}) | {entry.standing} |" in text
