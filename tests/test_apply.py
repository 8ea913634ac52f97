"""The law of the diff: the changes of any two records rebuild the later one from the earlier, byte for byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.apply import apply
from archive.diff import diff
from schemas.change import Change, Delete, Move, Set
from schemas.page import (
    Block,
    Cell,
    Dated,
    Film,
    Image,
    Item,
    Link,
    List,
    Page,
    Paragraph,
    Person,
    Quote,
    Row,
    Section,
    Table,
    canonical_json,
    decode_page,
)

law = settings(deadline=None, max_examples=120)

words = st.sampled_from(
    [
        "kommunen",
        "Regionen",
        "ska",
        "svara",
        "i",
        "mars.",
        "öppet",
        "8",
        "–",
        "16,",
        "Läs mer",
        "a\u00a0b",
        "kom\u00admun",
    ]
)
texts = st.lists(words, max_size=12).map(" ".join) | st.sampled_from(["", "A", "B\nC", "e\u0301", "\u00e9"])
addresses = st.sampled_from(["https://a.se/1", "https://a.se/2", "https://a.se/1?utm_source=x", "https://b.se/f.pdf"])
links = st.lists(
    st.builds(Link, label=texts, address=addresses, kind=st.sampled_from(["page", "document"])), max_size=3
).map(tuple)
items = st.builds(Item, text=texts, level=st.integers(1, 2), links=links)
cells = st.builds(Cell, text=texts, header=st.booleans(), links=links)
rows = st.builds(Row, cells=st.lists(cells, max_size=3).map(tuple))
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, text=texts, links=links),
    st.builds(Quote, text=texts, links=links),
    st.builds(List, items=st.lists(items, max_size=4).map(tuple), ordered=st.booleans()),
    st.builds(Table, rows=st.lists(rows, max_size=4).map(tuple), caption=texts),
    st.builds(Image, address=addresses, alternative=texts),
    st.builds(Film, address=addresses, title=texts),
)
block_runs = st.lists(blocks, max_size=4).map(tuple)
sections = st.builds(
    Section,
    heading=texts,
    level=st.integers(0, 3),
    anchor=st.none() | st.sampled_from(["h-a", "h-b"]),
    links=links,
    blocks=block_runs,
)
dated = st.none() | st.builds(
    Dated, on=st.dates(date(2024, 1, 1), date(2024, 1, 3)), source=st.sampled_from(["text", "meta"])
)
pages = st.builds(
    Page,
    title=texts,
    language=st.none() | st.sampled_from(["sv", "en"]),
    canonical=st.none() | addresses,
    published=dated,
    updated=dated,
    responsible=st.none() | st.builds(Person, name=texts, role=texts),
    breadcrumb=st.lists(texts, max_size=2).map(tuple),
    preamble=block_runs,
    sections=st.lists(sections, max_size=5).map(tuple),
)


def check_laws(before: Page, after: Page) -> tuple[Change, ...]:
    """Return the changes after holding them to all that is promised of any diff."""
    changes = diff(before, after)
    stored = msgspec.json.decode(msgspec.json.encode(changes), type=tuple[Change, ...])
    assert stored == changes
    assert canonical_json(apply(before, stored)) == canonical_json(after)
    assert all(change.ops for change in changes)
    assert (not changes) == (before == after)
    return changes


@law
@given(pages, pages)
def test_changes_rebuild_any_later_page(before: Page, after: Page) -> None:
    """Whatever two pages are compared, the changes lead from the one to the other byte for byte."""
    check_laws(before, after)


@law
@given(pages)
def test_a_page_does_not_differ_from_itself(page: Page) -> None:
    """There is no change between equal records, also when one was read from storage."""
    assert diff(page, decode_page(canonical_json(page))) == ()


def edited_list(draw: st.DrawFn, entries: tuple[Any, ...], fresh: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    """The entries after one editor's move: one taken out, put in, moved, doubled or written anew, or two swapped."""
    work = list(entries)
    at = draw(st.integers(0, len(work)))
    match draw(st.sampled_from(["insert", "delete", "move", "double", "edit", "swap"])):
        case "delete" if work:
            work.pop(at % len(work))
        case "move" if work:
            work.insert(draw(st.integers(0, len(work) - 1)), work.pop(at % len(work)))
        case "double" if work:
            work.insert(at, work[at % len(work)])
        case "edit" if work:
            work[at % len(work)] = edited(draw, work[at % len(work)])
        case "swap" if len(work) > 1:
            work[0], work[-1] = work[-1], work[0]
        case _:
            work.insert(at, draw(fresh))
    return tuple(work)


def edited(draw: st.DrawFn, record: Any) -> Any:
    """A record, or a text, after one edit somewhere in it."""
    if isinstance(record, str):
        return " ".join([record, draw(texts)])
    lists: dict[str, st.SearchStrategy[Any]] = {
        "sections": sections,
        "preamble": blocks,
        "blocks": blocks,
        "items": items,
        "rows": rows,
        "cells": cells,
        "links": links.filter(bool).map(lambda some: some[0]),
    }
    field = draw(st.sampled_from([field.name for field in msgspec.structs.fields(record)]))
    value = getattr(record, field)
    if field in lists:
        value = edited_list(draw, value, lists[field])
    elif field in ("text", "heading", "title", "label", "caption", "alternative", "name", "role"):
        value = edited(draw, value)
    elif field == "address":
        value = draw(addresses)
    elif field == "level":
        value = value + 1
    return msgspec.structs.replace(record, **{field: value})


@st.composite
def edited_pairs(draw: st.DrawFn) -> tuple[Page, Page]:
    """A page, and the same page after a few edits."""
    before = draw(pages)
    after = before
    for _ in range(draw(st.integers(1, 4))):
        after = edited(draw, after)
    return before, after


@law
@given(edited_pairs())
def test_changes_rebuild_a_page_after_edits(both: tuple[Page, Page]) -> None:
    """Also between pages that have most in common, where entries are paired and moved, in both directions."""
    check_laws(*both)
    check_laws(both[1], both[0])


def one_section(*texts_: str) -> Page:
    """A page with one section of paragraphs."""
    blocks_ = tuple(Paragraph(text=text) for text in texts_)
    return Page(title="Prov", sections=(Section(heading="Nytt", level=2, blocks=blocks_),))


def test_apply_refuses_changes_of_another_page() -> None:
    """Changes that were not made from a record are not applied to it."""
    changes = diff(one_section("Ett.", "Två."), one_section("Ett ord."))
    with pytest.raises(ValueError, match="not made from this page"):
        apply(Page(title="Annan"), changes)
    with pytest.raises(ValueError, match="not made from this page"):
        apply(one_section("Tre.", "Fyra."), changes)


def test_apply_refuses_steps_that_no_list_has() -> None:
    """A step for an entry of what is no list, or for an entry that is not there, is refused."""
    (change,) = diff(one_section("Ett.", "Två."), one_section("Ett."))
    for op in (
        Delete(path=("title",), value="Prov"),
        Move(path=("sections", 7), to=0),
        Set(path=("x", "y"), before=1, after=2),
    ):
        with pytest.raises(ValueError, match="not made from this page"):
            apply(one_section("Ett."), [msgspec.structs.replace(change, ops=(op,))])


CORPUS = sorted((Path(__file__).parent / "pages").glob("*/*/expected.json"))


@pytest.mark.parametrize("case", CORPUS, ids=[f"{case.parent.parent.name}/{case.parent.name}" for case in CORPUS])
def test_the_law_holds_over_all_pairs_of_the_corpus(case: Path) -> None:
    """From this saved page to every other, changes are found that rebuild it; to itself there are none."""
    if (before := _expected(case)) is None:
        return
    others = [page for page in map(_expected, CORPUS) if page is not None]
    assert len(others) >= 40
    for after in others:
        changes = check_laws(before, after)
        assert all(change.why for change in changes)


def _expected(case: Path) -> Page | None:
    data = case.read_bytes()
    return None if data.strip() == b"null" else decode_page(data)


def test_every_change_says_why() -> None:
    """Between any two of our pages, no change is without its rule and none has lost its place."""
    rules = {change.why for case in CORPUS[:12] for other in CORPUS for change in _between(case, other)}
    assert "" not in rules
    assert {"found in the earlier page only", "found in the later page only", "text differs"} <= rules


def _between(case: Path, other: Path) -> tuple[Change, ...]:
    before, after = _expected(case), _expected(other)
    return diff(before, after) if before and after else ()
