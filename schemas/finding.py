"""Finding: one thing in an archive that is not as it must be."""

from __future__ import annotations

from typing import Literal

import msgspec

Check = Literal[
    "file",  # SQLite itself finds the file damaged
    "schema",  # a table, view, index or guard is missing or is not ours
    "references",  # a row points at nothing
    "chain",  # evidence is not what its run sealed
    "body",  # the bytes of a body do not have the hash that they are named by
    "record",  # a page record, or what is shown of it, does not have its digest
    "changes",  # the changes of a revision do not lead to it from the one before
    "contents",  # links, films or people are not those of the records
    "search",  # the search index is not that of the texts
    "heads",  # a head that was written down is not in the archive
    "signature",  # a signature does not hold
]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, and where."""

    check: Check
    text: str
    """What is wrong, one sentence."""
    page: int | None = None
    """Number of the page it is about; None where it is about no page, or the row that told it is destroyed."""
    run: int | None = None
    """Number of the run that wrote what is damaged; None where it is about no run."""
