"""models/ is found from a wheel, an sdist, an editable install and a bare checkout, and the package is complete."""

import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from capcalc import load_model

ROOT = Path(__file__).resolve().parent.parent
WANTED = sorted(p.relative_to(ROOT / "models").with_suffix("").as_posix() for p in (ROOT / "models").rglob("*.toml"))
LIST = "from capcalc.systems.library import shipped, shipped_models as m; print(shipped()); print(*sorted(m()))"
ESTIMATE = ["-m", "capcalc", "estimate", "--users", "1e6", "--read-ratio", "0.9"]


def run(*arguments: str | Path, cwd: Path, **env: str) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "CAPCALC_MODELS")}
    done = subprocess.run(
        [str(a) for a in arguments], cwd=cwd, env={**clean, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def found(python: Path | str, cwd: Path, **env: str) -> tuple[Path, list[str]]:
    folder, names = run(python, "-c", LIST, cwd=cwd, **env).splitlines()
    return Path(folder), names.split()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Wheel and sdist, built without a network from a copy of what git would give."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", out, ROOT, cwd=out)
    return out


def fresh(folder: Path, package: Path | None = None, *options: str) -> Path:
    """A new environment that sees the libraries of this one, with capcalc installed from `package`."""
    venv.create(folder, system_site_packages=False, with_pip=False)
    python = folder / "bin" / "python"
    libraries = [p for p in sys.path if p.endswith("site-packages")]
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    for index, path in enumerate(libraries):
        (site / f"libraries{index}.pth").write_text(path + "\n")
    if package is not None:
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
        run(*pip, "--force-reinstall", "--no-build-isolation", *options, package, cwd=folder)
    return python


def test_wheel_holds_models_and_marker(built):
    import zipfile

    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert sorted(n.removeprefix("capcalc/_models/")[:-5] for n in names if n.startswith("capcalc/_models/")) == WANTED
    assert "capcalc/py.typed" in names
    assert not [n for n in names if n.startswith(("tests", "benchmarks", "models/"))]


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_models_are_found_from_an_install(built, tmp_path, kind):
    python = fresh(tmp_path / "env", next(built.glob(kind)))
    folder, names = found(python, tmp_path)
    assert folder.name == "_models"
    assert tmp_path in folder.parents
    assert names == WANTED
    command = [python.parent / "capcalc", *ESTIMATE[2:]]
    elsewhere = run(*command, cwd=tmp_path)
    assert "assumed: read per user 18/day" in elsewhere
    # in a checkout ./models stands first: the same files, so the same assumptions
    assert run(*command, cwd=ROOT) == elsewhere


def test_a_changed_copy_of_a_model_is_the_users_own(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    copy = tmp_path / "models" / "web.toml"
    copy.write_bytes((ROOT / "models" / "web.toml").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert "tiers.web.service_time" in load_model("web").estimate().to_dict()["assumed"]
    copy.write_bytes(copy.read_bytes() + b"\n")
    assert "tiers.web.service_time" not in load_model("web").estimate().to_dict()["assumed"]


def test_models_are_found_from_an_editable_install(tmp_path):
    python = fresh(tmp_path / "env", ROOT, "--editable")
    folder, names = found(python, tmp_path)
    assert folder == ROOT / "models"
    assert names == WANTED


def test_models_are_found_from_a_bare_checkout(tmp_path):
    python = fresh(tmp_path / "env")
    folder, names = found(python, tmp_path, PYTHONPATH=str(ROOT))
    assert folder == ROOT / "models"
    assert names == WANTED
    assert "database" in run(python, *ESTIMATE, cwd=ROOT)


def test_constraints_are_plain_and_complete():
    lines = (ROOT / "constraints.txt").read_text().split()
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in lines)
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for wanted in [*project["dependencies"], *extras["dev"], *extras["plot"], *extras["frame"]]:
        name = wanted.split(">")[0].split("[")[0].lower()
        assert name in pinned or name == "capcalc", f"{name} is not in constraints.txt"


def test_versions_agree():
    import capcalc

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == capcalc.__version__
    assert f"## {capcalc.__version__}" in (ROOT / "CHANGELOG.md").read_text()
