"""The chain of heads: what seals a run's evidence and, through the head before it, all evidence before. Pure.

Each row of evidence is a leaf, SHA-256 over 0x00 and the row as canonical JSON. The leaves of a run have a Merkle root
as in RFC 6962 section 2.1 (nodes: 0x01, left, right). The head of a run is SHA-256 over 0x02 and the run's manifest:
the run's own fields, the root, and the head of the run before. Whoever holds a head can tell whether anything up to
that run was altered; who holds none can only tell whether the archive agrees with itself.

Text that may have to be erased one day (addresses, heads, messages, digests of records) enters a leaf as a commitment,
SHA-256 over 0x03, a random salt and the text. Erasing takes text and salt; the commitment stays and betrays nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

MARK_BYTES = 8
"""Bytes of each leaf that a run keeps, so that a differing root can be traced to a row."""


def canonical(row: Mapping[str, Any]) -> bytes:
    """A row as the one JSON form that is hashed: keys sorted, no white space, UTF-8, bytes as hexadecimal digits."""
    plain = {key: value.hex() if isinstance(value, bytes) else value for key, value in row.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def commitment(salt: bytes | None, text: bytes | str | None) -> bytes | None:
    """What a leaf holds of a text: nothing can be read from it, and with salt and text it can be proved."""
    if text is None:
        return None
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.sha256(b"\x03" + (salt or b"") + data).digest()


def words_of_decision(digest: bytes | None, by: str, why: str) -> bytes:
    """What a decision says of content and people, as one text: it is erased as a whole."""
    return canonical({"digest": digest, "decided_by": by, "why": why})


def leaf(row: Mapping[str, Any]) -> bytes:
    """Hash of one row of evidence."""
    return hashlib.sha256(b"\x00" + canonical(row)).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Merkle root of leaves in their order; of none, SHA-256 of nothing. An odd one is carried up, never doubled."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def head(manifest: Mapping[str, Any]) -> bytes:
    """Head of a run, from its manifest."""
    return hashlib.sha256(b"\x02" + canonical(manifest)).digest()


def marks(leaves: Sequence[bytes]) -> bytes:
    """What a run keeps of its leaves, end to end."""
    return b"".join(one[:MARK_BYTES] for one in leaves)


def unmarked(leaves: Sequence[bytes], kept: bytes) -> tuple[list[int], int]:
    """Which leaves have no mark among those that were kept, and how many marks are left without a leaf."""
    left: dict[bytes, int] = {}
    for at in range(0, len(kept), MARK_BYTES):
        mark = kept[at : at + MARK_BYTES]
        left[mark] = left.get(mark, 0) + 1
    strangers = []
    for index, one in enumerate(leaves):
        if left.get(one[:MARK_BYTES], 0):
            left[one[:MARK_BYTES]] -= 1
        else:
            strangers.append(index)
    return strangers, sum(left.values())


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
