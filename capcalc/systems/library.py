"""Where systems are found: a path, ./models, the folders of CAPCALC_MODELS, and the shipped models."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import NamedTuple

from capcalc.errors import CapcalcError, UnknownName
from capcalc.systems.load import MOST_BYTES, load_text
from capcalc.systems.system import System

TOO_LARGE = f"larger than {MOST_BYTES:,} bytes; a system file is a few pages of text"
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
    path = find(name)
    text = read_file(path)
    return load_text(text, str(path), path.stem, "model" if _is_shipped(path, text) else "typed")


def _is_shipped(path: Path, text: str) -> bool:
    """Whether a file is one of the shipped models, or a copy of one under its name that nobody has changed.

    In a checkout the folder ./models stands before the models inside an installed package: the same files twice.
    """
    if shipped() in path.resolve().parents:
        return True
    twins = (shipped() / path.name, shipped() / path.parent.name / path.name)
    return any(twin.is_file() and read_file(twin) == text for twin in twins)


def find(name: str | os.PathLike[str]) -> Path:
    """The file of a model by name, or the path itself.

    Raises
    ------
    UnknownName : no model of that name; says the nearest.
    """
    path = Path(name)
    if path.suffix == ".toml" or (len(path.parts) > 1 and path.exists()):
        return path
    files = model_files()
    if str(name) not in files:
        raise UnknownName("model", name, files)
    return files[str(name)]


class About(NamedTuple):
    """What a system file says of itself."""

    title: str
    question: str
    where: str  # "shipped", or the path of the file


def about(path: Path) -> About:
    """Title and question of a system file; of one that cannot be read the reason."""
    try:
        text = read_file(path)
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except (CapcalcError, ValueError, RecursionError) as error:
        return About(f"cannot be read: {error}", "", str(path))
    where = "shipped" if _is_shipped(path, text) else str(path)
    return About(str(raw.get("title", "")), str(raw.get("question", "")), where)


def read_file(path: Path) -> str:
    """The text of a system file.

    Raises
    ------
    CapcalcError : it is not there, cannot be read, is no text, or is far too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CapcalcError(f"{path}: {TOO_LARGE}")
        return decoded(str(path), path.read_bytes())
    except ValueError as error:  # a name that no file can have
        raise CapcalcError(f"{path}: {error}") from None
    except OSError as error:
        raise CapcalcError(f"{path}: {error.strerror or error}") from None


def decoded(name: str, content: bytes) -> str:
    """The text of what was read.

    Raises
    ------
    CapcalcError : it is no text, or far too large.
    """
    if len(content) > MOST_BYTES:
        raise CapcalcError(f"{name}: {TOO_LARGE}")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise CapcalcError(f"{name}: not a text in UTF-8; a system file is TOML") from None
