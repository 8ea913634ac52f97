"""Markdown: changes for a report, an issue or a message, <del> and <ins> around the words. Pure.

The page's text is escaped letter by letter: none of it can become a heading, a link, a picture or markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.excerpt import CONTEXT, excerpt, shown_safely
from archive.phrases import hidden_line, phrase, shown
from archive.told import Told
from archive.words import Piece
from schemas.change import Change

# Everything that CommonMark or GitHub's dialect gives a meaning somewhere; a backslash takes it away. Not so in a block
# of raw HTML, where a reader may believe to be: what means something there is written as HTML does.
_MEANS = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~&:@$=^\"'/]")
_IN_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&#39;"}
_MARKS = {"equal": ("", ""), "delete": ("<del>", "</del>"), "insert": ("<ins>", "</ins>")}
_INDENTED = re.compile(r"(?m)^ +")


def render_markdown(comparisons: Iterable[Told], *, context: int = CONTEXT, show_all: bool = False) -> str:
    """Return the comparisons as Markdown, each page under a heading of its own, ending in a line feed."""
    return "\n".join(_page(told, context, show_all=show_all) for told in comparisons)


def _page(told: Told, context: int, *, show_all: bool) -> str:
    parts = [f"## {escaped_line(told.title)}", escaped_line(told.address), f"*{escaped_line(told.heading)}*"]
    for change in shown(told.changes, show_all=show_all):
        parts += _change(change, context)
    hidden = hidden_line(told.changes, show_all=show_all)
    if hidden:
        parts.append(f"*{escaped_line(hidden)}*")
    return "\n\n".join(parts) + "\n"


def _change(change: Change, context: int) -> list[str]:
    happened = phrase(change, remarks=True)
    where = escaped_line(change.where)
    text = "".join(map(_marked, excerpt(change, context)))
    indented = _INDENTED.sub(lambda found: "&nbsp;" * len(found.group()), text)
    quoted = "<br>\n> ".join(line or "&nbsp;" for line in indented.split("\n"))
    return [f"### {where} · {escaped_line(happened)}" if where else f"### {escaped_line(happened)}", f"> {quoted}"]


def _marked(piece: Piece) -> str:
    before, after = _MARKS[piece.op]
    return before + _escaped(piece.text) + after


def _escaped(text: str) -> str:
    return _MEANS.sub(lambda found: _IN_HTML.get(found.group(), "\\" + found.group()), text)


def escaped_line(text: str) -> str:
    """One line of text that is text wherever it is put."""
    return _escaped(" ".join(shown_safely(text).split()))
