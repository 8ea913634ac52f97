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
from scraper.content import ContentReader
from scraper.dates import Dates, Sources, dates
from scraper.decode import Decoded, decode
from scraper.document import read_document
from scraper.layout import Layout, Place, layout_named, layouts, layouts_digest
from scraper.mainbox import main_box
from scraper.selectors import Finder
from scraper.surroundings import Surroundings
from scraper.trace import QUIET, Trace
from scraper.tree import Region, Tree, parse

PARSER = f"4+{layouts_digest()}"
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

    root: int
    boxes: list[int]
    unread: Region
    hidden: Region
    marked: tuple[tuple[int, str], ...] = ()
    """Chrome in and around the boxes that no selector names, with what it is called."""
    title: int | None = None
    named: int | None = None
    """What says the page's title, be it a heading that stays in its place."""


def read(capture: Capture, layout: str = "", *, limit: int = DECODED_BYTES, trace: Trace = QUIET) -> Reading:
    """Return what the capture's body says. Never raises for any bytes.

    `layout` names the layout to read with; "" chooses by what the page shows. `limit` is the most bytes of body after
    content decoding; `trace` is told how it is read. Raises ConfigurationError for a layout that does not exist.
    """
    chosen = layout_named(layout) if layout else None
    return read_document(capture, limit) if capture.purpose == "document" else _read_page(capture, chosen, limit, trace)


def _read_page(capture: Capture, chosen: Layout | None, limit: int, trace: Trace) -> Reading:
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
        finder = Finder(Tree(parse(decoded.text)))
        chosen = chosen or choose(finder)
        found = _page(finder, chosen, capture.address, decoded.encoding, trace)
    except SelectolaxError as error:
        return _reading(decoded, remarks, why=f"The parser gave up: {error}", layout=chosen.name if chosen else "")
    return _reading(decoded, [*remarks, *found.remarks], found, why="" if found.page else _NO_PLACE, layout=chosen.name)


def choose(finder: Finder) -> Layout:
    """The first layout of which the page shows as many marks as are needed; the generic one needs none."""
    return next(layout for layout in layouts().values() if sum(map(finder.has, layout.detect)) >= layout.needed)


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


def _page(finder: Finder, layout: Layout, address: str, encoding: str, trace: Trace) -> _Read:
    """The page record and the chrome; no record when the page has no place for content."""
    if layout.weigh:
        finder.tree.part()
    places = _boxes(finder, layout)
    if places is None:
        return _Read()
    meta = metadata.fields(finder)
    base = metadata.base_address(finder, address)
    title = _title(finder, layout, places)
    stated = dates(
        Sources(
            finder=finder,
            root=places.root,
            layout=layout,
            chrome=places.hidden,
            unread=places.unread,
            meta=meta,
            address=address,
        )
    )
    responsible = metadata.responsible(finder, places.root, layout, places.unread)
    told = responsible.elements if title is None else responsible.elements | {title}
    around = Surroundings(
        tree=finder.tree,
        base=base,
        address=address,
        encoding=encoding,
        layout=layout,
        hidden=places.hidden | told.union(element for element, _ in places.marked),
        marked=places.marked,
        preamble=frozenset(finder.within(places.boxes, layout.preamble.select)),
        said=stated.said,
    )
    reader = trace.reader(around, "")
    for box in places.boxes:
        reader.read(box)
    apart = [("title", {title} if title is not None else ()), ("responsible", responsible.elements)]
    trace.told(finder, around, [*apart, ("unread", places.unread.numbers)])
    page = Page(
        title=metadata.title_of(finder, title if places.named is None else places.named, places.unread, meta),
        language=metadata.language(finder, meta),
        canonical=metadata.canonical(finder, base),
        published=stated.published,
        updated=stated.updated,
        responsible=responsible.person,
        breadcrumb=metadata.breadcrumb(finder, layout, places.unread),
        preamble=tuple(reader.preamble),
        sections=reader.sections(),
    )
    return _Read(
        page=page,
        chrome=chrome_of(finder, around, places.boxes, places.unread | told, reader.chrome, trace=trace),
        remarks=(*_unexpected(finder, layout), *_remarks(reader, stated)),
    )


def _title(finder: Finder, layout: Layout, places: _Boxes) -> int | None:
    """The element of the title: what the weighing took for it, else what the layout has."""
    if places.title is not None:
        return places.title
    # What stands apart from a box that was weighed has been looked at.
    around = [] if layout.weigh else [places.root]
    return metadata.title_element(finder, [*places.boxes, *around], layout, places.hidden)


def _boxes(finder: Finder, layout: Layout) -> _Boxes | None:
    """Find the content by the layout; None when there is no body to look in, as in a frame set."""
    tree, root = finder.tree, _root(finder, layout)
    if root is None:
        return None
    unread = Region(tree, finder.any(layout.unread))
    hidden = unread | finder.any(layout.drop)
    if layout.weigh:
        weighed = main_box(finder, root, layout, hidden)
        marked = tuple(weighed.marked)
        boxes, title, named = weighed.boxes, weighed.title, weighed.named
        return _Boxes(root=root, boxes=boxes, unread=unread, hidden=hidden, marked=marked, title=title, named=named)
    # The root, then the whole page.
    for found in (finder.within([root], layout.boxes), finder.first(layout.boxes)):
        boxes = [box for box in found if not hidden.covers(box)]
        others = Region(tree, boxes)
        outermost = [box for box in boxes if not others.covers(tree.above(box))]
        if outermost:
            return _Boxes(root=root, boxes=outermost, unread=unread, hidden=hidden)
    return _Boxes(root=root, boxes=[root], unread=unread, hidden=hidden)


def _root(finder: Finder, layout: Layout) -> int | None:
    for selector in layout.root:
        found = finder.first([selector])
        if len(found) == 1:
            return found[0]
    return finder.tree.body


def _unexpected(finder: Finder, layout: Layout) -> list[str]:
    """Remarks on places that the page has more or less often than the layout expects."""
    remarks = []
    for name in PLACES:
        place: Place = getattr(layout, name)
        count = len(finder.first(place.select))
        if not place.least <= count <= place.most:
            remarks.append(f"{count} places for {name}, expected {place.least} to {place.most}")
    return remarks


def _remarks(reader: ContentReader, stated: Dates) -> list[str]:
    unknown = [f"unknown element <{tag}> kept as text, {count} times" for tag, count in sorted(reader.unknown.items())]
    return [*stated.remarks, *unknown]
