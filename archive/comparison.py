"""Comparison form: what two texts or addresses must have in common to read the same. Pure.

The stored form stays as the page wrote it; the comparison form stands beside it and decides whether a difference is one
that a reader can see. The rules are those of `docs/reading-a-diff.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Characters without width that editors paste without knowing: soft hyphen, zero-width space and joiners, direction
# marks, word joiner, byte order mark. Spaces of any width are white space to `str.split` already.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

# The same parameters that the crawler leaves out of the addresses it asks for; here for records that other programs
# wrote, or that an earlier parser did.
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|_hs\w+)(?:=|$)", re.IGNORECASE)

# SiteVision serves a file of its archive, or a picture, from /download/18.<node>/<milliseconds>/<name>: the node is the
# file, the milliseconds are its version.
_STAMPED = re.compile(r"(/(?:download|images)/\d+\.[0-9a-f]+)/\d{10,}/.*", re.IGNORECASE)


def comparison(text: str) -> str:
    """Comparison form of a text: NFC, invisible characters dropped, each run of white space one space, ends stripped.

    Applying it twice gives the same as applying it once. Line feeds are white space too.
    """
    if not text.isascii():
        if not text.isprintable():  # none of the invisible ones is, and asking costs a tenth of a search
            text = _INVISIBLE.sub("", text)
        text = unicodedata.normalize("NFC", text)
    # The only white space that counts as printable is the space itself: most texts are in comparison form already.
    if text.isprintable() and "  " not in text and not text.startswith(" ") and not text.endswith(" "):
        return text
    return " ".join(text.split())


def comparison_address(address: str) -> str:
    """Comparison form of an address: without session ids and tracking parameters; the rest as it stands."""
    if ";" in address:
        address = _SESSION.sub("", address)
    head, mark, tail = address.partition("?")
    if not mark:
        return address
    query, hash_mark, fragment = tail.partition("#")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return head + ("?" + kept if kept else "") + hash_mark + fragment


def file_name(address: str) -> str:
    """What stays the same of a file's address when a new version is put in its place; else the comparison form."""
    return _STAMPED.sub(r"\1", comparison_address(address))


def cosmetic_reason(before: str, after: str) -> str:
    """What sets two texts of the same comparison form apart, in a few words."""
    if before.split() == after.split():
        return "white space only"
    if unicodedata.normalize("NFC", before) == unicodedata.normalize("NFC", after):
        return "composition of characters only"
    if _INVISIBLE.sub("", before) == _INVISIBLE.sub("", after):
        return "invisible characters only"
    return "stored form only"


def one_reason(reasons: Iterable[str]) -> str:
    """The reason that several differences have in common; that only the stored form differs where they have none."""
    found = set(reasons)
    return found.pop() if len(found) == 1 else "stored form only" if found else ""
