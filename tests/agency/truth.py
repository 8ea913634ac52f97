"""Truth: what the agency's editors did between the nights, in the words of `Change`. What is not here is noise.

An end-to-end test compares an archive's changes with `EDITS` and its page states with `FATES`; a person reads both to
learn what the demo is about to show.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from schemas.change import Class, Kind, What

HUB_HOST = "samverkansbyran.example"
EXAMPLE_HOST = "foretagsverket.example"
HUB = "/arbete/samverkan/goda-exempel.20417.html"
QUESTIONS = "/arbete/samverkan/fragor-och-svar.20733.html"
PRINTABLE = HUB + ".printable"
DOCUMENT = "/download/18.3b7f9c/1615536000000/samverkan-i-siffror.pdf"
LAUNDRY = "/lar-av-andra/2021-03-09-returbruket-tvattar-at-hela-norrvik.html"
CONTRACT = "/lar-av-andra/2020-10-14-kommunen-delade-upp-kontraktet.html"
JOINERY = "/lar-av-andra/2020-05-27-snickeriet-som-vaxte.html"
BICYCLES = "/lar-av-andra/2019-11-20-cykelkoket-lagar-mer-an-cyklar.html"
BICYCLES_MOVED = "/lar-av-andra/arkiv/2019-11-20-cykelkoket-lagar-mer-an-cyklar.html"
KITCHEN = "/lar-av-andra/2021-04-22-koket-vid-fyren-anstallde-sju.html"
WEAVERS = "/projekt/vavstugan.htm"

OUT_OF_SCOPE = (
    "https://register.socialt-arbete.example/sok",
    "https://www.foretagsregistret.example/sociala",
    "https://www.arbete-for-fler.example/natverk",
)
"""Addresses on other hosts that the hub links to on some night; the register's is exchanged on night 2."""


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an editor did to a page between the night before and this one."""

    night: int
    host: str = HUB_HOST
    path: str = HUB
    said: str
    """What a reader would call it."""
    kind: Kind
    class_: Class = msgspec.field(name="class", default="editorial")
    what: What
    where: str = ""
    """Heading path as `Change.where` has it: after the change, or before it for what is gone."""
    before: str | None
    """A piece of what `Change.before` holds; None when there was nothing."""
    after: str | None
    """A piece of what `Change.after` holds; None when there is nothing."""
    page_before: str | None = None
    """The same piece as the page writes it, where that is otherwise: a date in words."""
    page_after: str | None = None


Fate = Literal[
    "new",  # linked for the first time
    "unchanged",  # nothing but noise
    "edited",  # see EDITS
    "gone",  # answers 404, its link still stands
    "back",  # was gone the night before, and is what it was before that
    "moved",  # answers 301 to `to` for the first time, with the same content there
    "refused",  # robots.txt forbids it: never asked for
]


class PageFate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a linked page on a night. A moved page goes on under the path it had first."""

    night: int
    host: str
    path: str
    fate: Fate
    to: str = ""
    """Address that a moved page has now."""


EDITS = (
    Edit(
        night=2, said="published anew, and the date written without its colon",
        kind="edited", class_="metadata", what="published",
        before="2021-03-12", after="2021-04-28",
        page_before="Publicerad: 12 mars 2021", page_after="Publicerad 28 april 2021",
    ),
    Edit(
        night=2, said="a film exchanged for a newer one",
        kind="edited", what="film", where="En gemensam dörr i Norrvik",
        before="Norrvik, 6 minuter", after="Norrvik, textad, 7 minuter",
    ),
    Edit(
        night=2, said="a section renamed",
        kind="renamed", what="section", where="Inköp med plats för fler",
        before="Upphandling som öppnar dörrar", after="Inköp med plats för fler",
    ),
    Edit(
        night=2, said="words edited in a paragraph",
        kind="edited", what="paragraph", where="Från kommunal verkstad till eget företag",
        before="elva anställda, och ungefär hälften", after="fjorton anställda, och fler än hälften",
    ),
    Edit(
        night=2, said="a link led elsewhere, its words the same",
        kind="edited", what="link", where="Så kommer ni i gång",
        before="https://register.socialt-arbete.example/sok", after="https://www.foretagsregistret.example/sociala",
    ),
    Edit(
        night=2, said="a list item added",
        kind="added", what="item", where="Så kommer ni i gång › Inför det första mötet",
        before=None, after="Boka ett studiebesök innan ni skriver det första avtalet.",
    ),
    Edit(
        night=2, said="a figure changed in a table row",
        kind="edited", what="row", where="Samverkan i siffror",
        before="106", after="113",
    ),
    Edit(
        night=2, said="a section moved down the page",
        kind="moved", what="section", where="Idén som började hos en granne",
        before="Idén som började hos en granne", after="Idén som började hos en granne",
    ),
    Edit(
        night=2, said="a new example linked",
        kind="added", what="paragraph", where="Fler exempel att läsa",
        before=None, after="Lärande exempel från Stenvad",
    ),
    Edit(
        night=2, said="another person responsible",
        kind="edited", class_="metadata", what="responsible",
        before="Marit Ekholm", after="Jonas Tveit",
    ),
    Edit(
        night=2, host=EXAMPLE_HOST, path=CONTRACT, said="a misspelling corrected",
        kind="edited", what="paragraph", where="Sex delar i stället för en",
        before="sniceri i en gammal", after="snickeri i en gammal",
    ),
    Edit(
        night=3, said="a section removed",
        kind="removed", what="section", where="Idén som började hos en granne",
        before="Idén som började hos en granne", after=None,
    ),
)  # fmt: skip


def _fates(night: int, host: str, **paths: tuple[str, ...]) -> tuple[PageFate, ...]:
    words: tuple[Fate, ...] = ("new", "unchanged", "edited", "gone", "back", "refused")
    return tuple(
        PageFate(night=night, host=host, path=path, fate=word) for word in words for path in paths.get(word, ())
    )


FATES = (
    *_fates(1, HUB_HOST, new=(HUB, QUESTIONS), refused=(PRINTABLE,)),
    *_fates(1, EXAMPLE_HOST, new=(LAUNDRY, CONTRACT, JOINERY, BICYCLES, WEAVERS)),
    *_fates(2, HUB_HOST, edited=(HUB,), unchanged=(QUESTIONS,), refused=(PRINTABLE,)),
    *_fates(2, EXAMPLE_HOST, new=(KITCHEN,), edited=(CONTRACT,), unchanged=(LAUNDRY, WEAVERS), gone=(JOINERY,)),
    PageFate(night=2, host=EXAMPLE_HOST, path=BICYCLES, fate="moved", to=f"http://{EXAMPLE_HOST}{BICYCLES_MOVED}"),
    *_fates(3, HUB_HOST, edited=(HUB,), unchanged=(QUESTIONS,), refused=(PRINTABLE,)),
    *_fates(3, EXAMPLE_HOST, back=(JOINERY,), unchanged=(LAUNDRY, CONTRACT, BICYCLES, KITCHEN, WEAVERS)),
)


def edits(night: int) -> tuple[Edit, ...]:
    """Return what editors did between the night before and this one."""
    return tuple(edit for edit in EDITS if edit.night == night)


def fates(night: int) -> dict[tuple[str, str], Fate]:
    """Return what became of each linked page on a night, by host and path."""
    return {(fate.host, fate.path): fate.fate for fate in FATES if fate.night == night}
