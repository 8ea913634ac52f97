"""Atom: a feed file (RFC 4287) to which each night adds its entries. Entries that stand there stay as they are.

An entry's id is a UUID made from the address and time of the look that showed the revision: evidence that never
changes, so a rebuilt archive, or one on another machine, names it the same.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from archive.digest import Digest, Revised, SiteNight
from archive.excerpt import shown_safely
from archive.phrases import summary
from archive.render_html import page_html
from schemas.errors import ConfigurationError

_ATOM = "http://www.w3.org/2005/Atom"
ET.register_namespace("", _ATOM)


def add_to_feed(path: Path, digest: Digest, *, keep: int) -> int:
    """Add what is not in the feed file yet, the newest first, and keep at most so many entries; return how many came.

    A feed without anything new is left as it is, to the byte. Raises ConfigurationError for a file that is no feed of
    ours, OSError where it cannot be written.
    """
    feed = _read(path)
    standing = feed.findall(_named("entry"))
    known = {entry.findtext(_named("id")) for entry in standing}
    made = [_entry(one, night) for night in digest.nights for one in night.revised]
    fresh = [entry for entry in made if entry.findtext(_named("id")) not in known]
    if not fresh and path.exists():
        return 0
    fresh.sort(key=_updated, reverse=True)
    for entry in standing:
        feed.remove(entry)
    feed.extend((*fresh, *standing)[:keep])
    updated = feed.find(_named("updated"))
    assert updated is not None
    newest = max(map(_updated, (*fresh, *standing)), default="")
    updated.text = newest or max((night.started for night in digest.nights), default="1970-01-01T00:00:00.000Z")
    ET.indent(feed)
    _written(path, ET.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n")
    return len(fresh)


def feed_id(name: str) -> str:
    """An id that is the same for the same name, everywhere and for ever."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, 'https://tidslager.invalid/' + name)}"


def _read(path: Path) -> ET.Element:
    if not path.exists():
        return _empty(path)
    refused = f"{path} is no Atom feed of ours: name another file, or move this one away."
    try:
        feed = ET.parse(path).getroot()  # noqa: S314 -- a file that we wrote
    except (ET.ParseError, UnicodeDecodeError) as error:
        raise ConfigurationError(refused) from error
    if feed.tag != _named("feed") or feed.find(_named("updated")) is None:
        raise ConfigurationError(refused)
    return feed


def _empty(path: Path) -> ET.Element:
    feed = ET.Element(_named("feed"))
    _sub(feed, "id", feed_id(f"feed {path.name}"))
    _sub(feed, "title", "Tidslager: what changed")
    _sub(feed, "updated", "")
    _sub(_sub(feed, "author"), "name", "Tidslager")
    _sub(feed, "generator", "Tidslager")
    return feed


def _entry(one: Revised, night: SiteNight) -> ET.Element:
    entry = ET.Element(_named("entry"))
    _sub(entry, "id", feed_id(one.looked_at))
    _sub(entry, "title", f"{one.told.title}: {summary(one.told.changes)}")
    _sub(entry, "updated", one.seen_from)
    if one.told.address.startswith(("http://", "https://")):
        _sub(entry, "link", rel="alternate", href=one.told.address)
    _sub(entry, "category", term=night.site)
    _sub(entry, "summary", one.told.heading)
    _sub(entry, "content", page_html(one.told, show_all=True), type="html")
    return entry


def _sub(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, _named(name), attributes)
    # Characters that XML has no place for come out as signs.
    child.text = shown_safely(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") or None
    return child


def _named(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _updated(entry: ET.Element) -> str:
    return entry.findtext(_named("updated")) or ""


def _written(path: Path, data: bytes) -> None:
    """The whole file or the one before, whatever stops us."""
    half = path.with_name(f"{path.name}.part-{os.getpid()}")
    try:
        half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
