"""Part memo: a page reads the same with it and without, whatever was read before; and a menu is read once."""

from __future__ import annotations

from collections.abc import Iterable
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.capture import Capture
from schemas.reading import Reading
from scraper import chrome
from scraper.content import ContentReader
from scraper.parse import read
from scraper.part_memo import PARTS, READ, PartMemo
from scraper.tree import Tree
from tests.builders import capture
from tests.test_parse import CASES, capture_of

MENU = "<nav><ul><li{}><a href='/ett'>Ett</a><li{}><a href='https://annan.example/'>Annan</a></ul></nav>"
PIECES = (
    MENU.format(" class=here", ""), MENU.format("", " aria-current=page"), "<nav><a href=x.html>Nära</a></nav>",
    "<nav><a href='#a'>Hit</a></nav>", "<nav><a href='mailto:a@b.example'>Skriv</a></nav>",
    "<nav><a href=''>Tom</a></nav>",
    "<nav><a href='?a=1'>Fråga</a></nav>", "<nav><a href='//annan.example/x'>Annan</a></nav>",
    "<footer><p>Publicerad: 1 oktober 2019</p></footer>",
    "<footer><p>Publicerad: 2 oktober 2019</p><p>Växel</p></footer>",
    "<main><h1>Rubrik</h1><p>Publicerad: 1 oktober 2019</p></main>", "<main><p>Ett stycke.</p></main>",
    "<header><pre>a\nb</pre></header>", "<header><pre>a b</pre></header>", "<header><img src=a.png alt=A></header>",
    "<header><img src=/a.png alt=A></header>", "<header><h2 id=a>R</h2><h2 id=b>S</h2></header>",
    "<header><h2 id=b>R</h2><table><tr><td>c</table></header>", "<header><table role=none><tr><td>c</table></header>",
    "<header><iframe src=/film title=T></iframe><span class=sr-only>dold</span></header>", "<header><nav>",
    "<header><img src=/a.png width=1></header>", "<base href=/bas/>", "<base href='https://annan.example/'>",
)  # fmt: skip
ADDRESSES = ("https://byran.example/a/b.html", "https://byran.example/c", "https://www.annan.example/a/b.html")
pages = st.builds(
    lambda pieces, address: html("".join(pieces), address), st.lists(st.sampled_from(PIECES), max_size=6),
    st.sampled_from(ADDRESSES),
)  # fmt: skip


def html(body: str, address: str = ADDRESSES[0]) -> Capture:
    return capture(address, body=body.encode(), head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")


def readings(seen: Iterable[Capture], parts: int) -> list[Reading]:
    """The readings of the pages one after another, with so many parts remembered."""
    with patch.object(chrome, "_MEMO", PartMemo(parts)):
        return [read(each) for each in seen]


@settings(max_examples=150, deadline=None)
@given(st.lists(pages, max_size=8), st.sampled_from((1, 3, PARTS)))
def test_what_was_read_before_changes_no_reading(seen: list[Capture], parts: int) -> None:
    """In any order of pages each reading is what it is without a memo: a part is known by all it depends on."""
    assert readings(seen, parts) == readings(seen, 0)


def test_the_pages_of_the_cases_read_the_same_in_both_orders() -> None:
    """So it is with whole pages of every layout, met once and again."""
    seen = [capture_of(case) for case in CASES]
    without = readings(seen, 0)
    assert readings([*seen, *reversed(seen)], PARTS) == [*without, *reversed(without)]


def test_a_menu_is_read_once_wherever_it_marks_the_reader() -> None:
    """The same menu on a hundred pages is read for the first alone, though each marks another entry."""
    with patch.object(chrome, "_MEMO", PartMemo()), patch.object(chrome, "_read", wraps=chrome._read) as made:
        for number in range(100):
            menu = MENU.format(*((" class=here", "") if number % 2 else ("", " aria-current=page")))
            read(html(f"{menu}<main><p>Text {number}</p></main>", f"https://byran.example/{number}"))
    # The body around the parts is each page's own.
    assert made.call_count == 100 + 1


def test_reading_asks_for_no_attribute_that_the_memo_leaves_out() -> None:
    """Of an element's attributes the content's reader asks for those alone that a part is known by."""
    asked: set[str] = set()
    ask, read_box = Tree.attribute, ContentReader.read

    def reading(reader: ContentReader, box: int) -> None:
        def noted(tree: Tree, number: int, name: str) -> str:
            asked.add(name)
            return ask(tree, number, name)

        with patch.object(Tree, "attribute", noted):
            read_box(reader, box)

    with patch.object(ContentReader, "read", reading):
        for case in CASES:
            read(capture_of(case))
    assert {"href", "src", "alt", "id"} <= asked <= READ
