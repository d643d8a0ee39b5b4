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
        # Standard output is pointed away, or Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
