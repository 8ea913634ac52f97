"""Captures as rows: what was asked and answered, and which page an address means. Evidence; written once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from sqlite_utils import Database

from archive.bodies import keep_body, read_body
from archive.header_sets import keep_head, read_head
from archive.times import from_text, to_text
from schemas.capture import Capture

Why = Literal["seed", "link", "redirect", "canonical", "cms_key"]

SAYING = "('fetched', 'not_modified', 'gone', 'redirected')"
"""Outcomes that say something about a page, as SQL writes a list. The others are failures: they say nothing."""


_LOOKS_BACK = 6  # so far a page that goes back and forth between states is followed


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A capture as the archive knows it."""

    id: int
    """Number of the capture."""
    run: int
    page: int | None
    """Number of the page that was looked at; None for robots.txt."""


def keep_capture(
    database: Database,
    run: int,
    capture: Capture,
    *,
    why: Why = "link",
    cms_key: str | None = None,
    via: int | None = None,
    of_page: bool = True,
) -> Kept:
    """Write a capture; the same address twice in a run is written once, but for a robots.txt that was asked for again.

    `why` says how we came to the address, `cms_key` names the page where the address shows such a name, `via` is the
    redirect that led here, `of_page` is False for evidence that says nothing about a page. Call inside a transaction.
    """
    url = url_number(database, capture.address)
    found = database.execute(
        "SELECT id, page_id FROM captures WHERE run_id = ? AND url_id = ? AND (fetched_at = ? OR ? <> 'robots')",
        [run, url, to_text(capture.fetched_at), capture.purpose],
    ).fetchone()
    if found:
        return Kept(id=found[0], run=run, page=found[1])
    site = _site(database, run)
    page = None
    if of_page and capture.purpose != "robots":
        page = _identify(database, run, site, capture, url, why=why, cms_key=cms_key, via=via)
    body = None
    if capture.confirms is not None:
        (body,) = database.execute("SELECT body_id FROM captures WHERE id = ?", [capture.confirms]).fetchone()
    elif capture.body is not None:
        body = keep_body(database, capture.body, earlier=_earlier_bodies(database, page, capture), site=site)
    requests, heads = _heads_near(database, page)
    cursor = database.execute(
        "INSERT INTO captures (run_id, url_id, page_id, purpose, via, fetched_at, outcome, status, location_id,"
        " request_id, head_id, body_id, confirms, complete, attempts, elapsed_ms, peer, tls, robots, error)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run, url, page, capture.purpose, via, to_text(capture.fetched_at), capture.outcome, capture.status,
            url_number(database, capture.location) if capture.location else None,
            keep_head(database, capture.request, requests), keep_head(database, capture.head, heads),
            body, capture.confirms, int(capture.complete), capture.attempts, capture.elapsed_ms, capture.peer,
            capture.tls, capture.robots, capture.error,
        ],
    )  # fmt: skip
    return Kept(id=int(cursor.lastrowid or 0), run=run, page=page)


def read_capture(database: Database, number: int) -> Capture:
    """Return a capture as it was kept, byte for byte; without its body where that was redacted. A 304 had none."""
    row = next(
        database.query(
            "SELECT c.*, u.url AS address, l.url AS location FROM captures c"
            " JOIN urls u ON u.id = c.url_id LEFT JOIN urls l ON l.id = c.location_id"
            " WHERE c.id = ?",
            [number],
        )
    )
    same = ("address", "purpose", "outcome", "status", "location", "confirms", "attempts", "elapsed_ms", "peer", "tls")
    return Capture(
        **{name: row[name] for name in same},
        fetched_at=from_text(row["fetched_at"]),
        request=read_head(database, row["request_id"]),
        head=read_head(database, row["head_id"]),
        body=None if row["body_id"] is None or row["confirms"] is not None else read_body(database, row["body_id"]),
        complete=bool(row["complete"]),
        robots=row["robots"],
        error=row["error"],
    )


def read_look(database: Database, number: int) -> Capture:
    """Return a capture with what it says: a 304 says again what the capture that it confirms said, at its own time."""
    capture = read_capture(database, number)
    if capture.confirms is None:
        return capture
    return msgspec.structs.replace(read_capture(database, capture.confirms), fetched_at=capture.fetched_at)


def unread(database: Database, site: str) -> Iterator[Kept]:
    """Captures that say something about a page and have not been read yet, in time order.

    There are some when a run was stopped between keeping and reading; one that ended by itself has read them all.
    """
    rows = database.query(
        "SELECT c.id, c.run_id, c.page_id FROM runs r JOIN captures c ON c.run_id = r.id"
        " LEFT JOIN readings g ON g.capture_id = c.id WHERE r.status IN ('running', 'interrupted') AND r.site = ?"
        f" AND c.page_id IS NOT NULL AND g.capture_id IS NULL AND c.outcome IN {SAYING}"
        " ORDER BY c.fetched_at, c.id",
        [site],
    )
    for row in list(rows):
        yield Kept(id=row["id"], run=row["run_id"], page=row["page_id"])


def url_number(database: Database, url: str) -> int:
    """Number of an address, written down if it is new."""
    found = database.execute("SELECT id FROM urls WHERE url = ?", [url]).fetchone()
    if found:
        return int(found[0])
    return int(database.execute("INSERT INTO urls (url) VALUES (?)", [url]).lastrowid or 0)


def url_of(database: Database, number: int) -> str:
    """The address that has a number."""
    return str(database.execute("SELECT url FROM urls WHERE id = ?", [number]).fetchone()[0])


def page_of(database: Database, site: str, url: int) -> int | None:
    """The page of a site that an address means now; None when it means none."""
    found = database.execute(
        "SELECT pu.page_id FROM page_urls pu JOIN pages p ON p.id = pu.page_id"
        " WHERE pu.url_id = ? AND p.site = ? ORDER BY pu.from_run DESC, pu.why = 'canonical', pu.page_id DESC LIMIT 1",
        [url, site],
    ).fetchone()
    return int(found[0]) if found else None


def name_page(database: Database, run: int, page: int, address: str, *, cms_key: str | None = None) -> None:
    """Note an address that a page calls its own, so that a link there leads to it. Call inside a transaction.

    An address, or a key, that means a page of the site already is left alone: many sites call pages by wrong names.
    """
    site = str(database.execute("SELECT site FROM pages WHERE id = ?", [page]).fetchone()[0])
    found = database.execute("SELECT id FROM urls WHERE url = ?", [address]).fetchone()
    if found and page_of(database, site, found[0]) is not None:
        return
    if cms_key and _page_of_key(database, site, cms_key, address) not in (None, page):
        return
    database.execute(
        "INSERT INTO page_urls (page_id, url_id, from_run, why) VALUES (?, ?, ?, 'canonical')",
        [page, url_number(database, address), run],
    )


def _wrongly_claimed(database: Database, run: int, page: int, url: int) -> bool:
    """Whether an address is a page's only because the page calls it so, and the page answers at another in this run.

    Two addresses that both answer are two pages, unless better evidence than a page's own word makes them one.
    """
    if _claims(database, page, url) != {"canonical"}:
        return False
    answers = database.execute(
        "SELECT 1 FROM page_urls a JOIN captures c ON c.run_id = ? AND c.url_id = a.url_id AND c.page_id = a.page_id"
        " WHERE a.page_id = ? AND a.url_id <> ? AND c.outcome = 'fetched' LIMIT 1",
        [run, page, url],
    ).fetchone()
    return answers is not None


def _wrongly_joined(database: Database, site: str, page: int, url: int, *, cms_key: str | None, address: str) -> bool:
    """Whether an address with a query is a page's by its CMS's number alone, as earlier versions named pages.

    Under one number stand then all events, reserves or hits that a site serves: each is a page of its own from now on.
    """
    if cms_key is None or "?" not in cms_key or _claims(database, page, url) != {"cms_key"}:
        return False
    return _page_of_key(database, site, cms_key, address) != page


def _claims(database: Database, page: int, url: int) -> set[Why]:
    """Why an address is a page's."""
    rows = database.execute("SELECT why FROM page_urls WHERE page_id = ? AND url_id = ?", [page, url])
    return {why for (why,) in rows}


def _page_of_key(database: Database, site: str, cms_key: str, address: str) -> int | None:
    """The page that has a CMS's number: on its host, or on another where the file name is the same too.

    The number alone says nothing on another host, whose CMS counts for itself. One with a query stands in no row of
    pages, from where it could not be erased: it is looked for in the other addresses.
    """
    host, _, number = cms_key.partition("/")
    if "?" in number:
        return _page_of_query(database, site, host, number, address)
    found = database.execute("SELECT id FROM pages WHERE site = ? AND cms_key = ?", [site, cms_key]).fetchone()
    if found:
        return int(found[0])
    name = _file_name(address)
    rows = database.execute(
        "SELECT DISTINCT p.id FROM pages p JOIN page_urls pu ON pu.page_id = p.id JOIN urls u ON u.id = pu.url_id"
        " WHERE p.site = ? AND substr(p.cms_key, -length(?)) = ? AND substr(u.url, -length(?)) = ?",
        [site, f"/{number}", f"/{number}", f"/{name}", f"/{name}"],
    ).fetchall()
    return int(rows[0][0]) if len(rows) == 1 else None


def _page_of_query(database: Database, site: str, host: str, number: str, address: str) -> int | None:
    ending = f".{number.replace('?', '.html?', 1)}"
    rows = database.execute(
        "SELECT p.id, u.url, u.host FROM urls u CROSS JOIN page_urls pu ON pu.url_id = u.id"
        " JOIN pages p ON p.id = pu.page_id WHERE substr(u.url, -length(?)) = ? AND p.site = ? AND u.url <> ?"
        " ORDER BY pu.from_run DESC, p.id",
        [ending, ending, site, address],
    ).fetchall()
    here = [page for page, _, at in rows if at.removeprefix("www.").partition(":")[0] == host]
    named = {page for page, url, _ in rows if url.endswith(f"/{_file_name(address)}")}
    return here[0] if here else named.pop() if len(named) == 1 else None


def _file_name(address: str) -> str:
    """The last part of an address, its query included."""
    path, mark, query = address.partition("?")
    return f"{path.rpartition('/')[2]}{mark}{query}"


def _heads_near(database: Database, page: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Heads of requests, and of answers, that a page's next may be like: its own last ones, and the last of all."""
    rows = [
        database.execute(query, asked).fetchone()
        for query, asked in (
            ("SELECT request_id, head_id FROM captures WHERE page_id = ? ORDER BY fetched_at DESC LIMIT 1", [page]),
            ("SELECT request_id, head_id FROM captures ORDER BY id DESC LIMIT 1", []),
        )
    ]
    requests, heads = ([row[place] for row in rows if row and row[place] is not None] for place in (0, 1))
    return tuple(requests), tuple(heads)


def _site(database: Database, run: int) -> str:
    return str(database.execute("SELECT site FROM runs WHERE id = ?", [run]).fetchone()[0])


def _earlier_bodies(database: Database, page: int | None, capture: Capture) -> list[int]:
    """What the page answered, with the same outcome, at the looks nearest before this one; else at the next after."""
    looks = (
        "SELECT c.body_id FROM captures c JOIN bodies b ON b.id = c.body_id WHERE c.page_id = ? AND c.outcome = ?"
        " AND b.codec <> 'redacted' AND c.fetched_at"
    )
    for order in ("<= ? ORDER BY c.fetched_at DESC, c.id DESC", "> ? ORDER BY c.fetched_at, c.id"):
        asked = [page, capture.outcome, to_text(capture.fetched_at), _LOOKS_BACK]
        found = database.execute(f"{looks} {order} LIMIT ?", asked).fetchall()
        if found:
            return list(dict.fromkeys(number for (number,) in found))
    return []


def _identify(
    database: Database, run: int, site: str, capture: Capture, url: int,
    *, why: Why, cms_key: str | None, via: int | None,
) -> int:  # fmt: skip
    """The page that was looked at: the one the address means, or is redirected from, or carries the key of, or new."""
    page = page_of(database, site, url)
    wrong = (
        page is not None
        and via is None
        and (
            _wrongly_claimed(database, run, page, url)
            or _wrongly_joined(database, site, page, url, cms_key=cms_key, address=capture.address)
        )
    )
    if page is not None and not wrong:
        return page
    page = None
    if via is not None:
        page = database.execute("SELECT page_id FROM captures WHERE id = ?", [via]).fetchone()[0]
        why = "redirect"
    if page is None and cms_key:
        page = _page_of_key(database, site, cms_key, capture.address)
        why = "cms_key" if page else why
    if page is None and capture.location:
        # An address that we have not met and that only leads on to a page that we have: another name for that page.
        page = page_of(database, site, url_number(database, capture.location))
    if page is None:
        key = None if cms_key is None or "?" in cms_key else cms_key
        cursor = database.execute("INSERT INTO pages (site, cms_key, first_run) VALUES (?, ?, ?)", [site, key, run])
        page = int(cursor.lastrowid or 0)
    database.execute(
        "INSERT INTO page_urls (page_id, url_id, from_run, why) VALUES (?, ?, ?, ?)", [page, url, run, why]
    )
    return int(page)
