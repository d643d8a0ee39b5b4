"""What capcalc raises on purpose. A caller who catches `CapcalcError` catches everything of ours.

An overloaded design is not here: it is an answer, and stands in the result.
"""

from __future__ import annotations

from collections.abc import Iterable


class CapcalcError(Exception):
    """Base of everything that capcalc raises on purpose."""


class DomainError(CapcalcError, ValueError):
    """A number is outside what its formula or its meaning allows."""

    def __init__(self, name: str, value: object, allowed: str, hint: str = "") -> None:
        super().__init__(name, value, allowed, hint)  # all of them, so that it pickles
        self.name, self.value, self.allowed, self.hint = name, value, allowed, hint

    def __str__(self) -> str:
        text = f"{self.name} = {self.value!r} is outside {self.allowed}."
        return f"{text} {self.hint}" if self.hint else text


class UnitError(CapcalcError, ValueError):
    """A text is not the quantity that is asked for."""

    def __init__(self, text: object, kind: str, example: str, hint: str = "") -> None:
        super().__init__(text, kind, example, hint)
        self.text, self.kind, self.example, self.hint = text, kind, example, hint

    def __str__(self) -> str:
        article = "an" if self.kind[:1] in "aeio" else "a"
        text = f"{self.text!r} is not {article} {self.kind} (write {self.example})"
        return f"{text}; {self.hint}" if self.hint else text


class UnknownName(CapcalcError, LookupError):
    """A name is not one of those that exist. Says the nearest, else the list."""

    def __init__(self, what: str, name: object, known: Iterable[str]) -> None:
        known = tuple(known)
        super().__init__(what, name, known)
        self.what, self.name, self.known = what, name, known

    def __str__(self) -> str:
        return f"unknown {self.what} {str(self.name)!r}; {nearest(self.name, self.known)}"


class ModelFileError(CapcalcError, ValueError):
    """A system file has mistakes. `problems` holds one line each: file:line: place: what."""

    def __init__(self, file: str, problems: Iterable[str]) -> None:
        problems = tuple(problems)
        super().__init__(file, problems)
        self.file, self.problems = file, problems

    def __str__(self) -> str:
        count = len(self.problems)
        return "\n".join([*self.problems, f"{count} problem{'s' if count != 1 else ''} in {self.file}"])


def nearest(name: object, known: Iterable[str]) -> str:
    """`did you mean "db"?` where something is near, else the sorted list of what there is.

    >>> nearest("dbb", ["db", "web"])
    'did you mean "db"?'
    >>> nearest("zzz", ["db", "web"])
    'there are: db, web'
    """
    import difflib  # only bad input needs it

    known = sorted(known)
    close = difflib.get_close_matches(str(name), known, 1, 0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"there are: {', '.join(known)}" if known else "there are none"
