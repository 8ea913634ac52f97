"""Bytes to text: content codings undone, damage told, the encoding chosen as a browser does."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.decode import Decoded, decode, prescan, undo_codings

LIMIT = 1_000_000
TEXT = "Räksmörgås på önskeön. " * 20
BODY = TEXT.encode()


def bare_deflate(body: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(body) + squeezer.flush()


def gzipped(body: bytes) -> bytes:
    """The same bytes at any time: a test's name has them."""
    return gzip.compress(body, mtime=0)


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(body)


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (BODY, None),
        (BODY, "identity"),
        (BODY, " , "),
        (gzipped(BODY), "gzip"),
        (gzipped(BODY), "X-GZIP"),
        (gzipped(BODY[:100]) + gzipped(BODY[100:]), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (bare_deflate(BODY), "deflate"),
        (zstd(BODY), "zstd"),
        (zstd(BODY[:100]) + zstd(BODY[100:]), "zstd"),
        (gzipped(zlib.compress(BODY)), "deflate, gzip"),
    ],
)
def test_content_codings_are_undone(body: bytes, coding: str | None) -> None:
    """Each coding that a server may use gives the text back, several members and several codings included."""
    assert decode(body, "text/html; charset=utf-8", coding, LIMIT) == Decoded(
        text=TEXT, encoding="utf-8", chosen_from="header"
    )


@pytest.mark.parametrize(
    ("body", "coding", "begins", "remark"),
    [
        (gzipped(BODY)[:-30], "gzip", "Räksmörgås", "gzip body is damaged: it ends too early"),
        (gzipped(BODY)[:-8] + bytes(8), "gzip", TEXT, "gzip body is damaged: Error -3"),
        (gzipped(BODY) + b"\n\n", "gzip", TEXT, "gzip body is damaged: 2 bytes stand after its end"),
        (gzipped(BODY) + gzipped(BODY)[:20], "gzip", TEXT, "gzip body is damaged: it ends too early"),
        (BODY, "gzip", TEXT, "body is not gzip though it says so"),
        (BODY, "deflate", TEXT, "body is not deflate though it says so"),
        (BODY, "zstd", TEXT, "body is not zstd though it says so"),
        (BODY, "br", TEXT, 'content coding "br" is not known here'),
        (BODY, "gzip, " * 6, TEXT, "6 content codings"),
    ],
)
def test_damage_is_told_and_what_can_be_read_is_read(body: bytes, coding: str, begins: str, remark: str) -> None:
    """A cut, corrupt, mislabelled or unknown coding loses as little as can be and never raises."""
    decoded = decode(body, None, coding, LIMIT)
    assert decoded.text.startswith(begins)
    assert decoded.remarks[0].startswith(remark)


@pytest.mark.parametrize(
    ("squeeze", "coding"),
    [(gzip.compress, "gzip"), (zlib.compress, "deflate"), (bare_deflate, "deflate"), (zstd, "zstd")],
)
def test_a_bomb_is_cut_at_the_limit(squeeze: Callable[[bytes], bytes], coding: str) -> None:
    """Ten megabytes of nothing in a few kilobytes give no more than the limit, and say that they were cut."""
    plain, remarks, whole = undo_codings(squeeze(bytes(10_000_000)), coding, 50_000)
    assert len(plain) == 50_000
    assert not whole
    assert "cut at 50000 bytes after content decoding" in remarks


def test_a_large_damaged_body_is_not_read_twice() -> None:
    """Beyond a megabyte the piece that the damage is in is given up; what came before is kept."""
    whole = b"".join(number.to_bytes(4, "big") * 8 for number in range(70_000))
    squeezed = zlib.compress(whole, 0)
    plain, remarks, _ = undo_codings(squeezed[:1_500_000] + b"\xff" * 700_000, "deflate", 10_000_000)
    assert len(squeezed) > 1_500_000
    assert 1_400_000 < len(plain) < len(whole)
    assert remarks[0].startswith("deflate body is damaged")


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "chosen_from"),
    [
        (codecs.BOM_UTF8 + "å".encode(), "text/html; charset=iso-8859-1", "utf-8", "bom"),
        (codecs.BOM_UTF16_LE + "å".encode("utf-16-le"), None, "utf-16le", "bom"),
        (codecs.BOM_UTF16_BE + "å".encode("utf-16-be"), None, "utf-16be", "bom"),
        (b"\xe5", "text/html;charset=ISO-8859-1", "windows-1252", "header"),
        (b"\xe5", 'text/html; charset="latin1"; x=y', "windows-1252", "header"),
        (b"\xe5", "text/html; charset='l1'", "windows-1252", "header"),
        (b"<meta charset=latin1>\xe5", "text/html; charset=", "windows-1252", "meta"),
        (b"<META http-equiv=Content-Type content='a; charset=iso-8859-15'>\xe5", "text/html", "iso-8859-15", "meta"),
        (b"<!--" + b"x" * 1100 + b"--><meta charset='windows-1252'>\xe5", None, "windows-1252", "late-meta"),
        ("å".encode(), None, "utf-8", "valid-utf-8"),
        (b"\xe5", None, "windows-1252", "fallback"),
        ("å".encode(), "text/html; charset=rot13", "utf-8", "valid-utf-8"),
        ("å".encode(), "text/html; charset=utf-7", "utf-8", "valid-utf-8"),
        ("å".encode(), "text/html; charset=idna\u212a", "utf-8", "valid-utf-8"),
    ],
)  # fmt: skip
def test_the_encoding_is_chosen_in_browser_order(
    body: bytes, content_type: str | None, encoding: str, chosen_from: str
) -> None:
    """BOM, header by the web's own table, meta, late meta, UTF-8 if it holds, else windows-1252."""
    decoded = decode(body, content_type, None, LIMIT)
    assert (decoded.encoding, decoded.chosen_from) == (encoding, chosen_from)
    assert decoded.text.endswith("å")
    assert decoded.remarks == ()


def test_a_header_that_goes_missing_leaves_the_text() -> None:
    """Dashes and quotes of a Latin-1 page read the same with and without its charset."""
    body = "– ”Så är det” – 5 €".encode("windows-1252")
    stated, silent = (decode(body, head, None, LIMIT) for head in ("text/html; charset=iso-8859-1", "text/html"))
    assert stated.text == silent.text == "– ”Så är det” – 5 €"


def test_lost_characters_are_counted() -> None:
    """Bytes that are not what the header says become U+FFFD, and a remark says how many."""
    decoded = decode("Gröna gårdar".encode() + b" p\xe5 \x90", "text/html; charset=utf-8", None, LIMIT)
    assert decoded.text == "Gröna gårdar p\ufffd \ufffd"
    assert decoded.remarks == ("2 replacement characters: the bytes are not all utf-8",)


SMORGAS = "Räksmörgås på Önnerödsgatan – ”så är det” – 5 €"


@pytest.mark.parametrize(
    ("label", "encoding", "chosen_from"),
    [
        ("utf-8", "windows-1252", "fallback"),
        ("windows-1252", "utf-8", "valid-utf-8"),
        ("latin1", "utf-8", "valid-utf-8"),
    ],
)
@pytest.mark.parametrize("place", ["header", "meta"])
def test_a_label_that_the_bytes_contradict_is_not_believed(
    label: str, encoding: str, chosen_from: str, place: str
) -> None:
    """windows-1252 labelled UTF-8, and the reverse, are read right wherever the label stands, with a remark."""
    head = f"<meta charset={label}>" if place == "meta" else ""
    typed = "text/html" if place == "meta" else f"text/html; charset={label}"
    decoded = decode((head + SMORGAS).encode(encoding), typed, None, LIMIT)
    assert (decoded.text, decoded.encoding, decoded.chosen_from) == (head + SMORGAS, encoding, chosen_from)
    (remark,) = decoded.remarks
    assert remark.startswith(f"labelled {'windows-1252' if label == 'latin1' else label} ({place}), but its bytes are")


@pytest.mark.parametrize(
    ("body", "label", "encoding"),
    [
        # A letter broken off or a stray byte makes no page of UTF-8 another one.
        ("Räksmörgås".encode()[:-2], "utf-8", "utf-8"),
        ("Räksmörgås på ".encode() + b"\xe5", "utf-8", "utf-8"),
        (b"Hej \x90\x8d", "utf-8", "utf-8"),
        ("Hej \ufffd".encode(), "utf-8", "utf-8"),
        # Nor is what another alphabet makes of its bytes taken for our letters.
        ("漢字かな".encode("shift-jis"), "utf-8", "utf-8"),
        ("Привет".encode("koi8-r"), "utf-8", "utf-8"),
        # And what stands in the encoding that it says is left alone.
        (SMORGAS.encode("windows-1252"), "windows-1252", "windows-1252"),
        ("Ã¤ skrivs ä.".encode("windows-1252"), "windows-1252", "windows-1252"),
        (b"Hej", "windows-1252", "windows-1252"),
        (b"Hej d\xe5", "windows-1252", "windows-1252"),
        ("Zażółć".encode("iso-8859-2"), "iso-8859-2", "iso-8859-2"),
        (codecs.BOM_UTF8 + b"\xe5\xe4\xf6", "utf-8", "utf-8"),
    ],
)
def test_a_label_that_may_be_true_is_believed(body: bytes, label: str, encoding: str) -> None:
    """Damage, other alphabets and quoted broken letters do not overrule what the page says of itself."""
    assert decode(body, f"text/html; charset={label}", None, LIMIT).encoding == encoding


def test_a_page_cut_in_the_middle_of_a_letter_is_still_utf_8() -> None:
    """Of a page labelled windows-1252 that is UTF-8 and broke off, the last half letter proves nothing."""
    body = SMORGAS.encode()[:-1]
    assert decode(body, "text/html; charset=windows-1252", None, LIMIT).encoding == "utf-8"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<meta charset=utf-16>", "utf-8"),
        (b"<meta charset=x-user-defined>", "windows-1252"),
        (b"<!--<meta charset=koi8-r>--><meta charset=latin2>", "iso-8859-2"),
        (b"<!--><meta charset=koi8-r>", "koi8-r"),
        (b"<a title='<meta charset=koi8-r>'><meta charset=latin2>", "iso-8859-2"),
        (b"</p class='<meta charset=koi8-r>'>< meta charset=koi8-u><meta/charset=latin2>", "iso-8859-2"),
        (b"<!doctype html><?php x ?><meta name=a content='charset=koi8-r'><meta charset=latin2>", "iso-8859-2"),
        (b"<meta charset=latin2 charset=koi8-r>", "iso-8859-2"),
        (b"<meta http-equiv='content-type' content='text/html'><meta charset=\"latin2\">", "iso-8859-2"),
        (b"<meta charset=sv><meta charset=latin2>", "iso-8859-2"),
        (b'<?xml version="1.0" encoding="iso-8859-2"?><html>', "iso-8859-2"),
        (b'<?xml version="1.0" encoding="sv"?><meta charset=koi8-r>', "koi8-r"),
        (b"<metadata charset=koi8-r>", None),
        (b"<meta charset=\xe5>", None),
        (b"<!-- <meta charset=koi8-r>", None),
        (b"<!doctype <meta charset=koi8-r", None),
        (b"<p", None),
        (b"1 < 2", None),
        (b"", None),
    ],
)  # fmt: skip
def test_declarations_are_found_as_the_standard_has_it(head: bytes, name: str | None) -> None:
    """Comments and attributes of other tags hide a declaration; the first of an attribute counts."""
    found = prescan(head)
    assert (found.name if found else None) == name


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=300), st.text(max_size=30), st.sampled_from(["gzip", "deflate", "zstd", "br", "gzip,zstd", ""])
)
def test_any_bytes_decode(body: bytes, content_type: str, coding: str) -> None:
    """Nothing raises, and no more comes out than the limit lets."""
    decoded = decode(body, content_type, coding, 200)
    assert len(decoded.text) <= 200


@settings(deadline=None)
@given(st.binary(max_size=2000), st.integers(1, 30))
def test_a_cut_gzip_body_gives_a_beginning(body: bytes, cut: int) -> None:
    """What comes of a cut body is how the whole begins, and never nothing said about it."""
    plain, remarks, _ = undo_codings(gzip.compress(body)[:-cut], "gzip", LIMIT)
    assert body.startswith(plain) or "read as it stands" in remarks[0]
    assert remarks
