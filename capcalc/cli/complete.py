"""What the shell may offer behind a Tab: models, files, keys of `--set`, formats. Loaded only then."""

from __future__ import annotations

from collections.abc import Iterator

import typer

FORMATS = "table, json, csv, markdown, latex or html."
Offer = tuple[str, str]  # what is typed, and its help


def models(incomplete: str) -> Iterator[Offer]:
    """Models by name, and system files in the folder that is being typed."""
    from pathlib import Path

    from capcalc.systems.library import about, model_files

    for name, path in model_files().items():
        if name.startswith(incomplete):
            yield name, about(path).title
    folder, slash, _ = incomplete.rpartition("/")
    for path in sorted(Path(folder + slash or ".").glob("*")):
        typed = f"{folder}{slash}{path.name}"
        if typed.startswith(incomplete) and not path.name.startswith("."):
            if path.is_dir():
                yield f"{typed}/", "folder"
            elif path.suffix == ".toml" and path.name != "pyproject.toml":
                yield typed, "system file"


def settings(ctx: typer.Context, incomplete: str) -> Iterator[Offer]:
    """KEY= for every key of the model that is named; KEY=VALUE where a value is one of a few words."""
    from capcalc.errors import CapcalcError
    from capcalc.systems.change import SHORT, settable
    from capcalc.systems.library import load_model

    try:
        keys = settable(load_model(ctx.params.get("model") or "web"))
    except CapcalcError:
        return
    known = {**{short: keys[key] for short, key in SHORT.items() if key in keys}, **keys}
    name, equals, _ = incomplete.partition("=")
    if equals and name in known:
        words = ("true", "false") if known[name].kind == "flag" else known[name].choices
        yield from ((f"{name}={w}", "") for w in words if f"{name}={w}".startswith(incomplete))
        return
    yield from ((f"{key}=", k.doc) for key, k in known.items() if key.startswith(incomplete))


def formats(incomplete: str) -> Iterator[str]:
    """Formats of an answer."""
    from capcalc.output.page import FORMATS as known

    return (form for form in known if form.startswith(incomplete))


def colors(incomplete: str) -> Iterator[str]:
    """When to use colors."""
    from capcalc.cli.shared import COLORS

    return (word for word in COLORS if word.startswith(incomplete))
