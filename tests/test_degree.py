"""Each revision knows how much changed and whether the page said so before; pages that go back and forth are found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive import listing
from archive.degree import degree, words_changed
from archive.diff import diff
from archive.store import Archive
from schemas.page import Page, Paragraph, Section
from tests.builders import gone, look, page, section
from tests.shell import tidslager
from tests.test_render import change

A = page(section("Kontakt", "Ring oss på vardagar mellan åtta och fyra."))
B = page(section("Kontakt", "Ring oss på vardagar mellan nio och fyra."))


def degrees(archive: Archive) -> list[float | None]:
    return [row["degree"] for row in archive.database.query("SELECT degree FROM revisions ORDER BY seq")]


def returns(archive: Archive) -> list[int | None]:
    return [
        row["returns_to"] for row in archive.database.query("SELECT returns_to FROM page_history ORDER BY revision")
    ]


def of(before: Page, after: Page) -> float:
    return degree(before, after, diff(before, after))


def test_the_degree_is_the_share_of_words_that_went_and_came() -> None:
    """One word of eleven on each side was replaced: two over twenty-two; nothing and all are 0 and 1."""
    assert of(A, B) == round(2 / 22, 4)
    assert of(A, A) == 0
    assert of(A, page()) == round(9 / 13, 4)
    assert degree(None, A, ()) == degree(A, None, ()) == 1
    other = Page(title="Helt annat", sections=(Section(heading="X", level=2, blocks=(Paragraph(text="y z"),)),))
    assert of(A, other) == 1


def test_what_moved_or_is_not_editorial_did_not_change_a_word() -> None:
    """Moves, metadata and what nobody can see leave the degree at 0."""
    parts = section("Ett", "Första texten här."), section("Två", "Andra texten där."), section("Tre", "Och en till.")
    assert of(page(*parts), page(*parts[1:], parts[0])) == 0
    assert of(page(language="sv"), page(language="en")) == 0
    assert of(page(section("Ett", "fem kr")), page(section("Ett", "fem\u00a0kr"))) == 0


def test_a_small_change_in_a_long_page_is_more_than_nothing() -> None:
    """One word among very many is not rounded away."""
    words = ["ord"] * 40_000
    assert of(page(section("A", " ".join(words))), page(section("A", " ".join([*words, "ny"])))) == 0.0001


def test_a_target_or_a_picture_counts_by_its_words() -> None:
    """Of a link, picture or film what differs between the words before and after, the address one word."""
    assert words_changed(change("edited", "link", "Anmälan <https://a.se/1>", "Anmälan <https://a.se/2>")) == (1, 1)
    assert words_changed(change("added", "film", None, "En film <https://a.se/f>")) == (0, 3)
    assert words_changed(change("edited", "list", "numbered", "bulleted")) == (0, 0)
    assert words_changed(change("moved_and_edited", "section", "A", "B")) == (0, 0)
    assert words_changed(change("moved_and_edited", "paragraph", "a b c", "a b d")) == (1, 1)


def test_r4_back_and_forth_is_as_many_revisions_and_each_return_is_known(archive: Archive) -> None:
    """R4: A, B, A, B, A is five revisions; the third and fifth return to the first, the fourth to the second."""
    for number, record in enumerate((A, B, A, B, A), 1):
        look(archive, number, record)
    assert returns(archive) == [None, None, 1, 2, 1]
    share = round(2 / 22, 4)
    assert degrees(archive) == [None, share, share, share, share]


def test_gone_and_back_is_all_of_it_and_a_return(archive: Archive) -> None:
    """Going and coming back are a degree of 1; back with the same content is a return."""
    look(archive, 1, A)
    gone(archive, 2)
    look(archive, 3, A)
    assert degrees(archive) == [None, 1.0, 1.0]
    assert returns(archive) == [None, None, 1]


def test_the_log_shows_degree_and_returns(archive: Archive, path: Path) -> None:
    """A bar beside each revision that has something before it, the return below, the same keys in JSON."""
    for number, record in enumerate((A, B, A), 1):
        look(archive, number, record)
    archive.close()
    out = tidslager("log", "1", "--archive", str(path)).out
    assert "revision 3  between 2026-03-02 02:10 and 2026-03-03 02:10 UTC  ▌░░░░ 9 %" in out
    assert "  returns to revision 1\n" in out
    assert "revision 1  seen from 2026-03-01 02:10 UTC\n" in out
    rows = json.loads(tidslager("log", "--json", "--archive", str(path)).out)
    assert [(row["degree"], row["returns_to"]) for row in rows] == [(0.0909, 1), (0.0909, None), (None, None)]
    shown = tidslager("diff", "1", "--archive", str(path))
    assert "returns to revision 1\n" in shown.out
    (row,) = json.loads(tidslager("diff", "1", "--json", "--archive", str(path)).out)
    assert row["returns_to"] == 1
    same = tidslager("diff", "1", "1", "3", "--archive", str(path))
    assert "No difference" in same.err
    assert "returns to revision 1" in same.out
    feed = json.loads(tidslager("changes", "--json", "--archive", str(path)).out)
    assert [row["returns_to"] for row in feed] == [None, 1]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "░░░░░ 0 %"),
        (0.0001, "▏░░░░ <1 %"),
        (0.1, "▌░░░░ 10 %"),
        (0.5, "██▌░░ 50 %"),
        (0.999, "█████ 99 %"),
        (1, "█████ 100 %"),
    ],
)
def test_the_bar_shows_more_than_nothing_and_less_than_all(share: float, text: str) -> None:
    """Five columns and per cent: what is more than nothing is seen, 100 is said of all only."""
    assert listing.bar(share) == text


def test_flapping_lists_pages_that_go_back_and_forth(archive: Archive, path: Path) -> None:
    """Two returns among the last ten revisions: A B A B; one return is a change taken back."""
    once, twice, long_ago = (f"http://byran.example/sida.{number}.html" for number in (1, 2, 3))
    for number, record in enumerate((A, B, A), 1):
        look(archive, number, record, once)
    for number, record in enumerate((A, B, A, B), 11):
        look(archive, number, record, twice)
    for number, record in enumerate((A, B, A, B), 21):
        look(archive, number, record, long_ago)
    for number in range(12):
        look(archive, 25 + number, page(section("Kontakt", f"Nytt nummer {number}.")), long_ago)
    archive.close()
    rows = json.loads(tidslager("log", "--flapping", "--json", "--archive", str(path)).out)
    assert {row["page"] for row in rows} == {2}
    assert [row["returns_to"] for row in rows] == [2, 1, None, None]
    out = tidslager("log", "--flapping", "--archive", str(path)).out
    assert twice in out
    assert once not in out
    assert "does not go back" in tidslager("log", "1", "--flapping", "--archive", str(path)).err


def test_nothing_flapping_is_said(archive: Archive, path: Path) -> None:
    """An archive without such pages says so."""
    look(archive, 1, A)
    archive.close()
    ran = tidslager("log", "--flapping", "--archive", str(path))
    assert (ran.code, ran.out) == (0, "")
    assert "No page goes back and forth" in ran.err
