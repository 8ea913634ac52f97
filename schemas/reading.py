"""Reading: what the parser made of one capture. Derived: another parser may read the same bytes otherwise."""

from __future__ import annotations

from typing import Literal

import msgspec

from schemas.chrome import Chrome
from schemas.mention import Contact, Mention
from schemas.page import Page
from schemas.site import Limits

Verdict = Literal[
    "page",  # a page record could be read
    "not_html",  # another media type: kept, not read
    "unparsable",  # HTML that the parser could not get through, or that has no place for content
    "suspect",  # answered 200, and yet it seems not to be the page: kept, counted, never recorded as a change
    "gone",  # 404 or 410: evidence that there is no page now
    "elsewhere",  # a redirect: what it leads to is another capture's to say
]


Doubt = Literal[
    "challenge",  # a doorkeeper's page: a challenge, or a block with status 200
    "login",  # a page that asks who you are
    "consent",  # a page that asks for consent before it shows anything
    "front_page",  # a redirect to the site's front page, as for a page that is lost
    "shared",  # other pages lead to the same address, or say the same to the byte: a notice rather than the page
    "soft_404",  # status 200 and the words of a 404, or of a server or a site that is out of order
    "empty",  # a page without any content
    "drift",  # the layout has changed, and sections would be lost by it
    "loss",  # more than half of the sections gone at once, or nearly all of the text
    "language",  # another language than before
    "encoding",  # letters broken that were whole before
]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a site that decide whether a page of it can be read; their meaning is told in `Limits`."""

    decoded_bytes: int = Limits().decoded_bytes
    parse_s: float = Limits().parse_s
    document_s: float = Limits().document_s
    parse_bytes: int = Limits().parse_bytes
    record_bytes: int = Limits().record_bytes


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a site file says on how its pages are read; decoded from the whole of it."""

    layout: str = ""
    """Layout to read with; "" chooses by what a page shows."""
    people: bool = False
    """Whether the people whom a page names are recorded."""
    organisations: tuple[str, ...] = ()
    """Names of organisations that texts name without a marker."""
    limits: Bounds = Bounds()
    """What reading a page may cost."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of a capture's body, and how it was found."""

    verdict: Verdict
    page: Page | None = None
    """The page record; None unless the verdict is `page` or `suspect`."""
    mentions: tuple[tuple[Mention, ...], ...] | None = ()
    """Whom and what the texts name, in the order of `Page.texts`: of the head of the page first, then of each section.
    Beside the record and not in it, so that a better recogniser is never news. None: what an equal record named at the
    last look, which need not be looked for again."""
    chrome: Chrome | None = None
    """What is on the page but not its content; None where there is no page record."""
    contacts: tuple[tuple[Contact, ...], ...] = ()
    """Whom the parts of the chrome say one can reach, in the order of `Chrome.parts`; those of the content are mentions
    with a mail address or a number."""
    why: str = ""
    """Reason for any other verdict than `page`, one sentence."""
    doubt: Doubt | None = None
    """What kind of suspect it is; None unless the verdict is `suspect`."""
    layout: str = ""
    """Name of the layout used, e.g. "sitevision"; "" when none was."""
    encoding: str = ""
    """Character encoding used, by its name in the WHATWG table, e.g. "utf-8"."""
    encoding_from: str = ""
    """Where the encoding came from: bom, header, meta, late-meta, valid-utf-8 or fallback."""
    remarks: tuple[str, ...] = ()
    """What a person may want to know: replacement characters, unknown markup with its count, damaged codings."""
