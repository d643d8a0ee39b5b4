"""Long work of a command: in processes where `--jobs` asks for them, with a bar, and ended by Ctrl-C without a trace."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from capcalc.questions.blocks import Progress

Jobs = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--jobs", "-j", min=1, max=256, metavar="N", help="Processes that work; the answer is the same."),
]


@contextmanager
def workers(jobs: int | None, what: str) -> Iterator[tuple[Executor | None, Progress]]:
    """Who works, and who is told how far it is."""
    from capcalc.output.progress import Bar
    from capcalc.questions.blocks import Stopped

    bar = Bar(what)
    pool = _pool(jobs) if jobs is not None and jobs > 1 else None
    try:
        yield pool, bar
    except Stopped as stopped:
        bar.close()
        print(f"{what}: {stopped}", file=sys.stderr)
        raise typer.Exit(130) from None
    finally:
        bar.close()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_deaf)


def _deaf() -> None:
    """Ctrl-C goes to all processes of a terminal; the one that asked says what becomes of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
