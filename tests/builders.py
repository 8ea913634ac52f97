"""Small records for tests, with only what a test cares about written out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from archive.revisions import Recorded
from archive.store import Archive
from schemas.capture import Capture
from schemas.page import Page, Paragraph, Section
from schemas.reading import Reading, Rules
from schemas.site import Site
from scraper.recognise import recognised

FIRST_NIGHT = datetime(2026, 3, 1, 2, 10, tzinfo=UTC)
ADDRESS = "http://byran.example/sida.1001.html"
# A page is taken at its word on the first night; trials of suspects ask for more.
SITE = Site(name="prov", start=(ADDRESS,), suspect_nights=1)
PARSER = "1"


def night(number: int) -> datetime:
    """When night `number` was, from 1."""
    return FIRST_NIGHT + timedelta(days=number - 1)


def section(heading: str, *texts: str, level: int = 2) -> Section:
    """A section of paragraphs; the lead section when its heading is empty."""
    blocks = tuple(Paragraph(text=text) for text in texts)
    return Section(
        heading=heading, level=level if heading else 0, anchor=f"h-{heading}" if heading else None, blocks=blocks
    )


def page(*sections: Section, title: str = "Om samverkan", **values: Any) -> Page:
    """A page record."""
    return Page(title=title, sections=sections, **values)


def capture(address: str = ADDRESS, *, at: datetime = FIRST_NIGHT, body: bytes | None = b"", **values: Any) -> Capture:
    """A capture, fetched unless told otherwise."""
    return Capture(
        **{"address": address, "fetched_at": at, "outcome": "fetched", "status": 200, "body": body, **values}
    )


def begin(archive: Archive, at: datetime = FIRST_NIGHT, site: Site = SITE) -> int:
    """A run begun at a time."""
    return archive.begin_run(site, version="0", now=at)


def written(record: Page) -> bytes:
    """A body from which `reread` makes the record again."""
    return msgspec.json.encode(record)


def reread(earlier: Capture) -> Reading:
    """The reading of a look at a page: of a body that `written` made, or of an answer that there is none."""
    if earlier.outcome in ("gone", "redirected"):
        return Reading(verdict="gone" if earlier.outcome == "gone" else "elsewhere")
    return reading(msgspec.json.decode(earlier.body or b"", type=Page))


def reading(record: Page) -> Reading:
    """The reading of a page that says `record`, with what its texts name."""
    return recognised(Reading(verdict="page", page=record), Rules(people=True))


def look(archive: Archive, number: int, record: Page, address: str = ADDRESS) -> Recorded:
    """A night on which the page says `record`."""
    run = begin(archive, night(number))
    kept = archive.keep(run, capture(address, at=night(number), body=written(record)))
    recorded = archive.record(kept.id, reading(record), parser=PARSER, reread=reread)
    archive.finish_run(run, "ok", {}, now=night(number))
    return recorded


def gone(archive: Archive, number: int, address: str = ADDRESS) -> Recorded:
    """A night on which the site says that there is no such page."""
    run = begin(archive, night(number))
    kept = archive.keep(run, capture(address, at=night(number), outcome="gone", status=404, body=b"borta"))
    recorded = archive.record(kept.id, Reading(verdict="gone"), parser=PARSER, reread=reread)
    archive.finish_run(run, "ok", {}, now=night(number))
    return recorded
