"""HTML: changes side by side in one file that stands alone. Pure; the templates stand in archive/templates.

Safe to open and to pass on: the page's text is escaped, addresses are text and no links, and the file's own policy
lets nothing run and nothing load. Both themes, print, narrow screens; <del> and <ins> say without colour what went.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from archive.excerpt import CONTEXT, excerpt, shown_safely
from archive.phrases import hidden_line, phrase, shown
from archive.told import Told
from archive.words import Piece
from schemas.change import Change

_TAGS = {"equal": "$text", "delete": "<del>$text</del>", "insert": "<ins>$text</ins>"}


def render_html(comparisons: Sequence[Told], *, context: int = CONTEXT, show_all: bool = False) -> str:
    """Return the comparisons as one HTML document."""
    title = comparisons[0].title if len(comparisons) == 1 else f"What changed on {len(comparisons)} pages"
    pages = "".join(page_html(told, context, show_all=show_all) for told in comparisons)
    return whole_html(title, "What changed", pages)


def whole_html(title: str, heading: str, body: str) -> str:
    """Return the document around a body that is HTML already; its policy lets nothing run and nothing load."""
    style = _file("comparison.css")
    return _template("comparison.html").substitute(
        title=_text(title),
        heading=_text(heading),
        style=style,
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
        pages=body,
    )


def page_html(told: Told, context: int = CONTEXT, *, show_all: bool = False) -> str:
    """Return one comparison as an article, for a document of `whole_html`."""
    changes = [_change(change, context) for change in shown(told.changes, show_all=show_all)]
    return _template("page.html").substitute(
        title=_text(told.title),
        address=_text(told.address),
        heading=_text(told.heading),
        changes="".join(changes),
        hidden=_text(hidden_line(told.changes, show_all=show_all) or ("" if changes else "No difference.")),
    )


def _change(change: Change, context: int) -> str:
    pieces = excerpt(change, context)
    return _template("change.html").substitute(
        change_class=_text(change.class_),
        where=_text(change.where),
        what=_text(phrase(change, remarks=True)),
        why=_text(change.why),
        before=_side(piece for piece in pieces if piece.op != "insert"),
        after=_side(piece for piece in pieces if piece.op != "delete"),
    )


def _side(pieces: Iterable[Piece]) -> str:
    marked = (Template(_TAGS[piece.op]).substitute(text=_text(piece.text)) for piece in pieces)
    return "".join(marked).strip("\n")


def _text(text: str) -> str:
    """Text that is text wherever it is put: controls as signs, markup escaped, quotes too."""
    return escape(shown_safely(text))


@cache
def _file(name: str) -> str:
    return (files("archive") / "templates" / name).read_text("utf-8")


def _template(name: str) -> Template:
    return Template(_file(name))
