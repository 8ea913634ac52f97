"""A made-up public body's web site over many nights: the same pages for every store that is measured.

Own words, drawn from a seed: the same bytes on every machine. A page has about 25 kB of chrome and as much content as
makes 30 to 80 kB. Each night some pages are edited; on deploy nights all chrome changes; and answers carry noise:

tokens      a nonce in 19 places, a CSRF token, a request's name, a UUID, two cache busters and a clock: 83 random bytes
sitevision  what two answers of a SiteVision site differed in: a nonce that is a UUID of version 1, three data-cid, four
            React names, a session in two addresses: about 130 random bytes
none        none: answers differ only where an editor or a deploy changed something
"""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schemas.page import Link, Page, Paragraph, Section

NOISES = ("tokens", "sitevision", "none")
FIRST = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
_ONSETS = [
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "fr",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "sk",
    "sl",
    "sm",
    "sn",
    "sp",
    "st",
    "str",
    "sv",
    "t",
    "tr",
    "v",
]
_VOWELS = ["a", "e", "i", "o", "u", "y", "å", "ä", "ö", "a", "e", "i", "a", "e"]
_CODAS = ["l", "n", "r", "s", "t", "d", "m", "ng", "nd", "rd", "st", "ck", "ll", "tt", "ss", "rn", "k"] + [""] * 6
_ENDINGS = ["", "", "", "en", "ar", "er", "ing", "het", "lig", "na", "a", "t"]
_NONCED = 7  # of the last scripts; with those before it is in 19 places, as on real pages


@dataclass
class _Section:
    name: str
    heading: str
    paragraphs: list[str]
    links: list[str]


@dataclass
class _Page:
    number: int
    title: str
    sections: list[_Section] = field(default_factory=list)


def _record(page: _Page) -> Page:
    return Page(
        title=page.title,
        sections=tuple(
            Section(
                heading=section.heading,
                level=2,
                anchor=section.name,
                blocks=(
                    *(Paragraph(text=text) for text in section.paragraphs),
                    *(_linked(page, text) for text in section.links),
                ),
            )
            for section in page.sections
        ),
    )


def _linked(page: _Page, text: str) -> Paragraph:
    address = f"https://byran.example/sidor/{page.number}/{text.lower().replace(' ', '-')}.html"
    return Paragraph(text=text, links=(Link(label=text, address=address, kind="page"),))


class Corpus:
    """The site on consecutive nights. `captures` may be read once."""

    def __init__(
        self, *, pages: int = 100, nights: int = 60, noise: str = "tokens", edited: float = 0.03, seed: int = 1
    ) -> None:
        assert noise in NOISES
        self.nights, self.noise, self.edited = nights, noise, edited
        self._rng = random.Random(f"site {seed}")
        self._noise = random.Random(f"noise {seed}")
        self._words = self._vocabulary(4_000)
        self._weights = [1 / (rank + 3) for rank in range(len(self._words))]
        self._pages = [self._new_page(number) for number in range(1, pages + 1)]
        self._deploys = {nights // 3, 2 * nights // 3 + 1}
        self._deploy()

    def captures(self) -> Iterator[tuple[int, int, datetime, bytes]]:
        """Night from 1, page from 1, time, body: night by night, page by page."""
        for night in range(1, self.nights + 1):
            if night > 1:
                self._change(night)
            for page in self._pages:
                when = FIRST + timedelta(
                    days=night - 1, seconds=2 * page.number, milliseconds=self._noise.randrange(999)
                )
                yield night, page.number, when, self._render(page, when)

    def record(self, page: int) -> Page:
        """What a parser reads on a page as it is on the night that `captures` is at."""
        return _record(self._pages[page - 1])

    def _vocabulary(self, size: int) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < size:
            syllables = (
                self._rng.choice(_ONSETS) + self._rng.choice(_VOWELS) + self._rng.choice(_CODAS)
                for _ in range(self._rng.choice((1, 1, 2, 2, 3)))
            )
            words["".join(syllables) + self._rng.choice(_ENDINGS)] = None
        return list(words)

    def _text(self, words: int) -> str:
        drawn = self._rng.choices(self._words, self._weights, k=words)
        sentences = []
        while drawn:
            length = self._rng.randint(6, 18)
            sentence, drawn = drawn[:length], drawn[length:]
            sentences.append(" ".join(sentence).capitalize() + ".")
        return " ".join(sentences)

    def _hex(self, digits: int) -> str:
        return f"{self._rng.getrandbits(4 * digits):0{digits}x}"

    def _new_page(self, number: int) -> _Page:
        page = _Page(number, self._text(5).rstrip("."))
        page.sections = [self._new_section() for _ in range(self._rng.randint(5, 17))]
        return page

    def _new_section(self) -> _Section:
        return _Section(
            name=f"svid12_{self._hex(20)}",
            heading=self._text(self._rng.randint(2, 5)).rstrip("."),
            paragraphs=[self._text(self._rng.randint(20, 70)) for _ in range(self._rng.randint(2, 6))],
            links=[self._text(3).rstrip(".") for _ in range(self._rng.randint(1, 4))],
        )

    def _change(self, night: int) -> None:
        if night in self._deploys:
            self._deploy()
        for page in self._rng.sample(self._pages, max(1, round(len(self._pages) * self.edited))):
            self._edit(page)

    def _edit(self, page: _Page) -> None:
        rng = self._rng
        section = rng.choice(page.sections)
        kinds = ("word", "add", "remove", "move", "retitle", "reorder", "link", "section")
        match rng.choices(kinds, (68, 35, 14, 15, 10, 5, 19, 3))[0]:
            case "add":
                section.paragraphs.insert(rng.randrange(len(section.paragraphs) + 1), self._text(rng.randint(20, 70)))
            case "remove" if len(section.paragraphs) > 1:
                section.paragraphs.pop(rng.randrange(len(section.paragraphs)))
            case "move":
                page.sections.append(page.sections.pop(page.sections.index(section)))
            case "retitle":
                section.heading = self._text(3).rstrip(".")
            case "reorder":
                rng.shuffle(section.links)
            case "link":
                section.links[rng.randrange(len(section.links))] = self._text(3).rstrip(".")
            case "section":
                page.sections.insert(rng.randrange(len(page.sections) + 1), self._new_section())
            case _:
                place = rng.randrange(len(section.paragraphs))
                words = section.paragraphs[place].split(" ")
                words[rng.randrange(len(words))] = rng.choice(self._words)
                section.paragraphs[place] = " ".join(words)

    def _deploy(self) -> None:
        """A new version of the system and its texts: every page's chrome differs from the version before."""
        if not hasattr(self, "_menu"):
            self._menu = [self._text(self._rng.randint(1, 4)).rstrip(".") for _ in range(92)]
            self._footer = [self._text(12) for _ in range(18)]
        self._menu[self._rng.randrange(len(self._menu))] = self._text(2).rstrip(".")
        self._footer[self._rng.randrange(len(self._footer))] = self._text(12)
        self._assets = [self._hex(16) for _ in range(18)]
        self._classes = [f"c{self._hex(6)}" for _ in range(12)]

    def _render(self, page: _Page, when: datetime) -> bytes:
        noise = self._drawn(when)
        parts = [self._head(page, noise), self._header(noise)]
        parts += [self._section(page, section, index, noise) for index, section in enumerate(page.sections)]
        return "\n".join((*parts, self._foot(page, noise))).encode()

    def _drawn(self, when: datetime) -> dict[str, str]:
        """What this answer says that no other does."""
        rng = self._noise

        def secret(size: int) -> str:
            return base64.urlsafe_b64encode(rng.randbytes(size)).decode().rstrip("=")

        if self.noise == "tokens":
            return {
                "nonce": secret(16),
                "csrf": secret(32),
                "request": rng.randbytes(8).hex(),
                "uuid": str(uuid.UUID(bytes=rng.randbytes(16), version=4)),
                "bust1": rng.randbytes(4).hex(),
                "bust2": rng.randbytes(4).hex(),
                "clock": f"{when:%Y-%m-%d %H:%M:%S}",
            }
        if self.noise == "sitevision":
            ticks = int((when - datetime(1582, 10, 15, tzinfo=UTC)).total_seconds() * 10**7) + rng.randrange(10**4)
            fields = (ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0x0FFF | 0x1000, 0x9C, 0x2F)
            return {
                "nonce": str(uuid.UUID(fields=(*fields, 0x21A1D7CA51E0))),
                **{f"cid{place}": str(uuid.UUID(bytes=rng.randbytes(16), version=5)) for place in range(3)},
                **{f"sv{place}": f"sv_{secret(16)[:21]}" for place in range(2)},
                "session": f";jsessionid={rng.randbytes(16).hex().upper()}",
            }
        return {}

    def _head(self, page: _Page, noise: dict[str, str]) -> str:
        nonce = f' nonce="{noise["nonce"]}"' if noise else ""
        assets = "\n".join(
            f'<link rel="stylesheet" href="/2.51f49f/{asset}/auto/{1790000000000 + index}/sv-{index}.css"/>\n'
            f'<script src="/webapp-resource/4.{asset}/360.{index}/app-{index}.js"{nonce}>'
            f"</script>"
            for index, asset in enumerate(self._assets[:9])
        )
        buster = f"?v={noise['bust1']}" if "bust1" in noise else ""
        meta = f'<meta name="csrf" content="{noise["csrf"]}"/>' if "csrf" in noise else ""
        trace = f"<!-- {noise['request']} {noise['clock']} -->" if "request" in noise else ""
        return (
            f'<!doctype html>\n<html lang="sv"><head><meta charset="utf-8"/>'
            f"<title>{page.title} | Samverkansbyrån</title>"
            f"{meta}{trace}\n{assets}\n"
            f'<link rel="canonical" href="https://byran.example/sidor/{page.number}.html"/>\n'
            f"<script src=\"/bundle.js{buster}\"{nonce}>sv.PageContext={{pageId:'4.{page.number:x}'}}</script></head>"
        )

    def _header(self, noise: dict[str, str]) -> str:
        tree = ",".join(
            f'{{"name":"{name}","id":"4.{index:x}7","path":"/{index}/sida-{index}","children":{index % 5}}}'
            for index, name in enumerate(self._menu)
        )
        items = "\n".join(
            f'<li class="lp-menu__item {self._classes[index % 12]}"><a class="env-link-secondary {self._classes[0]}" '
            f'href="/sidor/{index}/meny-{index}.html">{name}</a></li>'
            for index, name in enumerate(self._menu)
        )
        dropdown = "".join(
            f'<button class="{self._classes[2]}" data-target="#{noise[key]}">{key}</button>'
            f'<div id="{noise[key]}"></div>'
            for key in ("sv0", "sv1")
            if key in noise
        )
        nonce = f' nonce="{noise["nonce"]}"' if noise else ""
        return (
            f'<body class="sv-responsive {self._classes[1]}"><header>{dropdown}<nav><ul>\n{items}\n</ul></nav>'
            f"<script{nonce}>AppRegistry.registerInitialState('12.1',{{\"menu\":[{tree}]}})</script></header><main>"
        )

    def _section(self, page: _Page, section: _Section, index: int, noise: dict[str, str]) -> str:
        session = noise.get("session", "") if index == 0 else ""
        texts = "\n".join(f'<p class="normal">{text}</p>' for text in section.paragraphs)
        links = "\n".join(
            f'<li class="env-list__item"><a class="normal env-link" href="/sidor/{page.number}/'
            f'{link.lower().replace(" ", "-")}.html{session}">{link}<svg class="env-link-icon"><use href="#i"/></svg>'
            f'<span class="env-assistive-text"> Länk till annan webbplats.</span></a></li>'
            for link in section.links
        )
        return (
            f'<div class="sv-text-portlet sv-use-margins sv-skip-spacer" id="{section.name}"><div id="Text-{index}">'
            f'<!-- Text --></div><div class="sv-text-portlet-content"><h2 class="subheading" id="h-{index}">'
            f'{section.heading}</h2>\n{texts}\n<ul class="env-text-list normal">\n{links}\n</ul></div></div>'
        )

    def _foot(self, page: _Page, noise: dict[str, str]) -> str:
        nonce = f' nonce="{noise["nonce"]}"' if noise else ""
        texts = "\n".join(
            f'<p class="{self._classes[3 + index % 9]}">{text}</p>' for index, text in enumerate(self._footer)
        )
        widgets = "\n".join(
            f'<div class="sv-custom-module {self._classes[4]}" data-cid="{noise[key]}"></div>'
            f"<script{nonce}>AppRegistry.registerBootstrapData('{noise[key]}',{{\"page\":{page.number}}})</script>"
            for key in ("cid0", "cid1", "cid2", "uuid")
            if key in noise
        )
        scripts = "\n".join(
            f'<script src="/system-resource/{asset}/js/{index}.js"{nonce if index < _NONCED else ""}></script>'
            for index, asset in enumerate(self._assets[9:])
        )
        buster = f"?v={noise['bust2']}" if "bust2" in noise else ""
        form = f'<form action="/sok{noise.get("session", "")}?sv.url=12.6" method="post"></form>'
        return (
            f'</main><footer>{texts}\n{widgets}{form}<img src="/logo.svg{buster}"/></footer>\n{scripts}</body></html>\n'
        )
