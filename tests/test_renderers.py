"""Unified text, HTML, Markdown and stat tell the same changes, and no page can do anything through any of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b64encode
from html.parser import HTMLParser

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from archive.render_html import render_html
from archive.render_markdown import render_markdown
from archive.render_stat import render_stat, stats
from archive.render_unified import render_unified
from archive.told import Told
from schemas.change import Change
from tests.test_render import change

LONG = " ".join(f"ord{n}" for n in range(60))
LINES = "\n".join(f"rad {n}" for n in range(20))
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></table><h1>x", "javascript:alert(1)",
    "[x](javascript:alert(1))", "![x](http://ond.example/p.png)", "<http://ond.example>", "www.ond.example", "`kod`",
    "# rubrik", "1. ett", "- lista", "> citat", "    kod", "***", "| a | b |\n|---|---|", "a\n===", "&lt;b&gt;",
    "\x1b[2J\x1b]8;;http://ond.example\x07x", "\u202egnirts", "\u2066a\u2069", "\ud800", "\x00", "$title ${pages}",
    "</style><script>", "&#60;", "\\*a\\*", "~~a~~", "$$x$$", "```\nkod\n```", "[a]: http://ond.example", "<!-- a",
    "@alla #1", '" onmouseover="alert(1)', "a\r\nb", "@@ -1 +1 @@", "--- a\n+++ b", "a\u2028b", "\t\tkod",
    "<del>falskt</del>",
)  # fmt: skip
texts = st.lists(st.sampled_from([*HOSTILE, "ord", " ", "\n", "å", "\\"]), max_size=6).map("".join)


def told(*changes: Change, title: str = "Om samverkan", address: str = "https://a.example/", **values: int) -> Told:
    span = "between 2026-03-01 02:10 and 2026-03-02 02:10 UTC"
    return Told(
        title=title, address=address, before=1, after=2, span=span, returns_to=values.get("returns_to"), changes=changes
    )


def everywhere(text: str, other: str) -> Told:
    """A page that says something hostile wherever it can say anything."""
    whole = change("edited", "paragraph", text, other, where=text, why=other)
    cosmetic = change("edited", "link", other, text, class_="cosmetic", where=other, why=text)
    return told(whole, cosmetic, change("added", "section", None, text), title=text, address=other)


class Tags(HTMLParser):
    """The tags, attributes and text of a document."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.text: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        """A comment is as bad as a tag."""
        self.tags.append(f"comment {data}")


@settings(deadline=None, max_examples=150)
@given(texts, texts)
def test_no_page_can_put_markup_into_the_html(text: str, other: str) -> None:
    """Tags and attributes are those of the templates, whatever the page says; nothing can run, load or be followed."""
    document = render_html([everywhere(text, other)], show_all=True)
    found = Tags(document)
    harmless = Tags(render_html([everywhere("a", "b")], show_all=True))
    assert set(found.tags) <= {*harmless.tags, "del", "ins"}
    assert found.attributes <= harmless.attributes
    assert not {"script", "a", "img", "iframe", "form", "link", "object"} & set(found.tags)
    assert not any(name.startswith("on") or name in ("href", "src", "style") for _, name in found.attributes)
    check_inert(document)


def check_inert(document: str) -> None:
    """No control, direction mark or lone surrogate is left; what is left can be written as UTF-8."""
    assert all(letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs") for letter in document)
    assert not set(document) & set("\u202e\u2066\u2069\u2028\u200f")
    assert document.encode()


def test_the_html_has_a_policy_that_lets_nothing_run_or_load() -> None:
    """Default none; the one style is named by its hash, so that no other can come in."""
    document = render_html([told(change("edited", "paragraph", "Ett", "Två"))])
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', document)
    (style,) = re.findall(r"<style>(.*?)</style>", document, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert document.index("Content-Security-Policy") < document.index("<style>")
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_the_html_stands_side_by_side() -> None:
    """Before on the left with what went, after on the right with what came, unchanged stretches folded in both."""
    document = render_html([told(change("edited", "paragraph", f"Ett {LONG} x", f"Två {LONG} y"), returns_to=1)])
    before, after = re.findall(r'<td dir="auto" lang="">(.*?)</td>', document)
    assert before.startswith("<del>Ett</del> ord0 ord1")
    assert after.startswith("<ins>Två</ins> ord0 ord1")
    assert "ord30" not in document
    assert "…" in before
    assert "returns to revision 1" in document
    assert document.startswith("<!DOCTYPE html>")
    assert Tags(document).tags.count("th") == 2


def test_several_pages_stand_in_one_html_file_and_none_says_so() -> None:
    """A feed is one document; a comparison without differences says that there are none."""
    document = render_html([told(change("edited", "title", "A", "B")), told(title="En annan sida")])
    assert Tags(document).tags.count("article") == 2
    assert "No difference." in document
    hidden = change("edited", "item", "8 kr", "8\u00a0kr", class_="cosmetic", why="white space only")
    assert "1 cosmetic difference not shown" in render_html([told(hidden)])


@settings(deadline=None, max_examples=150)
@given(texts, texts)
def test_no_page_can_put_markup_into_the_markdown(text: str, other: str) -> None:
    """As Markdown is read, with raw HTML and GitHub's additions on: only our own headings, quotes, <del> and <ins>."""
    document = render_markdown([everywhere(text, other)], show_all=True)
    read = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(document)
    assert set(Tags(read).tags) <= {"h2", "h3", "p", "em", "blockquote", "br", "del", "ins"}
    check_inert(document)


def test_markdown_reads_as_the_page_did() -> None:
    """What a reader of the rendered Markdown sees is the page's text, signs and all."""
    hostile = "1. *Ring* <b>oss</b> [nu](http://a.example) #1 & `koden` | a_b"
    document = render_markdown([told(change("edited", "paragraph", hostile, hostile + " idag"))], context=99)
    read = "".join(Tags(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(document)).text)
    assert hostile + " idag" in read
    assert "<ins> idag</ins>" in document
    assert "## Om samverkan" in document
    assert "### Kontakt · paragraph edited" in document


def test_unified_text_marks_lines() -> None:
    """Lines that went and came behind - and +, headings of hunks with the path, the middle of long stretches folded."""
    text = render_unified([told(change("edited", "section", f"{LINES}\nsist", f"först\n{LINES}\nslut"), returns_to=1)])
    assert text.splitlines() == [
        "--- Om samverkan\trevision 1",
        "+++ Om samverkan\trevision 2",
        "# https://a.example/",
        "# revision 1 → revision 2  between 2026-03-01 02:10 and 2026-03-02 02:10 UTC, returns to revision 1",
        "@@ Kontakt · section edited @@",
        "+först",
        " rad 0",
        " rad 1",
        " rad 2",
        "# 14 lines as before",
        " rad 17",
        " rad 18",
        " rad 19",
        "-sist",
        "+slut",
    ]


def test_unified_context_is_counted_in_lines() -> None:
    """With no context only what differs; at the ends of a text only the side towards the edit stays."""
    one = told(change("edited", "section", f"{LINES}\nx\n{LINES}", f"{LINES}\ny\n{LINES}"))
    bare = render_unified([one], context=0).splitlines()[5:]
    assert bare == ["# 20 lines as before", "-x", "+y", "# 20 lines as before"]
    some = render_unified([one], context=1).splitlines()[5:]
    assert some == ["# 19 lines as before", " rad 19", "-x", "+y", " rad 0", "# 19 lines as before"]
    moved = render_unified([told(change("moved", "section", LINES, LINES))], context=2).splitlines()[5:]
    assert moved == [" rad 0", " rad 1", "# 18 lines as before"]


@settings(deadline=None, max_examples=100)
@given(texts, texts)
def test_no_page_can_forge_a_line_of_the_unified_text(text: str, other: str) -> None:
    """Each line begins with a mark of ours, and there are as many heads as there are changes."""
    lines = render_unified([everywhere(text, other)], show_all=True)[:-1].split("\n")
    check_inert("\n".join(lines).replace("\t", ""))
    assert all(line[:1] in ("+", "-", " ", "#", "@") for line in lines)
    assert sum(line.startswith("@@ ") for line in lines) == 3
    assert [line[:4] for line in lines[:2]] == ["--- ", "+++ "]


def test_the_stat_counts_words_under_headings() -> None:
    """One line a heading path with changes, words out and in, a bar, and the sum below."""
    changes = (
        change("edited", "published", "2024-01-02", "2024-02-02", class_="metadata", where=""),
        change("edited", "paragraph", "Öppet 8 till 16.", "Öppet 9 till 17 alla dagar."),
        change("added", "item", None, "Ring oss"),
        change("moved", "item", "Ett två", "Ett två"),
    )
    found = stats(told(*changes))
    assert [tuple(stat) for stat in found] == [("", 1, 1, 1), ("Kontakt", 3, 3, 7)]
    text = render_stat([told(*changes)], colour=False, width=80)
    assert text.splitlines() == [
        " (the page)           |  1 change     -1    +1 -+",
        " Kontakt              |  3 changes    -3    +7 ---+++++++",
        " 4 changes, 4 words out, 8 words in",
    ]
    assert click.unstyle(render_stat([told(*changes)], colour=True, width=80)) == text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_stat_is_safe_and_narrow(hostile: str) -> None:
    """A hostile or endless heading stays one short line of text."""
    one = change("edited", "paragraph", "a", "b", where=hostile + "x" * 300)
    text = render_stat([told(one)], colour=False, width=70)
    check_inert(text)
    assert len(text.splitlines()) == 2
    assert max(map(len, text.splitlines())) <= 100
