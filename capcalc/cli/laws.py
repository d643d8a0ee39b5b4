"""`calc` and `explain`: one law of the registry, by name. Flags are the law's own; no line per law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from capcalc.cli.pipe import printing
from capcalc.cli.terminal import columns
from capcalc.errors import CapcalcError, UnitError, nearest

if TYPE_CHECKING:
    from capcalc.laws.entries.entry import Entry

_OPEN: dict[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True}
_CALC = """Examples:

  capcalc calc mmc --rate 10k/s --service 5ms --servers 60

  capcalc calc mmc --rate 10k/s --service 5ms --p99-wait 5ms

  capcalc calc mmc --help"""
_EXPLAIN = """Examples:

  capcalc explain mmc

  capcalc explain mmc -f latex"""
_HELP = ("-h", "--help")


def register(app: typer.Typer) -> None:
    """Adds the two commands. They read their own arguments, since each law has its own."""
    app.command(
        context_settings=_OPEN,
        add_help_option=False,
        epilog=_CALC,
        options_metavar="NAME [--input VALUE ...]",
    )(calc)
    app.command(
        context_settings=_OPEN, add_help_option=False, epilog=_EXPLAIN, options_metavar="NAME [-f text|latex]"
    )(explain)


def calc(context: typer.Context) -> None:
    """One law, forwards or backwards according to what is given. Alone: the list of laws."""
    from capcalc.laws.calculate import calculate
    from capcalc.laws.registry import law
    from capcalc.output import calc as output

    name, options, asked = _split(context, ("table", "json"))
    with printing():
        if name is None:
            print(output.laws_text("calc", columns()) if not asked["help"] else context.get_help())
            return
        entry = law(name)
        if asked["help"]:
            print(output.flags_text(entry, columns()))
            return
        found = calculate(entry, _quantities(entry, options))
        as_json = asked["json"] or asked["format"] == "json"
        print(output.calc_json(found) if as_json else output.calc_text(found, columns()))


def explain(context: typer.Context) -> None:
    """What a law is for, what it assumes, where it breaks, an example and its source. Alone: the list."""
    from capcalc.laws.registry import law
    from capcalc.output.calc import laws_text
    from capcalc.output.explain import explain_latex, explain_text

    name, options, asked = _split(context, ("text", "latex"))
    for flag, _ in options:
        raise CapcalcError(
            f'explain takes no {flag}; to put numbers in: "capcalc calc {name or "NAME"} {flag} ..."'
        )
    with printing():
        if name is None:
            print(laws_text("explain", columns()) if not asked["help"] else context.get_help())
        elif asked["help"]:
            print(context.get_help())
        else:
            entry = law(name)
            print(explain_latex(entry) if asked["format"] == "latex" else explain_text(entry, columns()))


def _split(
    context: typer.Context, formats: tuple[str, ...]
) -> tuple[str | None, list[tuple[str, str | None]], dict[str, Any]]:
    """The name, the flags of the law with their texts, and what every command has."""
    name: str | None = None
    options: list[tuple[str, str | None]] = []
    asked: dict[str, Any] = {"help": False, "json": False, "format": formats[0]}
    rest = list(context.args)
    while rest:
        token = rest.pop(0)
        flag, equals, text = token.partition("=") if token.startswith("-") else (token, "", "")
        if token in _HELP:
            asked["help"] = True
        elif token == "--json" and "json" in formats:
            asked["json"] = True
        elif flag in ("-f", "--format") or token.startswith("--"):
            value = text if equals else rest.pop(0) if rest and not rest[0].startswith("--") else None
            if flag not in ("-f", "--format"):
                options.append((flag, value))
            elif value in formats:
                asked["format"] = value
            else:
                raise CapcalcError(f"{flag}: {value!r} is no format; {nearest(value, formats)}")
        elif name is None and not token.startswith("-"):
            name = token
        else:
            raise CapcalcError(f"{token!r} has no flag in front of it; write --NAME VALUE, as --rate 10k/s")
    return name, options, asked


def _quantities(entry: Entry, options: list[tuple[str, str | None]]) -> dict[str, Any]:
    """Texts as numbers; every mistake in one pass."""
    given: dict[str, Any] = {}
    wrong: list[str] = []
    for flag, text in options:
        name = flag.removeprefix("--").replace("-", "_")
        try:
            value = _quantity(entry, name, flag, text)
            if name in given:
                raise CapcalcError(f"{flag} is given twice")
            given[name] = value
        except CapcalcError as error:
            wrong.append(str(error))
    if wrong:
        raise CapcalcError("\nError: ".join(wrong))
    return given


def _quantity(entry: Entry, name: str, flag: str, text: str | None) -> Any:
    from capcalc.laws.asked import backwards, known, named, quantity
    from capcalc.laws.asked import flag as flag_of
    from capcalc.laws.entries.entry import Input

    found, _ = known(entry, name)
    targets = backwards(entry)
    if found is None or (not isinstance(found, Input) and found.name not in targets):
        flags = [flag_of(i.name) for i in entry.inputs] + [flag_of(named(t, 0.99)) for t in targets]
        raise CapcalcError(f"{entry.name} has no {flag}; {nearest(flag, [*flags, '--json'])}")
    if text is None:
        raise CapcalcError(f"{flag} needs a value, as {flag} {_example(entry, name)}".rstrip())
    try:
        return quantity(found, text)
    except UnitError as error:
        raise CapcalcError(f"{flag}: {error}") from None


def _example(entry: Entry, name: str) -> str:
    from capcalc.units import EXAMPLES

    typed = entry.example.inputs.get(name)
    return typed if typed is not None else EXAMPLES["duration"].split(",")[0].replace(" ", "")
