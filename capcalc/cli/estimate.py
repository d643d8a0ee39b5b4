"""`estimate`: the whole answer for one system."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from capcalc.cli import complete
from capcalc.cli.options import Form, Json, Model, Output, Precision, Set, Text
from capcalc.cli.pipe import printing
from capcalc.cli.shared import may_write, style_of, system_of, write
from capcalc.errors import CapcalcError

if TYPE_CHECKING:
    from capcalc.output.page import Style
    from capcalc.systems.system import System

EXAMPLES = """Examples:

  capcalc estimate --users 1e6 --read-ratio 0.9

  capcalc estimate --users 50M --set tiers.web.service_time=8ms --steps

  capcalc estimate --users '5M to 20M' --hit-ratio '80% to 95%'

  capcalc estimate web --check -f markdown"""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog=EXAMPLES)(estimate)


def estimate(
    model: Model = "web",
    users: Annotated[Text, typer.Option(help="Users active on a day: 1e6, 1M.")] = None,
    requests_per_user: Annotated[
        Text, typer.Option(help="Requests of a user in a day: 20, or 1/10min.")
    ] = None,
    peak: Annotated[Text, typer.Option(help="Busiest rate / mean rate.")] = None,
    read_ratio: Annotated[Text, typer.Option(help="Part of the requests that are reads: 0.9, 90%.")] = None,
    hit_ratio: Annotated[Text, typer.Option(help="Part of the reads that the cache answers.")] = None,
    set_: Set = None,
    steps: Annotated[
        bool, typer.Option("--steps", help="Add the working: formula, numbers, source.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when a stated target is missed.")
    ] = False,
    form: Form = None,
    output: Output = None,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The answer only, no assumptions.")] = False,
    precision: Precision = None,
    color: Annotated[
        str, typer.Option(metavar="WHEN", help="auto, always or never.", autocompletion=complete.colors)
    ] = "auto",
) -> None:
    """The whole answer for one system: load, machines, times, and why."""
    from capcalc.output.page import estimate_text

    may_write(output, but_not=model)
    style = style_of(form, output, json, digits=precision, steps=steps, quiet=quiet, color=color)
    short = {
        "users": users,
        "requests_per_user": _a_day(requests_per_user),
        "peak": peak,
        "read_ratio": read_ratio,
        "hit_ratio": hit_ratio,
    }
    system = changed(system_of(model), short, set_ or ())
    if system.ranges:
        _uncertain(system, style, output, steps=steps, check=check)
        return
    answer = system.estimate()
    with printing():
        write(estimate_text(answer, style), output)
    if check:
        from capcalc.systems.targets import missed

        sentences = missed(answer)
        for sentence in sentences:
            print(f"missed: {sentence}", file=sys.stderr)
        raise typer.Exit(1 if sentences else 0)


def _uncertain(system: System, style: Style, output: str | None, **flags: bool) -> None:
    """The answer where an input is a range.

    Raises
    ------
    CapcalcError : a flag that asks for the working or the verdict of single values.
    """
    from capcalc.output.answer import answer_text
    from capcalc.questions.ranges import ranges

    for flag in (name for name, given in flags.items() if given):
        raise CapcalcError(f"--{flag}: {', '.join(system.ranges)}: a range has no single answer; give one value")
    with printing():
        write(answer_text(ranges(system), style), output)


def single(system: System) -> System:
    """The system, for a question that takes single values.

    Raises
    ------
    CapcalcError : an input of it is a range.
    """
    for key, spread in system.ranges.items():
        raise CapcalcError(f"{key}: {spread.text!r} is a range, which capcalc estimate takes; here give one value")
    return system


def changed(system: System, short: dict[str, str | None], items: list[str] | tuple[()]) -> System:
    """The system with what the flags say.

    Raises
    ------
    CapcalcError : a key or a value that is none, with the flag that said it.
    """
    for name, text in short.items():
        if text is not None:
            system = _set(system, name, text, f"--{name.replace('_', '-')}")
    for item in items:
        key, equals, text = item.partition("=")
        if not equals:
            raise CapcalcError(f"--set {item}: write KEY=VALUE, as --set tiers.web.service_time=8ms")
        system = _set(system, key.strip(), text.strip(), "--set")
    return system


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
