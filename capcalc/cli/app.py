"""The command. The module of a command is imported when it is named, so that none pays for the others."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from capcalc import __version__

if TYPE_CHECKING:
    from typer._click import Command, Context

HOMES = {
    "estimate": "capcalc.cli.estimate",
    **dict.fromkeys(("table", "solve"), "capcalc.cli.questions"),
    **dict.fromkeys(("models", "show", "init", "validate", "schema"), "capcalc.cli.files"),
    **dict.fromkeys(("calc", "explain"), "capcalc.cli.laws"),
}  # each module has register(app), which adds its commands


class Commands(TyperGroup):
    """The commands by name, made when they are asked for."""

    def list_commands(self, ctx: Context) -> list[str]:
        return list(HOMES)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        if cmd_name in HOMES and cmd_name not in self.commands:
            own = typer.Typer(rich_markup_mode=None, add_completion=False)
            import_module(HOMES[cmd_name]).register(own)
            self.commands.update(typer.main.get_group(own).commands)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args and args[0] not in HOMES:  # the near misses are looked for among all
            for name in HOMES:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="capcalc",
    cls=Commands,
    help="Capacity planning by formula: from users to a fleet, with the working shown.",
    epilog="""Examples:

  capcalc estimate --users 1e6 --read-ratio 0.9

  capcalc table web --vary users=1M..1B/log:4

  capcalc solve web users --when 'p99 <= 200ms' --fix-fleet

  capcalc models""",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
