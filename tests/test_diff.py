"""The diff tells what an editor did, once each, and nothing is hidden."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from archive.align import align_sections
from archive.apply import apply
from archive.diff import diff
from archive.pairs import Key, Sketch, pair
from schemas.change import Change
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
    decode_page,
)
from tests.test_apply import check_laws

SOON = 3.0
"""Seconds of processor time that tell bounded from unbounded on a slow machine: quadratic ways take minutes."""
CASES = Path(__file__).parent / "changes"


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case_is_told_as_approved(case: str) -> None:
    """Each case under tests/changes gives the changes that a person approved; a case without any fails at first."""
    folder = CASES / case
    before, after = (decode_page((folder / f"{name}.json").read_bytes()) for name in ("before", "after"))
    changes = check_laws(before, after)
    told = msgspec.json.format(msgspec.json.encode(changes), indent=2) + b"\n"
    approved = folder / "changes.json"
    if os.environ.get("TIDSLAGER_APPROVE") == "1":
        approved.write_bytes(told)
    elif not approved.exists():
        approved.write_bytes(told)
        pytest.fail(f"{approved} was not there; it is now: read it, and run again")
    assert told.decode() == approved.read_text(encoding="utf-8")


def paragraph(text: str, *some: Link) -> Paragraph:
    return Paragraph(text=text, links=some)


def page(*blocks: Block, heading: str = "Vad är nytt", **fields: Any) -> Page:
    """A page with one section that holds the blocks."""
    return Page(title="Prov", sections=(Section(heading=heading, level=2, blocks=blocks),), **fields)


def told(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(change.what, change.kind) for change in changes]


def test_r5_a_section_removed_and_restored_is_told_both_times() -> None:
    """R5: what went is told as removed, what came back as added, each with its text."""
    whole = page(paragraph("Två rader."), heading="Kontakt")
    none = Page(title="Prov")
    assert [(c.kind, c.before, c.after) for c in check_laws(whole, none)] == [("removed", "Kontakt\nTvå rader.", None)]
    assert [(c.kind, c.before, c.after) for c in check_laws(none, whole)] == [("added", None, "Kontakt\nTvå rader.")]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("language", "sv", "sv"),
        ("canonical", "https://a.se/", "https://a.se/"),
        ("published", Dated(on=date(2024, 5, 1), source="text"), "2024-05-01"),
        ("updated", Dated(on=date(2024, 5, 1), source="meta"), "2024-05-01"),
        ("responsible", Person(name="Siv Ek", role="utredare"), "Siv Ek, utredare"),
        ("breadcrumb", ("Start", "Skola"), "Start › Skola"),
    ],
)
def test_r6_nothing_to_something_and_back_is_told(field: str, value: Any, text: str) -> None:
    """R6: a value that appears is added, one that disappears is removed; neither is overlooked."""
    without, with_it = Page(title="Prov"), msgspec.structs.replace(Page(title="Prov"), **{field: value})
    (came,), (went,) = check_laws(without, with_it), check_laws(with_it, without)
    assert (came.what, came.kind, came.before, came.after) == (field, "added", None, text)
    assert (went.what, went.kind, went.before, went.after) == (field, "removed", text, None)


def test_r3_appended_words_leave_the_paragraph_one_edit() -> None:
    """R3: words put at the end are one edit of one paragraph, and the page says nothing else."""
    changes = check_laws(page(paragraph("Ring oss")), page(paragraph("Ring oss i dag")))
    assert [(c.what, c.before, c.after) for c in changes] == [("paragraph", "Ring oss", "Ring oss i dag")]


def test_r13_one_row_in_a_long_table() -> None:
    """R13: in a table of 20,000 rows, one inserted row is one change, in well under a second."""
    rows = [Row(cells=(Cell(text=f"kommun {n}"), Cell(text=str(n % 7)))) for n in range(20_000)]
    new = Row(cells=(Cell(text="Ny kommun"), Cell(text="3")))
    before, after = page(Table(rows=tuple(rows))), page(Table(rows=(*rows[:9000], new, *rows[9000:])))
    start = time.process_time()
    changes = diff(before, after)
    assert time.process_time() - start < SOON
    assert [(c.what, c.kind, c.after) for c in changes] == [("row", "added", "Ny kommun | 3")]
    assert apply(before, changes) == after


def test_r13_one_row_among_equal_rows() -> None:
    """R13: also when all the other rows read the same, and when rows changed at both ends."""
    same = Row(cells=(Cell(text="–"), Cell(text="0")))
    ends = [
        Row(cells=(Cell(text=f"rad som står {place}"),)) for place in ("först nu", "först då", "sist nu", "sist då")
    ]
    rows = (ends[0], *[same] * 20_000, ends[2])
    after = (ends[1], *rows[1:-1], same, ends[3])
    start = time.process_time()
    changes = diff(page(Table(rows=rows)), page(Table(rows=after)))
    assert time.process_time() - start < SOON
    assert sorted(told(changes)) == [("row", "added"), ("row", "edited"), ("row", "edited")]


def test_r14_disjoint_long_pages_are_bounded() -> None:
    """R14: two pages of 100,000 words without one in common are compared in bounded time."""
    one, other = (" ".join(f"{letter}{n}" for n in range(100_000)) for letter in "ab")
    start = time.process_time()
    changes = diff(page(paragraph(one)), page(paragraph(other)))
    assert time.process_time() - start < SOON
    assert sorted(told(changes)) == [("paragraph", "added"), ("paragraph", "removed")]


def test_an_edit_of_a_very_long_text_says_so() -> None:
    """A text too long for the shortest answer is one change, marked truncated."""
    one = [f"ord{n % 900}" for n in range(6000)]
    other = [*one[:1000], *one[2000:3000], "mitt i", *one[1000:2000], *one[3000:], "sist"]
    (change,) = check_laws(page(paragraph(" ".join(one))), page(paragraph(" ".join(other))))
    assert (change.kind, change.truncated) == ("edited", True)


def test_a_row_with_a_very_long_cell_says_so_too() -> None:
    """The mark reaches the change of a row."""
    one = [f"ord{n % 900}" for n in range(6000)]
    other = [*one[:1000], *one[2000:3000], "mitt i", *one[1000:2000], *one[3000:]]
    tables = [Table(rows=(Row(cells=(Cell(text="Läget"), Cell(text=" ".join(words)))),)) for words in (one, other)]
    (change,) = check_laws(page(tables[0]), page(tables[1]))
    assert (change.what, change.kind, change.truncated) == ("row", "edited", True)


def test_what_nobody_touched_is_paired_whatever_reads_the_same_beside_it() -> None:
    """Entries that are the same to the letter stay paired; one that only reads the same is a cosmetic change."""
    before = page(*(paragraph(text) for text in ("först", "fem kr", "en till", "sex kr", "sist")))
    after = page(*(paragraph(text) for text in ("ny här", "fem kr", "en till", "sex\u00a0kr", "också ny")))
    changes = check_laws(before, after)
    assert [(c.kind, c.class_) for c in changes if c.class_ == "cosmetic"] == [("edited", "cosmetic")]
    assert not any(c.kind.startswith("moved") for c in changes)


def test_more_unlike_blocks_than_are_compared_says_so() -> None:
    """Beyond the cap of candidates all is still told, marked truncated."""
    before = page(*(paragraph(f"gammal{n} rad{n}") for n in range(300)))
    after = page(*(paragraph(f"färsk{n} text{n}") for n in range(300)))
    changes = check_laws(before, after)
    assert len(changes) == 600
    assert all(change.truncated for change in changes)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("fem kronor", "fem\u00a0kronor", "white space only"),
        ("kommun", "kom\u00admun", "invisible characters only"),
        ("kommun", "kom\u200bmun", "invisible characters only"),
        ("\u00e5r", "a\u030ar", "composition of characters only"),
        ("\u00e5r ett", "a\u030ar\u00a0e\u00adtt", "stored form only"),
    ],
)
def test_r16_what_nobody_can_see_is_cosmetic(before: str, after: str, why: str) -> None:
    """R16: no-break spaces, zero-width characters and composition are kept, classed cosmetic, with the reason."""
    changes = check_laws(page(paragraph(before)), page(paragraph(after)))
    assert [(c.what, c.class_, c.why) for c in changes] == [("paragraph", "cosmetic", why)]
    title = check_laws(Page(title=before), Page(title=after))
    assert [(c.what, c.class_) for c in title] == [("title", "cosmetic")]


def test_reordering_a_list_is_one_event() -> None:
    """Entries in another order are one change of the list; with another edit beside, each entry is told."""
    items = tuple(Item(text=text) for text in ("äpple och must", "päron i låda", "kiwi från söder"))
    changed = (items[2], items[0], items[1])
    assert told(check_laws(page(List(items=items)), page(List(items=changed)))) == [("list", "moved")]
    more = (*changed, Item(text="något nytt"))
    assert told(check_laws(page(List(items=items)), page(List(items=more)))) == [("item", "moved"), ("item", "added")]


def test_pictures_and_films_are_typed_values() -> None:
    """A picture is followed by its address or its text, wherever it stands; the rest of it is what changed."""
    one, other = Image(address="https://a.se/1.jpg", alternative="Ett"), Film(address="https://a.se/f", title="Två")
    text = paragraph("Mellan bilderna står det något.")
    new_text = msgspec.structs.replace(one, alternative="Ny text")
    replaced = Image(address="https://a.se/2.jpg", alternative="Tre")
    tracked = msgspec.structs.replace(other, address="https://a.se/f?utm_source=x")
    quote = Quote(text="Så är det bara.")
    assert told(check_laws(page(one, text, quote), page(text, quote, one))) == [("image", "moved")]
    found = check_laws(page(one, text, quote, other), page(text, quote, new_text, tracked))
    assert [(c.what, c.kind, c.class_) for c in found] == [
        ("image", "moved_and_edited", "editorial"),
        ("film", "edited", "cosmetic"),
    ]
    (whole,) = check_laws(page(text, one), page(text, replaced))
    assert (whole.before, whole.after) == ("Ett <https://a.se/1.jpg>", "Tre <https://a.se/2.jpg>")


def test_tables_are_told_by_row() -> None:
    """Order, caption and cells of a table: each difference once, with what a reader cannot see classed cosmetic."""
    north, south = Row(cells=(Cell(text="Nord"), Cell(text="1"))), Row(cells=(Cell(text="Syd"), Cell(text="2")))
    west, shorter = Row(cells=(Cell(text="Väst"), Cell(text="3"))), Row(cells=(Cell(text="Nord"),))
    header = Row(cells=(Cell(text="Nord", header=True), Cell(text="1")))
    edited_south = Row(cells=(Cell(text="Syd"), Cell(text="5")))
    text, quote = paragraph("Tabellen visar läget."), Quote(text="Bra!")

    def table(*rows: Row, caption: str = "Läget i år") -> Table:
        return Table(rows=rows, caption=caption)

    before = table(north, south, west)
    assert told(check_laws(page(before), page(table(south, west, north)))) == [("table", "moved")]
    assert told(check_laws(page(before), page(table(shorter, south, west)))) == [("row", "edited")]
    assert told(check_laws(page(before, text, quote), page(text, quote, before))) == [("table", "moved")]
    moved = check_laws(page(before, text, quote), page(text, quote, table(north, south)))
    assert told(moved) == [("table", "moved_and_edited"), ("row", "removed")]
    cosmetic = check_laws(page(before), page(table(header, south, west, caption="Läget i\u00a0år")))
    assert [(c.what, c.class_) for c in cosmetic] == [("table", "cosmetic"), ("row", "cosmetic")]
    several = check_laws(page(before), page(table(edited_south, west, north)))
    assert told(several) == [("row", "edited"), ("row", "moved")]


def test_moved_sections_and_their_edits_are_told_apart() -> None:
    """A section that moved with one under it is one move, and what was edited in the lower one follows."""
    top = Section(heading="Skolan", level=2, blocks=(paragraph("Allt om skolan."),))
    under = Section(heading="Mat", level=3, blocks=(paragraph("Soppa serveras på torsdag."),))
    edited_under = msgspec.structs.replace(under, blocks=(paragraph("Soppa serveras på onsdag."),))
    others = [Section(heading=f"Del {n}", level=2, blocks=(paragraph(f"Text nummer {n}."),)) for n in range(4)]
    before = Page(title="Prov", sections=(top, under, *others))
    after = Page(title="Prov", sections=(*others, top, edited_under))
    changes = check_laws(before, after)
    assert told(changes) == [("section", "moved_and_edited"), ("paragraph", "edited")]
    assert (changes[0].where, changes[1].where) == ("Skolan", "Skolan › Mat")


def test_an_item_that_is_a_link_with_a_new_label_is_one_link_change() -> None:
    """An item that is one link stays the same item as long as it leads to the same place."""
    one = Link(label="Anmälan", address="https://a.se/1", kind="page")
    two = Link(label="Gå till formuläret", address="https://a.se/1", kind="page")
    rest = (Item(text="Frågor och svar om lån"), Item(text="Så hittar du till oss"))
    before, after = (page(List(items=(Item(text=link.label, links=(link,)), *rest))) for link in (one, two))
    (change,) = check_laws(before, after)
    assert (change.what, change.before, change.after) == ("link", "Anmälan", "Gå till formuläret")


def test_a_heading_with_a_link_is_renamed_as_a_heading() -> None:
    """A heading that is a link: a new label is a new heading, a new target a changed link."""
    link = Link(label="Skolan", address="https://a.se/1", kind="page")
    before = Section(heading="Skolan", level=2, links=(link,), blocks=(paragraph("Här är skolan."),))
    label = msgspec.structs.replace(link, label="Förskolan")
    renamed = msgspec.structs.replace(before, heading="Förskolan", links=(label,))
    target = msgspec.structs.replace(before, links=(msgspec.structs.replace(link, address="https://a.se/2"),))
    states = [Page(title="Prov", sections=(section,)) for section in (before, renamed, target)]
    assert told(check_laws(states[0], states[1])) == [("section", "renamed")]
    assert told(check_laws(states[0], states[2])) == [("link", "edited")]


def test_align_sections_gives_identity_through_rename_and_move() -> None:
    """A section is followed by its text when its heading and place change, and by its heading when its text does."""
    one = Section(heading="Bakgrund", level=2, anchor="h-Bakgrund", blocks=(paragraph("Det började i Umeå."),))
    other = Section(heading="Resultat", level=2, anchor="h-Resultat", blocks=(paragraph("Det gick bra."),))
    renamed = msgspec.structs.replace(one, heading="Historia", anchor="h-Historia")
    rewritten = msgspec.structs.replace(other, blocks=(paragraph("Kostnaden sjönk kraftigt."),))
    assert align_sections((one, other), (rewritten, renamed)) == ((1, 0), (0, 1))


def test_a_repeated_entry_stays_with_its_neighbour() -> None:
    """Of several equal entries, the one beside a pair goes with the one beside its other half."""
    keys = (Key[str](lambda letter: letter),)
    assert pair("mArn", "orAr", keys, lambda _: Sketch("letter", "")).pairs == ((1, 2), (2, 3))


def test_a_new_label_whose_words_stand_in_the_text_too() -> None:
    """The words of a label also stand before it, without a link: only the label changed, and that is told."""
    links = [Link(label=label, address="https://a.se/1", kind="page") for label in ("tvätt", "städning")]
    texts = [f"Vi säljer tvätt. Läs om {link.label} här." for link in links]
    before, after = (page(paragraph(text, link)) for text, link in zip(texts, links, strict=True))
    assert [(c.what, c.before, c.after) for c in check_laws(before, after)] == [("link", "tvätt", "städning")]


def test_same_changes_whatever_the_hash_seed() -> None:
    """Nothing depends on the order in which Python happens to keep things."""
    program = (
        "import sys, msgspec; sys.path.insert(0, '.');"
        "from tests.test_diff import shuffled_page; from archive.diff import diff;"
        "sys.stdout.buffer.write(msgspec.json.encode(diff(shuffled_page(1), shuffled_page(2))))"
    )
    root = Path(__file__).parent.parent
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, cwd=root, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "4711")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 1000


def test_same_truth_whatever_the_hash_seed() -> None:
    """The same pages, edits and changes come out of the truth set on any machine."""
    program = (
        "import sys, msgspec; sys.path.insert(0, '.');"
        "from tests.truthset.score import night, seen; from archive.diff import diff;"
        "nights = [night(n) for n in range(6)];"
        "told = [diff(seen(n.before, 'a'), seen(n.after, 'b')) for n in nights];"
        "sys.stdout.buffer.write(msgspec.json.encode(told))"
    )
    root = Path(__file__).parent.parent
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, cwd=root, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def shuffled_page(seed: int) -> Page:
    """A page made of the same stock of words, in an order that the seed decides."""
    chance = random.Random(seed)
    stock = [f"ord{n}" for n in range(30)]

    def some(count: int) -> str:
        return " ".join(chance.choice(stock) for _ in range(count))

    def block() -> Block:
        kinds: list[Callable[[], Block]] = [
            lambda: paragraph(some(12)),
            lambda: List(items=tuple(Item(text=some(3)) for _ in range(4))),
        ]
        return chance.choice(kinds)()

    return Page(
        title=some(2),
        sections=tuple(Section(heading=some(1), level=2, blocks=tuple(block() for _ in range(3))) for _ in range(12)),
    )
