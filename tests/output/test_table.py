"""Tables in every format: what is escaped, what a number looks like, and that nothing is ever cut."""

import csv
import html.parser
import io
import json
import re
import sys

import numpy as np
import pytest

from capcalc import CapcalcError, UnknownName, load_model
from capcalc.output.screen import screen_text
from capcalc.output.table import table_text
from capcalc.systems.library import shipped_models
from capcalc.table import Column, Table, stacked, written

MODELS = sorted(shipped_models())
NASTY = ['a,b', 'say "hi"', "two\nlines", "a|b", "<script>alert(1)</script>", "50% & $5_x #1 {y} ~z ^w \\n", "[x]*"]
NAME = Column(name="name", kind="text")
WAIT = Column(name="wait_p99_s", heading="waits p99", unit="s")
FLAG = Column(name="saturated", kind="flag")
TABLE = Table(
    title="T & <b>",
    columns=(NAME, WAIT, FLAG),
    rows=(*((text, 0.005, False) for text in NASTY), ("busy", float("inf"), True), ("none", None, False)),
)


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_csv_is_rfc_4180_and_plain_numbers():
    text = TABLE.to_csv()
    assert text.endswith("\r\n")
    heading, *rows = parsed(text)
    assert heading == ["name", "wait_p99_s", "saturated"]
    assert [row[0] for row in rows] == [*NASTY, "busy", "none"]
    assert [row[1] for row in rows[-3:]] == ["0.005", "inf", ""]
    assert [row[2] for row in rows[-2:]] == ["true", "false"]


def test_csv_numbers_are_the_very_same_ones():
    values = [0.1, 1 / 3, 1e-300, 1e300, 2.0, 2**60, 123456789.0, -0.25, 0.0]
    table = Table.of("numbers", [(Column(name="x"), values)])
    assert [float(row[0]) for row in parsed(table.to_csv())[1:]] == values
    assert parsed(table.to_csv())[5] == ["2"]
    assert [row[0] for row in parsed(table.to_csv(2))[1:4]] == ["0.1", "0.33", "1e-300"]


def test_json_has_no_infinities():
    document = json.loads(TABLE.to_json(), parse_constant=lambda c: pytest.fail(c))
    assert document["rows"][-2] == {"name": "busy", "wait_p99_s": None, "saturated": True}
    assert document["columns"][1] == {"name": "wait_p99_s", "heading": "waits p99", "unit": "s"}


def test_markdown_is_one_line_a_row_and_shows_text_as_it_is():
    lines = TABLE.to_markdown().splitlines()
    assert len(lines) == 2 + len(TABLE.rows)
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 4 for line in lines)
    assert re.fullmatch(r"\| :-+ \| -+: \| -+: \|", lines[1])
    assert "\\<script\\>" in lines[6]
    assert "| no end |" in " ".join(lines[-2].split()) and " - " in lines[-1]


def test_latex_escapes_what_means_something():
    text = TABLE.to_latex()
    assert text.startswith("\\begin{tabular}{lrr}\n\\hline\n") and text.endswith("\\hline\n\\end{tabular}")
    row = next(line for line in text.splitlines() if "50" in line)
    assert r"50\% \& \$5\_x \#1 \{y\} \textasciitilde{}z \textasciicircum{}w \textbackslash{}n" in row
    assert len(re.findall(r"(?<!\\)&", row)) == 2
    assert not any(line.startswith(("[", "*")) for line in text.splitlines())


class Cells(html.parser.HTMLParser):
    """Texts of the cells, and every tag that there is."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.inside = set(), [], False

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.inside = tag in ("td", "th", "caption")
        if self.inside:
            self.texts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data


@pytest.mark.parametrize("text", [TABLE.to_html(), TABLE._repr_html_()])
def test_html_is_escaped(text):
    seen = Cells()
    seen.feed(text)
    assert seen.tags == {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert seen.texts[0] == "T & <b>"
    assert set(NASTY) <= set(seen.texts)


def test_a_notebook_gets_the_first_rows():
    table = Table.of("many", [(Column(name="x"), np.arange(1000.0))])
    assert "and 940 more rows" in table._repr_html_()
    assert table._repr_html_().count("<tr>") == 62
    assert repr(table) == "<Table many: 1000 rows, 1 columns>"


def test_a_column_says_its_unit():
    with pytest.raises(ValueError, match="_rps"):
        Column(name="peak", unit="1/s")
    with pytest.raises(ValueError, match="unique"):
        Table(title="t", columns=(NAME, NAME), rows=())
    with pytest.raises(ValueError, match="every row"):
        Table(title="t", columns=(NAME,), rows=((1, 2),))
    with pytest.raises(UnknownName, match="markdown"):
        written(TABLE, "markdwn")


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_frame_has_the_columns(kind):
    frame = TABLE.to_frame(kind)
    assert type(frame).__module__.startswith(kind)
    assert list(frame.columns) == ["name", "wait_p99_s", "saturated"]
    assert frame["wait_p99_s"][0] == 0.005


@pytest.mark.parametrize(("kind", "extra"), [("pandas", "frame"), ("polars", "polars")])
def test_without_the_library_a_sentence(monkeypatch, kind, extra):
    monkeypatch.setitem(sys.modules, kind, None)
    with pytest.raises(CapcalcError, match=re.escape(f'this needs {kind}: pip install "capcalc[{extra}]"')):
        TABLE.to_frame(kind)


def test_another_kind_of_frame_is_refused():
    with pytest.raises(UnknownName, match='did you mean "polars"'):
        TABLE.to_frame("polar")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("model", MODELS)
def test_no_number_is_cut_whatever_the_width(model, width):
    for table in load_model(model).estimate().tables().values():
        said = " ".join(table_text(table, width=width).split())
        assert "…" not in said
        for row in table.cells():
            for cell in row:
                assert cell == "-" or " ".join(cell.split()) in said, (cell, said)


@pytest.mark.parametrize("model", MODELS)
def test_the_screen_has_the_rows_of_the_table(model):
    estimate = load_model(model).estimate()
    lines = [" ".join(line.split()) for line in screen_text(estimate, width=300).splitlines()]
    for row in estimate.table("tiers").cells():
        assert " ".join(" ".join(row).split()) in lines


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("form", ["csv", "json", "markdown", "latex", "html"])
def test_every_table_of_every_model_in_every_format(model, form):
    for table in load_model(model).estimate().tables().values():
        text = written(table, form)
        assert "nan" not in text.lower().split()
        if form == "csv":
            heading, *rows = parsed(text)
            assert len(rows) == len(table.rows) and all(len(row) == len(heading) for row in rows)
        assert written(table, form, 5)


@pytest.mark.parametrize("model", MODELS)
def test_arrays_give_one_row_a_scenario(model):
    system = load_model(model)
    users = np.geomspace(1e3, 1e8, 7)
    table = system.set(users=users).estimate().table()
    rows = table.to_dict()
    assert rows["users"] == pytest.approx(users)
    for i, one in enumerate(users):
        alone = system.set(users=one).estimate()
        assert rows["peak_rps"][i] == pytest.approx(alone.peak_rps)
        assert rows["servers"][i] == alone.servers
        for name, answer in alone.operations.items():
            assert rows[f"{name}_p99_s"][i] == pytest.approx(answer.p99_s, rel=1e-6)


def test_two_arrays_broadcast_into_rows():
    values = {"users": np.array([[1e5], [1e9]]), "tiers.web.service_time": np.array([0.005, 0.006, 0.1])}
    table = load_model("web").set({**values, "tiers.web.servers": 20}).estimate().table()
    assert len(table.rows) == 6
    assert table.to_dict()["users"] == [1e5] * 3 + [1e9] * 3
    assert table.to_dict()["web_service_time_s"] == [0.005, 0.006, 0.1] * 2
    saturated = table.to_dict()["saturated"]
    assert saturated == [False, False, False, True, True, True]
    assert table.to_csv().splitlines()[-1].endswith(",inf,inf,inf,inf,true")


def test_stacked_tables_are_one_rectangle():
    estimate = load_model("web").estimate()
    heading, *rows = parsed(stacked(estimate.tables()).to_csv())
    assert heading[:2] == ["table", "name"]
    assert all(len(row) == len(heading) for row in rows)
    found = {(row[0], row[1]): dict(zip(heading, row, strict=True)) for row in rows}
    assert float(found["tiers", "database"]["peak_rps"]) == pytest.approx(estimate.tiers["database"].peak_rps)
    assert float(found["operations", "read"]["response_p99_s"]) == estimate.operations["read"].p99_s
    assert found["load", "reads"]["servers"] == ""


def test_the_report_in_python():
    answer = load_model("web").estimate()
    assert answer.to_dict()["servers"] == answer.servers
    assert "steps" in answer.to_dict(steps=True)
    assert list(answer.to_frame()["tier"]) == list(answer.tiers)
    assert list(answer.to_frame("operations")["operation"]) == list(answer.operations)
    assert answer._repr_html_().count("<table>") == len(answer.tables())
    with pytest.raises(UnknownName, match="tiers"):
        answer.table("teirs")
    assert repr(answer).startswith("<Estimate of web: ")
