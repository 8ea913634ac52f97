"""The pretend agency keeps its promises: noise that always differs, edits that truth.py knows, trouble as ordered."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from threading import Barrier, Event, Thread

import pytest
from protego import Protego
from selectolax.lexbor import LexborHTMLParser

from tests.agency import nightly, noise, truth
from tests.agency.__main__ import main
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, busy, challenge

HUB = (truth.HUB_HOST, truth.HUB)
LAUNDRY = (truth.EXAMPLE_HOST, truth.LAUNDRY)
JOINERY = (truth.EXAMPLE_HOST, truth.JOINERY)
BICYCLES = (truth.EXAMPLE_HOST, truth.BICYCLES)
NIGHTS = range(1, nightly.LAST_NIGHT + 1)
SHOWN = [
    (night, *address)
    for night in NIGHTS
    for address, fate in truth.fates(night).items()
    if fate not in {"gone", "refused"} and nightly.shown(night, *address).file
]


@pytest.fixture
def agency() -> Iterator[Agency]:
    """An agency on a free port, on night 1."""
    with Agency() as running:
        yield running


class Response:
    """A whole answer, as the standard library reads it."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.fields = answer.headers
        self.body = answer.read()


def get(agency: Agency, address: tuple[str, str], **fields: str) -> Response:
    connection = http.client.HTTPConnection("127.0.0.1", agency.port, timeout=5)
    try:
        connection.request("GET", address[1], headers={"Host": address[0], **fields})
        return Response(connection.getresponse())
    finally:
        connection.close()


def written(night: int, host: str, path: str) -> str:
    """What editors have written, white space run together, wherever a page stands that night."""
    if moved_to := nightly.shown(night, host, path).moved_to:
        path = moved_to.removeprefix(f"http://{host}")
    return " ".join(nightly.source(night, host, path).split())


def content(page: bytes) -> str:
    """Text of a rendered page's content boxes, without the words meant for screen readers."""
    tree = LexborHTMLParser(page.decode())
    for node in tree.css("form, .env-assistive-text"):
        node.decompose()
    return " ".join(" ".join(box.text() for box in tree.css(".pagecontent, #text")).split())


def headings(night: int) -> list[str]:
    """Headings of the hub's content, as paths, in document order."""
    outer, paths = "", []
    for heading in LexborHTMLParser(nightly.source(night, *HUB)).css(".pagecontent h2, .pagecontent h3"):
        text = heading.text()
        outer = text if heading.tag == "h2" else outer
        paths.append(text if heading.tag == "h2" else f"{outer} › {text}")
    return paths


@pytest.mark.parametrize(("night", "host", "path"), SHOWN)
def test_noise_makes_any_two_answers_differ_and_nothing_else_does(night: int, host: str, path: str) -> None:
    """Two answers of a night differ in bytes, share their content, and are equal once the noise is out."""
    first, second = (nightly.page(night, host, path, request) for request in (1, 2))
    assert first != second
    assert content(first) == content(second) != ""
    assert b"[[" not in first + nightly.page_without_noise(night, host, path)
    assert nightly.page(night, host, path, 1) == first


def test_marks_of_one_answer_agree_with_each_other() -> None:
    """A dropdown's button still points at its list, scripts share one nonce, and widgets have ids of their own."""
    page = nightly.page(1, *HUB, 7).decode()
    pointed_at = re.findall(r'data-target="#(sv_[^"]+)"', page)
    assert len(pointed_at) == 1
    assert f'id="{pointed_at[0]}"' in page
    assert len(set(re.findall(r'nonce="([^"]+)"', page))) == 1
    cids = re.findall(r'data-cid="([0-9a-f-]{36})"', page)
    assert len(cids) == len(set(cids)) == 2


def test_each_kind_of_noise_is_in_the_hub() -> None:
    """Nonces, tokens, widget ids, session ids in forms and in one link of the content, and a clock all differ."""
    patterns = (
        r'<script nonce="([^"]+)"',
        r'<style nonce="([^"]+)"',
        r"csrfToken:'(\w+)'",
        r'data-cid="([0-9a-f-]{36})"',
        r'id="(sv_[^"]+)"',
        r'action="[^"]*;jsessionid=(\w+)',
        r'href="[^"]*;jsessionid=(\w+)"',
        r'"servedAt":(\d+)',
    )
    first, second = (nightly.page(1, *HUB, request).decode() for request in (1, 2))
    for pattern in patterns:
        assert re.findall(pattern, first), pattern
        assert not set(re.findall(pattern, first)) & set(re.findall(pattern, second)), pattern
    assert len(re.findall(patterns[6], first)) == 1


def test_a_misspelt_mark_does_not_pass_for_content() -> None:
    """A mark without a meaning raises, and so does a part or a page that the night does not have."""
    with pytest.raises(KeyError):
        noise.fill("[[nonse]]", 1, "/")
    with pytest.raises(FileNotFoundError, match="no-such-host"):
        nightly._part(1, "no-such-host", "head")
    with pytest.raises(FileNotFoundError, match="night 2"):
        nightly.source(2, *JOINERY)


@pytest.mark.parametrize("host", nightly.HOSTS)
@pytest.mark.parametrize("part", ["head", "header", "aside", "footer", "external"])
def test_the_chrome_of_night_2_is_another(host: str, part: str) -> None:
    """Head, header, related lists, footer and link suffix all change between the nights, without any edit."""
    assert nightly._part(1, host, part) != nightly._part(2, host, part)


def test_the_banner_comes_on_night_2_and_goes_again() -> None:
    """The alert, the cookie banner and the link suffix of night 2 are not on night 1; the alert is gone on night 3."""
    one, two, three = (nightly.page_without_noise(night, *HUB).decode() for night in NIGHTS)
    for words in ("Telefonväxeln är stängd", "Vi använder kakor", "öppnas i nytt fönster", "Webbutbildningar"):
        assert words not in one
        assert words in two
    assert "Telefonväxeln är stängd" not in three


@pytest.mark.parametrize("edit", truth.EDITS, ids=lambda edit: edit.said)
def test_an_edit_of_the_truth_is_in_the_pages(edit: truth.Edit) -> None:
    """Text before stands on the night before and no more; text after stands on the night and did not before."""
    before = written(edit.night - 1, edit.host, edit.path)
    after = written(edit.night, edit.host, edit.path)
    old, new = edit.page_before or edit.before, edit.page_after or edit.after
    assert old is None or old in before
    assert new is None or new in after
    if edit.kind != "moved":
        assert old is None or old not in after
        assert new is None or new not in before


@pytest.mark.parametrize("night", [2, 3])
def test_the_truth_leaves_no_edit_out(night: int) -> None:
    """Each line that differs from the night before holds a piece of a known edit."""
    edited = {address for address, fate in truth.fates(night).items() if fate == "edited"}
    assert edited == {(edit.host, edit.path) for edit in truth.edits(night)}
    for host, path in edited:
        known = [edit for edit in truth.edits(night) if (edit.host, edit.path) == (host, path)]
        before, after = (set(nightly.source(n, host, path).splitlines()) for n in (night - 1, night))
        pieces_before = [edit.page_before or edit.before for edit in known]
        pieces_after = [edit.page_after or edit.after for edit in known]
        assert [line for line in before - after if not holds_one(line, pieces_before)] == []
        assert [line for line in after - before if not holds_one(line, pieces_after)] == []
        assert len(before - after) + len(after - before) == sum(count_of_lines(edit) for edit in known)


def holds_one(line: str, pieces: list[str | None]) -> bool:
    return any(piece is not None and piece in line for piece in pieces)


def count_of_lines(edit: truth.Edit) -> int:
    """Lines that differ for one edit: none for a move, one where something came or went, else two."""
    return {"moved": 0, "added": 1, "removed": 1}.get(edit.kind, 2)


@pytest.mark.parametrize(
    "edit", [e for e in truth.EDITS if e.where and e.path == truth.HUB], ids=lambda edit: edit.said
)
def test_where_an_edit_stands_is_a_heading_of_the_page(edit: truth.Edit) -> None:
    """The heading path exists after the edit, or before it for what was removed."""
    assert edit.where in headings(edit.night - 1 if edit.kind == "removed" else edit.night)


def test_one_section_changes_place() -> None:
    """Between night 1 and night 2 the sections keep their order but for the one that is called moved."""
    moved, renamed = (next(edit for edit in truth.EDITS if edit.kind == kind) for kind in ("moved", "renamed"))
    before = [renamed.where if path == renamed.before else path for path in headings(1)]
    after = headings(2)
    assert before != after
    assert [path for path in before if path != moved.where] == [path for path in after if path != moved.where]


@pytest.mark.parametrize("fate", truth.FATES, ids=lambda fate: f"{fate.night} {fate.fate} {fate.path}")
def test_each_page_meets_its_fate(agency: Agency, fate: truth.PageFate) -> None:
    """What truth.py says of a page on a night is what the agency answers, and what it answered the night before."""
    agency.night = fate.night
    host, path, before = fate.host, fate.path, fate.night - 1
    status = get(agency, (host, path)).status
    match fate.fate:
        case "new":
            assert (status, nightly.shown(before, host, path).file) == (200, None)
        case "unchanged":
            assert written(fate.night, host, path) == written(before, host, path)
        case "edited":
            assert written(fate.night, host, path) != written(before, host, path)
        case "gone":
            assert (status, nightly.shown(before, host, path).file is None) == (404, False)
        case "back":
            assert truth.fates(before)[host, path] == "gone"
            assert written(fate.night, host, path) == written(before - 1, host, path)
        case "moved":
            assert status == 301
            assert fate.to == nightly.shown(fate.night, host, path).moved_to
            assert written(fate.night, host, path) == written(before, host, path)
        case "refused":
            assert not allowed(host, path)


def allowed(host: str, path: str) -> bool:
    robots = Protego.parse(nightly.source(1, host, "/robots.txt"))
    return bool(robots.can_fetch(f"http://{host}{path}", "tidslager"))


@pytest.mark.parametrize("night", NIGHTS)
def test_the_hub_links_to_each_page_that_has_a_fate_and_to_no_other(night: int) -> None:
    """Content links of the hub: the pages of the truth, one document, other hosts, one mail and one phone address."""
    page = LexborHTMLParser(noise.still(nightly.source(night, *HUB), truth.HUB))
    links = [node.attributes["href"] or "" for node in page.css(".pagecontent a[href]")]
    schemes = [link.partition(":")[0] for link in links if link.startswith(("mailto:", "tel:"))]
    places = {
        re.sub(r"^(http://(www\.)?)?", "" if link.startswith("http") else truth.HUB_HOST, link)
        for link in (link.removesuffix(";jsessionid=") for link in links)
        if link.startswith(("http://", "/"))
    }
    known = {host + path for host, path in truth.fates(night) if path != truth.HUB}
    assert places == known | {truth.HUB_HOST + truth.DOCUMENT}
    assert sorted(schemes) == ["mailto", "tel"]
    assert {link for link in links if link.startswith("https:")} <= set(truth.OUT_OF_SCOPE)
    assert any(link.startswith("http://www.") for link in links)


def test_robots_let_everything_through_but_the_printable_page() -> None:
    """One page that the hub links to is refused, by a rule with a wildcard; the pace asked for is small."""
    for fate in truth.FATES:
        assert allowed(fate.host, fate.path) == (fate.fate != "refused")
    for host in nightly.HOSTS:
        delay = Protego.parse(nightly.source(1, host, "/robots.txt")).crawl_delay("tidslager")
        assert delay is not None
        assert 0 < delay < 0.1


def test_www_answers_with_the_bare_host(agency: Agency) -> None:
    """A leading "www." is a redirect, path and query kept."""
    answer = get(agency, ("www." + LAUNDRY[0], LAUNDRY[1] + "?a=1"))
    assert (answer.status, answer.fields["Location"]) == (301, f"http://{LAUNDRY[0]}{LAUNDRY[1]}?a=1")


@pytest.mark.parametrize(
    "address",
    [("nowhere.example", "/"), (HUB[0], "/no-such-page.html"), (HUB[0], "/../../2/gone.txt"), (HUB[0], "/arbete")],
)
def test_what_is_not_there_is_404(agency: Agency, address: tuple[str, str]) -> None:
    """Unknown hosts, unknown pages, folders, and paths that climb out of their host are not found."""
    answer = get(agency, address)
    assert answer.status == 404
    assert answer.fields["Content-Type"].startswith("text/html")


def test_a_night_may_be_switched_while_the_agency_answers(agency: Agency) -> None:
    """The joinery is there on night 1, gone on night 2, back on night 3."""
    statuses = []
    for agency.night in NIGHTS:
        statuses.append(get(agency, JOINERY).status)
    assert statuses == [200, 404, 200]


def test_answers_carry_type_and_length_and_no_validator(agency: Agency) -> None:
    """HTML, robots.txt and the document say what they are and how long; nothing dates or tags them."""
    expected = {HUB: "text/html", (HUB[0], "/robots.txt"): "text/plain", (HUB[0], truth.DOCUMENT): "application/pdf"}
    for address, media_type in expected.items():
        answer = get(agency, address)
        assert answer.fields["Content-Type"].startswith(media_type)
        assert int(answer.fields["Content-Length"]) == len(answer.body) > 0
        assert "ETag" not in answer.fields
        assert "Last-Modified" not in answer.fields


def test_a_session_id_in_the_path_is_not_another_page(agency: Agency) -> None:
    """The path with ;jsessionid= answers as the path without."""
    assert get(agency, (HUB[0], truth.QUESTIONS + ";jsessionid=0A1B")).status == 200


def test_validators_are_of_the_page_without_noise(agency: Agency) -> None:
    """With validators on, two answers share a tag, the tag is honoured with 304, and a changed page has another."""
    agency.validators = True
    first, second = get(agency, HUB), get(agency, HUB)
    assert first.body != second.body
    tag = first.fields["ETag"]
    assert tag == second.fields["ETag"]
    unchanged = get(agency, HUB, **{"If-None-Match": tag})
    assert (unchanged.status, unchanged.body, unchanged.fields["ETag"]) == (304, b"", tag)
    agency.night = 2
    assert get(agency, HUB, **{"If-None-Match": tag}).status == 200


def test_trouble_strikes_as_often_as_ordered(agency: Agency) -> None:
    """A refusal with Retry-After strikes twice, then the page answers; one without end strikes always."""
    agency.trouble[HUB] = busy(status=429, retry_after="1", times=2)
    answers = [get(agency, HUB) for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].fields["Retry-After"] == "1"
    agency.trouble[HUB] = busy(times=None)
    assert [get(agency, HUB).status for _ in range(4)] == [503] * 4
    assert get(agency, LAUNDRY).status == 200
    del agency.trouble[HUB]
    assert get(agency, HUB).status == 200


def test_a_second_order_for_an_address_counts_from_nothing(agency: Agency) -> None:
    """An order that is used up does not use up the next one for the same address, were it the same in every word."""
    for _ in range(2):
        agency.trouble[HUB] = busy()
        assert [get(agency, HUB).status for _ in range(2)] == [503, 200]


def test_trouble_may_change_type_body_and_fields(agency: Agency) -> None:
    """Another media type, other bytes and fields more than usual are sent as ordered, with the length of the body."""
    fields = (("Content-Type", "application/pdf"), ("Set-Cookie", "a=1"), ("date", "Thu, 01 Jan 1970 00:00:00 GMT"))
    agency.trouble[HUB] = Trouble(fields=fields, body=b"\xff\x00")
    answer = get(agency, HUB)
    assert (answer.status, answer.body, answer.fields["Content-Length"]) == (200, b"\xff\x00", "2")
    assert answer.fields.get_all("Content-Type") == ["application/pdf"]
    assert answer.fields.get_all("Date") == ["Thu, 01 Jan 1970 00:00:00 GMT"]
    assert answer.fields["Set-Cookie"] == "a=1"


def test_a_challenge_is_status_200_and_not_the_page(agency: Agency) -> None:
    """The doorkeeper's page has no trace of the page behind it."""
    agency.trouble[HUB] = challenge()
    answer = get(agency, HUB)
    assert answer.status == 200
    assert b"verify that you are human" in answer.body
    assert b"pagecontent" not in answer.body


@pytest.mark.parametrize("status", [304, 500, 999])
def test_another_status_has_no_body_of_the_page(agency: Agency, status: int) -> None:
    """A status that is not the page's own is sent bare unless a body is ordered, even one that HTTP does not know."""
    agency.trouble[HUB] = Trouble(status=status)
    answer = get(agency, HUB)
    assert (answer.status, answer.body) == (status, b"")


def test_an_empty_reply_is_no_byte_at_all(agency: Agency) -> None:
    """The connection closes; the visit has no status."""
    agency.trouble[HUB] = Trouble(empty=True)
    with pytest.raises(http.client.RemoteDisconnected):
        get(agency, HUB)
    assert agency.log[-1].status is None


def test_a_cut_body_is_shorter_than_it_says(agency: Agency) -> None:
    """The connection closes ten bytes before Content-Length is reached."""
    agency.trouble[HUB] = Trouble(missing=10)
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(agency, HUB)
    assert caught.value.expected == 10


def test_raw_bytes_are_sent_as_they_are(agency: Agency) -> None:
    """A head that no library would write reaches the client byte for byte."""
    agency.trouble[HUB] = Trouble(raw=b"HTTP/1.1 200\r\nX-odd :  a\r\nContent-Length: 2\r\n\r\nhi and more")
    with socket.create_connection(("127.0.0.1", agency.port), timeout=5) as connection:
        connection.sendall(f"GET {HUB[1]} HTTP/1.1\r\nHost: {HUB[0]}:80\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received == agency.trouble[HUB].raw


@pytest.mark.parametrize("hold_after", [0, 40])
def test_a_held_answer_waits_for_its_event(agency: Agency, hold_after: int) -> None:
    """So many bytes come and no more until the event is set; then the rest does."""
    agency.trouble[HUB] = Trouble(hold=Event(), hold_after=hold_after)
    with socket.create_connection(("127.0.0.1", agency.port), timeout=5) as connection:
        connection.sendall(f"GET {HUB[1]} HTTP/1.1\r\nHost: {HUB[0]}\r\nConnection: close\r\n\r\n".encode())
        head = connection.recv(hold_after, socket.MSG_WAITALL)
        connection.settimeout(0.05)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert agency.log == []
        release(agency)
        connection.settimeout(5)
        rest = b"".join(iter(lambda: connection.recv(65536), b""))
    assert (head + rest).endswith(b"</html>\n")
    assert (head + rest).startswith(b"HTTP/1.1 200 OK\r\n")


def release(agency: Agency) -> None:
    hold = agency.trouble[HUB].hold
    assert hold is not None
    hold.set()


def test_closing_sets_what_is_still_held() -> None:
    """An agency that closes leaves no answer waiting for ever, nor a client."""
    hold = Event()
    with Agency() as agency, socket.create_connection(("127.0.0.1", agency.port), timeout=5) as connection:
        agency.trouble[HUB] = Trouble(hold=hold, hold_after=5)
        connection.sendall(f"GET {HUB[1]} HTTP/1.1\r\nHost: {HUB[0]}\r\n\r\n".encode())
        assert connection.recv(5, socket.MSG_WAITALL) == b"HTTP/"
        agency.__exit__(None, None, None)
        assert hold.wait(5)
        assert connection.recv(1) == b""


def test_the_log_has_who_asked_what_and_when(agency: Agency) -> None:
    """Host, path with its query, fields in their order, a beginning before the end, and the status."""
    get(agency, (HUB[0], HUB[1] + "?q=1"), **{"User-Agent": "prov/1"})
    get(agency, ("WWW." + LAUNDRY[0].upper() + ":80", LAUNDRY[1]))
    first, second = agency.log
    assert (first.host, first.path, first.status) == (HUB[0], HUB[1] + "?q=1", 200)
    assert ("User-Agent", "prov/1") in first.fields
    assert [name for name, _ in first.fields] == ["Accept-Encoding", "Host", "User-Agent"]
    assert first.begun <= first.ended <= second.begun <= second.ended
    assert (second.host, second.status) == ("www." + LAUNDRY[0], 301)
    assert agency.asked(LAUNDRY[0]) == [LAUNDRY[1]]


def test_the_log_tells_time_by_the_clock_it_was_given() -> None:
    """A test that moves its own clock reads its own times."""
    times = iter([3.0, 5.5])
    with Agency(clock=lambda: next(times)) as agency:
        get(agency, HUB)
    assert [(visit.begun, visit.ended) for visit in agency.log] == [(3.0, 5.5)]


def test_requests_in_a_row_are_never_counted_as_two_at_once(agency: Agency) -> None:
    """A client that waits for each answer is in flight once, on one connection or on several."""
    connection = http.client.HTTPConnection("127.0.0.1", agency.port, timeout=5)
    for _ in range(30):
        connection.request("GET", "/robots.txt", headers={"Host": HUB[0]})
        connection.getresponse().read()
    connection.close()
    for _ in range(30):
        get(agency, LAUNDRY)
    assert agency.in_flight_max == {HUB[0]: 1, LAUNDRY[0]: 1}
    assert all(before.ended <= after.begun for before, after in pairwise(agency.log))


def test_requests_side_by_side_are_counted_by_host(agency: Agency) -> None:
    """Three held requests to a host, one of them by its "www." name, count as three; another host stays at one."""
    held = Event()
    addresses = [HUB, (HUB[0], truth.QUESTIONS), ("www." + HUB[0], "/")]
    for address in addresses:
        agency.trouble[address] = Trouble(hold=held)
    begun = Barrier(len(addresses) + 1)
    threads = [Thread(target=lambda address=address: (begun.wait(5), get(agency, address))) for address in addresses]
    for thread in threads:
        thread.start()
    begun.wait(5)
    get(agency, LAUNDRY)
    wait_until_in_flight(agency, HUB[0], 3)
    held.set()
    for thread in threads:
        thread.join(5)
    assert agency.in_flight_max == {HUB[0]: 3, LAUNDRY[0]: 1}


def wait_until_in_flight(agency: Agency, host: str, count: int) -> None:
    """Ask another host until the count is reached: each question gives the agency's threads a turn."""
    for _ in range(2000):
        if agency.in_flight_max.get(host) == count:
            return
        get(agency, (LAUNDRY[0], "/robots.txt"))


def test_a_client_that_hangs_up_disturbs_nobody(agency: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    """A connection reset in the middle of an answer leaves the agency answering, and nothing on stderr."""
    agency.trouble[HUB] = Trouble(hold=Event(), hold_after=5)
    connection = socket.create_connection(("127.0.0.1", agency.port), timeout=5)
    connection.sendall(f"GET {HUB[1]} HTTP/1.1\r\nHost: {HUB[0]}\r\n\r\n".encode())
    connection.recv(5, socket.MSG_WAITALL)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()
    release(agency)
    assert get(agency, HUB).status == 200
    assert capsys.readouterr().err == ""


def test_a_fault_of_the_agency_itself_is_not_passed_over(
    agency: Agency, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with a mark that has no meaning ends in a traceback on stderr, not in silence."""
    monkeypatch.setattr(nightly, "page", lambda *_: noise.fill("[[nonse]]", 1, "/").encode())
    with pytest.raises(http.client.RemoteDisconnected):
        get(agency, HUB)
    assert "KeyError: 'nonse'" in capsys.readouterr().err


def test_the_site_file_decodes_and_connects_to_the_agency(agency: Agency) -> None:
    """agency.toml is a valid site whose hosts, "www." or not, all lead to the running agency."""
    site = agency.site()
    assert site.name == "agency"
    assert site.start == (f"http://{HUB[0]}{HUB[1]}",)
    assert set(site.hosts) == set(nightly.HOSTS)
    expected = {f"{prefix}{host}:80" for host in nightly.HOSTS for prefix in ("", "www.")}
    assert site.connect_to == dict.fromkeys(expected, f"127.0.0.1:{agency.port}")
    assert site.delay_s == 0
    assert agency.origin == f"http://127.0.0.1:{agency.port}"


def test_the_command_says_what_it_serves_and_how_to_crawl_it(capsys: pytest.CaptureFixture[str]) -> None:
    """One free port, night 2: stderr names night, address and the crawl command, and the port to change."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert main(["--port", str(port), "--night", "2"], wait=lambda: None) == 0
    said = capsys.readouterr().err
    assert "night 2 of 3" in said
    assert f"http://127.0.0.1:{port}" in said
    assert "tidslager crawl tests/agency/agency.toml" in said
    assert f"8765 changed to {port}" in said


def test_the_command_ends_at_an_interrupt_without_a_fuss() -> None:
    """Ctrl-C ends it with exit code 0 and no traceback."""
    command = [sys.executable, "-m", "tests.agency", "--port", "0"]
    # Where the tests run in the background a shell has them ignore interrupts, and a child would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(5) == 0
        finally:
            process.kill()
        assert "Ctrl-C" in said[-1]
        assert process.stderr.read() == ""


def test_an_interrupt_while_serving_is_exit_code_0() -> None:
    """The same within one process, where the interrupt arrives as an exception."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    assert main(["--port", "0"], wait=interrupted) == 0


def test_a_taken_port_is_one_clear_sentence(agency: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and a sentence that names the port; any other failure of the system is not hidden."""
    assert main(["--port", str(agency.port)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(agency.port) in said

    def broken() -> None:
        raise OSError(5, "something else")

    with pytest.raises(OSError, match="something else"):
        main(["--port", "0"], wait=broken)
