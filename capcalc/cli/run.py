"""Runs the command: exit codes, closed pipes, interrupts, and our own errors as one sentence."""

from __future__ import annotations

import os
import sys

from capcalc.errors import CapcalcError


def run(arguments: list[str] | None = None) -> int:
    """The exit code: 0 answered, 1 a stated target is missed under --check, 2 bad input, 130 interrupted."""
    from capcalc.cli.app import app

    try:
        code = app(args=arguments, prog_name="capcalc", standalone_mode=True)
        sys.stdout.flush()
        return int(code or 0)
    except CapcalcError as error:
        text = str(error)
        print(text if "\n" in text or ":" in text.partition(" ")[0] else f"Error: {text}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever reads has enough. Standard output is pointed away, or Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
