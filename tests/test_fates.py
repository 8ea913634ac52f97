"""Every visible text of a page has exactly one fate, and the fate is what the reading did with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings

from schemas.page import Film, Image, Page, block_text
from scraper.fates import Fates, fates_of
from scraper.parse import read
from scraper.text import can_be_seen
from scraper.tree import SILENT, parse
from tests.generic_set import capture_of, cases, words
from tests.test_parse import CASES, MARKUP, captured
from tests.test_parse import capture_of as capture_of_case


def seen(body: bytes) -> Counter[str]:
    """Words that a reader of the page can see, knowing nothing of layouts nor of the tree that they are read with."""
    found: Counter[str] = Counter()
    document = parse(body.decode())
    for node in document.body.traverse(include_text=True) if document.body else ():
        said = node.text_content or ""
        above = node.parent
        while node.is_text_node and above is not None and above.tag not in SILENT:
            above = above.parent
        if node.is_text_node and above is None and can_be_seen(said):
            found += words(said)
    return found


def letters(texts: Iterable[str]) -> Counter[str]:
    """Letters and digits of texts: edges of blocks may join words or part them."""
    return Counter(letter for text in texts for letter in text.casefold() if letter.isalnum())


def recorded(page: Page) -> list[str]:
    """Texts of the content of a page record."""
    parts = [section.heading for section in page.sections]
    blocks = [*page.preamble, *(block for section in page.sections for block in section.blocks)]
    return [*parts, *(block_text(one) for one in blocks if not isinstance(one, Image | Film))]


def told(fates: Fates) -> list[str]:
    """Texts that are said to stand in the record itself."""
    own = (one for one in fates.blocks if one.fate == "handled")
    return [one.text for one in own if not one.by.startswith(("metadata", "the place"))]


@settings(deadline=None, max_examples=150)
@given(MARKUP)
def test_all_visible_text_has_one_fate(markup: str) -> None:
    """What a reader can see is what the fates hold, word for word, each text once."""
    for body in (f"<main class=pagecontent><h1>Titel</h1>{markup}</main><p>Utanför</p>", f"<body>{markup}<p>slut</p>"):
        html = f"<html>{body}".encode()
        for layout in ("generic", "sitevision"):
            _, fates = fates_of(captured(html), layout)
            assert letters(block.text for block in fates.blocks) == letters(seen(html).elements())


@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_what_is_handled_stands_in_the_record(case: Path) -> None:
    """The words said to be in the record are in it, and the trace changes nothing in what is read."""
    reading, fates = fates_of(capture_of_case(case))
    assert reading == read(capture_of_case(case))
    if reading.page is None:
        assert not fates.blocks
        return
    # What only screen readers say is cut off a link, and was handled with it.
    assert not letters(recorded(reading.page)) - letters(told(fates))
    assert not any(block.by == "read by nobody" for block in fates.blocks)


def test_generic_pages_lose_nothing() -> None:
    """On the labelled pages all of the record is among what was handled, and no text is read by nobody."""
    for case in cases():
        reading, fates = fates_of(capture_of(case))
        assert reading.page is not None
        # What only screen readers say is cut off a link, and was handled with it.
        assert not letters(recorded(reading.page)) - letters(told(fates)), case.name
        assert not any(block.by == "read by nobody" for block in fates.blocks), case.name


def test_each_fate_says_why() -> None:
    """Title, record, dates, chrome by selector and by name, control, screen readers' words, and what no rule knows."""
    page = (
        "<body><nav>Meny</nav><p>Lös rad</p><main><h1>Titel</h1><p>Text <span class=sr-only>dold</span></p>"
        "<p>Publicerad: 1 mars 2021</p><p>Skriv ut</p><div class=dela>Dela med mig</div><button>Ja</button></main>"
    )
    _, fates = fates_of(captured(page.encode()), "generic")
    assert [(block.text, block.fate, block.by) for block in fates.blocks] == [
        ("Meny", "ignored", "chrome, menu (nav)"),
        ("Lös rad", "signalled", "outside the content, by no rule"),
        ("Titel", "handled", "metadata: title"),
        ("Text", "handled", "lead section"),
        ("dold", "ignored", "for screen readers or machines"),
        ("Publicerad: 1 mars 2021", "handled", "metadata: a date"),
        ("Skriv ut", "ignored", "chrome by its words"),
        ("Dela med mig", "ignored", "chrome, tools (by name, words or links: tools)"),
        ("Ja", "ignored", "a control"),
    ]
