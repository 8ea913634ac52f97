"""Part exchange: what is sent arrives whole, and what both sides have is not sent again."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.chrome import ChromePart
from schemas.page import Paragraph
from scraper.part_exchange import LARGEST_BYTES, PARTS, KnownParts, SentPart, SentParts


def part(number: int) -> ChromePart:
    return ChromePart(name="menu", blocks=(Paragraph(text=f"Ingång {number}"),))


def arrives(sent: tuple[SentPart, ...]) -> tuple[SentPart, ...]:
    """What was sent, as the pipe brings it."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=tuple[SentPart, ...])


@given(st.lists(st.lists(st.integers(0, 2 * PARTS), max_size=PARTS + 20), max_size=8))
def test_every_part_arrives_whatever_both_sides_forgot(pages: list[list[int]]) -> None:
    """However many parts a page has, and however often they come back, both sides remember the same."""
    sender, receiver = SentParts(), KnownParts()
    for page in pages:
        parts = tuple(map(part, page))
        assert receiver.take(arrives(sender.send(parts))) == parts


def test_a_part_goes_out_once_and_a_large_one_each_time() -> None:
    """A menu is sent with the first page alone; what would fill the memory is sent and not remembered."""
    sender, receiver = SentParts(), KnownParts()
    large = ChromePart(name="menu", blocks=(Paragraph(text="x" * LARGEST_BYTES),))
    first, second = sender.send([part(1), large]), sender.send([part(1), large])
    assert [each.part for each in second] == [None, large]
    kept, _ = receiver.take(arrives(first))
    assert receiver.take(arrives(second)) == (part(1), large)
    assert receiver.take(arrives(sender.send([part(1)])))[0] is kept
