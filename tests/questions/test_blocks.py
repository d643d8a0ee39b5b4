"""Work in blocks: the same to the last bit for whoever does it, bounded on its way, and ended cleanly."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import pytest

from capcalc import load_model
from capcalc.questions.blocks import Stopped, in_blocks
from capcalc.questions.table import table

WEB = load_model("web")
VARY = {"users": "1k..1e10/log:300", "hit_ratio": "0.3..0.99/100"}  # 30,000 rows: four blocks
SHOW = ["servers", "cost_usd_per_month", "web_utilisation", "database_wait_p99_s"]


@dataclass(frozen=True)
class Squares:
    blocks: int
    fails_at: int = -1
    takes_s: float = 0.0

    def block(self, index):
        if index == self.fails_at:
            raise KeyboardInterrupt
        time.sleep(self.takes_s)
        return index * index


class Counting(Executor):
    """Does at once what it is told, but says so only when it is asked to; counts what is on its way."""

    def __init__(self):
        self.sent, self.most, self._max_workers = [], 0, 2

    def submit(self, work, /, *args, **named):
        future = Future()
        future.set_result(work(*args, **named))
        self.sent.append(args[1:])
        return future


def test_answers_are_in_their_order():
    assert in_blocks(Squares(7)) == [0, 1, 4, 9, 16, 25, 36]
    with ThreadPoolExecutor(3) as pool:
        assert in_blocks(Squares(200), pool) == [i * i for i in range(200)]


def test_progress_is_told_of_every_block():
    told = []
    in_blocks(Squares(5), progress=lambda done, total: told.append((done, total)))
    assert told == [(i, 5) for i in range(1, 6)]


def test_quick_blocks_share_an_errand_and_slow_ones_go_alone():
    quick, slow = Counting(), Counting()
    in_blocks(Squares(1001), quick)
    assert len(quick.sent) <= 10  # four for each of two workers, and what is left over
    in_blocks(Squares(4, takes_s=0.6), slow)
    assert slow.sent == [(1, 2), (2, 3), (3, 4)]


def test_no_more_is_on_its_way_than_keeps_the_workers_busy():
    waiting = []

    class Slow(ThreadPoolExecutor):
        def submit(self, *args, **named):
            waiting.append(self._work_queue.qsize())
            return super().submit(*args, **named)

    with Slow(2) as pool:
        in_blocks(Squares(60, takes_s=0.01), pool)
    assert max(waiting) <= 4


def test_an_interruption_says_how_far_it_was_and_leaves_nothing_going():
    with pytest.raises(Stopped, match=r"30\.0%"):
        in_blocks(Squares(10, fails_at=3))
    with ThreadPoolExecutor(1) as pool, pytest.raises(Stopped):
        in_blocks(Squares(50, fails_at=2, takes_s=0.3), pool)


def test_processes_give_the_same_to_the_last_bit():
    alone = table(WEB, VARY, SHOW)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        together = table(WEB, VARY, SHOW, executor=pool)
    assert together.rows == alone.rows
    percentiles = {"users": "1M..1B/log:30", "tiers.web.service_time": "1ms..20ms/70"}  # 2,100 rows: three blocks
    with ThreadPoolExecutor(2) as pool:
        assert table(WEB, percentiles, executor=pool).rows == table(WEB, percentiles).rows


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_is_an_executor_like_any_other():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = table(WEB, VARY, SHOW, executor=client.get_executor())
    assert found.rows == table(WEB, VARY, SHOW).rows


def _children(pid):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the table of processes")
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_says_what_was_done_and_leaves_no_orphan(jobs, tmp_path):
    target = tmp_path / "x.csv"
    command = [sys.executable, "-m", "capcalc", "table", "social-feed", "--vary", "users=1M..1e9/log:1000000"]
    process = subprocess.Popen(
        [*command, "--jobs", str(jobs), "-f", "csv", "-o", str(target)],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    time.sleep(6)
    started = _children(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert said.startswith("table: stopped when") and "Traceback" not in said
    assert not target.exists()
    assert (len(started) > 0) == (jobs > 1)
    until = time.monotonic() + 20  # the keeper of shared resources sees a moment later that all are gone
    while (left := [pid for pid in started if os.path.exists(f"/proc/{pid}")]) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def test_jobs_change_nothing_but_the_time():
    def asked(*more):
        line = [sys.executable, "-m", "capcalc", "table", "web", "--vary", "users=1k..1e10/log:20000", "--show", "servers", "-f", "csv"]
        done = subprocess.run([*line, *more], capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert asked() == asked("--jobs", "2")
