"""The command line: parse, call, print. Only this package knows typer."""

from __future__ import annotations


def main() -> None:
    """The `capcalc` command from inside Python; ends with SystemExit."""
    raise SystemExit(_run())


def command() -> None:
    """The `capcalc` command as a process of its own.

    It ends at once when all is written: taking apart what numpy and typer have built, object by object, costs a sixth
    of a run and serves nobody.
    """
    import os
    import sys

    code = _run()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # whoever read has gone
            code = code or 0
    os._exit(code)


def _run() -> int:
    import gc
    import os

    # Start-up makes thousands of lasting objects and no garbage: a collector that looks every 700 of them only delays.
    gc.set_threshold(100_000)
    # One thread each for the linear algebra that numpy loads: nothing here uses it, and starting its pool of
    # threads costs half of numpy's import. Only for the command, and never against what the user has set.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")
    from capcalc.cli.run import run

    return run()
