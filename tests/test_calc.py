"""`capcalc calc` as a user meets it: forwards, backwards, overload, JSON, and sentences for bad input."""

import json
import os
import subprocess
import sys

import pytest

from capcalc.laws.registry import laws
from capcalc.output.calc import example_command

MAIN = [sys.executable, "-m", "capcalc", "calc"]
POOL = ("mmc", "--rate", "10k/s", "--service", "5ms")


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*MAIN, *arguments], capture_output=True, text=True, env={**os.environ, **env}, check=False
    )


def answered(*arguments: str) -> str:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def refused(*arguments: str) -> str:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert "Traceback" not in done.stderr
    return done.stderr


def in_process(capsys, *arguments: str) -> str:
    """The same without a new interpreter: for every law."""
    from capcalc.cli.run import run as command

    assert command(list(arguments)) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


LITTLE = """\
Little's law: how many are inside, from how many come and how long they stay

  mean number inside   9
  standing             exact

Given
  lam = 900/s   arrival rate (typed)
  W = 10 ms   mean time inside (typed)

Steps
  1 mean number inside
      L = lam*W = 900*0.01 = 9 [LITTLE]

Sources
  [LITTLE] J. D. C. Little, A proof for the queuing formula L = lambda W, Oper. Res. 9 (1961)
    383-387.
"""


def test_a_whole_answer():
    assert answered("little", "--rate", "900/s", "--time", "10ms") == LITTLE


def test_forwards():
    text = answered(*POOL, "--servers", "60")
    for line in (
        "  offered load          50 erlang",
        "  chance of waiting     11.7%",
        "  p99 wait              1.23 ms",
        "  standing              exact",
        "      Wq = C*S/(c - a) = 0.1173*0.005/(60 - 50) = 5.87e-05 = 58.7 us [ERLANG]",
    ):
        assert line in text
    assert max(map(len, text.splitlines())) <= 100


def test_backwards_to_servers_is_the_fewest():
    found = json.loads(answered(*POOL, "--p99-wait", "5ms", "--json"))
    assert found["answer"] == {"servers": 54}
    assert found["target"] == {"p99_wait_s": 0.005}
    assert found["results"]["p99_wait_s"] <= 0.005
    one_less = json.loads(answered(*POOL, "--servers", "53", "--json"))
    assert one_less["results"]["p99_wait_s"] > 0.005


def test_backwards_to_load():
    found = json.loads(answered("mmc", "--servers", "60", "--service", "5ms", "--p99-wait", "5ms", "--json"))
    assert found["answer"]["rate_rps"] == pytest.approx(11216.6, rel=1e-4)
    assert found["results"]["p99_wait_s"] == pytest.approx(0.005)
    assert "the most with a p99 wait of 5 ms at most" in answered(
        "mmc", "--servers", "60", "--service", "5ms", "--p99-wait", "5ms"
    )


def test_any_percentile_is_a_target():
    text = answered(*POOL, "--p99.9-wait", "5ms")
    assert "the fewest with a p99.9 wait of 5 ms at most" in text
    assert "  p99.9 wait " in text
    assert "p99.9_wait_s" in json.loads(answered(*POOL, "--p99.9-wait", "5ms", "--json"))["results"]


def test_json_is_plain_numbers_with_units():
    found = json.loads(answered(*POOL, "--servers=60", "--json"))
    assert found["inputs"] == {"rate_rps": 10000, "service_s": 0.005, "servers": 60}
    assert found["assumed"] == {"percentile": 0.99}
    assert found["results"]["offered_erlangs"] == 50
    assert found["results"]["mean_wait_s"] == pytest.approx(5.866e-5, rel=1e-3)
    assert found["saturated"] is False and found["warnings"] == [] and found["standing"] == "exact"
    assert found["steps"][0]["formula"] == "lam*S"


OVERLOADED = """\
overloaded: 10,000/s x 5 ms offers 50 erlangs to 40 servers. The least that works is 51; for a p99 wait
under 5 ms, try --p99-wait 5ms
"""


def test_overload_is_an_answer():
    assert answered(*POOL, "--servers", "40").split() == OVERLOADED.split()
    found = json.loads(answered(*POOL, "--servers", "40", "--json"))
    assert found["saturated"] is True
    assert found["results"]["mean_wait_s"] is None and found["results"]["p99_response_s"] is None
    assert found["results"]["utilisation"] == 1.25
    assert found["warnings"][0].startswith("overloaded: 10,000/s x 5 ms offers 50 erlangs to 40 servers.")


def test_what_overload_asks_for_works():
    least = json.loads(answered(*POOL, "--servers", "51", "--json"))
    assert least["saturated"] is False


def test_classes_above_the_saturated_one_keep_their_waits():
    text = answered("priority", "--rates", "0.2/s, 0.6/s, 0.5/s", "--services", "1s, 1s, 1s")
    assert text.startswith("overloaded: the classes offer 1.3 erlangs to one server")
    assert "1.25 s, 6.25 s, no end" in text


def test_overload_of_a_network_names_the_station():
    text = answered("open_network", "--rate", "12/s", "--services", "100ms, 10ms")
    assert text.startswith("overloaded: station 1: 1.20 erlang saturate 1 server; 2 would carry them")


def test_a_target_out_of_reach_is_an_answer():
    text = answered(*POOL, "--p99-response", "5ms")
    assert text.startswith("out of reach: The service alone takes")
    found = json.loads(answered(*POOL, "--p99-response", "5ms", "--json"))
    assert found["answer"] == {"servers": None} and found["results"] == {} and found["saturated"] is False
    assert "out of reach: no arrival rate gives" in answered(
        "mm1", "--service", "10ms", "--p99-response", "20ms"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mcm"], "unknown law 'mcm'; did you mean \"mmc\"?"),
        ([*POOL], "mmc needs --servers (servers), or a target that it answers: --utilisation,"),
        (["mmc", "--rate", "1/s"], "mmc needs --service (mean service time) and --servers (servers)"),
        ([*POOL, "--srvers", "60"], 'mmc has no --srvers; did you mean "--servers"?'),
        ([*POOL, "--servers"], "--servers needs a value, as --servers 3"),
        ([*POOL, "--servers", "2.5"], "--servers = 2.5 is outside the whole numbers."),
        ([*POOL, "--servers", "0"], "--servers = 0.0 is outside [1, inf)."),
        ([*POOL, "--servers", "-5"], "--servers: '-5'"),
        ([*POOL, "--servers", "nan"], "--servers: 'nan'"),
        ([*POOL, "--servers", "60", "--servers", "61"], "--servers is given twice"),
        ([*POOL, "--servers", "60", "--p99-wait", "5ms"], "leave out --servers or --rate, which answers it"),
        ([*POOL, "--p99-wait", "5ms", "--mean-wait", "1ms"], "give one target at a time"),
        ([*POOL, "--p99-wait", "5ms", "--percentile", "95%"], "says its percentile already"),
        ([*POOL, "--service-level", "80%"], "--service-level for --servers also needs --within"),
        ([*POOL, "--mean-inside", "80"], "mmc has no --mean-inside"),
        ([*POOL, "60"], "'60' has no flag in front of it"),
        ([*POOL, "--servers", "60", "-f", "xml"], "-f: 'xml' is no format; there are: json, table"),
        (["mmc", "--rate", "10k", "--service", "5", "--servers", "60"], "--rate: '10k' is not a rate"),
        (["closed_network", "--demands", "1", "--customers", "2"], "--demands: '1' is not a duration"),
        (
            ["jackson", "--external", "1/s", "--routing", "0,1;1", "--services", "1s"],
            "--routing: the rows of the table are not equally long",
        ),
        (
            ["batch", "--rate", "1/s", "--batch", "2", "--service", "1s", "--servers", "9", "--sizes", "odd"],
            "--sizes",
        ),
    ],
)
def test_bad_input_gets_a_sentence(arguments, sentence):
    assert sentence in refused(*arguments)


def test_every_mistake_in_one_pass():
    text = refused("mmc", "--rte", "10k/s", "--service", "5", "--servers", "sixty")
    assert text.count("Error: ") == 3
    for flag in ("--rte", "--service", "--servers"):
        assert flag in text


def test_alone_it_lists_the_laws():
    text = answered()
    for entry in laws().values():
        assert f"  {entry.name} " in text
    assert max(map(len, text.splitlines())) <= 100


def test_help():
    assert "capcalc calc mmc --rate 10k/s --service 5ms --p99-wait 5ms" in answered("--help")
    text = answered("mmc", "-h")
    assert "--service" in text and "gives --servers or --rate" in text and "capcalc explain mmc" in text


@pytest.mark.parametrize("entry", laws().values(), ids=lambda e: e.name)
def test_every_example_runs_and_is_clean(entry, capsys):
    import shlex

    arguments = shlex.split(example_command(entry))[1:]
    text = in_process(capsys, *arguments)
    assert entry.title.split(":")[0] in text.splitlines()[0]
    assert "Given" in text and "Steps" in text and "Sources" in text
    assert "nan" not in text.split() and "inf" not in text.split() and "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 100
    found = json.loads(in_process(capsys, *arguments, "--json"))
    assert found["law"] == entry.name and found["results"] and found["saturated"] is False
    help_text = in_process(capsys, "calc", entry.name, "--help")
    assert all(f"--{i.name.replace('_', '-')}" in help_text for i in entry.inputs)


def test_no_color_and_a_pipe_are_clean():
    assert "\x1b" not in run(*POOL, "--servers", "60", NO_COLOR="1").stdout
    command = f"{' '.join(MAIN)} {' '.join(POOL)} --servers 60 | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


def test_estimate_loads_nothing_of_this():
    code = (
        "import sys; from capcalc.cli.run import run; "
        "run(['estimate', '--users', '1e6', '--read-ratio', '0.9', '--json']); "
        "names = ('capcalc.laws.registry', 'capcalc.laws.entries', 'capcalc.laws.calculate'); "
        "print(*(m for m in sys.modules if m.startswith(names)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""
