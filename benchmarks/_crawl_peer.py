"""The peers' side of the yardstick `crawl`: Scrapy, with parsel or selectolax, writing pages and sections into SQLite.

Runs as a process of its own: `python -m benchmarks._crawl_peer parsel|selectolax START DATABASE`.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import scrapy
import zstandard
from scrapy.crawler import CrawlerProcess
from selectolax.lexbor import LexborHTMLParser

_DDL = """
CREATE TABLE captures (url TEXT PRIMARY KEY, fetched_at TEXT, status INTEGER, head TEXT, sha256 BLOB, body BLOB);
CREATE TABLE pages (url TEXT PRIMARY KEY, title TEXT, language TEXT, digest BLOB);
CREATE TABLE sections (url TEXT, position INTEGER, heading TEXT, level INTEGER, text TEXT, PRIMARY KEY (url, position));
"""
_BLOCKS = "h1,h2,h3,h4,p,li,td"
Section = tuple[str, int, str]


def sections_parsel(response: Any) -> tuple[str, list[Section], list[str]]:
    """Title, sections and links of a page, the way Scrapy's own documentation reads them."""
    found: list[Section] = []
    for block in response.css("main").css(_BLOCKS):
        text = " ".join(" ".join(block.xpath(".//text()").getall()).split())
        _add(found, block.root.tag, text)
    return response.css("h1::text").get(""), found, response.css("main a::attr(href)").getall()


def sections_selectolax(response: Any) -> tuple[str, list[Section], list[str]]:
    """The same with selectolax."""
    tree = LexborHTMLParser(response.body)
    found: list[Section] = []
    for block in tree.css(", ".join(f"main {tag}" for tag in _BLOCKS.split(","))):
        _add(found, block.tag or "", " ".join(block.text().split()))
    title = tree.css_first("h1")
    return (
        title.text() if title else "",
        found,
        [link.attributes.get("href") or "" for link in tree.css("main a")],
    )


def _add(found: list[Section], tag: str, text: str) -> None:
    if tag in ("h2", "h3", "h4"):
        found.append((text, int(tag[1]), ""))
    elif found and tag != "h1":
        heading, level, before = found[-1]
        found[-1] = (heading, level, f"{before}\n{text}" if before else text)


READERS = {"parsel": sections_parsel, "selectolax": sections_selectolax}


class PagesSpider(scrapy.Spider):
    """Start page, its links, one row each, committed page by page."""

    name = "pages"

    def __init__(self, start: str, database: str, reader: str) -> None:
        super().__init__()
        self.start_urls = [start]
        self._read = READERS[reader]
        self._database = sqlite3.connect(database)
        self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _DDL)
        self._packer = zstandard.ZstdCompressor(level=3)

    def parse(self, response: Any, **_: Any) -> Iterator[Any]:
        """Keep a page and follow its links."""
        title, sections, links = self._read(response)
        digest = hashlib.sha256(repr((title, sections)).encode()).digest()
        with self._database:
            head = response.headers.to_unicode_dict()
            body = response.body
            named = hashlib.sha256(body).digest()
            self._database.execute(
                "INSERT INTO captures VALUES (?, datetime('now'), ?, ?, ?, ?)",
                [response.url, response.status, repr(dict(head)), named, self._packer.compress(body)],
            )
            self._database.execute("INSERT INTO pages VALUES (?, ?, 'sv', ?)", [response.url, title, digest])
            self._database.executemany(
                "INSERT INTO sections VALUES (?, ?, ?, ?, ?)",
                [(response.url, number, *section) for number, section in enumerate(sections)],
            )
        for link in links:
            yield response.follow(link, self.parse)


def main(reader: str, start: str, database: str) -> None:
    """Crawl once."""
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": 32,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
            "COOKIES_ENABLED": False,
        }
    )
    process.crawl(PagesSpider, start=start, database=database, reader=reader)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
