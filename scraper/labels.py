"""Labels: whether a body is in the encoding that it is labelled with, where its own bytes say otherwise. Pure.

A page of one encoding under the label of the other is the commonest mistake on Swedish pages. Browsers show it broken;
we want the words, and nobody is deceived by that: the bytes are kept, and a remark says how they were read.
"""

from __future__ import annotations

import codecs
from typing import Final

import webencodings

_ASCII: Final = bytes(range(0x80))
# The letters and signs beyond ASCII that texts in Swedish and its neighbours' languages have, in windows-1252.
_WESTERN: Final = "åäöÅÄÖéÉèÈáÁàÀóÓüÜæøÆØçÇêëïôñß–—‘’“”„…•·§°«»´€½©®\u00a0\u00ad".encode("windows-1252")
_SINGLE_BYTE: Final = ("windows-1252", "iso-8859-15")
"""Encodings in which any bytes can be read, so that nothing but the bytes themselves can contradict the label."""


def other_than_labelled(body: bytes, labelled: webencodings.Encoding) -> webencodings.Encoding | None:
    """The encoding that a body is in after all; None where it may be what its label says.

    Labelled UTF-8 it is windows-1252 when more of its bytes beyond ASCII break UTF-8 than make letters of it, and most
    of them are letters of our languages: a UTF-8 page with a broken letter stays one. Labelled windows-1252 it is
    UTF-8 when all its bytes beyond ASCII make letters of UTF-8, which å, ä and ö in windows-1252 never do.
    """
    if labelled.name == "utf-8":
        return webencodings.lookup("windows-1252") if _is_western(body) else None
    if labelled.name in _SINGLE_BYTE and not body.isascii() and _is_utf_8(body):
        return webencodings.UTF8
    return None


def _is_utf_8(body: bytes) -> bool:
    """Whether the bytes beyond ASCII make letters of UTF-8, a last one that was cut apart aside."""
    try:
        text, _ = codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _is_western(body: bytes) -> bool:
    """Whether the bytes beyond ASCII are letters of windows-1252 rather than of UTF-8."""
    beyond = body.translate(None, _ASCII)
    if 4 * len(beyond.translate(None, _WESTERN)) > len(beyond):
        return False
    plain = len(body) - len(beyond)
    made = body.decode("utf-8", "ignore")
    letters, broken = len(made) - plain, len(body) - len(made.encode())
    return broken > letters
