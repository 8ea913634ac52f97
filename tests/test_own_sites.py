"""init looks at a page and writes what fits it; check-site tells how a layout fits, and leaves nothing unsaid."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from schemas.capture import Capture
from schemas.site import Floors, Site, decode_site
from scraper import own_sites
from scraper.site_check import COLUMNS, Check, check, check_text
from scraper.site_survey import linked_pages, propose, survey_text
from tests.agency import truth
from tests.agency.server import SITE_FILE, Agency
from tests.agency.trouble import Trouble, challenge
from tests.clocks import FakeClock
from tests.generic_set import FOLDER, capture_of
from tests.shell import Ran, tidslager
from tests.test_parse import PAGES, captured, page_of
from tests.test_parse import capture_of as capture_of_case

HUB = f"http://{truth.HUB_HOST}{truth.HUB}"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """Retries wait by the fake clock."""
    monkeypatch.setattr(own_sites, "SystemClock", lambda: clock)


def through(agency: Agency) -> tuple[str, ...]:
    """Options by which the agency is reached."""
    return ("--contact", "arkiv@kommun.example", "--connect-to", f"::127.0.0.1:{agency.port}")


def checked(capture: Capture, layout: str = "", floors: Floors | None = None) -> Check:
    """The check of one page."""
    return check(capture, Site(name="x", start=(capture.address,), layout=layout, floors=floors or Floors()))


def init(agency: Agency, address: str = HUB) -> Ran:
    """Run init against the agency."""
    return tidslager("init", address, "egen.toml", *through(agency))


def test_init_shows_what_would_be_recorded_and_writes_what_fits(agency: Agency, tmp_path: Path) -> None:
    """Title, dates, person, sections and films are shown; depth and floors follow from the page; robots come first."""
    ran = init(agency)
    assert ran.code == 0, ran.err
    for said in ("Goda exempel", "sitevision", "2021-03-12 (text)", "Marit Ekholm, Utredare", "words", "would look at"):
        assert said in ran.out
    assert "Links to other hosts, not followed" in ran.out
    site = decode_site((tmp_path / "egen.toml").read_text("utf-8"), "x")
    assert site.start == (HUB,)
    assert (site.depth, site.layout) == (1, "")
    assert site.floors.sections > 2
    asked = [visit.path for visit in agency.log]
    assert asked == ["/robots.txt", truth.HUB]


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (Trouble(status=500, times=None), "gave no page (http_error with status 500)"),
        (Trouble(status=404, times=None), "gave no page (gone with status 404)"),
        (challenge(), "seems not to be the page"),
    ],
)
def test_init_writes_nothing_where_there_is_no_page(
    agency: Agency, tmp_path: Path, trouble: Trouble, sentence: str
) -> None:
    """A failure, a page that is gone and a challenge: one sentence, exit code 1, no file."""
    agency.trouble[truth.HUB_HOST, truth.HUB] = trouble
    ran = init(agency)
    assert (ran.code, ran.out) == (1, "")
    assert sentence in ran.err
    assert not (tmp_path / "egen.toml").exists()


def test_init_obeys_robots_and_wants_html(agency: Agency, tmp_path: Path) -> None:
    """What robots.txt forbids is not asked for, and a document is no page."""
    forbidden = init(agency, f"http://{truth.HUB_HOST}{truth.PRINTABLE}")
    assert forbidden.code == 1
    assert "may not be looked at: disallowed by" in forbidden.err
    assert truth.PRINTABLE not in [visit.path for visit in agency.log]
    document = init(agency, f"http://{truth.HUB_HOST}{truth.DOCUMENT}")
    assert document.code == 1
    assert "cannot be read as a page. The media type is application/pdf." in document.err
    assert not (tmp_path / "egen.toml").exists()


def test_init_leaves_a_file_alone_before_it_asks(agency: Agency, tmp_path: Path) -> None:
    """Nobody is asked for a page when the file is there already."""
    (tmp_path / "egen.toml").write_text("mitt")
    assert init(agency).code == 2
    assert (tmp_path / "egen.toml").read_text() == "mitt"
    assert agency.log == []


def test_check_site_live_stored_and_as_json(agency: Agency, path: Path) -> None:
    """The agency's hub: the same answer from the site and from the archive, all text blocks with a fate."""
    live = tidslager("check-site", str(SITE_FILE), "--json", *through(agency))
    assert live.code in (0, 3)
    rows = json.loads(live.out)
    assert all(list(row) == list(COLUMNS) for row in rows)
    assert {row["fate"] for row in rows if row["row"] == "block"} <= {"handled", "ignored", "signalled"}
    assert any(row["name"] == "title" and row["matched"] == 1 and row["fate"] == "used" for row in rows)
    tidslager("crawl", str(SITE_FILE), "--archive", str(path), *through(agency))
    asked = len(agency.log)
    stored = tidslager("check-site", str(SITE_FILE), "--stored", "--json", "--archive", str(path))
    assert stored.code == live.code
    assert len(json.loads(stored.out)) == len(rows)
    other = tidslager("check-site", str(SITE_FILE), "--stored", "--page", "returbruket", "--archive", str(path))
    assert "layout sitevision" in other.out
    assert len(agency.log) == asked


def test_check_site_says_what_stops_it(agency: Agency, path: Path) -> None:
    """A page that fails, an address that is none, an unknown page of the archive, a site that is none."""
    agency.trouble[truth.HUB_HOST, truth.HUB] = Trouble(status=503, times=None)
    assert tidslager("check-site", str(SITE_FILE), *through(agency)).code == 1
    none = tidslager("check-site", str(SITE_FILE), "--page", "hubben", *through(agency))
    assert (none.code, none.out) == (2, "")
    assert tidslager("check-site", str(SITE_FILE), "--stored", "--archive", str(path)).code == 1
    assert tidslager("check-site", "ingen.toml").code == 2


def test_a_sitevision_page_is_accounted_for() -> None:
    """On a SiteVision page nothing is signalled, and each selector says how often it matched."""
    one = checked(capture_of_case(PAGES / "sitevision" / "tables"))
    assert (one.layout, one.unfit, one.signalled) == ("sitevision", (), False)
    assert sum(tried.use == "used" for tried in one.tried if tried.name == "mark") >= 2


@pytest.mark.parametrize("name", ["wp-elementor", "handskriven-utan-rubriker"])
def test_other_pages_are_accounted_for(name: str) -> None:
    """A WordPress-like page and a plain one: read by the generic layout, nothing signalled."""
    one = checked(capture_of(FOLDER / name))
    assert (one.layout, one.unfit, one.signalled) == ("generic", (), False)
    assert {block.fate for block in one.blocks} == {"handled", "ignored"}


def test_a_layout_that_does_not_fit_says_why() -> None:
    """Marks, places and sections that are missing are named, and an empty page too."""
    page = captured(b"<main><h3>Hej</h3><p>Text</p></main>")
    one = checked(page, "sitevision", Floors(sections=4))
    assert [why.partition(":")[0] for why in one.unfit][:2] == [
        "The page shows 0 of the marks of the layout sitevision, which needs 2.",
        "title",
    ]
    assert one.unfit[-1] == "1 sections, and floors.sections is 4."
    assert "The layout does not fit" in check_text(one, every=False)
    assert checked(captured(b"<main></main>")).unfit


def test_places_too_often_are_signalled() -> None:
    """More titles than the layout expects is worth a look, and no reason to stop."""
    one = checked(captured(b"<main><h1>A</h1><h1>B</h1><h1>C</h1><h1>D</h1><p>Text</p></main>"))
    assert one.signalled
    assert not one.unfit


def test_what_falls_through_is_shown() -> None:
    """A block that no rule knows is told with its words and where it stands."""
    page = captured(b"<main><h1>A</h1><p>Text</p></main><div id=rest><p>Kvar</p></div>")
    text = click.unstyle(check_text(checked(page), every=False))
    assert "signalled  Kvar" in text
    assert "outside the content, by no rule; body > div#rest > p" in text
    assert "Text" not in text


def test_the_proposal_follows_from_the_page() -> None:
    """Depth 0 where nothing leads on; otherwise half the pages and two thirds of the sections are the floors."""
    links = "".join(f'<li><a href="/{number}">{number}</a></li>' for number in range(7))
    other = '<a href="https://annan.example/">annan</a>'
    page = page_of(f"<main><h1>T</h1><h2>A</h2><ul>{links}</ul><h2>B</h2><p>b {other}</p><h2>C</h2><p>c</p></main>")
    address = "https://www.ekeby.example/omsorg/hemtjanst.1042.html"
    found = propose(page, "generic", address)
    assert (found.depth, found.pages, found.sections, found.others) == (1, 4, 2, (("annan.example", 1),))
    assert len(linked_pages(page, address)) == 7
    assert "would look at 8 pages" in survey_text(page, found, address)
    alone = page_of("<main><h1>T</h1><p>b</p></main>")
    assert (propose(alone, "generic", address).depth, propose(alone, "generic", address).pages) == (0, 1)
