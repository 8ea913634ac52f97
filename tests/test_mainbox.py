"""The content of pages without marks: found by weight, widened to the frame, chrome by names; nothing lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.page import block_text
from scraper.fates import fates_of
from scraper.parse import read
from tests.generic_set import capture_of, cases, headings_f1, headings_of, labels_of, said, text_f1
from tests.test_parse import captured, page_of

TEXT = "Här står en mening som är lång nog för att väga något, och efter den kommer strax en till."
LINKS = "".join(f'<a href="/{number}">Gren nummer {number}</a> ' for number in range(6))

REVIEWED = {"kommun-sitevision-ny": date(2023, 5, 3)}
"""Days of review, which the labels leave out: each is the day of `updated` on a page that states no other."""


def told(body: str) -> list[str]:
    """Lines of the content of a page."""
    page = page_of(body)
    parts = [section.heading for section in page.sections]
    parts += [block_text(block) for section in page.sections for block in section.blocks]
    return [part for part in parts if part]


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held out"])
def test_the_labelled_set_is_read_as_well_as_it_must(*, held_out: bool) -> None:
    """Main text F1 is 0.97 or more and headings F1 0.95 or more, also on the pages that no rule was made for."""
    pages = [(read(capture_of(case)).page, labels_of(case)) for case in cases()]
    chosen = [(page, labels) for page, labels in pages if page and labels.held_out == held_out]
    assert len(chosen) >= 14
    assert fmean(text_f1(said(page), labels) for page, labels in chosen) >= 0.97
    assert fmean(headings_f1(headings_of(page, labels), labels) for page, labels in chosen) >= 0.95


def test_dates_of_the_labelled_set() -> None:
    """A day that is told is the labelled one, and nearly all are told."""
    wanted = found = 0
    for case in cases():
        page, labels = read(capture_of(case)).page, labels_of(case)
        assert page is not None
        for stated, day in ((page.published, labels.published), (page.updated, labels.updated)):
            assert stated is None or stated.on == (day or REVIEWED.get(case.name)), case.name
            wanted += day is not None
            found += stated is not None
    assert found / wanted >= 0.75


def test_links_of_the_labelled_set() -> None:
    """Of the links in the main text nearly all are told."""
    wanted = found = 0
    for case in cases():
        page, labels = read(capture_of(case)).page, labels_of(case)
        assert page is not None
        have = {" ".join(link.label.split()) for _, link in page.links()}
        wanted += len(labels.links)
        found += sum(link.label in have for link in labels.links)
    assert wanted > 40
    assert found / wanted >= 0.95


def test_a_frame_is_told_from_the_content() -> None:
    """Beside rows of links the widening ends, and the unnamed foot of the page is no content."""
    body = f"<div><div>{LINKS}</div><div><h1>A</h1><div>{TEXT}</div><div>{TEXT}</div></div><div>Torget 1</div></div>"
    assert told(body) == [TEXT, TEXT]


def test_without_a_frame_all_is_content() -> None:
    """Where nothing beside the text is chrome, nothing is left out."""
    assert told(f"<div><div>{TEXT * 4}</div><div>Kort</div></div>") == [TEXT * 4, "Kort"]


def test_names_do_not_take_the_title_or_most_of_the_text() -> None:
    """A wrapper called after a sidebar or a cookie box that is not there is no chrome."""
    assert told(f'<div class="has-sidebar cookie-closed"><h1>A</h1><p>{TEXT}</p></div>') == [TEXT]
    assert told(f'<div class="sidebar"><p>{TEXT}</p></div>') == [TEXT]


def test_words_are_whole_words() -> None:
    """A name that holds another word's letters, or a spacing helper, marks nothing."""
    kept = f'<div class="sociala-foretag"><p>{TEXT}</p></div><div class="mb-bottom adress"><p>Kort text.</p></div>'
    assert told(f"<main><h1>A</h1><p>{TEXT}</p>{kept}</main>") == [TEXT, TEXT, "Kort text."]


def test_what_names_leave_out_is_chrome() -> None:
    """A share box inside the content goes to the chrome, with the name that its words give it."""
    page = f'<main><h1>A</h1><p>{TEXT}</p><div class="dela-sidan"><p>Dela med en vän</p></div></main>'
    reading = read(captured(page.encode()), "generic")
    assert reading.chrome is not None
    assert [(part.name, [block_text(block) for block in part.blocks]) for part in reading.chrome.parts] == [
        ("tools", ["Dela med en vän"])
    ]


def test_headings_that_announce_chrome() -> None:
    """What stands under "Relaterad information" goes, up to the next heading; other headings stay."""
    body = f"<main><h1>A</h1><p>{TEXT}</p><h2>Relaterad information</h2><p>Annat</p><h2>Avgift</h2><p>Tio</p></main>"
    assert told(body) == ["Avgift", TEXT, "Tio"]


def test_links_before_the_title_are_a_way_to_it() -> None:
    """A row of links before the title in the landmark is chrome; a list of links after it is content."""
    assert told(f"<main><div>{LINKS}</div><h1>A</h1><p>{TEXT}</p></main>") == [TEXT]
    assert len(told(f"<main><h1>A</h1><p>{TEXT}</p><div>{LINKS}</div></main>")) == 2


def test_a_title_apart_from_the_text_is_found() -> None:
    """The h1 may stand in a box of its own before the content, with the lead beside it."""
    page = page_of(f"<nav>{LINKS}</nav><div><h1>Ledaren</h1><p>Kort ingress</p></div><div><p>{TEXT * 3}</p></div>")
    assert page.title == "Ledaren"
    assert [block_text(block) for block in page.sections[0].blocks] == ["Kort ingress", TEXT * 3]


LARGE: dict[str, Callable[[int], str]] = {
    "blocks": lambda size: f"<div>{'<div><div class=x>' * (size // 10)}{f'<div><p>{TEXT}</p></div>' * size}</div>",
    "contents": lambda size: "<h1>A</h1>" + "<ul><li><a href=#a>En</a></li><li><a href=#b>Två</a></li></ul>" * size,
    "a deep heading": lambda size: f"<main><h1>A</h1><p>{TEXT}</p>{'<div>' * size}<h2>Dela</h2>",
    "a deep trail": lambda size: f"<main>{'<div>' * size}<a href=/>A</a> {TEXT}{'</div>' * size}<h1>A</h1>{TEXT}",
    "a wide row": lambda size: f"<table><tr><td>{TEXT * 9}</td>{f'<td>{LINKS}</td>' * size}",
    "buttons": lambda size: "<main><h1>A</h1>" + "<button aria-expanded=false>Hur?</button><p>Så</p>" * size,
}
"""Pages that are large in one way."""


@pytest.mark.parametrize("kind", LARGE)
def test_large_and_deep_pages_take_time_in_proportion(kind: str) -> None:
    """Four times the page takes no more than some eight times the time."""
    spent = []
    for size in (1000, 4000):
        body = LARGE[kind](size)
        start = time.process_time()
        page_of(body)
        spent.append(time.process_time() - start)
    assert spent[1] < 8 * spent[0] + 0.2


def test_a_heading_that_only_begins_alike_announces_nothing() -> None:
    """The heading "Kommentarer till budgeten" is content, "Kommentarer (3)" is not."""
    body = f"<main><h1>A</h1><p>{TEXT}</p><h2>Kommentarer till budgeten</h2><p>Tio</p>"
    assert told(f"{body}<h2>Kommentarer (3)</h2><p>Bra!</p></main>") == ["Kommentarer till budgeten", TEXT, "Tio"]


def test_cards_that_are_all_of_the_page_are_content() -> None:
    """Contact cards are chrome beside a text, and content on a page of nothing else."""
    cards = "".join(f'<div class="contact-card"><p>Person nummer {number}</p></div>' for number in range(3))
    assert told(f"<main><h1>A</h1><p>{TEXT * 3}</p>{cards}</main>") == [TEXT * 3]
    assert len(told(f"<main><h1>A</h1>{cards}</main>")) == 3


def test_the_lead_beside_a_title_outside_the_landmark() -> None:
    """A box before <main> with the title and the lead is content; the header of the site with its name is not."""
    main = f"<main><p>{TEXT * 3}</p></main>"
    assert told(f"<div class=hero><h1>A</h1><p>Kort ingress</p></div>{main}") == ["Kort ingress", TEXT * 3]
    assert told(f"<div class=site-header><h1>A</h1><p>Kommunen</p></div>{main}") == [TEXT * 3]


def test_columns_of_links_on_both_sides() -> None:
    """Where a column of links stands before the text, one after it is chrome too."""
    grid = f"<div>{LINKS}</div><div><h1>A</h1><p>{TEXT}</p></div><div>{LINKS}</div>"
    assert told(f"<main><div>{grid}</div></main>") == [TEXT]


def test_rows_of_links_around_a_page_without_a_frame() -> None:
    """On a page that is its own box the links at both ends are the way elsewhere; a list of links stays."""
    page = f"<p>{LINKS}</p><p>{TEXT * 3}</p><center>{LINKS}</center>"
    assert told(page) == [TEXT * 3]
    assert len(told(f"<p>{TEXT}</p><ul>{LINKS}</ul>")) >= 2


def test_what_announces_chrome_takes_its_deeper_headings_along() -> None:
    """Under "Fler inlägg" stand cards with headings of their own; they go with it, and the next of its level stays."""
    cards = "<h3><a href=/1>Höst</a></h3><h3><a href=/2>Vinter</a></h3>"
    body = f"<main><h1>A</h1><p>{TEXT}</p><h2>Fler inlägg</h2>{cards}<h2>Avgift</h2><p>Tio</p></main>"
    assert told(body) == ["Avgift", TEXT, "Tio"]


def test_a_heading_of_links_announces_chrome_only_over_links() -> None:
    """The heading "Läs mer" over a list of links leads elsewhere; over a text it is a heading like others."""
    listed = "<ul><li><a href=/1>En sida</a></li><li><a href=/2>En annan</a></li></ul>"
    start = f"<main><h1>A</h1><p>{TEXT}</p><h2>Läs mer</h2>"
    assert told(f"{start}{listed}</main>") == [TEXT]
    assert told(f"{start}<p>Boken finns att låna.</p></main>") == ["Läs mer", TEXT, "Boken finns att låna."]


def test_a_heading_over_nothing_but_chrome_is_chrome() -> None:
    """The heading of a form, a menu or a named box goes with it; one over a picture or bare words stays."""
    start = f"<main><h1>A</h1><p>{TEXT}</p>"
    for chrome in ("<form><input></form>", "<nav><a href=/>En</a></nav>", "<div class=related><p>Annat</p></div>"):
        assert told(f"{start}<h2>B</h2>{chrome}<h2>C</h2><p>Tio</p></main>") == ["C", TEXT, "Tio"]
        assert "B" in told(f"{start}<h2>B</h2>Ord{chrome}</main>")
        assert "B" in told(f"{start}<h2>B</h2>{chrome}<script>1</script><p><img src=a.png></p></main>")


def test_fields_outside_a_form_are_one() -> None:
    """A box to log in with, its heading and labels are no content; a text with a field in it is."""
    start = f"<main><h1>A</h1><p>{TEXT}</p>"
    box = "<div><h2>Mitt konto</h2><label>Kort</label><input><label>Pin</label><input type=password></div>"
    assert told(start + box) == [TEXT]
    assert len(told(f"{start}<div><p>{TEXT}</p><input></div>")) == 2


def test_a_header_after_the_title_heads_the_content() -> None:
    """Also where no landmark holds both, and where a pager beside the text keeps the box narrow."""
    lead = f"<div class=view-header><p>{TEXT}</p></div>"
    rows = f"<div><h2>B</h2><p>{TEXT * 6}</p></div><ul class=pager><li><a href=?2>2</a></li></ul>"
    body = f"<div>{LINKS}</div><div><h1>A</h1><div>{lead}{rows}</div></div><div class=sidebar><p>Karta</p></div>"
    assert told(body) == ["B", TEXT, TEXT * 6]


def test_an_aside_that_leads_nowhere_is_a_box_of_facts() -> None:
    """An aside in the content without links is content, and one called so with links; others are chrome."""
    start, end = f"<main><h1>A</h1><p>{TEXT}</p>", f"<p>{TEXT}</p></main>"
    box = "<h2>Om studien</h2><p>Tio deltog.</p>"
    kept = ["Om studien", TEXT, "Tio deltog.", TEXT]
    assert told(f"{start}<aside>{box}</aside>{end}") == kept
    assert told(f"{start}<aside class=faktaruta>{box}<p><a href=/>Mer</a></p></aside>{end}") == [*kept[:3], "Mer", TEXT]
    assert told(f"{start}<aside>{box}<p><a href=/>Mer</a></p></aside>{end}") == [TEXT, TEXT]
    assert told(f"{start}{end}<aside>{box}</aside>") == [TEXT, TEXT]


def test_a_form_that_tells_something_is_read() -> None:
    """The text of a service that stands in its form is content; a form of questions is not, on a short page either."""
    fields = "<label>Namn</label><input><label>Post</label><input>"
    assert told(f"<main><h1>A</h1><p>Kort.</p><form><p>{TEXT * 4}</p>{fields}</form></main>")[:2] == ["Kort.", TEXT * 4]
    assert told(f"<main><h1>A</h1><p>Kort.</p><form><p>{TEXT}</p>{fields}</form></main>") == ["Kort."]


def test_a_list_with_boxes_to_tick_is_a_list() -> None:
    """What to do, each with a box to tick, is content."""
    ticks = "".join(f"<li><input type=checkbox> <label>Sak {number}</label></li>" for number in range(3))
    assert told(f"<main><h1>A</h1><p>{TEXT}</p><ul>{ticks}</ul></main>") == [TEXT, "Sak 0\nSak 1\nSak 2"]


def test_a_title_for_screen_readers_marks_the_place_of_the_lead() -> None:
    """Where the h1 is hidden and its words are shown beside it, the box before <main> is read all the same."""
    hero = "<div><h1 class=visually-hidden>A</h1><p>Kort ingress</p></div>"
    assert told(f"<title>A - Verket</title>{hero}<main><p>{TEXT * 3}</p></main>") == ["Kort ingress", TEXT * 3]


def test_the_sign_after_a_heading_is_no_part_of_it() -> None:
    """A link to the heading itself, "#", is for copying."""
    sign = "<a class=anchor aria-hidden=true href=#b>#</a>"
    assert told(f"<main><h1>A {sign}</h1><h2 id=b>C#{sign}</h2><p>{TEXT}</p></main>") == ["C#", TEXT]


def test_warnings_before_the_title_are_alerts() -> None:
    """A notice over the title is about today; one in the text is part of it."""
    notice = "<div class=notice><h2>Just nu</h2><p>Stängt.</p></div>"
    assert told(f"<main>{notice}<h1>A</h1><p>{TEXT}</p></main>") == [TEXT]
    assert told(f"<main><h1>A</h1><p>{TEXT}</p>{notice}</main>") == ["Just nu", TEXT, "Stängt."]


def test_a_list_of_facts_is_no_row_of_tools() -> None:
    """What a row of tools is called, "meta", may be the name of a list of facts too."""
    facts = "<dl class=meta><dt>Plats</dt><dd>Torget</dd></dl>"
    assert told(f"<main><h1>A</h1><p>{TEXT}</p>{facts}</main>") == [TEXT, "Plats\nTorget"]


def test_chrome_in_the_midst_of_the_content_does_not_end_it() -> None:
    """Share buttons and a hidden heading stand between parts of a text; a column called aside frames it."""
    parts = f"<div><h1>A</h1><p>{TEXT * 4}</p></div><h2 class=sr-only>Dela</h2><div class=share>{LINKS}</div>"
    more = f"<div><h2>B</h2><p>{TEXT}</p></div>"
    assert told(f"<header><p>Verket</p></header><div><div>{parts}{more}</div></div>") == ["B", TEXT * 4, TEXT]
    aside = "<div class=sidebar><p>Karta</p></div>"
    assert told(f"<header><p>Verket</p></header><div><div>{parts}</div>{aside}</div>") == [TEXT * 4]


def test_what_the_title_is_about_is_no_chrome() -> None:
    """The table on a page about cookies, and the dishes of a menu, are content whatever they are called."""
    box = "<div class=cookie-list><p>sid</p></div>"
    assert told(f"<main><h1>Om cookies</h1><p>{TEXT}</p>{box}</main>") == [TEXT, "sid"]
    assert told(f"<main><h1>Om oss</h1><p>{TEXT}</p>{box}</main>") == [TEXT]
    days = "".join(f"<div class=menu><h2>{day}</h2><p>{TEXT}</p></div>" for day in ("Måndag", "Tisdag"))
    assert told(f"<main><h1>Maten i skolan</h1>{days}</main>") == ["Måndag", "Tisdag", TEXT, TEXT]


def test_an_empty_landmark_is_none() -> None:
    """A <main> that is only the aim of a skip link does not hold the content."""
    assert told(f"<nav>{LINKS}</nav><main></main><div><h1>A</h1><p>{TEXT}</p></div>") == [TEXT]


def test_a_cell_of_links_beside_a_cell_of_text_is_a_menu() -> None:
    """In a table that lays out the page the menu may come after the title."""
    cells = f"<tr><td>{LINKS}</td><td><p>{TEXT * 5}</p><h2>B</h2><p>{TEXT * 5}</p></td></tr>"
    assert told(f"<table><tr><td colspan=2><h1>A</h1></td></tr>{cells}</table>") == ["B", TEXT * 5, TEXT * 5]
    facts = f"<table><tr><td>{TEXT * 5}</td><td>{LINKS}</td></tr></table>"
    assert "Gren nummer 5" in told(f"<main><h1>A</h1>{facts}</main>")[0]


def test_a_section_of_chrome_ends_where_it_does() -> None:
    """A heading in a section of its own takes nothing along that follows the section."""
    asked = "<section><h2>Var sidan till hjälp?</h2><button>Ja</button></section>"
    assert told(f"<main><h1>A</h1><p>{TEXT}</p>{asked}<p>Fler ord</p></main>") == [TEXT, "Fler ord"]


def test_a_page_of_little_but_news_is_about_them() -> None:
    """Cards under "Nyheter" lead elsewhere beside a text, and are what a start page says."""
    cards = "".join(f"<h3><a href=/{number}>Nyhet nummer {number}</a></h3><p>Det hände.</p>" for number in range(3))
    assert told(f"<main><h1>A</h1><p>{TEXT * 3}</p><h2>Nyheter</h2>{cards}</main>") == [TEXT * 3]
    assert len(told(f"<main><h1>A</h1><p>Hej!</p><h2>Nyheter</h2>{cards}</main>")) == 8


def test_headings_of_comments_are_counted_and_long() -> None:
    """How many comments there are to what stands in the heading of them; questions about the page are long too."""
    start = f"<main><h1>A</h1><p>{TEXT}</p>"
    comments = "<h3>2 kommentarer till ”Slåtterdag med rekord i lien”</h3><ol><li>Bra!</li></ol>"
    assert told(start + comments) == [TEXT]
    assert told(f"{start}<h2>Hjälpte informationen på den här sidan dig?</h2><p>Svara gärna.</p></main>") == [TEXT]
    assert told(f"{start}<h2>2 förslag till beslut</h2><p>Ja.</p></main>") == ["2 förslag till beslut", TEXT, "Ja."]


def test_what_asks_to_store_cookies_is_known_by_its_button() -> None:
    """Without a name too; a text about cookies asks for nothing."""
    asks = f"<div><div><h2>Hej</h2><p>Vi använder kakor. {TEXT}</p></div><div><button>Godkänn alla</button></div></div>"
    rest = f"<div><h1>A</h1><p>{TEXT}</p><h2>B</h2><p>Vi använder kakor.</p></div>"
    assert told(asks + rest) == ["B", TEXT, "Vi använder kakor."]


def test_a_table_of_contents_is_a_menu() -> None:
    """Links to places on the page itself are no content, nor is the heading over them; tabs are not such a list."""
    listed = "<li><a href=#b>Bakgrund</a></li><li><a href=#m>Metod</a></li>"
    parts = f"<h2 id=b>Bakgrund</h2><p>{TEXT}</p><h2 id=m>Metod</h2><p>{TEXT}</p>"
    kept = ["Bakgrund", "Metod", TEXT, TEXT]
    for box in ("<h2>Innehåll</h2><ul>{}</ul>", "<div><h2>Innehåll</h2><ul>{}</ul></div>"):
        assert sorted(told(f"<main><h1>A</h1>{box.format(listed)}{parts}</main>")) == sorted(kept)
    tabs = f"<main><h1>A</h1><ul role=tablist>{listed}</ul>{parts}</main>"
    assert len(told(tabs)) == 5


def test_a_trail_that_ends_with_the_title_is_a_way_to_it() -> None:
    """A breadcrumb without a name is known by the last step, which is the page itself."""
    trail = (
        "<div><a href=/>Start</a><span>/</span><a href=/n>Nyheter</a><span>/</span><span>Ny bro över ån</span></div>"
    )
    assert told(f"<main>{trail}<h1>Ny bro över ån</h1><p>{TEXT}</p></main>") == [TEXT]


def test_a_trail_begins_at_the_start() -> None:
    """A breadcrumb whose last step is another than the title is known by its first."""
    trail = "<div><a href=/>Start</a> / <a href=/b>Bygga</a> / Avlopp</div>"
    assert told(f"<main>{trail}<h1>Nytt avlopp steg för steg</h1><p>{TEXT}</p></main>") == [TEXT]
    start = "<p>Start: <a href=/b>torget</a> klockan tio.</p>"
    assert len(told(f"<main>{start}<h1>Loppet</h1><p>{TEXT}</p></main>")) == 2


def test_the_name_of_a_site_is_a_link_home_and_no_title() -> None:
    """An h1 that leads to the start of the site is its logo; the heading below it that <title> names is the title."""
    head = "<title>Kungörelse - Miljödomstolen</title><div id=header><h1><a href=/>Länsstyrelsen</a></h1></div>"
    page = page_of(f"{head}<div>{LINKS}</div><div><h2>Kungörelse</h2><p>{TEXT}</p></div>")
    assert (page.title, [section.heading for section in page.sections]) == ("Kungörelse", ["Kungörelse"])


def test_what_stands_between_the_title_and_its_landmark_is_read() -> None:
    """Facts between a hero and <main> are content; a menu there is not."""
    facts = f"<ul><li><span>Ort</span><span>Tranås</span></li></ul><nav>{LINKS}</nav>"
    body = f"<div><h1>A</h1><p>Kort ingress</p></div>{facts}<main><p>{TEXT * 3}</p></main>"
    assert told(body) == ["Kort ingress", "Ort Tranås", TEXT * 3]


def test_a_column_of_headed_links_beside_the_text_is_aside() -> None:
    """Links under headings in a column after the text lead elsewhere; on a page of little else they are the content."""
    column = f"<div><h2>E-tjänster</h2>{LINKS}</div>"
    assert told(f"<main><div><h1>A</h1><p>{TEXT * 4}</p></div>{column}</main>") == [TEXT * 4]
    assert "E-tjänster" in told(f"<main><div><h1>A</h1><p>{TEXT}</p></div>{column}</main>")


def test_headings_by_role() -> None:
    """What a role makes a heading is one, at the level that it states, else at the second."""
    page = page_of(
        f"<div role=main><div role=heading aria-level=1>Vatten</div><p>{TEXT}</p><p role=heading>Avgift</p>"
        f"<p>{TEXT}</p><span role=heading aria-level=9>Faktura</span><p>{TEXT}</p></div>"
    )
    assert page.title == "Vatten"
    assert [(section.level, section.heading) for section in page.sections] == [(0, ""), (2, "Avgift"), (6, "Faktura")]


def test_buttons_that_open_a_part_say_what_it_is_about() -> None:
    """Questions in buttons are read, as headings where they hold one; buttons that do something are not."""
    opens = "<button aria-expanded=false aria-controls=a>"
    body = (
        f"<main><h1>A</h1><p>{TEXT}</p>{opens}<h3>Vem får söka?</h3></button><div id=a hidden><p>Alla.</p></div>"
        f"{opens}Vad kostar det?</button><div><p>Inget.</p></div><p>Text <button>i</button>text</p>"
        "<button>Skicka</button><button aria-haspopup=menu aria-expanded=false>Val</button></main>"
    )
    assert told(body) == ["Vem får söka?", TEXT, "Alla.", "Vad kostar det?", "Inget.", "Text text"]
    asked = "<dl><dt><button>Hur?</button></dt><dd>Så.</dd></dl><button class=faq__question>När?</button><p>Nu.</p>"
    assert told(f"<main><h1>A</h1><p>{TEXT}</p>{asked}</main>") == [TEXT, "Hur?\nSå.", "När?", "Nu."]


def test_words_that_only_screen_readers_say_are_no_headings() -> None:
    """A heading that is clipped or far off the screen is not seen, whatever its class is called."""
    hidden = (
        "<h2 class=u-visually-hidden-focusable>Val</h2><h2 class=element-invisible>Val</h2>"
        "<h2 style='position:absolute; left:-9999px'>Val</h2><h3 class=screen-reader-only>Val</h3>"
    )
    assert told(f"<main><h1>A</h1>{hidden}<p>{TEXT}</p></main>") == [TEXT]


def test_headers_of_sections_are_content() -> None:
    """Without a landmark too, the header of a section heads it; one with a menu or without a section is the site's."""
    sections = "".join(f"<section><header><h2>{name}</h2></header><p>{TEXT}</p></section>" for name in "BC")
    body = f"<header><p>Kommunen</p></header><div><h1>A</h1>{sections}</div><div>{LINKS}</div>"
    assert told(body) == ["B", "C", TEXT, TEXT]


def test_elements_of_the_page_s_own_making_are_named_by_their_tags() -> None:
    """A <my-header> and a <my-footer> are chrome, a <my-card> holds content."""
    body = (
        f"<my-header><p>Byrån</p></my-header><my-page><my-card><h1>A</h1><p>{TEXT}</p></my-card></my-page>"
        f"<my-footer><h2>Om oss</h2><p>{TEXT}</p></my-footer>"
    )
    assert told(body) == [TEXT]


def test_a_title_below_the_first_level_is_kept_in_its_place() -> None:
    """A page without an h1 begins with the heading that <title> names, whatever its box is called."""
    head = "<title>Kallelse - Förbundet</title>"
    box = f"<div class=page-header><h2>Kallelse</h2></div><div><p>{TEXT}</p><h3>Val</h3><p>{TEXT}</p></div>"
    assert told(f"{head}<div>{LINKS}</div><div>{box}</div><div>{LINKS}</div>")[:2] == ["Kallelse", "Val"]


@pytest.mark.parametrize(
    "markup",
    [
        "<dialog><main><p>{}</p></main></dialog>",
        "<span role=main><p>{}</p></span>",
        "<span role=main>{}</span>",
        "<main class=menu><p>{}</p></main>",
        "<button><main>{}</main></button>",
        "<table><tr><td role=main>{}</td></tr></table>",
        "<ul><li><main><h2>{}</h2></main></ul>",
        "<nav><main></main></nav>{}",
    ],
)
def test_odd_landmarks_stop_nothing(markup: str) -> None:
    """A landmark in what is dropped, or on an element that is no block, is read past, never stumbled over."""
    reading = read(captured(markup.format(TEXT).encode()), "generic")
    assert reading.verdict in ("page", "suspect")


LANDMARKS = (
    "div class=dela",
    "main",
    "div role=main",
    "div id=meny",
    "article",
    "h1",
    "header",
    "dialog",
    "span role=main",
)


@settings(deadline=None, max_examples=200)
@given(
    st.recursive(
        st.sampled_from(["ord ord", "<a href=/x>en</a><a href=/y>två</a>", "<h1>T</h1>", "<p>Text</p>"]),
        lambda inner: st.builds(
            lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
            st.sampled_from(LANDMARKS),
            st.lists(inner, max_size=4),
        ),
        max_leaves=20,
    )
)
def test_any_frame_can_be_read(markup: str) -> None:
    """Whatever stands in what, a page is read, and the same way twice; no text is read by nobody."""
    capture = captured(f"<title>T - Kommunen</title>{markup}".encode())
    reading, fates = fates_of(capture, "generic")
    assert reading == read(capture, "generic")
    assert not any(block.by == "read by nobody" for block in fates.blocks)
