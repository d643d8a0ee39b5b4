"""An answer as part of a document: Markdown, LaTeX and HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capcalc.output.screen import Shown, assumptions, headline
from capcalc.systems.report import Report
from capcalc.table import Table, latex, markdown, to_html, to_latex, to_markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A piece of a document: a title, tables, paragraphs, and lines that are printed as they are."""

    title: str
    tables: Sequence[Table] = ()
    paragraphs: Sequence[str] = ()
    lines: Sequence[str] = ()


def page_of(estimate: Report, digits: int, lines: Sequence[str] = (), *, quiet: bool = False) -> Page:
    """The pieces of an estimate; `quiet` leaves out what was assumed and how exact it is."""
    shown = Shown(estimate, digits)
    said = [f"{name} is overloaded: {problem}" for name, problem in estimate.problems.items()]
    if not quiet:
        said += [f"{level}: {why}" for level, why in estimate.notes]
        assumed = assumptions(estimate, shown)
        said += [f"assumed: {assumed}"] if assumed else []
    tables = list(estimate.tables().values())
    return Page(title=headline(estimate, shown), tables=tables, paragraphs=said, lines=lines)


def markdown_page(page: Page, digits: int) -> str:
    """Markdown: headings, tables, paragraphs; lines in a fence longer than any in them."""
    parts = [f"## {markdown(page.title)}"] if page.title else []
    for table in page.tables:
        if page.title:
            parts.append(f"### {markdown(table.title)}")
        parts.append(to_markdown(table, digits))
    parts += [markdown(text) for text in page.paragraphs]
    if page.lines:
        text = "\n".join(page.lines)
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
        parts.append(f"{fence}text\n{text}\n{fence}")
    return "\n\n".join(parts)


def latex_page(page: Page, digits: int) -> str:
    """LaTeX to be put into a document: no package is needed."""
    parts = [rf"\paragraph{{{latex(page.title)}}}"] if page.title else []
    for table in page.tables:
        heading = rf"\noindent\textit{{{latex(table.title)}}}\\" + "\n" if page.title else ""
        parts.append(heading + to_latex(table, digits))
    parts += [rf"\noindent {latex(text)}" for text in page.paragraphs]
    if page.lines:
        text = "\n".join(page.lines).replace(r"\end{verbatim}", r"\end {verbatim}")
        parts.append(f"\\begin{{verbatim}}\n{text}\n\\end{{verbatim}}")
    return "\n\n".join(parts)


_CSS = "body{font:16px/1.5 sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}"
_CSS += "caption{text-align:left;font-weight:bold}th,td{padding:.2em .8em;border-bottom:1px solid #ccc}"


def html_page(page: Page, digits: int) -> str:
    """A whole HTML page that asks for nothing else; every text in it is escaped."""
    from html import escape

    title = escape(page.title or (page.tables[0].title if page.tables else ""))
    parts = ['<!doctype html>\n<html lang="en">\n<meta charset="utf-8">', f"<title>{title}</title>"]
    parts += [f"<style>{_CSS}</style>", f"<h1>{title}</h1>"]
    parts += [to_html(table, digits) for table in page.tables]
    parts += [f"<p>{escape(text)}</p>" for text in page.paragraphs]
    if page.lines:
        parts.append(f"<pre>{escape(chr(10).join(page.lines))}</pre>")
    return "\n".join([*parts, "</html>"])


PAGES: dict[str, Callable[[Page, int], str]] = {
    "markdown": markdown_page,
    "latex": latex_page,
    "html": html_page,
}
