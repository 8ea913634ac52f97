"""Differences between the chrome of two looks at a page, part by part. Pure.

The same law as for content: the steps of the changes of a part rebuild its later blocks from its earlier ones.
"""

from __future__ import annotations

import msgspec

from archive.diff_blocks import block_changes
from archive.reunite import reunited
from archive.spot import Spot
from archive.wording import block_reading
from schemas.change import Change, Kind
from schemas.chrome import ChromePart


def part_changes(before: ChromePart | None, after: ChromePart | None) -> tuple[Change, ...]:
    """Changes of one part of the chrome, classed `chrome`, or `cosmetic` where a reader sees none.

    A part that was not there before, or is not there any more, is one change.
    """
    if before is None or after is None:
        return _come_or_gone(before, after)
    where = Spot(path=("blocks",), where=after.name)
    changes = reunited(tuple(block_changes(where, before.blocks, after.blocks)))
    return tuple(
        change if change.class_ == "cosmetic" else msgspec.structs.replace(change, class_="chrome")
        for change in changes
    )


def _come_or_gone(before: ChromePart | None, after: ChromePart | None) -> tuple[Change, ...]:
    part = before or after
    if part is None:
        return ()
    kind: Kind = "removed" if before else "added"
    why = f"found on the {'earlier' if before else 'later'} pages only"
    spot = Spot(where=part.name)
    return (spot.change(kind, "part", _reading(before), _reading(after), why=why, ops=(), class_="chrome"),)


def _reading(part: ChromePart | None) -> str | None:
    return None if part is None else "\n".join(filter(None, map(block_reading, part.blocks)))
