"""Changes read well in a terminal, in colour or without, and page text cannot drive the terminal."""

from __future__ import annotations

import unicodedata

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.render import render_changes, shown_safely, summary
from schemas.change import Change, Class, Kind, What

LONG = " ".join(f"ord{n}" for n in range(60))


def change(
    kind: Kind,
    what: What,
    before: str | None,
    after: str | None,
    *,
    class_: Class = "editorial",
    where: str = "Kontakt",
    why: str = "words differ",
    truncated: bool = False,
) -> Change:
    return Change(
        kind=kind, class_=class_, what=what, where=where, before=before, after=after, why=why, truncated=truncated
    )


def plain(*changes: Change, width: int = 80, show_all: bool = False) -> str:
    return render_changes(changes, colour=False, width=width, show_all=show_all)


def test_an_edit_is_shown_under_its_heading_path() -> None:
    """Heading path and kind stand over the text, removed and added words between marks."""
    told = plain(change("edited", "paragraph", "Öppet 8 till 16.", "Öppet 9 till 17.", where="Skola › Tider"))
    assert told == "Skola › Tider · paragraph edited\n    Öppet [-8 till 16-]{+9 till 17+}.\n"


def test_page_fields_are_named_in_words_and_shown_as_wholes() -> None:
    """A date that changed is told as a date, not as words within it."""
    told = plain(change("edited", "published", "2024-01-02", "2024-02-02", class_="metadata", where=""))
    assert told == "published date changed\n    [-2024-01-02-]\n    {+2024-02-02+}\n"


def test_long_unchanged_stretches_are_folded() -> None:
    """About eight unchanged words stay on each side of an edit."""
    told = plain(change("edited", "paragraph", f"först {LONG} sist", f"nu {LONG} slut"), width=200)
    assert "[-först-]{+nu+} ord0 ord1 ord2 ord3 ord4 ord5 ord6 ord7 … ord52" in told
    assert told.endswith("ord59 [-sist-]{+slut+}\n")
    assert "ord30" not in told
    ends = plain(change("edited", "paragraph", f"{LONG} x {LONG}", f"{LONG} y {LONG}"), width=200)
    assert "    … ord52" in ends
    assert ends.endswith("ord7 …\n")


def test_what_moved_is_shown_once_and_folded() -> None:
    """A text that only moved carries no marks."""
    told = plain(change("moved", "paragraph", LONG, LONG))
    assert told == "Kontakt · paragraph moved\n    ord0 ord1 ord2 ord3 ord4 ord5 ord6 ord7 …\n"


@pytest.mark.parametrize("colour", [False, True])
def test_lines_keep_the_width(colour: bool) -> None:  # noqa: FBT001 - a case, not a switch
    """Lines break at white space within the width, in colour too, under an indentation."""
    changes = (change("added", "section", None, f"Rubrik\n{LONG}"), change("removed", "paragraph", LONG, None))
    lines = click.unstyle(render_changes(changes, colour=colour, width=50)).splitlines()
    assert max(map(len, lines)) <= 50
    assert all(line.startswith("    ") for line in lines if line and "·" not in line)


def test_colour_is_readable_without_hue() -> None:
    """In colour, removed words are also struck and added ones underlined; the words are those of the plain form."""
    told = render_changes([change("edited", "title", "Ett gammalt ord", "Ett nytt ord")], colour=True, width=80)
    assert click.style("gammalt", fg="red", strikethrough=True) in told
    assert click.style("nytt", fg="green", underline=True) in told
    assert click.unstyle(told).splitlines()[1] == "    Ett gammaltnytt ord"


def test_hidden_classes_are_counted_and_shown_on_request() -> None:
    """What is not shown is told in the last line; with show_all it is shown, what is unseen made a sign."""
    cosmetic = change("edited", "paragraph", "8 kr", "8\u00a0kr", class_="cosmetic", why="white space only")
    chrome = change("removed", "link", "Meny <https://a.se/>", None, class_="chrome", where="")
    assert plain(cosmetic) == "1 cosmetic difference not shown (--all shows it)\n"
    assert plain(cosmetic, cosmetic, chrome) == "2 cosmetic and 1 chrome differences not shown (--all shows them)\n"
    told = plain(cosmetic, show_all=True)
    assert told == "Kontakt · paragraph edited (cosmetic: white space only)\n    8[- -]{+<U+00A0>+}kr\n"


def test_no_changes_is_said() -> None:
    """Nothing to tell is told."""
    assert plain() == "no differences\n"
    assert summary(()) == "no differences"


def test_empty_texts_are_no_trouble() -> None:
    """A film without title, an item without text: the line says what happened, and no more."""
    assert plain(change("added", "item", None, "")) == "Kontakt · item added\n\n"
    assert plain(change("removed", "item", "", None)) == "Kontakt · item removed\n\n"
    assert plain(change("edited", "item", "", "a\n\nb")).splitlines()[1:] == ["    {+a", "", "    b+}"]


def test_a_long_answer_says_that_it_may_be_shorter() -> None:
    """The mark of a truncated comparison reaches the reader."""
    assert "too long for the shortest answer" in plain(change("edited", "item", "a", "b", truncated=True))


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x2100)), st.text(alphabet="\x1b[31m\x9b\x07\r\u202e\nA "))
def test_page_text_cannot_drive_the_terminal(before: str, after: str) -> None:
    """No control character of a page reaches the terminal, in text, heading path or reason."""
    hostile = change("edited", "paragraph", before, after, where=after, class_="cosmetic", why="stored form only")
    told = render_changes([hostile], colour=False, width=60, show_all=True)
    assert all(letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs") for letter in told)
    assert not set(told) & set("\x1b\x9b\x07\r\u202e\u2028\x85")


def test_controls_are_shown_as_signs() -> None:
    """An escape sequence in a page is read as what it is."""
    assert shown_safely("a\x1b[2Jb\tc\x9bd\x7f\ud800") == "a␛[2Jb c<U+009B>d<U+007F><U+D800>"


def test_summary_counts_in_words() -> None:
    """One line: kinds with their counts in the order of the page, page fields by name, hidden classes last."""
    changes = [
        change("edited", "responsible", "Siv", "Ulf", class_="metadata"),
        change("edited", "paragraph", "a", "b"),
        change("edited", "paragraph", "c", "d"),
        change("renamed", "section", "A", "B"),
        change("moved", "list", "a\nb", "b\na"),
        change("moved", "list", "a", "a"),
        change("added", "published", None, "2024-01-01", class_="metadata"),
        change("edited", "title", "A", "B"),
        change("moved_and_edited", "item", "a", "b"),
        change("edited", "paragraph", "a b", "a\u00a0b", class_="cosmetic"),
    ]
    assert summary(changes) == (
        "responsible person changed, 2 paragraphs edited, 1 section renamed, 1 list reordered, 1 list moved, "
        "published date added, title edited, 1 item moved and edited, 1 cosmetic difference"
    )
