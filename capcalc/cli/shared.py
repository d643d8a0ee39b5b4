"""What the commands share: where a system comes from, how an answer is printed, and where it goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from capcalc.cli.pipe import away
from capcalc.cli.terminal import columns
from capcalc.errors import CapcalcError, UnknownName

if TYPE_CHECKING:
    from capcalc.output.page import Style
    from capcalc.systems.system import System

COLORS = ("auto", "always", "never")


def system_of(model: str) -> System:
    """A model by name, a system file by its path, or standard input for `-`.

    Raises
    ------
    CapcalcError : there is no such model, or the file has mistakes.
    """
    from capcalc.systems.library import decoded, load_model
    from capcalc.systems.load import load_text

    if model != "-":
        return load_model(model)
    text = decoded("standard input", sys.stdin.buffer.read())
    return load_text(text, "standard input", "system", "typed")


def style_of(
    form: str | None = None,
    output: str | None = None,
    json: bool = False,
    *,
    digits: int | None = None,
    steps: bool = False,
    quiet: bool = False,
    color: str = "auto",
) -> Style:
    """How to print: the format said, else that of the file's ending, else a table.

    Raises
    ------
    CapcalcError : no such format, two of them, or a file whose ending says none.
    """
    from capcalc.output.page import FORMATS, Style

    if json and form not in (None, "json"):
        raise CapcalcError(f"--json and -f {form} are two formats; give one of them")
    if form is not None and form not in FORMATS:
        raise CapcalcError(f"--format: {UnknownName('format', form, FORMATS)}")
    if color not in COLORS:
        raise CapcalcError(f"--color: {UnknownName('choice', color, COLORS)}")
    chosen = "json" if json else form or _by_ending(output)
    colored = color == "always" or (color == "auto" and output is None and _terminal_has_colors())
    width = 100 if output is not None else columns()
    return Style(form=chosen, digits=digits, steps=steps, quiet=quiet, width=width, color=colored)


def _by_ending(output: str | None) -> str:
    from capcalc.output.page import ENDINGS

    if output is None:
        return "table"
    ending = Path(output).suffix.lower()
    if ending not in ENDINGS:
        known = f"{', '.join(ENDINGS)}; or say it: -f json"
        raise CapcalcError(f"--output {output}: its ending says no format; endings: {known}")
    return ENDINGS[ending]


def _terminal_has_colors() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def may_write(output: str | None, *, but_not: str = "") -> None:
    """Refuses a file that cannot be written before anything is worked out for it.

    Raises
    ------
    CapcalcError : a folder, a folder that is not there, or the file that the answer is made from.
    """
    if output is None:
        return
    path = Path(output)
    if path.is_dir():
        raise CapcalcError(f"--output {output}: is a folder; name a file in it, as {path / 'estimate.json'}")
    if not path.parent.is_dir():
        raise CapcalcError(f"--output {output}: there is no folder {path.parent}")
    if but_not and path.exists() and Path(but_not).exists() and path.samefile(but_not):
        raise CapcalcError(
            f"--output {output}: is the system file that the answer is made from; name another"
        )


def write(text: str, output: str | None = None) -> None:
    """Puts a text on standard output, or into a file.

    Raises
    ------
    CapcalcError : it cannot be written; says why.
    """
    if output is None:
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            away()
            raise CapcalcError(f"standard output: {error.strerror or error}") from None
        return
    try:
        with Path(output).open("w", encoding="utf-8", newline="") as file:
            file.write(text + ("\r\n" if text.count("\r\n") else "\n"))
    except OSError as error:
        raise CapcalcError(f"--output {output}: {error.strerror or error}") from None
