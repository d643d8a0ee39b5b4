"""A bar on standard error for what takes longer than a second, and only where a person is looking."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE_S = 1.0


class Bar:
    """Called with how many are done, of how many; to be closed."""

    def __init__(self, what: str) -> None:
        self._what, self._start = what, time.monotonic()
        self._drawn: Progress | None = None
        self._task: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._drawn is None:
            if not sys.stderr.isatty() or time.monotonic() - self._start < _PATIENCE_S or done >= total:
                return
            self._drawn, self._task = self._opened(total)
        self._drawn.update(self._task, completed=done)

    def close(self) -> None:
        """Takes the bar away."""
        if self._drawn is not None:
            self._drawn.stop()

    def _opened(self, total: int) -> tuple[Progress, Any]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        drawn = Progress(*columns, console=Console(stderr=True), transient=True)
        drawn.start()
        return drawn, drawn.add_task(self._what, total=total)
