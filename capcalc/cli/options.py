"""Options that commands share: which system, other values for it, and how the answer is printed."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from capcalc.cli import complete

Text = Optional[str]  # noqa: UP045
Texts = Optional[list[str]]  # noqa: UP045
Model = Annotated[
    str, typer.Argument(help="A model by name, the path of a system file, or -.", autocompletion=complete.models)
]
Set = Annotated[
    Texts,
    typer.Option("--set", metavar="KEY=VALUE", help="Any value: tiers.web.service_time=8ms.", autocompletion=complete.settings),
]
Form = Annotated[
    Text,
    typer.Option("--format", "-f", help=complete.FORMATS, autocompletion=complete.formats, metavar="FORMAT"),
]
Output = Annotated[
    Text, typer.Option("--output", "-o", metavar="FILE", help="Write to a file; its ending says the format.")
]
Json = Annotated[bool, typer.Option("--json", help="As -f json.")]
Precision = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(min=1, max=15, metavar="N", help="Figures; 3, and all of them in json and csv."),
]
