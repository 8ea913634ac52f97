"""Reading a look: what a capture says about its page, whatever its outcome. Whoever crawls or rebuilds shares it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from schemas.capture import Capture
from schemas.reading import Reading, Rules
from scraper import parse
from scraper.recognise import recognised
from scraper.suspect import leads_to_front, suspected

ReadPage = Callable[[Capture, str], Reading]
"""Reads the body of a capture with the layout named, "" for the one that fits: `parse.read` or `Guard.read`."""


def reading_of(
    capture: Capture, rules: Rules, read: ReadPage = parse.read, known: bytes | None = None
) -> Reading | None:
    """What a capture says about its page; None when it says nothing, as a failure does.

    `rules` are those of the site, `known` is the digest of a record whose mentions are known. A 304 is read by the body
    that it confirms: ask the archive for that with `Archive.look`. Raises ConfigurationError for a layout that does not
    exist.
    """
    match capture.outcome:
        case "fetched":
            reading = read(capture, rules.layout)
            return recognised(reading if capture.purpose == "document" else suspected(capture, reading), rules, known)
        case "gone":
            return Reading(verdict="gone", why=f"the site answers {capture.status}")
        case "redirected" if to_front(capture):
            why = "redirects to the front page, as for a page that is lost"
            return Reading(verdict="suspect", doubt="front_page", why=why)
        case "redirected":
            return Reading(verdict="elsewhere", why=f"redirects to {capture.location}")
    return None


def says_again(look: Capture, head: bytes, before: Reading) -> bool:
    """Whether a look with the bytes of another says the same: it is labelled as that was, and no more suspect.

    `head` is the response head of the other, `before` what it said.
    """
    other = replace(look, head=head)
    labelled = all(look.fields(name) == other.fields(name) for name in ("content-type", "content-encoding"))
    return labelled and suspected(look, before).verdict == before.verdict


def to_front(capture: Capture) -> bool:
    """Whether a capture is a redirect to a site's front page."""
    return capture.location is not None and leads_to_front(capture.address, capture.location)
