"""Render: changes as text for a terminal, after git's word diff but for prose. Pure.

Over each difference stand its heading path and what happened; then the text, removed words [-so-], added words {+so+},
long stretches between them folded. In colour the marks give way to red and struck, green and underlined: told by more
than hue. Page text is shown, never obeyed: control characters come out as signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import click

from archive.excerpt import excerpt, shown_safely
from archive.phrases import hidden_line, phrase, shown, summary
from archive.words import Piece
from schemas.change import Change

__all__ = ["render_changes", "shown_safely", "summary"]

INDENT = "    "
NARROWEST = 20
"""Columns that the text gets at the least, whatever the width asked for."""

_ATOM = re.compile(r"\n|[^\s]+[^\S\n]*|[^\S\n]+")
_MARKS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}


def render_changes(
    changes: Sequence[Change], *, colour: bool, width: int, context: int = 8, show_all: bool = False
) -> str:
    """Return the changes as lines of at most `width` columns where words allow it, ending in a line feed.

    `context` is how many unchanged words stay on each side of an edit. Cosmetic and chrome differences are counted in
    the last line unless `show_all`.
    """
    parts = [
        _rendered(change, colour=colour, width=width, context=context) for change in shown(changes, show_all=show_all)
    ]
    hidden = hidden_line(changes, show_all=show_all)
    return "\n".join([*parts, hidden + "\n"] if hidden else parts) or "no differences\n"


def _rendered(change: Change, *, colour: bool, width: int, context: int) -> str:
    where = shown_safely(change.where).replace("\n", " ")
    told = shown_safely(phrase(change, remarks=True)).replace("\n", " ")
    head = click.style(where, bold=True) if colour and where else where
    lines = _wrapped(excerpt(change, context), max(width - len(INDENT), NARROWEST), colour=colour)
    body = "".join(f"{INDENT}{line}\n" if line else "\n" for line in lines)
    return f"{head} · {told}\n{body}" if head else f"{told}\n{body}"


def _wrapped(pieces: Iterable[Piece], width: int, *, colour: bool) -> list[str]:
    """Lines of the pieces; a line ends only where the text has white space."""
    lines: list[list[Piece]] = [[]]
    used = 0
    for chunk in _chunks(pieces, marks=not colour):
        if chunk[0].text == "\n" and len(chunk) == 1:
            lines.append([])
            used = 0
            continue
        size = sum(len(atom.text) for atom in chunk)
        if used and used + len("".join(atom.text for atom in chunk).rstrip()) > width:
            lines.append([])
            used = 0
        lines[-1] += chunk
        used += size
    return [_line(line, colour=colour) for line in lines]


def _chunks(pieces: Iterable[Piece], *, marks: bool) -> Iterable[list[Piece]]:
    """Stretches that may not be broken, each up to and with its white space; a line feed is one by itself."""
    chunk: list[Piece] = []
    for piece in pieces:
        for text in _ATOM.findall(_marked(piece) if marks else piece.text):
            if text == "\n" and chunk:
                yield chunk
                chunk = []
            chunk.append(Piece(piece.op, text))
            if text[-1].isspace():
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _marked(piece: Piece) -> str:
    """The piece between its marks; white space at its ends stays outside, so that lines can break there."""
    before, after = _MARKS[piece.op]
    start = piece.text[: len(piece.text) - len(piece.text.lstrip())]
    text = piece.text.strip()
    if not text:
        return f"{before}{piece.text}{after}"
    return f"{start}{before}{text}{after}{piece.text[len(start) + len(text) :]}"


def _line(atoms: Sequence[Piece], *, colour: bool) -> str:
    if not colour:
        return "".join(atom.text for atom in atoms).rstrip()
    runs: list[Piece] = []
    for atom in [*atoms[:-1], *(Piece(last.op, last.text.rstrip()) for last in atoms[-1:])]:
        if runs and runs[-1].op == atom.op:
            runs[-1] = Piece(atom.op, runs[-1].text + atom.text)
        else:
            runs.append(atom)
    return "".join(_coloured(run) for run in runs if run.text)


def _coloured(run: Piece) -> str:
    if run.op == "delete":
        return click.style(run.text, fg="red", strikethrough=True)
    if run.op == "insert":
        return click.style(run.text, fg="green", underline=True)
    return run.text
