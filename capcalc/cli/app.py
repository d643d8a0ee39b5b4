"""The commands."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from capcalc import __version__
from capcalc.cli.pipe import printing
from capcalc.errors import CapcalcError

if TYPE_CHECKING:
    from capcalc.systems.estimate import Estimate
    from capcalc.systems.system import System

app = typer.Typer(
    name="capcalc",
    help="Capacity planning by formula: from users to a fleet, with the working shown.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_EPILOG = """Examples:

  capcalc estimate --users 1e6 --read-ratio 0.9

  capcalc estimate --users 50M --set tiers.web.service_time=8ms --steps

  capcalc estimate my-system.toml --json"""


def _version(value: bool) -> None:
    if value:
        print(f"capcalc {__version__}")
        raise typer.Exit


@app.callback()
def capcalc(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Capacity planning by formula: from users to a fleet, with the working shown."""


@app.command(epilog=_EPILOG)
def estimate(
    model: Annotated[str, typer.Argument(help="A model by name, or the path of a system file.")] = "web",
    users: Annotated[Optional[str], typer.Option(help="Users active on a day: 1e6, 1M.")] = None,  # noqa: UP045
    requests_per_user: Annotated[
        Optional[str], typer.Option(help="Requests of a user in a day: 20, or 1/10min.")  # noqa: UP045
    ] = None,
    peak: Annotated[Optional[str], typer.Option(help="Busiest rate / mean rate.")] = None,  # noqa: UP045
    read_ratio: Annotated[
        Optional[str], typer.Option(help="Part of the requests that are reads: 0.9, 90%.")  # noqa: UP045
    ] = None,
    hit_ratio: Annotated[Optional[str], typer.Option(help="Part of the reads that the cache answers.")] = None,  # noqa: UP045
    set_: Annotated[
        Optional[list[str]], typer.Option("--set", metavar="KEY=VALUE", help="Any value: tiers.web.service_time=8ms.")  # noqa: UP045
    ] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Print the working: formula, numbers, result, source.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The whole answer for one system: load, machines, response times, and why."""
    from capcalc.systems.library import load_model

    short = {
        "users": users,
        "requests_per_user": _a_day(requests_per_user),
        "peak": peak,
        "read_ratio": read_ratio,
        "hit_ratio": hit_ratio,
    }
    system = load_model(model)
    for name, text in short.items():
        if text is not None:
            system = _set(system, name, text, f"--{name.replace('_', '-')}")
    for item in set_ or ():
        key, equals, text = item.partition("=")
        if not equals:
            raise CapcalcError(f"--set {item}: write KEY=VALUE, as --set tiers.web.service_time=8ms")
        system = _set(system, key.strip(), text.strip(), "--set")
    with printing():
        _print(system.estimate(), steps, json)


def _print(answer: Estimate, steps: bool, json: bool) -> None:
    if json:
        from capcalc.output.document import to_json

        print(to_json(answer, steps=steps))
        return
    from capcalc.output.screen import screen_text

    print(screen_text(answer, width=_width(), color=_color()))
    if steps:
        from capcalc.output.working import step_lines

        print()
        for line in step_lines(answer.lines):
            print(line)


def _set(system: System, name: str, text: str, flag: str) -> System:
    try:
        return system.set({name: text})
    except CapcalcError as error:
        raise CapcalcError(f"{flag}: {_said(error, name)}") from None


def _said(error: CapcalcError, name: str) -> str:
    """The sentence without the name of a flag's own key, which the flag says already."""
    return str(error) if "." in name else str(error).removeprefix(f"{name}: ")


def _a_day(text: str | None) -> str | None:
    """Requests of a user are those of a day unless another time is said."""
    return f"{text}/day" if text is not None and re.fullmatch(r"[\d.,_eE+ -]+[kM]?", text.strip()) else text


def _width() -> int:
    """Columns of the terminal, 100 at most; 100 where there is none, so that nothing is cut in a pipe."""
    if not sys.stdout.isatty():
        return 100
    try:
        return max(40, min(100, os.get_terminal_size().columns))
    except OSError:
        return 100


def _color() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
