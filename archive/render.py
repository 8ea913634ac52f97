"""Render: changes as text for a terminal, after git's word diff but for prose. Pure.

Over each difference stand its heading path and what happened; then the text, removed words [-so-], added words {+so+},
long stretches between them folded. In colour the marks give way to red and struck, green and underlined: told by more
than hue. Page text is shown, never obeyed: control characters come out as signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import click

from archive.phrases import HIDDEN, hidden_counts, phrase, summary
from archive.words import Piece, word_diff
from schemas.change import Change

__all__ = ["render_changes", "shown_safely", "summary"]

INDENT = "    "
NARROWEST = 20
"""Columns that the text gets at the least, whatever the width asked for."""

# C0 and C1 controls, DEL, the characters that turn the direction of writing, other line ends, lone surrogates.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSEEN = re.compile("[^\\S \n]|[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]")
_ATOM = re.compile(r"\n|[^\s]+[^\S\n]*|[^\S\n]+")
_SPACED_WORD = re.compile(r"^\s*\S+\s*|\S+\s*")
_MARKS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
_IN_WORDS = ("title", "preamble", "paragraph", "quote", "item", "row", "section", "list", "table")


def render_changes(
    changes: Sequence[Change], *, colour: bool, width: int, context: int = 8, show_all: bool = False
) -> str:
    """Return the changes as lines of at most `width` columns where words allow it, ending in a line feed.

    `context` is how many unchanged words stay on each side of an edit. Cosmetic and chrome differences are counted in
    the last line unless `show_all`.
    """
    shown = [change for change in changes if show_all or change.class_ not in HIDDEN]
    parts = [_rendered(change, colour=colour, width=width, context=context) for change in shown]
    hidden = "" if show_all else hidden_counts(changes)
    if hidden:
        parts.append(f"{hidden} not shown (--all shows {'it' if len(changes) - len(shown) == 1 else 'them'})\n")
    return "\n".join(parts) or "no differences\n"


def shown_safely(text: str) -> str:
    """The text with each character that could drive a terminal made a sign; line feeds stay, tabs are spaces."""
    return _CONTROL.sub(lambda found: _sign(found.group()), text)


def _sign(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return " "
    if code < 0x20:  # noqa: PLR2004 - the C0 controls have pictures of their own from U+2400
        return chr(0x2400 + code)
    return f"<U+{code:04X}>"


def _rendered(change: Change, *, colour: bool, width: int, context: int) -> str:
    where = shown_safely(change.where).replace("\n", " ")
    told = phrase(change) + (" (cosmetic: " + change.why + ")" if change.class_ == "cosmetic" else "")
    told += " (too long for the shortest answer)" if change.truncated else ""
    head = click.style(where, bold=True) if colour and where else where
    pieces = _folded(_safe_pieces(change), context)
    lines = _wrapped(pieces, max(width - len(INDENT), NARROWEST), colour=colour)
    body = "".join(f"{INDENT}{line}\n" if line else "\n" for line in lines)
    return f"{head} · {told}\n{body}" if head else f"{told}\n{body}"


def _safe_pieces(change: Change) -> list[Piece]:
    pieces = []
    for piece in _pieces(change):
        text = piece.text
        if change.class_ == "cosmetic" and piece.op != "equal":
            text = _UNSEEN.sub(lambda found: f"<U+{ord(found.group()):04X}>", text)
        pieces.append(Piece(piece.op, shown_safely(text)))
    return pieces


def _pieces(change: Change) -> tuple[Piece, ...]:
    """The text of a change: prose by words; values such as dates, names and addresses as wholes, under each other."""
    before, after = change.before, change.after
    if before is None or after is None:
        gone = (Piece("delete", before),) if before else ()
        return (*gone, Piece("insert", after)) if after else gone
    if before == after or change.what in _IN_WORDS:
        return word_diff(before, after).pieces
    values = (Piece("delete", before), Piece("equal", "\n"), Piece("insert", after))
    return tuple(piece for piece in values if piece.text)


def _folded(pieces: Sequence[Piece], context: int) -> list[Piece]:
    """The pieces with long unchanged stretches cut to `context` words at each edit that they touch."""
    folded = []
    for index, piece in enumerate(pieces):
        if piece.op != "equal":
            folded.append(piece)
            continue
        words = _SPACED_WORD.findall(piece.text)
        only = len(pieces) == 1
        head = context if index or only else 0
        tail = context if index < len(pieces) - 1 else 0
        if len(words) > head + tail + 1:
            start, end = "".join(words[:head]), "".join(words[len(words) - tail :])
            piece = Piece("equal", f"{start}… {end}" if tail else f"{start}…")  # noqa: PLW2901
        folded.append(piece)
    return folded


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
