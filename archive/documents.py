"""Documents: what the address of a file tells of it: type, the CMS's own name for it, its version. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.comparison import comparison_address
from archive.times import to_text
from schemas.page import Link

DOCUMENT_COLUMNS = ("section_id", "url", "title", "type", "file_id", "stamped_at")

# SiteVision: /download/18.<node>/<milliseconds since 1970>/<name>: the node is the file, the time its version.
_STAMPED: Final = re.compile(r"/download/(?P<file>\d+\.[0-9a-f]+)/(?P<stamp>\d{10,15})/", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\.([a-z0-9]{1,5})$", re.IGNORECASE)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def document_values(section: int | None, link: Link) -> tuple[object, ...]:
    """The row of a link to a file, in the order of `DOCUMENT_COLUMNS`."""
    file, stamped = file_version(link.address)
    return section, link.address, link.label, file_type(link.address), file, stamped


def file_type(address: str) -> str:
    """Type of a file by the extension of its address, in small letters: "pdf"; "" when it has none."""
    path = comparison_address(address).partition("#")[0].partition("?")[0]
    found = _EXTENSION.search(path.rpartition("/")[2])
    return found[1].lower() if found else ""


def file_version(address: str) -> tuple[str | None, str | None]:
    """The file's own name, "18.3b7f9c", and the time that its version is stamped with, UTC; None where it has none."""
    found = _STAMPED.search(address)
    if found is None:
        return None, None
    try:
        at = _BEGINNING + timedelta(milliseconds=int(found["stamp"]))
    except OverflowError:
        return found["file"], None
    return found["file"], to_text(at)
