"""Page records of our own: every kind of block, every typed value, in sections of two levels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from schemas.page import (
    Block,
    Cell,
    Dated,
    Film,
    Image,
    Item,
    Link,
    List,
    Page,
    Paragraph,
    Person,
    Quote,
    Row,
    Section,
    Table,
)
from tests.truthset.prose import Prose

HOST = "https://byran.example"


class Draft(msgspec.Struct):
    """A page that can be edited: metadata as in the record, sections as drafts."""

    page: Page
    sections: list[SectionDraft]

    def record(self) -> Page:
        """The page record that the draft stands for."""
        return msgspec.structs.replace(self.page, sections=tuple(draft.record() for draft in self.sections))


class SectionDraft(msgspec.Struct, eq=False):
    """A section that can be edited; it is itself, whatever it says."""

    heading: str
    level: int
    blocks: list[Block]

    def record(self) -> Section:
        """The section as SiteVision would give it: the heading's id is made of its words."""
        return Section(heading=self.heading, level=self.level, anchor=anchor(self.heading), blocks=tuple(self.blocks))


class Author:
    """Makes pages and parts of them."""

    def __init__(self, prose: Prose) -> None:
        self.prose = prose
        self.chance = prose.chance
        self._numbers = self.chance.sample(range(10_000, 99_999), 2_000)

    def draft(self) -> Draft:
        """A page of six to ten sections."""
        number = self._numbers.pop()
        page = Page(
            title=self.prose.heading(),
            language="sv",
            canonical=f"{HOST}/arbete/sida.{number}.html",
            published=Dated(on=self.day(), source="text"),
            updated=Dated(on=self.day(), source="meta"),
            responsible=self.person(),
            breadcrumb=("Startsida", self.prose.heading(), self.prose.heading()),
            preamble=(Paragraph(text=self.prose.paragraph()),),
        )
        count = self.chance.randint(6, 10)
        levels = [2 if at == 0 or self.chance.random() < 0.7 else 3 for at in range(count)]
        return Draft(page=page, sections=[self.section(level) for level in levels])

    def section(self, level: int) -> SectionDraft:
        """A section of four to seven blocks, half of them paragraphs."""
        makers: tuple[Callable[[], Block], ...] = (self.quote, self.list, self.table, self.image, self.film)
        count = self.chance.randint(4, 7)
        blocks = [self.paragraph() if at % 2 == 0 else self.chance.choice(makers)() for at in range(count)]
        return SectionDraft(heading=self.prose.heading(), level=level, blocks=blocks)

    def paragraph(self) -> Paragraph:
        """Running text, with a link in two of three."""
        text = self.prose.paragraph()
        if self.chance.random() < 0.33:
            return Paragraph(text=text)
        link = self.link()
        return Paragraph(text=f"{text} Läs om {link.label} här.", links=(link,))

    def quote(self) -> Quote:
        """A block quotation."""
        return Quote(text=f"{self.prose.sentence()} {self.prose.sentence()}")

    def list(self) -> List:
        """Four to seven items; one of them may be nested, one a document."""
        items = [Item(text=self.prose.phrase()) for _ in range(self.chance.randint(4, 7))]
        if self.chance.random() < 0.4:
            items[2] = msgspec.structs.replace(items[2], level=2)
        if self.chance.random() < 0.5:
            file = self.document()
            items.append(Item(text=file.label, links=(file,)))
        return List(items=tuple(items), ordered=self.chance.random() < 0.3)

    def table(self) -> Table:
        """A head row and four to eight rows of three cells."""
        head = Row(cells=tuple(Cell(text=text, header=True) for text in ("Kommun", "Företag", "Deltagare")))
        rows = [self.row(3) for _ in range(self.chance.randint(4, 8))]
        return Table(rows=(head, *rows), caption=self.prose.phrase() if self.chance.random() < 0.5 else "")

    def row(self, cells: int) -> Row:
        """A place and its figures."""
        figures = [str(self.chance.randint(2, 9_999)) for _ in range(cells - 1)]
        return Row(cells=tuple(Cell(text=text) for text in (self.prose.place(), *figures)))

    def image(self) -> Image:
        """A picture of the site's own archive."""
        address = f"{HOST}/images/18.{self._node()}/{self.stamp()}/bild-{self._numbers.pop()}.jpg"
        return Image(address=address, alternative=self.prose.phrase())

    def film(self) -> Film:
        """A film in a frame."""
        return Film(address=f"https://film.example/embed/{self._numbers.pop()}", title=f"Film om {self.prose.phrase()}")

    def link(self) -> Link:
        """A link to a page of the site or to another host."""
        if self.chance.random() < 0.5:
            return Link(label=self.prose.phrase(), address=f"{HOST}/sida.{self._numbers.pop()}.html", kind="page")
        return Link(label=self.prose.phrase(), address=f"https://annan{self._numbers.pop()}.example/", kind="external")

    def document(self) -> Link:
        """A link to a file of the site's archive."""
        address = f"{HOST}/download/18.{self._node()}/{self.stamp()}/rapport-{self._numbers.pop()}.pdf"
        return Link(label=self.prose.phrase(), address=address, kind="document")

    def stamp(self) -> int:
        """A version of a file: milliseconds since 1970."""
        return 1_600_000_000_000 + self.chance.randrange(10**11)

    def day(self) -> date:
        """A day of the twenties."""
        return date(2020, 1, 1) + timedelta(days=self.chance.randrange(2_000))

    def person(self) -> Person:
        """A responsible person."""
        name, role = self.prose.person()
        return Person(name=name, role=role)

    def _node(self) -> str:
        return f"{self.chance.getrandbits(60):x}"


def anchor(heading: str) -> str:
    """The id that SiteVision gives a heading."""
    folded = heading.translate(str.maketrans("åäöÅÄÖé", "aaoAAOe"))
    return "h-" + "".join(letter for letter in folded if letter.isalnum())
