"""Excerpts: what of a change's text is worth showing, as pieces that stayed, went or came. Pure.

Every renderer begins here. Long unchanged stretches are folded to a few words beside each edit. Page text is shown,
never obeyed: characters that could drive a terminal or turn the direction of writing come out as signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.words import Piece, word_diff
from schemas.change import Change

CONTEXT = 8
"""Unchanged words that stay on each side of an edit unless told otherwise."""

# C0 and C1 controls, DEL, the characters that turn the direction of writing, other line ends, lone surrogates.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSEEN = re.compile("[^\\S \n]|[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]")
_SPACED_WORD = re.compile(r"^\s*\S+\s*|\S+\s*")
_IN_WORDS = ("title", "preamble", "paragraph", "quote", "item", "row", "section", "list", "table")


def excerpt(change: Change, context: int = CONTEXT) -> list[Piece]:
    """The text of a change in pieces, safe to show, unchanged stretches cut to `context` words beside each edit."""
    return _folded(_safe_pieces(change), context)


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
