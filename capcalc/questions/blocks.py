"""Work in blocks, here or by any `concurrent.futures.Executor`.

A task is a description: small, and the same wherever it is read. Its blocks do not depend on who works them out, so that
the answer is the same to the last bit for one process and for many. What an executor is sent is the description and a
run of blocks, as many as take half a second.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from math import ceil
from typing import Any, Protocol

AIM_S = 0.5  # work in one errand: much beside 10 ms there and back, little to wait for
_ERRANDS = 4  # at least so many for each worker, for an even end


class Task(Protocol):
    """What can be worked out block by block."""

    @property
    def blocks(self) -> int:
        """How many there are."""

    def block(self, index: int) -> Any:
        """The answer of one."""


class Stopped(KeyboardInterrupt):
    """Interrupted: `done` of `total` blocks were worked out."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(f"stopped when {done / total:.1%} was worked out")
        self.done, self.total = done, total


Progress = Callable[[int, int], None]


def in_blocks(task: Task, executor: Executor | None = None, progress: Progress | None = None) -> list[Any]:
    """The answers of all blocks, in their order.

    Parameters
    ----------
    task : Task
        Picklable where there is an executor.
    executor : concurrent.futures.Executor, optional
        Who works; the caller if left out.
    progress : callable, optional
        Told how many blocks are done, of how many.

    Raises
    ------
    Stopped : interrupted; what was on its way is given up.
    """
    found: dict[int, Any] = {}

    def keep(first: int, answers: list[Any]) -> None:
        found.update(enumerate(answers, first))
        if progress is not None:
            progress(len(found), task.blocks)

    try:
        start = time.perf_counter()
        keep(0, _errand(task, 0, 1))  # here in any case: how long it takes says how many are one errand
        if executor is None:
            for index in range(1, task.blocks):
                keep(index, _errand(task, index, index + 1))
        else:
            _sent_out(task, executor, time.perf_counter() - start, keep)
    except KeyboardInterrupt:
        raise Stopped(len(found), task.blocks) from None
    return [found[index] for index in range(task.blocks)]


def _sent_out(task: Task, executor: Executor, block_s: float, keep: Callable[[int, list[Any]], None]) -> None:
    """All blocks but the first, as errands; no more of them on their way than keep every worker busy."""
    workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    size = max(1, min(ceil(AIM_S / max(block_s, 1e-6)), ceil((task.blocks - 1) / (_ERRANDS * workers))))
    left = iter(range(1, task.blocks, size))
    going: dict[Future[list[Any]], int] = {}
    try:
        while True:
            while len(going) < 2 * workers and (first := next(left, None)) is not None:
                going[executor.submit(_errand, task, first, min(first + size, task.blocks))] = first
            if not going:
                return
            for done in wait(going, return_when=FIRST_COMPLETED).done:
                keep(going.pop(done), done.result())
    finally:
        for future in going:
            future.cancel()


def _errand(task: Task, first: int, last: int) -> list[Any]:
    return [task.block(index) for index in range(first, last)]
