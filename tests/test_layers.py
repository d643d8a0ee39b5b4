"""The house: imports point one way, nobody stands in a circle, and each guest library has one room."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "capcalc"
FLOORS = ["ground", "laws", "catalogue", "tiers", "systems", "questions", "output", "cli"]
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(p.relative_to(ROOT)) for p in FILES]
ONLY = {"typer": ("capcalc/cli/",), "rich": ("capcalc/output/",), "sympy": ("capcalc/output/explain.py",)}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(module: str) -> int:
    parts = module.split(".")
    return FLOORS.index(parts[1]) if len(parts) > 1 and parts[1] in FLOORS else 0


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """Modules that a file imports, and whether at the top of it (not inside a function or for types only)."""
    found = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(n) for n in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{a.name}" for a in node.names]
            known = [m for m in inner if m in MODULES]
            found += [(m, id(node) in top) for m in known or [node.module]]
        elif isinstance(node, ast.Import):
            found += [(a.name, id(node) in top) for a in node.names]
    return found


MODULES = {module_of(p) for p in FILES}
ENTRIES = {"capcalc", "capcalc.__main__"}  # the front door names every room


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_imports_point_down(path):
    if module_of(path) in ENTRIES:
        return
    for name, _ in imports_of(path):
        if name == "capcalc" or not name.startswith("capcalc"):
            continue
        assert floor_of(name) <= floor_of(module_of(path)), f"{path} imports {name}, which stands above it"


def test_no_circles():
    below = {module_of(p): {n for n, _ in imports_of(p) if n in MODULES and n not in ENTRIES} for p in FILES}
    done: set[str] = set()
    while len(done) < len(below):
        ready = {m for m, needs in below.items() if m not in done and needs - {m} <= done}
        assert ready, f"a circle of imports among {sorted(set(below) - done)}"
        done |= ready


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_guests_have_one_room(path):
    place = str(path.relative_to(ROOT))
    for name, at_top in imports_of(path):
        guest = name.partition(".")[0]
        if guest in ONLY:
            assert place.startswith(ONLY[guest]), f"{place} imports {guest}"
        if guest in ("scipy", "sympy", "rich", "pandas", "matplotlib"):
            assert not at_top, f"{place} imports {guest} at its top; it belongs inside the function that needs it"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_rooms_are_small(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, f"{path} has over 400 lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= 40, f"{path}: {node.name} has {lines} lines"


def test_models_hold_no_python():
    assert not list((ROOT / "models").rglob("*.py"))
