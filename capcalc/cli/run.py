"""Runs the command: exit codes, closed pipes, interrupts, and our own errors as one sentence."""

from __future__ import annotations

import os
import sys

from capcalc.cli.pipe import printing
from capcalc.errors import CapcalcError, ModelFileError


def run(arguments: list[str] | None = None) -> int:
    """The exit code: 0 answered, 1 a stated target is missed under --check, 2 bad input, 130 interrupted."""
    from capcalc.cli.app import app

    given = sys.argv[1:] if arguments is None else arguments
    if not given and "_CAPCALC_COMPLETE" not in os.environ:
        given = ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a title that the terminal's encoding does not have is no failure
            stream.reconfigure(errors="backslashreplace")
    try:
        with printing():
            code = app(args=given, prog_name="capcalc", standalone_mode=True)
        return int(code or 0)
    except CapcalcError as error:
        print(error if isinstance(error, ModelFileError) else f"Error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
