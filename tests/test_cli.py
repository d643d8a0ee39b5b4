"""The command as a user meets it: exit codes, standard output and error, sentences for bad input."""

import json
import os
import subprocess
import sys

import pytest

from capcalc.systems.library import shipped

MAIN = [sys.executable, "-m", "capcalc"]
JOB = ["estimate", "--users", "1e6", "--read-ratio", "0.9"]


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run([*MAIN, *arguments], capture_output=True, text=True, env={**os.environ, **env}, check=False)


def refused(*arguments: str) -> str:
    """What standard error says of bad input: one or more sentences, exit 2, no traceback, nothing on standard output."""
    done = run(*arguments)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_the_main_job_is_one_screen():
    done = run(*JOB)
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100
    for word in ("mean 231/s", "peak 694/s", "web", "cache", "database", "p50", "p99", "server side", "assumed:"):
        assert word in done.stdout
    assert "\x1b" not in done.stdout
    assert "…" not in done.stdout


def test_json_is_clean_and_whole():
    done = run(*JOB, "--json", "--steps")
    answer = json.loads(done.stdout)
    assert answer["load"]["peak_rps"] == pytest.approx(1e6 * 20 / 86400 * 3)
    assert answer["inputs"].keys() == {"workload.users", "mix.read_ratio"}
    assert answer["tiers"]["database"]["reads_peak_rps"] == pytest.approx(62.5)
    assert answer["operations"]["read"]["response_p99_s"] > answer["operations"]["read"]["response_p50_s"] > 0
    assert answer["saturated"] is False
    keys = {step["key"] for step in answer["steps"]}
    for step in answer["steps"]:
        for part in step.get("inputs", {}).values():
            assert part["key"] in keys


def test_json_of_an_overloaded_system_has_no_infinities():
    done = run(*JOB, "--json", "--set", "tiers.web.servers=1", "--users", "1e7")
    assert done.returncode == 0
    assert "Infinity" not in done.stdout and "NaN" not in done.stdout
    answer = json.loads(done.stdout)
    assert answer["saturated"] is True
    assert answer["tiers"]["web"]["saturated"] is True
    assert answer["tiers"]["web"]["mean_wait_s"] is None
    assert answer["operations"]["read"]["response_p99_s"] is None
    assert answer["warnings"] == ["web: 34.72 erlangs need more than 1 servers of 8 workers; 5 would do"]


def test_overload_is_an_answer():
    done = run("estimate", "--users", "1e7", "--set", "tiers.web.servers=4")
    assert done.returncode == 0
    assert "web is overloaded: 34.72 erlangs need more than 4 servers of 8 workers; 5 would do" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--read-ratio", "90"], 'did you mean "90%"?'),
        (["--read-ratio", "1.5"], "--read-ratio"),
        (["--users", "-5"], "--users"),
        (["--users", "nan"], "--users"),
        (["--users", "inf"], "--users"),
        (["--users", "1e999"], "--users"),
        (["--users", "10^6"], "1e6"),
        (["--users", "many"], "--users"),
        (["--users", ""], "--users"),
        (["--peak", "0.5"], "[1, 1e+12]"),
        (["--hit-ratio", "95"], 'did you mean "95%"?'),
        (["--set", "tiers.web.servce_time=8ms"], 'did you mean "tiers.web.service_time"?'),
        (["--set", "tiers.wbe.service_time=8ms"], "tiers.web.service_time"),
        (["--set", "tiers.web.service_time"], "KEY=VALUE"),
        (["--set", "tiers.web.service_time=8"], "unit"),
        (["--set", "tiers.web.service_time=-8ms"], "service_time"),
        (["--set", "tiers.web.workers=2.5"], "whole numbers"),
        (["--set", "tiers.web.workers=0"], "[1, 1e+12]"),
        (["--set", "target.utilisation=0"], "(0, 1]"),
        (["wbe"], 'did you mean "web"?'),
        (["nothing.toml"], "nothing.toml"),
        (["--usrs", "5"], "--users"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, sentence):
    assert sentence in refused("estimate", *arguments)


def test_mistyped_command():
    assert "estimate" in refused("estmate")


def test_no_arguments_is_help_and_help_leads_somewhere():
    done = run()
    assert "estimate" in done.stdout + done.stderr
    help_text = run("estimate", "--help").stdout
    assert "--read-ratio" in help_text and "capcalc estimate --users 1e6 --read-ratio 0.9" in help_text


def test_version():
    assert run("--version").stdout.startswith("capcalc 0.")


def test_a_closed_pipe_is_quiet():
    command = f"{' '.join(MAIN)} {' '.join(JOB)} --steps | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1


def test_files(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe\x00binary")
    assert "UTF-8" in refused("estimate", str(bad))
    bad.write_text("")
    assert "no [operations.NAME]" in refused("estimate", str(bad))
    bad.write_text("x = " + "[" * 5000 + "]" * 5000)
    assert "bad.toml:1:" in refused("estimate", str(bad))
    bad.write_text("#" * 5_000_000)
    assert "larger than" in refused("estimate", str(bad))
    assert str(tmp_path) in refused("estimate", str(tmp_path))
    web = tmp_path / "copy.toml"
    text = (shipped() / "web.toml").read_text()
    web.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert run("estimate", str(web)).returncode == 0
