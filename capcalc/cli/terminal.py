"""How wide the terminal is."""

from __future__ import annotations

import os
import sys


def columns(widest: int = 100, narrowest: int = 40) -> int:
    """Columns of the terminal, 100 at most; 100 where there is none, so that nothing is cut in a pipe."""
    if not sys.stdout.isatty():
        return widest
    try:
        return max(narrowest, min(widest, os.get_terminal_size().columns))
    except OSError:
        return widest
