"""Telling people: reports, the feed, messages, the monitor, and the logs; and that no secret leaves by any of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from archive.atom import add_to_feed
from archive.digest import Choice, Digest, digest_of
from archive.digest_text import digest_html, digest_json, digest_markdown
from archive.digest_words import headline
from archive.file import open_for_reading
from schemas.errors import ConfigurationError
from schemas.installation import Installation, Notify, Ping
from schemas.site import Limits
from scraper.ping import address_of
from scraper.secrets import Secrets
from tests.agency import truth
from tests.agency.server import Agency
from tests.agency.trouble import Trouble
from tests.nights import site_file, spend_night
from tests.receivers import MailServer, Receiver
from tests.runs import crawl_agency
from tests.shell import tidslager

LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
ATOM = "{http://www.w3.org/2005/Atom}"


def digest(path: Path, *runs: int, **choice: object) -> Digest:
    """What some runs have to tell."""
    database = open_for_reading(path)
    with closing(database.conn):
        return digest_of(database, runs, Choice(**choice))  # type: ignore[arg-type]


def test_only_what_was_asked_for_is_told(agency: Agency, path: Path) -> None:
    """Classes and parts of addresses choose; what is left out is counted; failures are told whatever the classes."""
    crawl_agency(agency, path, 1)
    agency.trouble[LAUNDRY] = Trouble(status=403, times=None)
    crawl_agency(agency, path, 2)
    (everything,) = digest(path, 2).nights
    (metadata,) = digest(path, 2, classes=("metadata",)).nights
    (hub,) = digest(path, 2, pages=("goda-exempel",)).nights
    assert len(everything.revised) > len(metadata.revised) > 0
    assert {change.class_ for one in metadata.revised for change in one.told.changes} == {"metadata"}
    assert metadata.untold == len(everything.revised) - len(metadata.revised)
    assert [one.page for one in hub.revised] == [1]
    assert [len(one.begun) for one in (everything, metadata, hub)] == [1, 1, 0]


def test_a_digest_is_the_same_whenever_it_is_made(agency: Agency, path: Path) -> None:
    """What a night told can be told again, to the byte, from the archive alone."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    first = digest_json(digest(path, 2))
    crawl_agency(agency, path, 3)
    again = digest(path, 2)
    assert json.loads(digest_json(again))["nights"][0]["revised"] == json.loads(first)["nights"][0]["revised"]


def test_the_reports_have_the_words_and_no_markup_of_the_pages(agency: Agency, path: Path) -> None:
    """HTML, Markdown, JSON and text by the file's name; a page's own markup stays text in each."""
    hub = (truth.HUB_HOST, truth.HUB)
    crawl_agency(agency, path, 1)
    evil = "<script>alert(1)</script> [x](http://evil.example/)"
    agency.trouble[LAUNDRY] = Trouble(status=403, times=None)
    crawl_agency(agency, path, 2)
    told = digest(path, 2)
    told = Digest(nights=told.nights, notes=(evil,))
    assert "<script" not in digest_html(told)
    assert "default-src 'none'" in digest_html(told)
    assert "<ins>fjorton</ins>" in digest_html(told)
    rendered = MarkdownIt("commonmark", {"html": False}).render(digest_markdown(told))
    assert "<script" not in rendered
    assert "evil.example/)" not in re.sub(r"<[^>]*>", "", rendered) or 'href="http://evil' not in rendered
    assert json.loads(digest_json(told))["notes"] == [evil]
    reports = tuple(path.with_name(f"r{end}") for end in (".html", ".md", ".json", ".txt"))
    spend_night(agency, path, 3, reports=reports)
    assert all(report.stat().st_size > 100 for report in reports)
    assert hub[1] in reports[3].read_text("utf-8")


def test_the_feed_is_valid_and_only_grows_by_what_is_new(agency: Agency, path: Path) -> None:
    """RFC 4287: id, title and updated everywhere, an author; ids are UUIDs, stable, unique; old entries stay."""
    feed = path.with_name("feed.xml")
    heard: list[bytes] = []
    for number in (1, 2, 2, 3):
        spend_night(agency, path, len(heard) + 1, shown=number, feed=feed)
        heard.append(feed.read_bytes())
    assert heard[1] == heard[2]  # nothing new: the file is left as it is
    first, last = (ET.fromstring(heard[at]) for at in (1, 3))
    entries = last.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids) > len(first.findall(f"{ATOM}entry")) > 0
    kept = {entry.findtext(f"{ATOM}id"): ET.tostring(entry) for entry in entries}
    assert all(kept[e.findtext(f"{ATOM}id")].strip() == ET.tostring(e).strip() for e in first.findall(f"{ATOM}entry"))
    for element in (last, *entries):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}")
        assert UUID(element.findtext(f"{ATOM}id", "").removeprefix("urn:uuid:")).version == 5
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", element.findtext(f"{ATOM}updated", ""))
    assert last.findtext(f"{ATOM}author/{ATOM}name")
    assert {entry.find(f"{ATOM}content").get("type") for entry in entries} == {"html"}  # type: ignore[union-attr]
    assert last.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated", "") for entry in entries)


def test_a_feed_keeps_so_many_entries_and_refuses_another_file(agency: Agency, path: Path) -> None:
    """The newest stay; what is no feed of ours is left alone."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2)
    feed = path.with_name("feed.xml")
    assert add_to_feed(feed, digest(path, 2), keep=1) > 1
    assert len(ET.parse(feed).getroot().findall(f"{ATOM}entry")) == 1
    feed.write_text("<html/>", "utf-8")
    with pytest.raises(ConfigurationError, match="no Atom feed of ours"):
        add_to_feed(feed, digest(path, 2), keep=1)
    assert feed.read_text("utf-8") == "<html/>"


def test_the_webhook_gets_one_signed_message_a_night(agency: Agency, path: Path) -> None:
    """JSON with an HMAC-SHA256 over its bytes; a quiet night has no message unless it is asked for."""
    with Receiver() as hook:
        told = Notify(webhook=f"{hook.address}/in/geheim")
        installation = Installation(notify=told, own_network=True)
        secrets = Secrets(webhook_key="nyckel")
        for number, shown in ((1, 1), (2, 2), (3, 2)):
            done = spend_night(agency, path, number, shown=shown, installation=installation, secrets=secrets)
            assert done.exit_code == 0
        assert len(hook.told) == 2
        (_, message) = hook.told
        signed = hmac.new(b"nyckel", message.body, hashlib.sha256).hexdigest()
        assert message.fields["X-Tidslager-Signature"] == f"sha256={signed}"
        assert json.loads(message.body)["nights"][0]["run"] == 2
        quiet = Installation(notify=Notify(webhook=told.webhook, quiet_nights=True), own_network=True)
        spend_night(agency, path, 4, shown=2, installation=quiet)
        assert "X-Tidslager-Signature" not in hook.told[-1].fields
        assert json.loads(hook.told[-1].body)["quiet"]


def test_a_message_that_does_not_arrive_is_told_and_undoes_nothing(agency: Agency, path: Path) -> None:
    """The night is partial, says so without the address, and its run stands as it was."""
    with Receiver(status=500) as hook:
        installation = Installation(notify=Notify(webhook=f"{hook.address}/geheim"), own_network=True)
        done = spend_night(agency, path, 1, installation=installation)
    assert (done.exit_code, done.digest.nights[0].status) == (3, "ok")
    assert "answered with status 500" in done.digest.notes[0]
    assert "geheim" not in done.digest.notes[0]


def test_a_webhook_in_ones_own_network_has_to_be_allowed(agency: Agency, path: Path) -> None:
    """The rules of every connection hold: a private address is not connected to unless it was said to be ours."""
    with Receiver() as hook:
        done = spend_night(agency, path, 1, installation=Installation(notify=Notify(webhook=hook.address)))
        assert hook.told == []
    assert "private address" in done.digest.notes[0]
    assert "own_network = true" in done.digest.notes[0]


def test_services_are_told_through_apprise(agency: Agency, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message each by whatever apprise knows; an address that it does not know is told by number, not by name."""
    with Receiver() as service:
        host = service.address.removeprefix("http://")
        monkeypatch.setenv("TIDSLAGER_NOTIFY_URLS", f"json://bo:hemligt@{host}/x okand://hemligt@{host}")
        ran = tidslager("night", str(site_file(agency, path.parent)), "-a", str(path))
        assert ran.code == 3
        assert len(service.told) == 1
        assert "7 new" in json.loads(service.told[0].body)["title"]
    assert "Address 2 of a service (okand) is none that apprise can use" in ran.err
    for said in (ran.out, ran.err, path.read_bytes().decode("latin-1")):
        assert "hemligt" not in said


def _mailto(server: MailServer) -> str:
    return f"mailto://natt:hemligt@{server.host}/?from=natt@tidslager.example&to=du@example.se&mode=insecure"


def test_a_night_arrives_as_one_mail(agency: Agency, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The subject says what the night came to, the text has the words of the page; a quiet night sends none."""
    site = str(site_file(agency, path.parent))
    with MailServer() as server:
        monkeypatch.setenv("TIDSLAGER_NOTIFY_URLS", _mailto(server))
        for shown in (1, 2, 2):
            agency.night = shown
            assert tidslager("night", site, "-a", str(path), "--quiet").code == 0
    _, mail = server.mail
    assert server.recipients == ["du@example.se"] * 2
    assert mail["subject"] == "Tidslager agency: 3 changed, 1 new"
    assert mail["from"].addresses[0].addr_spec == "natt@tidslager.example"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "I dag har Verkstan i Lövfors [-elva-]{+fjorton+} anställda" in text.get_content()


def test_mail_that_is_refused_is_told(agency: Agency, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The night is partial and says which service; nothing of the address is told, and the run stands."""
    with MailServer(refuse=True) as server:
        monkeypatch.setenv("TIDSLAGER_NOTIFY_URLS", _mailto(server))
        ran = tidslager("night", str(site_file(agency, path.parent)), "-a", str(path))
    assert (ran.code, server.mail) == (3, [])
    assert "Service 1 (mailto) did not take the message." in ran.err
    assert "hemligt" not in ran.out + ran.err


def test_a_subject_says_that_something_is_wrong(agency: Agency, path: Path) -> None:
    """What went wrong around the runs stands in the headline, also where no page changed and where there was no run."""
    crawl_agency(agency, path, 1)
    crawl_agency(agency, path, 2, shown=1)
    (quiet,) = digest(path, 2).nights
    assert headline(Digest(nights=(quiet,))) == "Tidslager agency: nothing new"
    assert headline(Digest(nights=(quiet,), notes=("A.",))) == "Tidslager agency: something is wrong"
    assert headline(Digest(nights=(), notes=("A.",))) == "Tidslager: something is wrong"


def test_pages_that_came_later_were_not_left_out(agency: Agency, path: Path) -> None:
    """Told again, a night names what it did not look at of the pages that there were, not of those that came since."""
    crawl_agency(agency, path, 1, hosts=(truth.HUB_HOST,))
    crawl_agency(agency, path, 2)
    assert digest(path, 1).nights[0].not_looked_at == ()
    crawl_agency(agency, path, 3, limits=Limits(pages=2))
    assert len(digest(path, 3).nights[0].not_looked_at) >= 5


def test_notify_test_says_whether_messages_arrive(agency: Agency, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tidslager notify --test` sends one; without it the newest night is told again; nobody to tell is a mistake."""
    crawl_agency(agency, path, 1)
    assert tidslager("notify", "--test").code == 2
    with Receiver() as hook:
        monkeypatch.setenv("TIDSLAGER_NOTIFY_WEBHOOK", hook.address)
        monkeypatch.setenv("TIDSLAGER_OWN_NETWORK", "yes")
        assert tidslager("notify", "--test").code == 0
        assert json.loads(hook.told[0].body)["test"]
        assert tidslager("notify", "-a", str(path)).code == 0
        assert json.loads(hook.told[1].body)["nights"][0]["run"] == 1
    ran = tidslager("notify", "--test")
    assert ran.code == 1
    assert "was not told" in ran.err


def test_the_monitor_hears_of_start_success_and_failure(agency: Agency, path: Path) -> None:
    """Start and done; a partial night is done; a night that could not be is a failure, whatever stopped it."""
    with Receiver() as monitor:
        installation = Installation(ping=Ping(url=f"{monitor.address}/id"), own_network=True)
        spend_night(agency, path, 1, installation=installation)
        agency.trouble[LAUNDRY] = Trouble(status=403, times=None)
        assert spend_night(agency, path, 2, shown=1, installation=installation).exit_code == 3
        spend_night(agency, path, 3, sites=("nowhere.toml",), installation=installation)
        path.rename(path.with_name("away.db"))
        with pytest.raises(Exception, match="moved or taken away"):
            spend_night(agency, path, 4, shown=1, installation=installation)
        assert monitor.paths() == ["/id/start", "/id"] * 2 + ["/id/start", "/id/fail"] * 2
    named = Ping(url="https://a.example/x", start="https://a.example/s", fail="https://a.example/f")
    assert [address_of(named, one) for one in ("start", "done", "fail")] == [
        "https://a.example/s",
        "https://a.example/x",
        "https://a.example/f",
    ]


def test_a_monitor_that_is_dead_or_slow_never_fails_the_night(agency: Agency, path: Path) -> None:
    """Nobody listens, or nobody answers: the night is ok, and waits no longer than it says."""
    dead = Installation(ping=Ping(url="http://127.0.0.1:9/x", timeout_s=2), own_network=True)
    assert spend_night(agency, path, 1, installation=dead).exit_code == 0
    with Receiver(silent=True) as monitor:
        began = time.monotonic()
        slow = Installation(ping=Ping(url=monitor.address, timeout_s=0.2), own_network=True)
        assert spend_night(agency, path, 2, shown=1, installation=slow).exit_code == 0
        assert time.monotonic() - began < 10
        assert monitor.paths() == ["//start".removeprefix("/"), "/"]


def test_what_stops_a_night_is_told_to_those_who_asked(agency: Agency, path: Path) -> None:
    """Nobody sees the terminal of a night: the sentence goes the way of every message."""
    path.write_text("no archive", "utf-8")
    with Receiver() as hook:
        installation = Installation(notify=Notify(webhook=hook.address), own_network=True)
        with pytest.raises(Exception, match="not an archive"):
            spend_night(agency, path, 1, installation=installation)
        assert "not an archive" in json.loads(hook.told[0].body)["notes"][0]
