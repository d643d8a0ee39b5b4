"""Commands about system files: list, print, begin, check, and the schema for editors."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated, Optional

import typer

from capcalc.cli import complete
from capcalc.cli.pipe import printing
from capcalc.cli.shared import may_write, style_of, write
from capcalc.errors import CapcalcError

Text = Optional[str]  # noqa: UP045
_MODELS = """Examples:

  capcalc models

  capcalc models -f markdown"""
_SHOW = """Examples:

  capcalc show web

  capcalc show web > my-system.toml"""
_INIT = """Examples:

  capcalc init

  capcalc init web -o my-system.toml"""
_VALIDATE = """Examples:

  capcalc validate web

  capcalc validate my-system.toml web"""
_SCHEMA = """Examples:

  capcalc schema

  capcalc schema -o capcalc.schema.json"""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog=_MODELS)(models)
    app.command(epilog=_SHOW)(show)
    app.command(epilog=_INIT)(init)
    app.command(epilog=_VALIDATE)(validate)
    app.command(epilog=_SCHEMA)(schema)


def models(
    form: Annotated[
        Text,
        typer.Option(
            "--format", "-f", help=complete.FORMATS, autocompletion=complete.formats, metavar="FORMAT"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As -f json.")] = False,
    output: Annotated[Text, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")] = None,
) -> None:
    """Every model: its title, its question, and where it comes from."""
    from capcalc.output.page import table_in
    from capcalc.systems.library import about, model_files
    from capcalc.table import Column, Table

    may_write(output)
    style = style_of(form, output, json)
    found = {name: about(path) for name, path in sorted(model_files().items())}
    if style.form == "table":
        text = "\n".join(_in_lines(name, *said, style.width) for name, said in found.items())
    else:
        columns = tuple(Column(name=n, kind="text") for n in ("name", "title", "question", "where"))
        rows = tuple((name, *said) for name, said in found.items())
        text = table_in(style.form, Table(title="Models", columns=columns, rows=rows), style)
    with printing():
        write(text, output)


def _in_lines(name: str, title: str, question: str, where: str, width: int) -> str:
    first = textwrap.fill(f"{name}: {title} ({where})", width, subsequent_indent="  ", break_long_words=False)
    then = textwrap.fill(question, width, initial_indent="  ", subsequent_indent="  ", break_long_words=False)
    return f"{first}\n{then}".rstrip()


def show(
    name: Annotated[str, typer.Argument(help="A model by name.", autocompletion=complete.models)],
) -> None:
    """Print a model as it is written."""
    from capcalc.systems.library import find, read_file

    with printing():
        write(read_file(find(name)).removeprefix("\ufeff").rstrip("\n"))


def init(
    name: Annotated[
        str, typer.Argument(help="The model to begin with.", autocompletion=complete.models)
    ] = "web",
    output: Annotated[
        Text, typer.Option("--output", "-o", metavar="FILE", help="Write to a new file.")
    ] = None,
) -> None:
    """Begin a system file: a model, and all other keys as comments."""
    from capcalc.systems.library import find, read_file
    from capcalc.systems.load import load_text
    from capcalc.systems.template import template

    may_write(output)
    if output is not None and Path(output).exists():
        raise CapcalcError(f"--output {output}: is there already; name a new file, or move that one away")
    path = find(name)
    text = read_file(path)
    load_text(text, str(path))  # a file with mistakes is nothing to begin with
    with printing():
        write(template(text).rstrip("\n"), output)


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="System files.", autocompletion=complete.models)
    ],
) -> None:
    """Every mistake of system files, and whether their [check] holds.

    A file that has no mistakes is worked out, and each value of its [check] compared with the estimate.
    Exit 2 when some file has a mistake or a value that differs by more than 1%.
    """
    from capcalc.systems.library import find, read_file
    from capcalc.systems.validate import validated

    bad = False
    with printing():
        for name in files:
            try:
                path = find(name)
                verdict = validated(read_file(path), str(path))
                bad = bad or bool(verdict.problems)
                write(str(verdict))
            except CapcalcError as error:  # not there, no text: the others are still looked at
                bad = True
                write(str(error))
    raise typer.Exit(2 if bad else 0)


def schema(
    output: Annotated[Text, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")] = None,
) -> None:
    """The JSON Schema of system files, for editors."""
    import json

    from capcalc.systems.schema import schema as of_keys

    may_write(output)
    with printing():
        write(json.dumps(of_keys(), indent=2, ensure_ascii=False), output)
