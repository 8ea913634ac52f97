"""A year of the agency: what its editors, its servers and its designers do on each night, and the truth about it.

Made from a seed, night by night. No page is edited on a night on which it cannot be seen, and one thing happens to a
page at a time, so that what a reader of the archive must find follows from the script alone.
"""

from __future__ import annotations

from random import Random
from typing import Literal

import msgspec

from tests.agency import nightly, noise
from tests.agency.answers import Answer, Fields, bare_path
from tests.agency.server import Agency
from tests.agency.trouble import Trouble, challenge, shorn
from tests.agency.truth import EXAMPLE_HOST, HUB, HUB_HOST

PAGES = 12
"""Pages that the hub links to at first; `_LATE` more come during the year."""
_LATE = (30, 90, 240)
_OUTAGES = ((12, 13), (50, 52), (200, 201), (300, 300))
"""First and last nights on which neither host answers for its robots.txt."""
_LAYOUTS = ((16, 17), (120, 123))
"""First and last nights on which the hub has lost most of its sections to a new template."""
_SECTIONS = 4
_HTML: Fields = (("Content-Type", nightly.MEDIA_TYPES[".html"]),)

Kind = Literal["edited", "added", "removed"]


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One act of an editor: a paragraph."""

    night: int
    title: str
    kind: Kind
    where: str
    before: str | None
    after: str | None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a page as a whole on a night."""

    night: int
    title: str
    what: Literal["new", "gone", "back", "moved"]


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """Nights of trouble on end, of a page or, without a title, of the layout."""

    title: str | None
    first: int
    last: int


class _Page:
    """A page while the script is written."""

    def __init__(self, title: str, path: str, sections: dict[str, list[str]]) -> None:
        self.title = title
        self.path = path
        self.sections = sections
        self.free_from = 0
        self.moved_to: str | None = None


class Year:
    """The script of `nights` nights and its truth. `edits`, `turns` and `spells` are in the order of their nights."""

    def __init__(self, *, seed: int = 1, nights: int = 365) -> None:
        self.nights = nights
        self.edits: list[Edit] = []
        self.turns: list[Turn] = []
        self.spells: list[Spell] = []
        self._rng = Random(seed)
        self._count = 0
        self._shown: dict[int, dict[tuple[str, str], str]] = {}
        self._moves: dict[int, dict[tuple[str, str], str]] = {}
        self._trouble: dict[int, dict[tuple[str, str], Trouble]] = {night: {} for night in range(1, nights + 1)}
        self._gone: dict[int, set[str]] = {night: set() for night in range(1, nights + 1)}
        self._pages = [self._page() for _ in range(PAGES)]
        self._hub = _Page("Goda exempel", HUB, {f"Avsnitt {n}": [self._text()] for n in range(1, 7)})
        self._hub.sections["Fler exempel"] = [self._link(page) for page in self._pages]
        self.turns += [Turn(night=1, title=page.title, what="new") for page in (self._hub, *self._pages)]
        for night in range(1, nights + 1):
            self._write(night)

    def show(self, agency: Agency, night: int) -> None:
        """Let the agency be as it is on a night."""
        agency.night = night
        agency.trouble = dict(self._trouble[night])

    def answer(self, night: int, host: str, target: str, *, request: int, known_tag: str | None = None) -> Answer:  # noqa: ARG002
        """Say what an address answers, as `tests.agency.answers.answer` does for the three nights."""
        path = bare_path(target)
        if path == "/robots.txt":
            return Answer(status=404, fields=_HTML, body=b"")
        if (host, path) in self._moves[night]:
            return Answer(status=301, fields=(("Location", self._moves[night][host, path]),))
        text = self._shown[night].get((host, path))
        if text is None:
            return Answer(status=404, fields=_HTML, body=nightly.not_found_page(1, host, path, request))
        return Answer(status=200, fields=_HTML, body=noise.fill(text, request, path).encode())

    def _write(self, night: int) -> None:
        """One night: outages and layouts first, then what befalls each page that is free."""
        outage = next((span for span in _OUTAGES if span[0] <= night <= span[1]), None)
        layout = next((span for span in _LAYOUTS if span[0] <= night <= span[1]), None)
        if outage or layout:
            self._strike(night, outage, layout)
        elif night > 1:
            if night in _LATE:
                self._add_page(night)
            for page in (self._hub, *self._pages):
                if page.free_from <= night:
                    self._befall(page, night)
        self._shown[night] = {
            (EXAMPLE_HOST, page.moved_to or page.path): self._html(page)
            for page in self._pages
            if page.title not in self._gone[night]
        }
        self._shown[night][HUB_HOST, HUB] = hub = self._html(self._hub)
        self._moves[night] = {
            (EXAMPLE_HOST, page.path): f"http://{EXAMPLE_HOST}{page.moved_to}" for page in self._pages if page.moved_to
        }
        if layout:
            lost = noise.still(hub, HUB).encode()
            self._trouble[night][HUB_HOST, HUB] = shorn(lost, 2, times=None)

    def _strike(self, night: int, outage: tuple[int, int] | None, layout: tuple[int, int] | None) -> None:
        """A night on which nothing else happens; what is gone stays gone and is no trouble."""
        if outage:
            first, last = outage
            for host in (HUB_HOST, EXAMPLE_HOST):
                self._trouble[night][host, "/robots.txt"] = Trouble(status=503, times=None)
            struck: list[str | None] = [self._hub.title, *(page.title for page in self._pages)]
        else:
            assert layout is not None
            first, last = layout
            struck = [None, self._hub.title]
        if night == first:
            self.spells += [Spell(title=title, first=first, last=min(last, self.nights)) for title in struck]

    def _befall(self, page: _Page, night: int) -> None:
        chance = self._rng.random()
        # What begins on the eve of an outage would run into it, and be one spell with it.
        eve = any(first == night + 1 for first, _ in (*_OUTAGES, *_LAYOUTS))
        whole = page is not self._hub and not eve
        if chance < 0.06:
            self._edit(page, night)
        elif chance < 0.085 and whole:
            self._fail(page, night)
        elif chance < 0.091 and whole:
            self._lose(page, night)
        elif chance < 0.095 and whole and page.moved_to is None:
            page.moved_to = page.path.replace(".html", "-flyttad.html")
            self.turns.append(Turn(night=night, title=page.title, what="moved"))

    def _edit(self, page: _Page, night: int) -> None:
        heading = self._rng.choice([name for name in page.sections if name != "Fler exempel"])
        texts = page.sections[heading]
        kind: Kind = self._rng.choice(("edited", "added", "removed"))
        at = self._rng.randrange(len(texts))
        if kind == "removed" and len(texts) < 2:
            kind = "edited"
        before = None if kind == "added" else texts[at]
        after = None if kind == "removed" else self._text() if before is None else f"{before} Rättat natt {night}."
        if before is None:
            texts.insert(at, str(after))
        elif after is None:
            del texts[at]
        else:
            texts[at] = after
        self.edits.append(Edit(night=night, title=page.title, kind=kind, where=heading, before=before, after=after))

    def _fail(self, page: _Page, night: int) -> None:
        last = self._quiet_until(night, self._rng.randint(1, 4))
        here = (EXAMPLE_HOST, page.moved_to or page.path)
        for one in range(night, last + 1):
            self._trouble[one][here] = self._rng.choice(
                (Trouble(status=403, times=None), Trouble(status=500, times=None), challenge(times=None))
            )
        page.free_from = last + 2
        self.spells.append(Spell(title=page.title, first=night, last=last))

    def _lose(self, page: _Page, night: int) -> None:
        last = self._quiet_until(night, self._rng.randint(2, 6))
        for one in range(night, last + 1):
            self._gone[one].add(page.title)
        page.free_from = last + 2
        self.turns.append(Turn(night=night, title=page.title, what="gone"))
        if last < self.nights:
            self.turns.append(Turn(night=last + 1, title=page.title, what="back"))

    def _quiet_until(self, night: int, length: int) -> int:
        """Last night of something that begins now: it ends two nights before the next outage or layout begins."""
        begins = [first for first, _ in (*_OUTAGES, *_LAYOUTS) if first > night]
        return min(night + length - 1, self.nights, *(max(first - 2, night) for first in begins))

    def _add_page(self, night: int) -> None:
        page = self._page()
        self._pages.append(page)
        link = self._link(page)
        self._hub.sections["Fler exempel"].append(link)
        page.free_from = night + 1
        self.turns.append(Turn(night=night, title=page.title, what="new"))
        self.edits.append(
            Edit(night=night, title=self._hub.title, kind="added", where="Fler exempel", before=None, after=page.title)
        )

    def _page(self) -> _Page:
        self._count += 1
        title = f"Exempel nummer {self._count}"
        sections = {f"Del {n} i exempel {self._count}": [self._text(), self._text()] for n in range(1, _SECTIONS + 1)}
        return _Page(title, f"/lar-av-andra/exempel-{self._count}.html", sections)

    def _text(self) -> str:
        """A paragraph that nothing else on any page says."""
        words = self._rng.sample(_WORDS.split(), 12)
        return f"{words[0].capitalize()} {' '.join(words[1:])} {self._rng.getrandbits(40):x}."

    def _link(self, page: _Page) -> str:
        return f'<a href="http://{EXAMPLE_HOST}{page.path}">{page.title}</a>'

    def _html(self, page: _Page) -> str:
        host = HUB_HOST if page is self._hub else EXAMPLE_HOST
        body = "".join(
            f'<h2 class="subheading" id="h-{heading.replace(" ", "")}">{heading}</h2>\n'
            + "".join(f'<p class="normal">{text}</p>\n' for text in texts)
            for heading, texts in page.sections.items()
        )
        return noise.put_in_parts(
            _PAGE.replace("{title}", page.title).replace("{body}", body), lambda name: _part(host, name)
        )


def _part(host: str, name: str) -> str:
    return (nightly.NIGHTS / "1" / "parts" / host / f"{name}.html").read_text("utf-8").rstrip("\n")


_WORDS = """laget kommunen verkstaden hyllan beställningen handledaren kaffet dörren avtalet skolan köket cykeln tvätten
vävstolen snickaren mötet budgeten lokalen praktiken ansökan veckan hösten svaret listan priset bygget"""
_PAGE = """<!DOCTYPE html>
<html lang="sv" class="sv-no-js sv-template-exempel">
<head>
<meta charset="UTF-8">
<title>{title}</title>
[[part head]]
</head>
<body class=" sv-responsive sv-theme-standard">
[[part header]]
<main class="sv-vertical sv-layout lp-main sv-template-layout" id="svid10_81d201">
<div class="lp-content"><div id="svid94_81d201" class="pagecontent sv-layout"><div id="Huvudinnehall"></div>
<div class="sv-text-portlet" id="svid12_81d210"><div id="Rubrik"></div><div class="sv-text-portlet-content">\
<h1 class="heading" id="h-Rubrik">{title}</h1></div></div>
<div class="sv-text-portlet" id="svid12_81d212"><div id="Text"></div><div class="sv-text-portlet-content">
{body}</div></div>
</div></div>
[[part aside]]
</main>
[[part footer]]
</body>
</html>
"""
