"""`table` and `solve`: what many values give, and which value gives what is wanted."""

from __future__ import annotations

from typing import Annotated

import typer

from capcalc.cli import complete
from capcalc.cli.estimate import changed, single
from capcalc.cli.options import Form, Json, Model, Output, Precision, Set, Text, Texts
from capcalc.cli.pipe import printing
from capcalc.cli.shared import may_write, style_of, system_of, write
from capcalc.cli.work import Jobs, workers
from capcalc.errors import CapcalcError

_TABLE = """Examples:

  capcalc table web --vary users=1M,10M,100M

  capcalc table web --vary users=1M..1B/log:7 --vary hit_ratio=80%,95% -f csv

  capcalc table web --vary tiers.web.machine=m7i.large,m7i.4xlarge --show servers,cost_usd_per_month"""
_SOLVE = """Examples:

  capcalc solve web users --when 'p99 <= 200ms' --fix-fleet

  capcalc solve web hit_ratio --set users=300M --when 'database.servers <= 30'

  capcalc solve web users --when 'cost <= $10000' --when 'p99 <= 200ms'"""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog=_TABLE)(table)
    app.command(epilog=_SOLVE)(solve)


def table(
    model: Model,
    vary: Annotated[
        Texts,
        typer.Option(
            "--vary",
            metavar="KEY=VALUES",
            help="1M,10M or 1M..1B/log:7 or 0.8..0.99/5; the first varies slowest.",
            autocompletion=complete.settings,
        ),
    ] = None,
    show: Annotated[Text, typer.Option(metavar="COLUMNS", help="Columns by name, with commas; or all.")] = None,
    set_: Set = None,
    form: Form = None,
    output: Output = None,
    json: Json = False,
    precision: Precision = None,
    jobs: Jobs = None,
) -> None:
    """A sizing table: one row for every combination of values."""
    from capcalc.output.page import table_in
    from capcalc.questions.table import table as tabled
    from capcalc.sweep import listed

    may_write(output, but_not=model)
    style = style_of(form, output, json, digits=precision)
    system = single(changed(system_of(model), {}, set_ or ()))
    if not vary:
        raise CapcalcError("table needs a key that varies: --vary users=1M,10M,100M")
    axes: dict[str, str] = {}
    for item in vary:
        key, equals, values = item.partition("=")
        if not equals:
            raise CapcalcError(f"--vary {item}: write KEY=VALUES, as --vary users=1M,10M,100M")
        if key.strip() in axes:
            raise CapcalcError(f"--vary {item}: {key.strip()} varies already; give all its values at once")
        axes[key.strip()] = values
    columns = listed(show) if show is not None else ()
    try:
        with workers(jobs, "table") as (executor, progress):
            found = tabled(system, axes, columns, executor=executor, progress=progress)
    except CapcalcError as error:
        flag = "--show" if "column" in str(error).partition(";")[0] else "--vary"
        raise CapcalcError(f"{flag}: {error}") from None
    with printing():
        write(table_in(style.form, found, style), output)


def solve(
    model: Model,
    key: Annotated[str, typer.Argument(help="What to solve for: users, tiers.cache.hit_ratio.")],
    when: Annotated[
        Texts, typer.Option("--when", metavar="CONDITION", help="What has to hold: 'p99 <= 200ms'; may be repeated.")
    ] = None,
    fix_fleet: Annotated[bool, typer.Option("--fix-fleet", help="Keep the servers that the system has now.")] = False,
    set_: Set = None,
    json: Json = False,
) -> None:
    """Backwards: the largest or smallest value at which conditions hold."""
    from capcalc.questions.solve import describe
    from capcalc.questions.solve import solve as solved

    system = single(changed(system_of(model), {}, set_ or ()))
    found = solved(system, key, when or (), fix_fleet=fix_fleet)
    with printing():
        if json:
            from json import dumps

            write(dumps(describe(found), indent=2, allow_nan=False, ensure_ascii=False))
        else:
            write(str(found))
