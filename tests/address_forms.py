"""Addresses, their normal forms and the reasons: the tests read this table and docs/politeness.md prints it."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """One address as a page, a person or a server writes it."""

    given: str
    normal: str | None
    """None: nothing that is asked for."""
    why: str


_NET = "https://skr.se"
_BY_BROWSERS = "Read as browsers read it (the WHATWG's URL standard)."
_UTF8 = "Letters are escaped as UTF-8: both spellings are one address."
_ESCAPES = "Escapes are written in capitals (RFC 3986, 6.2.2.1)."
_UNRESERVED = "A letter that needs no escape has none (RFC 3986, 6.2.2.2)."
_BYTES = "Other bytes: to a server it may be another page."
_IDN = "A host in its own letters is the host in ASCII."
_SESSION = "A session names a visit, not a page."
_TRACKING = "Such parameters name where a visitor came from, not a page."
_SELECTS = "A parameter that may choose what the page shows stays."
_PORTLET = (
    "SiteVision's `sv.` parameters name a portlet and what it shall show; robots.txt says which may be asked for."
)
_OTHER_SERVICE = "Mail and the like listen there: no browser goes to such a port (the WHATWG's Fetch standard)."
_NOT_ASKED = "No http(s) address, or one with a password or a port that is none, is never asked for."

FORMS = (
    Form("HTTPS://SKR.SE", f"{_NET}/", "Scheme and host have no capitals, and a path begins with a slash."),
    Form("http://skr.se/a", "http://skr.se/a", "http and https are two addresses: a redirect makes them one page."),
    Form("https://www.skr.se/", "https://www.skr.se/", "So are a host with and without `www.`."),
    Form(" https://skr.se/a\n", f"{_NET}/a", "Blanks around an address are none of it."),
    Form("https://skr.se/a\tb", f"{_NET}/ab", _BY_BROWSERS),
    Form("https://skr.se:443/", f"{_NET}/", "The default port is left out."),
    Form("http://skr.se:0080/", "http://skr.se/", "The default port is left out."),
    Form("http://skr.se.:8080/", "http://skr.se:8080/", "A host with its last dot is the host; another port stays."),
    Form("https://skr.se:80/", f"{_NET}:80/", "It is the default port of http only."),
    Form("https://[0:0::1]:443/", "https://[::1]/", _BY_BROWSERS),
    Form("http://2130706433/", "http://127.0.0.1/", "A number is an address to browsers, and is checked as one."),
    Form("http://0x7f.1/", "http://127.0.0.1/", "A number is an address to browsers, and is checked as one."),
    Form("https://försäkringskassan.se/", "https://xn--frskringskassan-2kb71a.se/", _IDN),
    Form("https://FÖRSÄKRINGSKASSAN.SE/", "https://xn--frskringskassan-2kb71a.se/", _IDN),
    Form("https://xn--frskringskassan-2kb71a.se/", "https://xn--frskringskassan-2kb71a.se/", _IDN),
    Form("https://skr.se/a/../b", f"{_NET}/b", _BY_BROWSERS),
    Form("https://skr.se/a/./b", f"{_NET}/a/b", _BY_BROWSERS),
    Form("https://skr.se/a/%2e%2E/b", f"{_NET}/b", _BY_BROWSERS),
    Form(r"https://skr.se\a\b", f"{_NET}/a/b", _BY_BROWSERS),
    Form("https://skr.se//a/", f"{_NET}//a/", _BYTES),
    Form("https://skr.se/åäö", f"{_NET}/%C3%A5%C3%A4%C3%B6", _UTF8),
    Form("https://skr.se/%c3%a5%C3%A4%c3%B6", f"{_NET}/%C3%A5%C3%A4%C3%B6", _ESCAPES),
    Form("https://skr.se/a?ort=Örebro", f"{_NET}/a?ort=%C3%96rebro", _UTF8),
    Form("https://skr.se/a?ort=%d6rebro", f"{_NET}/a?ort=%D6rebro", "The letters of another encoding stay its own."),
    Form("https://skr.se/a\u030a", f"{_NET}/a%CC%8A", "An å of two signs is other bytes than an å of one."),
    Form("https://skr.se/a b", f"{_NET}/a%20b", _BY_BROWSERS),
    Form("https://skr.se/%7Ekommun/%61", f"{_NET}/~kommun/a", _UNRESERVED),
    Form("https://skr.se/a%2fb", f"{_NET}/a%2Fb", "An escaped slash is no slash."),
    Form("https://skr.se/100%", f"{_NET}/100%", _BY_BROWSERS),
    Form("https://skr.se/%%341", f"{_NET}/%%341", "What is no escape does not become one."),
    Form("https://skr.se/a?", f"{_NET}/a", "An empty query asks nothing."),
    Form("https://skr.se/a?&b=1&&c", f"{_NET}/a?b=1&c", "An empty parameter asks nothing."),
    Form("https://skr.se/a?b=2&a=1", f"{_NET}/a?b=2&a=1", "The order of a query is the server's."),
    Form("https://skr.se/a#h-Stod", f"{_NET}/a", "A fragment is a place on the page and is not sent."),
    Form("https://skr.se/a;jsessionid=1F.node2?b=1", f"{_NET}/a?b=1", _SESSION),
    Form("https://skr.se/a;JSESSIONID=1F/b.html", f"{_NET}/a/b.html", _SESSION),
    Form("https://skr.se/a?jsessionid=1F&b=1", f"{_NET}/a?b=1", _SESSION),
    Form("https://skr.se/a?PHPSESSID=1f", f"{_NET}/a", _SESSION),
    Form("https://skr.se/a;v=2", f"{_NET}/a;v=2", _SELECTS),
    Form("https://skr.se/a?b=2&utm_source=x&utm_medium=y&a=1", f"{_NET}/a?b=2&a=1", _TRACKING),
    Form("https://skr.se/a?UTM_Campaign=x", f"{_NET}/a", _TRACKING),
    Form("https://skr.se/a?fbclid=x&gclid=y&gbraid=z&wbraid=z&gclsrc=w", f"{_NET}/a", _TRACKING),
    Form("https://skr.se/a?msclkid=x&dclid=y&twclid=z&ttclid=v&li_fat_id=w&igshid=u", f"{_NET}/a", _TRACKING),
    Form("https://skr.se/a?mc_cid=x&mc_eid=y&_hsenc=z&_hsmi=1&__hstc=2&mkt_tok=3", f"{_NET}/a", _TRACKING),
    Form("https://skr.se/a?mtm_campaign=x&pk_kwd=y&piwik_kwd=z&_ga=1&_gl=2", f"{_NET}/a", _TRACKING),
    Form("https://skr.se/a?utm=33&gclidx=1&pk=2", f"{_NET}/a?utm=33&gclidx=1&pk=2", _SELECTS),
    Form("https://skr.se/a?page12_73=2&query=&startAtHit=1", f"{_NET}/a?page12_73=2&query=&startAtHit=1", _SELECTS),
    Form("https://skr.se/a?sv.url=12.69&sv.state=x", f"{_NET}/a?sv.url=12.69&sv.state=x", _PORTLET),
    Form("https://skr.se/a?sv.12.6.route=/om&sv.target=12.6", f"{_NET}/a?sv.12.6.route=/om&sv.target=12.6", _PORTLET),
    Form("ftp://skr.se/", None, _NOT_ASKED),
    Form("mailto:a@skr.se", None, _NOT_ASKED),
    Form("javascript:void(0)", None, _NOT_ASKED),
    Form("https://u:p@skr.se/", None, _NOT_ASKED),
    Form("https://skr.se:0/", None, _NOT_ASKED),
    Form("https://skr.se:99999/", None, _NOT_ASKED),
    Form("http://skr.se:25/", None, _OTHER_SERVICE),
    Form("https://skr.se:22/", None, _OTHER_SERVICE),
    Form("http://skr.se:8025/", "http://skr.se:8025/", "Any other port may have a web server."),
    Form("http://./", None, _NOT_ASKED),
    Form("http://[::1", None, _NOT_ASKED),
    Form("/a", None, "It is a reference, to be joined to the address of its page first."),
    Form("", None, "It is a reference, to be joined to the address of its page first."),
)  # fmt: skip
