"""What moved between lists and sections, or turned into another kind of block, is one change; columns are too."""

from __future__ import annotations

import msgspec
import pytest

from schemas.change import Change
from schemas.page import Block, Cell, Film, Image, Item, Link, List, Page, Paragraph, Quote, Row, Section, Table
from tests.test_apply import check_laws

LONG = "Kommunen hyr ut verkstaden till föreningen från och med maj."
OTHER = "Biblioteket har öppet på lördagar hela vintern."


def page(*sections: tuple[Block, ...], preamble: tuple[Block, ...] = ()) -> Page:
    """A page with sections called A, B and so on, each with a paragraph of its own first."""
    made = [
        Section(heading=name, level=2, anchor=f"h-{name}", blocks=(Paragraph(text=f"Här börjar {name}."), *blocks))
        for name, blocks in zip("ABCD", sections, strict=False)
    ]
    return Page(title="Prov", preamble=preamble, sections=tuple(made))


def told(before: Page, after: Page) -> list[tuple[str, str, str, str]]:
    return [(c.what, c.kind, c.where, c.why) for c in check_laws(before, after)]


def only(before: Page, after: Page) -> Change:
    (change,) = check_laws(before, after)
    return change


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(text=LONG),
        Quote(text=LONG),
        List(items=(Item(text=LONG), Item(text=OTHER))),
        Image(address="https://a.se/1.png", alternative="En bild på bron"),
        Film(address="https://a.se/f", title="Filmen om bron"),
        Table(rows=(Row(cells=(Cell(text="Norrvik"), Cell(text="12"))),)),
    ],
)
def test_a_block_moved_between_sections_is_one_move(block: Block) -> None:
    """The change stands where the block is now, and says where it was."""
    change = only(page((block,), ()), page((), (block,)))
    assert (change.kind, change.where, change.why) == ("moved", "B", 'same words, before under "A"')
    assert (change.section_before, change.section_after) == (0, 1)
    assert change.before == change.after


def test_a_block_moved_and_edited_is_one_change() -> None:
    """Most words the same in another section: moved and edited, with both texts."""
    change = only(page((Paragraph(text=LONG),), ()), page((), (Paragraph(text=LONG + " Hyran är låg."),)))
    assert (change.kind, change.why) == ("moved_and_edited", 'most words the same, before under "A"')
    assert change.after == LONG + " Hyran är låg."


def test_words_that_moved_with_another_link_say_so() -> None:
    """A move in which a target changed is no plain move."""
    links = [Link(label="verkstaden", address=f"https://a.se/{n}", kind="page") for n in (1, 2)]
    blocks = [Paragraph(text=LONG, links=(link,)) for link in links]
    change = only(page((blocks[0],), ()), page((), (blocks[1],)))
    assert (change.kind, change.why) == (
        "moved_and_edited",
        'same words with other links or depth, before under "A"',
    )


@pytest.mark.parametrize(
    ("old", "new", "what", "why"),
    [
        (Paragraph(text=LONG), Quote(text=LONG), "quote", "paragraph became quote"),
        (Quote(text=LONG), Paragraph(text=LONG), "paragraph", "quote became paragraph"),
        (Paragraph(text=LONG), List(items=(Item(text=LONG),)), "list", "paragraph became list"),
        (List(items=(Item(text="Ett hus"), Item(text="två båtar"))), Paragraph(text="Ett hus, två båtar"), "paragraph",
         "list became paragraph"),
    ],
)  # fmt: skip
def test_a_block_that_became_another_kind_is_edited(old: Block, new: Block, what: str, why: str) -> None:
    """A paragraph made a quote or a list, and back, is one edit that says what became of it."""
    assert told(page((old,)), page((new,))) == [(what, "edited", "A", why)]


def test_a_paragraph_that_became_an_item_is_edited() -> None:
    """A paragraph taken into the list below it."""
    short = List(items=(Item(text="Ett första steg"), Item(text="Ett andra steg")))
    longer = msgspec.structs.replace(short, items=(*short.items, Item(text=LONG)))
    before, after = page((Paragraph(text=LONG), short)), page((longer,))
    assert told(before, after) == [("item", "edited", "A", "paragraph became list item")]


def test_a_paragraph_that_became_a_quote_elsewhere_moved_too() -> None:
    """Another kind in another section."""
    change = only(page((Paragraph(text=LONG),), ()), page((), (Quote(text=LONG),)))
    assert (change.what, change.kind, change.why) == (
        "quote", "moved_and_edited", 'paragraph became quote, before under "A"',
    )  # fmt: skip


def test_an_item_moved_to_another_list_is_one_move() -> None:
    """Also within one section."""
    one, two = (List(items=tuple(Item(text=f"{name} nummer {n}") for n in range(4))) for name in ("Bil", "Båt"))
    taken = msgspec.structs.replace(one, items=one.items[1:])
    given = msgspec.structs.replace(two, items=(*two.items, one.items[0]))
    text = Paragraph(text=OTHER)
    assert told(page((one, text, two)), page((taken, text, given))) == [
        ("item", "moved", "A", "same words, before in another list of the section")
    ]


def test_preamble_and_sections_exchange_blocks_too() -> None:
    """A paragraph of the preamble that goes down into the text."""
    before = page((), preamble=(Paragraph(text=OTHER), Paragraph(text=LONG)))
    after = page((Paragraph(text=LONG),), preamble=(Paragraph(text=OTHER),))
    assert told(before, after) == [("paragraph", "moved", "A", "same words, before at the head of the page")]


def test_what_is_not_alike_stays_apart() -> None:
    """Unlike texts, and ends of which there are several equal ones, are told as they are."""
    unlike = told(page((Paragraph(text=LONG),), ()), page((), (Paragraph(text=OTHER),)))
    assert [(what, kind) for what, kind, _, _ in unlike] == [("paragraph", "removed"), ("paragraph", "added")]
    short = told(page((Paragraph(text="Läs"),), ()), page((), (Paragraph(text="Läs mer"),)))
    assert [kind for _, kind, _, _ in short] == ["removed", "added"]


def table(*columns: tuple[str, ...]) -> Table:
    rows = [Row(cells=tuple(Cell(text=text) for text in row)) for row in zip(*columns, strict=True)]
    return Table(rows=tuple(rows))


TOWNS, FIRMS, PEOPLE = ("Kommun", "Norrvik", "Lövfors"), ("Företag", "4", "7"), ("Deltagare", "131", "62")


@pytest.mark.parametrize(
    ("before", "after", "kind", "texts"),
    [
        ((TOWNS, FIRMS), (TOWNS, FIRMS, PEOPLE), "added", (None, "Deltagare\n131\n62")),
        ((TOWNS, FIRMS), (PEOPLE, TOWNS, FIRMS), "added", (None, "Deltagare\n131\n62")),
        ((TOWNS, FIRMS, PEOPLE), (FIRMS, PEOPLE), "removed", ("Kommun\nNorrvik\nLövfors", None)),
        ((TOWNS, FIRMS, PEOPLE), (FIRMS, PEOPLE, TOWNS), "moved", ("Kommun\nNorrvik\nLövfors",) * 2),
    ],
)
def test_a_column_is_one_change(
    before: tuple[tuple[str, ...], ...], after: tuple[tuple[str, ...], ...], kind: str, texts: tuple[str | None, ...]
) -> None:
    """A column that came, went or moved is told once, wherever it stands, not once for every row."""
    change = only(page((table(*before),)), page((table(*after),)))
    assert (change.what, change.kind, (change.before, change.after)) == ("column", kind, texts)


def test_a_column_beside_other_edits_of_the_table() -> None:
    """A column more, a figure changed and a row more are three changes."""
    firms = ("Företag", "4", "9")
    after = table(TOWNS, firms, PEOPLE)
    after = Table(rows=(*after.rows, Row(cells=tuple(Cell(text=text) for text in ("Ekby", "1", "5")))))
    found = [(what, kind) for what, kind, _, _ in told(page((table(TOWNS, FIRMS),)), page((after,)))]
    assert found == [("column", "added"), ("row", "edited"), ("row", "added")]


def test_tables_without_columns_are_told_by_row() -> None:
    """Rows of different lengths have no columns; nor have tables with nothing in common."""
    ragged = Table(rows=(Row(cells=(Cell(text="Norrvik"),)), Row(cells=(Cell(text="Ekby"), Cell(text="2")))))
    fuller = Table(rows=(Row(cells=(Cell(text="Norrvik"), Cell(text="1"))), ragged.rows[1]))
    assert told(page((ragged,)), page((fuller,))) == [("row", "edited", "A", "cells differ")]


def test_a_new_version_of_a_file_is_told_as_such() -> None:
    """The same node of the file archive under another time stamp, and even another name, is one file."""
    stamps = ("1600000000000/arsbok.pdf", "1700000000000/arsbok-2024.pdf")
    links = [Link(label="Årsbok", address=f"https://a.se/download/18.3b7f9c/{one}", kind="document") for one in stamps]
    blocks = [Paragraph(text="Läs vår Årsbok här.", links=(link,)) for link in links]
    change = only(page((blocks[0],)), page((blocks[1],)))
    assert (change.what, change.kind, change.why) == ("document", "edited", "version of the file differs")
    pictures = [Image(address=f"https://a.se/images/18.3b7f9c/{n}000000000000/b.png", alternative="B") for n in (1, 2)]
    change = only(page((pictures[0],)), page((pictures[1],)))
    assert (change.what, change.kind, change.why) == ("image", "edited", "version of the file differs")


def test_a_merge_of_sections_between_which_another_stood() -> None:
    """The section between them moved away in the same night: a merge and a move, and nothing else."""
    blocks = [(Paragraph(text=f"{LONG} {n}"), Quote(text=f"{OTHER} {n}")) for n in range(4)]
    names = ("Ekonomi", "Metod", "Bakgrund", "Framtid")
    one, two, three, four = (
        Section(heading=name, level=2, blocks=both) for name, both in zip(names, blocks, strict=True)
    )
    whole = msgspec.structs.replace(one, blocks=(*one.blocks, *three.blocks))
    before, after = Page(title="P", sections=(one, two, three, four)), Page(title="P", sections=(whole, four, two))
    assert sorted((what, kind) for what, kind, _, _ in told(before, after)) == [
        ("section", "merged"),
        ("section", "moved"),
    ]
