"""Where systems are found: a path, ./models, the folders of CAPCALC_MODELS, and the models that are shipped."""

from __future__ import annotations

import os
from pathlib import Path

from capcalc.errors import CapcalcError, UnknownName
from capcalc.systems.load import MOST_BYTES, load_text
from capcalc.systems.system import System

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> Path:
    """The folder of the shipped models: beside the package in a checkout, else inside it.

    The checkout is tried first, since an editable install leaves a copy of that day's files in the package.
    """
    checkout = _PACKAGE.parent / "models"
    if checkout.is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    return _PACKAGE / "_models"


def folders() -> list[Path]:
    """Folders that are searched for a name, first found counts."""
    named = [Path(p) for p in os.environ.get("CAPCALC_MODELS", "").split(os.pathsep) if p]
    return [Path("models"), *named, shipped()]


def model_files() -> dict[str, Path]:
    """Name and file of every model that a name finds."""
    found: dict[str, Path] = {}
    for folder in folders():
        found = {**_in(folder), **found}
    return found


def shipped_models() -> dict[str, Path]:
    """Name and file of the models that come with capcalc."""
    return _in(shipped())


def _in(folder: Path) -> dict[str, Path]:
    paths = sorted(folder.glob("**/*.toml")) if folder.is_dir() else []
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in paths}


def load_model(name: str | os.PathLike[str] = "web") -> System:
    """A system by the name of a model, or from the path of a file.

    Raises
    ------
    UnknownName : no model of that name; says the nearest.
    ModelFileError : the file has mistakes; says all of them.

    Examples
    --------
    >>> load_model("web")
    <System web: 2 operations, 3 tiers>
    """
    path = Path(name)
    is_path = path.suffix == ".toml" or len(path.parts) > 1 and path.exists()
    if not is_path:
        files = model_files()
        if str(name) not in files:
            raise UnknownName("model", name, files)
        path = files[str(name)]
    own = shipped() not in path.resolve().parents
    return load_text(read_file(path), str(path), path.stem, "typed" if own else "model")


def read_file(path: Path) -> str:
    """The text of a system file.

    Raises
    ------
    CapcalcError : it is not there, cannot be read, is no text, or is far too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CapcalcError(f"{path}: larger than {MOST_BYTES:,} bytes; a system file is a few pages of text")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise CapcalcError(f"{path}: not a text in UTF-8; a system file is TOML") from None
    except OSError as error:
        raise CapcalcError(f"{path}: {error.strerror or error}") from None
