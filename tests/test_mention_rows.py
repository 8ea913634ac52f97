"""Mentions, people and examples as rows: beside the record, never news, and right whatever is done to the history."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from archive.example_list import learning_examples
from archive.file import open_for_reading, transaction
from archive.mentions import mentions_digest
from archive.names import Name
from archive.prune import plan, prune
from archive.ready import ready_queries
from archive.rebuild import rebuild
from archive.redact_person import redact_person
from archive.redactions import Reason
from archive.scan import texts
from archive.store import Archive
from archive.verify import verify
from schemas.capture import Capture
from schemas.chrome import Chrome, ChromePart
from schemas.finding import Finding
from schemas.mention import Contact, Mention
from schemas.page import Dated, Link, Page, Paragraph, Person, Section, digest
from schemas.reading import Reading, Rules
from scraper.recognise import recognised
from tests.builders import ADDRESS, PARSER, SITE, begin, capture, gone, night, page, reread, section, written
from tests.derived import derived, exact

LAUNDRY = section("Tvätteriet", "Tvätteriet i Haninge kommun anställer.", "Det gör också köket i Nynäshamns kommun.")
QUOTE = section("Vi lärde oss", "– Det gick bra, säger Stina Dahl, upphandlare på Haninge kommun.")
CONTACT = section("Kontakt", "Stina Dahl, upphandlare.")
A = page(LAUNDRY, QUOTE, responsible=Person(name="Åsa Grön", role="Utredare"))
B = page(LAUNDRY, section("Vi lärde oss", "Ingenting alls."), responsible=Person(name="Åsa Grön", role="Utredare"))


def named(text: str, words: str, **values: Any) -> Mention:
    """A mention of the words in a text."""
    at = text.index(words)
    return Mention(**{"kind": "person", "name": words, **values}, start=at, end=at + len(words), evidence="för provet")


def known(record: Page, *of: tuple[str, dict[str, Any]]) -> Reading:
    """A reading of a record in which each of some words is a mention, wherever it stands."""
    mentions = tuple(
        tuple(named(text, words, **values) for words, values in of if words in text) for text in record.texts()
    )
    return Reading(verdict="page", page=record, mentions=mentions)


STINA = ("Stina Dahl", {"role": "upphandlare", "organisation": "Haninge kommun"})
ASA = ("Åsa Grön", {"role": "Utredare"})
HANINGE = ("Haninge kommun", {"kind": "municipality", "name": "Haninge", "code": "0136"})


def by_hand(earlier: Capture) -> Reading:
    """Reads with a recogniser that knows Stina, Åsa and Haninge."""
    record = reread(earlier).page
    assert record is not None
    return known(record, STINA, ASA, HANINGE)


BOX = ChromePart(name="contact", blocks=(Paragraph(text="Åsa Grön, Utredare"), Paragraph(text="08-123 45 67")))
OFFERED = Contact(name="Åsa Grön", role="Utredare", phone="08-123 45 67", start=0, end=8)


def boxed(seen: Capture) -> Reading:
    """The same, and a box beside the content that offers Åsa."""
    return msgspec.structs.replace(by_hand(seen), chrome=Chrome(parts=(BOX,)), contacts=((OFFERED,),))


def night_of(archive: Archive, number: int, record: Page, read: Any = by_hand, address: str = ADDRESS) -> None:
    """A night on which a page says `record`, read by a recogniser of the test's own."""
    run = begin(archive, night(number))
    seen = capture(address, at=night(number), body=written(record))
    kept = archive.keep(run, seen)
    archive.record(kept.id, read(seen), parser=PARSER, reread=read)
    archive.finish_run(run, "ok", {}, now=night(number))


def night_of_site(archive: Archive, number: int, name: str, *, people: bool) -> int:
    """A night on which a site's one page shows the box, read with or without its people; the number of the page."""

    def read(seen: Capture) -> Reading:
        return boxed(seen) if people else msgspec.structs.replace(boxed(seen), contacts=((),))

    run = begin(archive, night(number), msgspec.structs.replace(SITE, name=name))
    seen = capture(ADDRESS, at=night(number), body=written(A))
    kept = archive.keep(run, seen)
    archive.record(kept.id, read(seen), parser=PARSER, reread=read)
    archive.finish_run(run, "ok", {}, now=night(number))
    assert kept.page is not None
    return kept.page


def rows(archive: Archive, query: str) -> list[tuple[Any, ...]]:
    """What a query answers."""
    return archive.database.execute(query).fetchall()


def test_a_mention_stands_from_the_first_revision_that_names_it_to_the_first_that_does_not(archive: Archive) -> None:
    """As links do; the words and the rule stand with it, and each section has its own."""
    night_of(archive, 1, A)
    night_of(archive, 2, B)
    assert rows(
        archive,
        "SELECT s.key, m.name, m.words, m.from_revision, m.to_revision FROM mentions m"
        " LEFT JOIN sections s ON s.id = m.section_id ORDER BY s.key, m.name",
    ) == [
        (None, "Åsa Grön", "Åsa Grön", 1, None),
        ("h-Tvätteriet", "Haninge", "Haninge kommun", 1, None),
        ("h-Vi lärde oss", "Haninge", "Haninge kommun", 1, 2),
        ("h-Vi lärde oss", "Stina Dahl", "Stina Dahl", 1, 2),
    ]


def test_people_are_told_by_the_capacity_in_which_they_are_named(archive: Archive) -> None:
    """Responsible in the page's own place for it, contact under such a heading, speaker elsewhere."""
    night_of(archive, 1, page(QUOTE, CONTACT, responsible=Person(name="Åsa Grön", role="Utredare")))
    assert rows(archive, "SELECT name, role, organisation, named_as, section FROM people_now ORDER BY named_as") == [
        ("Stina Dahl", "upphandlare", "Haninge kommun", "contact", "h-Kontakt"),
        ("Åsa Grön", "Utredare", "", "responsible", None),
        ("Stina Dahl", "upphandlare", "Haninge kommun", "speaker", "h-Vi lärde oss"),
    ]


def test_a_contact_stands_as_long_as_its_person_with_number_or_address_does(archive: Archive, path: Path) -> None:
    """In the content from revision to revision, in the chrome from look to look; each says where."""
    mail = {"mail": "stina@haninge.example", "phone": "08-12 34 56"}

    def reads(seen: Capture) -> Reading:
        return msgspec.structs.replace(
            known(reread(seen).page or A, ("Stina Dahl", {**STINA[1], **mail})),
            chrome=Chrome(parts=(BOX,)) if seen.fetched_at < night(3) else Chrome(),
            contacts=((OFFERED,),) if seen.fetched_at < night(3) else (),
        )

    for number, record in enumerate((A, B, B, B), 1):
        night_of(archive, number, record, reads)
    told = "SELECT section, part, name, mail, phone, first_seen, removed FROM contact_list ORDER BY part"
    assert rows(archive, told) == [
        ("h-Vi lärde oss", None, "Stina Dahl", *mail.values(), "2026-03-01T02:10:00.000Z", "2026-03-02T02:10:00.000Z"),
        (None, "contact", "Åsa Grön", "", "08-123 45 67", "2026-03-01T02:10:00.000Z", "2026-03-03T02:10:00.000Z"),
    ]
    assert rows(archive, "SELECT named_as FROM people") == [("contact",)]
    ready = ready_queries()["contacts"].sql
    asked = [archive.database.execute(ready, {"name": name}).fetchall() for name in ("dahl", "")]
    assert asked == [[], []], "what is gone offers nobody"
    assert found_wrong(path) == []


def test_a_date_says_how_exact_it_is_and_how_it_is_known(archive: Archive) -> None:
    """Named in the text as it is written, or stated by the page of itself, which may come to state another."""
    dated = page(section("Starten", "I maj 2018 började det."), published=Dated(on=date(2021, 5, 24), source="meta"))
    later = msgspec.structs.replace(dated, published=Dated(on=date(2021, 6, 1), source="text"))

    def reads(seen: Capture) -> Reading:
        return known(reread(seen).page or A, ("maj 2018", {"kind": "date", "name": "2018-05"}))

    night_of(archive, 1, dated, reads)
    night_of(archive, 2, later, reads)
    first, second = "2026-03-01T02:10:00.000Z", "2026-03-02T02:10:00.000Z"
    assert rows(
        archive, "SELECT section, date, precision, words, says, source, first_seen, removed FROM date_list"
    ) == [
        ("h-Starten", "2018-05", "month", "maj 2018", "named", "text", first, None),
        (None, "2021-05-24", "day", "2021-05-24", "published", "meta", first, second),
        (None, "2021-06-01", "day", "2021-06-01", "published", "text", second, None),
    ]


@pytest.mark.parametrize("people", [True, False])
def test_people_are_recorded_only_where_the_site_file_says_so(people: bool) -> None:  # noqa: FBT001 -- of two
    """The responsible person too; what the page record says is the page's own and stays."""
    reading = recognised(Reading(verdict="page", page=A), Rules(people=people))
    assert reading.page == A
    kinds = {one.kind for mentions in reading.mentions or () for one in mentions}
    assert ("person" in kinds) is people
    assert "municipality" in kinds


def test_a_better_recogniser_is_never_news(archive: Archive, path: Path) -> None:
    """The same record with other mentions makes no revision; from then on the better ones stand."""
    night_of(archive, 1, B)
    night_of(archive, 2, A, read=lambda seen: known(reread(seen).page or A, HANINGE))
    assert rows(archive, "SELECT name FROM people_now") == []
    night_of(archive, 3, A)
    assert rows(archive, "SELECT count(*) FROM revisions") == [(2,)]
    assert rows(archive, "SELECT name, since FROM people_now ORDER BY name") == [
        ("Stina Dahl", "2026-03-02T02:10:00.000Z"),
        ("Åsa Grön", "2026-03-02T02:10:00.000Z"),
    ]
    night_of(archive, 4, A, read=lambda seen: known(reread(seen).page or A, HANINGE))
    assert rows(archive, "SELECT name FROM people WHERE from_revision = 2") == []
    assert found_wrong(path) == []


def test_what_an_equal_record_named_is_not_looked_for_again(archive: Archive, path: Path) -> None:
    """As long as program, parser and configuration are those of the last look; else all is looked through."""
    night_of(archive, 1, A)
    before = rows(archive, "SELECT * FROM mentions")
    kept = archive.keep(begin(archive, night(2)), capture(at=night(2), body=written(A)))
    held = archive.held_record(kept, parser=PARSER)
    assert held == digest(A)
    assert archive.held_record(kept, parser="another") is None
    reading = recognised(Reading(verdict="page", page=A), Rules(people=True), held)
    assert reading.mentions is None
    assert archive.record(kept.id, reading, parser=PARSER, reread=by_hand).finding == "unchanged"
    assert rows(archive, "SELECT * FROM mentions") == before
    assert recognised(Reading(verdict="page", page=B), Rules(), held).mentions is not None
    for number, (site, version) in enumerate(((SITE, "9"), (msgspec.structs.replace(SITE, people=True), "0")), 3):
        run = archive.begin_run(site, version=version, now=night(number))
        kept = archive.keep(run, capture(at=night(number), body=written(A)))
        assert archive.held_record(kept, parser=PARSER) is None
    assert found_wrong(path) == []


def test_a_record_that_is_no_longer_the_last_is_looked_through_after_all(archive: Archive, path: Path) -> None:
    """Another look at the page was read between the question and the answer."""
    night_of(archive, 1, A)
    run = begin(archive, night(2))
    between = archive.keep(run, capture(at=night(2), body=written(B)))
    archive.record(between.id, known(B), parser=PARSER, reread=by_hand)
    kept = archive.keep(begin(archive, night(3)), capture(at=night(3), body=written(A)))
    archive.record(kept.id, Reading(verdict="page", page=A, mentions=None), parser=PARSER, reread=by_hand)
    assert rows(archive, "SELECT name FROM people_now ORDER BY name") == [("Stina Dahl",), ("Åsa Grön",)]
    assert found_wrong(path) == []


def test_a_late_look_ends_as_time_order_does(archive: Archive, tmp_path: Path) -> None:
    """R19 for mentions: what was read after it is taken back and read again."""
    for number, record in ((1, A), (3, A), (2, B)):
        night_of(archive, number, record)
    with Archive(tmp_path / "in-order.db") as other:
        for number, record in ((1, A), (2, B), (3, A)):
            night_of(other, number, record)
        assert derived(archive.database) == derived(other.database)
    assert len(rows(archive, "SELECT 1 FROM mentions WHERE name = 'Stina Dahl'")) == 2


@pytest.mark.parametrize("keep", [1, 2])
def test_pruning_lets_mentions_begin_later(archive: Archive, path: Path, keep: int) -> None:
    """What also stood in the revisions that stay, stands in them; what only stood before is gone."""
    for number, record in enumerate((A, B, page(LAUNDRY)), 1):
        night_of(archive, number, record)
    with transaction(archive.database, path):
        reason = Reason(text="plats", now=night(9), pruned=True)
        prune(archive.database, plan(archive.database, keep=keep), reason)
    names = {name for (name,) in rows(archive, "SELECT name FROM mentions")}
    assert names == ({"Haninge"} if keep == 1 else {"Haninge", "Åsa Grön"})
    assert rows(archive, "SELECT DISTINCT section FROM current_mentions") == [("h-Tvätteriet",)]
    assert found_wrong(path) == []


def test_a_person_who_is_erased_is_no_speaker_and_no_contact_either(archive: Archive, path: Path) -> None:
    """Also where the text has the surname alone; the places that stood beside stay."""
    short = section("Senare", "Dahl är nöjd, i Haninge kommun.")
    surname = ("Dahl", {"name": "Stina Dahl", "role": "upphandlare"})

    def read(seen: Capture) -> Reading:
        return known(reread(seen).page or A, STINA, ASA, HANINGE, surname)

    night_of(archive, 1, page(QUOTE, CONTACT, short, responsible=Person(name="Åsa Grön")), read)
    night_of(archive, 2, page(LAUNDRY, short), read)
    with transaction(archive.database, path):
        redact_person(archive.database, Name("Stina Dahl"), Reason(text="beslut 1", now=night(9)))
    told = rows(archive, "SELECT name FROM people UNION SELECT name FROM mentions")
    assert told == [("Haninge",), ("Åsa Grön",)]
    assert "Dahl" not in str(learning_examples(archive.database)).replace("Dahl är nöjd", "")
    assert found_wrong(path) == []


def test_who_is_erased_can_no_longer_be_reached(archive: Archive, path: Path) -> None:
    """The number in the chrome goes with the name, and a person beside stays."""
    other = Contact(name="Bo Ek", phone="08-765 43 21", start=0, end=5)
    part = msgspec.structs.replace(BOX, blocks=(*BOX.blocks, Paragraph(text="Bo Ek, 08-765 43 21")))

    def reads(seen: Capture) -> Reading:
        return msgspec.structs.replace(boxed(seen), chrome=Chrome(parts=(part,)), contacts=((OFFERED, other),))

    night_of(archive, 1, A, reads)
    with transaction(archive.database, path):
        redact_person(archive.database, Name("Åsa Grön"), Reason(text="beslut 1", now=night(9)))
    assert rows(archive, "SELECT name, phone FROM contact_list") == [("Bo Ek", "08-765 43 21")]
    assert found_wrong(path) == []


def test_a_page_that_is_gone_offers_nobody_in_its_chrome_either(archive: Archive) -> None:
    """An answer 404 ends what the box offered, a failure does not; a page that is back offers it again."""
    night_of(archive, 1, A, boxed)
    run = begin(archive, night(2))
    archive.keep(run, capture(at=night(2), outcome="timeout", status=None, body=None))
    archive.finish_run(run, "partial", {}, now=night(2))
    removed = "SELECT removed FROM contact_list WHERE part = 'contact'"
    assert rows(archive, removed) == [(None,)]
    gone(archive, 3)
    gone(archive, 4)
    assert rows(archive, removed) == [("2026-03-03T02:10:00.000Z",)]
    night_of(archive, 5, A, boxed)
    assert rows(archive, removed) == [(None,)]


def test_people_of_the_chrome_are_told_only_by_readings_that_record_people(archive: Archive) -> None:
    """A site that records nobody shows nobody of a box that it shares, and one that stops does so the same night."""
    nobody = night_of_site(archive, 1, "stangd", people=False)
    night_of_site(archive, 2, "oppen", people=True)
    night_of_site(archive, 3, "stangd", people=False)
    (offered,) = rows(archive, "SELECT page, name, phone, removed FROM contact_list")
    assert (offered[0] != nobody, offered[1:]) == (True, ("Åsa Grön", "08-123 45 67", None))
    night_of_site(archive, 4, "oppen", people=False)
    assert rows(archive, "SELECT removed FROM contact_list") == [("2026-03-04T02:10:00.000Z",)]
    assert rows(archive, "SELECT count(*) FROM chrome_changes") == [(0,)]


def test_with_a_name_go_the_number_and_the_address_that_are_nobody_elses(archive: Archive, path: Path) -> None:
    """Of content, chrome, search and what was told, however they are written; a switchboard's number stays."""
    link = Link(label="Ring", address="tel:+46701234567", kind="phone")
    reached = {**STINA[1], "mail": "sd@haninge.example", "phone": "070-123 45 67"}
    text = "Stina Dahl, upphandlare, 070-123 45 67, SD@haninge.example. Växel: 08-12 34 56"
    told = Section(heading="Kontakt", level=2, blocks=(Paragraph(text=text, links=(link,)),))
    box = ChromePart(name="contact", blocks=(Paragraph(text="Stina Dahl"), Paragraph(text="+46 (0)70 123 45 67")))
    switchboard = ("Haninge kommun", {"kind": "organisation", "phone": "08-12 34 56"})
    offered = Contact(name="Stina Dahl", phone="08-12 34 56", start=0, end=10)

    def reads(seen: Capture) -> Reading:
        record = msgspec.json.decode(seen.body or b"", type=Page)
        chrome = Chrome(parts=(box,)) if seen.fetched_at > night(1) else Chrome()
        contacts = ((offered,),) if chrome.parts else ()
        read = known(record, ("Stina Dahl", reached), switchboard)
        return msgspec.structs.replace(read, chrome=chrome, contacts=contacts)

    night_of(archive, 1, page(LAUNDRY, told), reads)
    night_of(archive, 2, page(LAUNDRY, told, CONTACT), reads)
    with transaction(archive.database, path):
        redact_person(archive.database, Name("Stina Dahl"), Reason(text="beslut 1", now=night(9)))
    left = " ".join(cell.text for cell in texts(archive.database) if cell.table != "header_sets")
    assert [way for way in ("070-123", "70 123", "46701234567", "sd@haninge", "SD@haninge") if way in left] == []
    assert "[withheld], upphandlare, [withheld], [withheld]. Växel: 08-12 34 56" in left
    assert found_wrong(path) == []


def test_a_rebuild_gives_the_same_rows(archive: Archive, path: Path) -> None:
    """Mentions, people and examples come out number for number, by the rules of the newest run."""
    for number, record in enumerate((A, B, A), 1):
        night_of(archive, number, record, boxed)
    before = exact(archive.database)
    archive.close()

    def read(capture: Capture, rules: Rules) -> Reading:
        assert rules == Rules()
        return boxed(capture)

    rebuild(path, read, parser=PARSER, now=night(9))
    database = open_for_reading(path)
    with closing(database.conn):
        assert exact(database) == before


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM mentions WHERE id = 1",
        "UPDATE mentions SET name = 'Borås' WHERE id = 1",
        "UPDATE mentions SET words = 'Borås' WHERE id = 1",
        "UPDATE mentions SET to_revision = 2 WHERE to_revision IS NULL",
        "UPDATE mentions SET mail = 'bo@haninge.example' WHERE kind = 'person'",
        "DELETE FROM people WHERE id = 1",
        "DELETE FROM examples WHERE id = 1",
    ],
)
def test_verify_finds_what_is_done_by_hand(archive: Archive, path: Path, harm: str) -> None:
    """A row lost, altered or cut short."""
    night_of(archive, 1, A)
    night_of(archive, 2, B)
    assert found_wrong(path) == []
    with closing(sqlite3.connect(path)) as by_me:
        assert by_me.execute(harm).rowcount
        by_me.commit()
    assert {one.page for one in verify_all(path)} == {1}


@pytest.mark.parametrize(
    "harm",
    ["UPDATE chrome_contacts SET phone = '08-000 00 00'", "UPDATE chrome_contacts SET role = ''",
     "DELETE FROM chrome_contacts"],
)  # fmt: skip
def test_verify_finds_a_contact_that_its_part_does_not_offer(archive: Archive, path: Path, harm: str) -> None:
    """A row altered or lost."""
    night_of(archive, 1, A, boxed)
    assert found_wrong(path) == []
    with closing(sqlite3.connect(path)) as by_me:
        by_me.execute(harm)
        by_me.commit()
    (found,) = found_wrong(path)
    assert found.endswith("of the chrome (contact) are not those that it was found to offer.")


def test_the_digest_of_mentions_knows_places_not_numbers() -> None:
    """Two archives number their sections otherwise and mean the same; another place is another thing."""
    one, other = (7, "person", "x"), (9, "person", "x")
    assert mentions_digest([one], (7, 8)) == mentions_digest([other], (9, 8))
    assert mentions_digest([one], (7, 8)) != mentions_digest([one], (8, 7))


def verify_all(path: Path) -> tuple[Finding, ...]:
    """What verify finds in the archive."""
    database = open_for_reading(path)
    with closing(database.conn):
        return verify(database, path, rng=Random(1)).findings


def found_wrong(path: Path) -> list[str]:
    """The same, in words."""
    return [one.text for one in verify_all(path)]
