"""From a capture to a page record: the bytes decoded, the layout chosen, metadata and content read. Pure."""

from __future__ import annotations

import msgspec
from selectolax.lexbor import SelectolaxError

from schemas.capture import Capture
from schemas.chrome import Chrome
from schemas.page import Page
from schemas.reading import Reading
from schemas.site import Limits
from scraper import metadata
from scraper.chrome import chrome_of
from scraper.content import ContentReader, Surroundings
from scraper.dates import Dates, Sources, dates
from scraper.decode import Decoded, decode
from scraper.layout import Layout, Place, layout_named, layouts, layouts_digest
from scraper.mainbox import main_box
from scraper.trace import QUIET, Trace
from scraper.tree import Document, Node, Region, find, ids_of, parse, walk

PARSER = f"1+{layouts_digest()}"
"""Version of our reading, and of the layouts that it goes by. Raise the number when the same bytes may give another
page record, so that the archive can tell a better parser from news; a layout that changes shows by itself."""

DECODED_BYTES = Limits().decoded_bytes
PLACES = ("title", "preamble", "breadcrumb", "published", "updated", "responsible")
"""Names of the places that a layout has for one thing each."""
_HTML = ("text/html", "application/xhtml+xml")
# First bytes of what servers send by mistake as text/html, or without a media type.
_OTHER_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0")
_NOT_WHOLE = "The content coding, which was not asked for, could not be undone: the page is not whole."
_NO_PLACE = "The page has no body in which content could stand."
_NO_CONTENT = "No content was found where the layout has it: the page is empty, or its structure has changed."


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says; no page when it has no place for content."""

    page: Page | None = None
    chrome: Chrome | None = None
    remarks: tuple[str, ...] = ()


class _Boxes(msgspec.Struct, frozen=True, kw_only=True):
    """Where the content stands on one page, and what in it does not count."""

    root: Node
    boxes: list[Node]
    unread: set[int]
    hidden: set[int]
    marked: tuple[tuple[Node, str], ...] = ()
    """Chrome in and around the boxes that no selector names, with what it is called."""
    title: Node | None = None


def read(capture: Capture, layout: str = "", *, limit: int = DECODED_BYTES, trace: Trace = QUIET) -> Reading:
    """Return what the capture's body says. Never raises for any bytes.

    `layout` names the layout to read with; "" chooses by what the page shows. `limit` is the most bytes of body after
    content decoding; `trace` is told how it is read. Raises ConfigurationError for a layout that does not exist.
    """
    chosen = layout_named(layout) if layout else None
    if capture.media_type not in ("", *_HTML):
        return Reading(verdict="not_html", why=f"The media type is {capture.media_type}.")
    if capture.body is None:
        return Reading(verdict="unparsable", why="There is no body.")
    codings = ", ".join(capture.fields("content-encoding"))
    decoded = decode(capture.body, capture.field("content-type"), codings, limit)
    if capture.body.startswith(_OTHER_MAGIC) or (not capture.media_type and "<" not in decoded.text):
        return Reading(verdict="not_html", why="The body is not HTML, whatever its media type.")
    if not decoded.whole:
        # Half a page would read as if the other half had been taken away.
        return _reading(decoded, list(decoded.remarks), why=_NOT_WHOLE, layout="")
    remarks = list(decoded.remarks) if capture.complete else [*decoded.remarks, "the body was cut short"]
    try:
        document = parse(decoded.text)
        chosen = chosen or choose(document)
        found = _page(document, chosen, capture.address, trace)
    except SelectolaxError as error:
        return _reading(decoded, remarks, why=f"The parser gave up: {error}", layout=chosen.name if chosen else "")
    return _reading(decoded, [*remarks, *found.remarks], found, why="" if found.page else _NO_PLACE, layout=chosen.name)


def choose(document: Document) -> Layout:
    """The first layout of which the page shows as many marks as are needed; the generic one needs none."""
    return next(
        layout
        for layout in layouts().values()
        if sum(bool(document.css_first(mark)) for mark in layout.detect) >= layout.needed
    )


def _reading(decoded: Decoded, remarks: list[str], found: _Read | None = None, *, why: str, layout: str) -> Reading:
    page = found.page if found else None
    empty = page is not None and not page.preamble and not page.sections
    return Reading(
        verdict="suspect" if empty else "page" if page else "unparsable",
        page=page,
        chrome=found.chrome if found and not empty else None,
        why=_NO_CONTENT if empty else why,
        doubt="empty" if empty else None,
        layout=layout,
        encoding=decoded.encoding,
        encoding_from=decoded.chosen_from,
        remarks=tuple(remarks),
    )


def _page(document: Document, layout: Layout, address: str, trace: Trace) -> _Read:
    """The page record and the chrome; no record when the page has no place for content."""
    places = _boxes(document, layout)
    if places is None:
        return _Read()
    meta = metadata.fields(document)
    base = metadata.base_address(document, address)
    title = places.title or metadata.title_element([*places.boxes, places.root], layout, places.hidden)
    stated = dates(
        Sources(
            document=document,
            root=places.root,
            layout=layout,
            chrome=places.hidden,
            unread=places.unread,
            meta=meta,
            address=address,
        )
    )
    responsible = metadata.responsible(places.root, document, layout, places.unread)
    told = responsible.elements | ids_of([title] if title else [])
    around = Surroundings(
        base=base,
        address=address,
        layout=layout,
        hidden=places.hidden | told | ids_of(node for node, _ in places.marked),
        marked=places.marked,
        preamble=ids_of(find(places.boxes, layout.preamble.select)),
        said=stated.said,
    )
    reader = trace.reader(around, "")
    for box in places.boxes:
        walk(box, reader)
    apart = [("title", ids_of([title] if title else [])), ("responsible", responsible.elements)]
    trace.told(document, around, [*apart, ("unread", places.unread)])
    page = Page(
        title=metadata.title_of(document, title, places.unread, meta),
        language=metadata.language(document, meta),
        canonical=metadata.canonical(document, base),
        published=stated.published,
        updated=stated.updated,
        responsible=responsible.person,
        breadcrumb=metadata.breadcrumb(document, layout, places.unread),
        preamble=tuple(reader.preamble),
        sections=reader.sections(),
    )
    return _Read(
        page=page,
        chrome=chrome_of(document, around, places.boxes, places.unread | told, reader.chrome, trace=trace),
        remarks=(*_unexpected(document, layout), *_remarks(reader, stated)),
    )


def _boxes(document: Document, layout: Layout) -> _Boxes | None:
    """Find the content by the layout; None when there is no body to look in, as in a frame set."""
    root = _root(document, layout)
    if root is None:
        return None
    unread = ids_of(find([document], [", ".join(layout.unread)] if layout.unread else []))
    hidden = unread | ids_of(find([document], [", ".join(layout.drop)] if layout.drop else []))
    if layout.weigh:
        found = main_box(document, root, layout, hidden)
        marked = tuple(found.marked)
        return _Boxes(root=root, boxes=found.boxes, unread=unread, hidden=hidden, marked=marked, title=found.title)
    chrome = Region(hidden)
    for place in (root, document):
        boxes = [box for box in find([place], layout.boxes) if not chrome.covers(box)]
        others = Region(ids_of(boxes))
        outermost = [box for box in boxes if not others.covers(box.parent)]
        if outermost:
            return _Boxes(root=root, boxes=outermost, unread=unread, hidden=hidden)
    return _Boxes(root=root, boxes=[root], unread=unread, hidden=hidden)


def _root(document: Document, layout: Layout) -> Node | None:
    for selector in layout.root:
        found = find([document], [selector])
        if len(found) == 1:
            return found[0]
    return document.body


def _unexpected(document: Document, layout: Layout) -> list[str]:
    """Remarks on places that the page has more or less often than the layout expects."""
    remarks = []
    for name in PLACES:
        place: Place = getattr(layout, name)
        count = len(find([document], place.select))
        if not place.least <= count <= place.most:
            remarks.append(f"{count} places for {name}, expected {place.least} to {place.most}")
    return remarks


def _remarks(reader: ContentReader, stated: Dates) -> list[str]:
    unknown = [f"unknown element <{tag}> kept as text, {count} times" for tag, count in sorted(reader.unknown.items())]
    return [*stated.remarks, *unknown]
