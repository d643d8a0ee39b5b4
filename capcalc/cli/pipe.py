"""Printing into a pipe that may close."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def printing() -> Iterator[None]:
    """Around whatever prints: a reader that has enough (`| head -1`) ends it quietly.

    Commands stand inside it too, since typer takes a closed pipe for a failure.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        away()


def away() -> None:
    """Points standard output away: Python would complain once more at exit of what it could not write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
