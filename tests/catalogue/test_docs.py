"""What docs/catalogue.md says of the files and shows in Python."""

import re
from pathlib import Path

import pytest

from capcalc.catalogue.read import table

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def rows_of_the_page():
    for line in re.findall(r"^\| (`\w+\.csv`.*)$", PAGE, re.M):
        files, counts = line.split(" | ")[:2]
        yield from zip(re.findall(r"`(\w+)\.csv`", files), map(int, counts.split(", ")), strict=True)


def test_every_file_is_named_with_its_rows():
    import capcalc.catalogue

    files = {p.stem for p in Path(capcalc.catalogue.__file__).parent.glob("*.csv")}
    assert dict(rows_of_the_page()) == {name: len(table(name)) for name in files}


def test_the_examples_give_what_stands_beside_them():
    code = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
    names: dict[str, object] = {}
    shown = 0
    for line in filter(None, code.splitlines()):
        statement, _, said = line.partition("#")
        if not said:
            exec(statement, names)
            continue
        value = eval(statement, names)
        assert float(value) == pytest.approx(float(re.match(r"\s*([\d.]+\d)", said)[1]), rel=1e-9), line
        shown += 1
    assert shown == 4
