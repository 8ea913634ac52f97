"""Swedish prose of our own, from a seeded chance: sentences, headings, names. No two sentences of a page are equal."""

from __future__ import annotations

from random import Random


def _words(stock: str) -> list[str]:
    return stock.replace("\n", "|").split("|")


_WHO = _words("""Kommunen|Företaget|Handledaren|Verkstaden|Nätverket|Styrgruppen|Föreningen|Enheten
Regionen|Butiken|Köket
Arbetslaget|Socialtjänsten|Snickeriet|Återbruket|Caféet|Stiftelsen|Biblioteket|Bageriet|Växthuset|Tvätteriet
Gruppen|Projektledaren|Syateljén|Lokaltrafiken|Skolan|Förvaltningen|Cykelverkstan|Trädgården|Hamnen""")
_DOES = _words("""anställer|hyr|ordnar|öppnar|bekostar|utvecklar|provar|erbjuder|säljer|lånar ut
bygger om|samlar|planerar
redovisar|avslutar|granskar|upphandlar|delar|försvarar|förlänger|minskar|fördubblar|ersätter|beskriver
följer upp
inviger|reparerar|översätter|räknar om|flyttar""")
_WHAT = _words("""lokaler vid torget|tre nya platser|kurser i svetsning|en gemensam bil
avtal om städning|måltider åt äldre
begagnade möbler|arbetskläder|hundra cyklar|en digital bokning|praktik för unga|stöd på lätt svenska
enkla snickerier
det lokala registret|årliga studiebesök|en mobil enhet|reserverade upphandlingar|trädgårdsskötsel|gamla datorer
ett öppet hus|fikastunder|körkortsutbildning|tvätt av sängkläder|rådgivning på kvällstid|en utställning
miljömärkta varor|samtal med anhöriga|friskvård i skogen|ett rullande lager|tolkhjälp""")
_WHERE = _words("""i Norrvik|på ön|vid gamla stationen|i hela länet|utanför tätorten|nära sjukhuset
i tre stadsdelar
bakom kyrkan|på industriområdet|längs älven|i grannkommunen|på landsbygden|runt sjön|i det nya kvarteret
uppe på berget
vid kusten|i hamnmagasinet|bredvid simhallen|i den nedlagda skolan|hos medlemmarna""")
_WHEN = _words("""varje vår|sedan 2019|före jul|under två år|på torsdagar|efter semestern|i höst
varannan vecka|året om
från och med maj|till en början|i väntan på beslut|under pandemin|redan i dag|så snart avtalet är klart""")
_WHY = _words("""för att fler ska orka stanna|eftersom behovet har vuxit|trots att budgeten är låg
när efterfrågan ökar
så att ingen blir ensam|utan att höja avgiften|fast ingen trodde på det|för att spara energi
medan utredningen pågår
sedan länsstyrelsen sagt ja|om tillräckligt många anmäler sig|därför att resorna är långa""")
_TOPICS = _words("""Bakgrund|Resultat|Ekonomi|Metod|Kontakter|Tidplan|Lärdomar|Målgrupp|Samarbete
Uppföljning|Lokaler|Utbildning
Inköp|Transporter|Historia|Deltagare|Handledning|Arbetsmiljö|Tillgänglighet|Nästa steg|Frågor|Avtal
Studiebesök|Material""")
_OF = _words("""i Norrvik|för små företag|under första året|utan förkunskaper|med kommunen|på distans
inför hösten|steg för steg
enligt planen|i praktiken|för anhöriga|på arbetsplatsen|över gränserna|i siffror""")
_FIRST = _words("Marit|Jonas|Siv|Torvald|Åsa|Ingemar|Leila|Bosse|Kerstin|Amir|Gunvor|Elis|Ylva|Rolf")
_LAST = _words("Ekholm|Tveit|Myrén|Östlund|Brandt|Hallin|Sjöqvist|Nordin|Rask|Lindblom|Fors|Wiik")
_ROLES = _words("utredare|handläggare|samordnare|verksamhetsutvecklare|enhetschef|projektledare")


class Prose:
    """A writer. What it has written it does not write again, so that every sentence has one origin."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._written: set[str] = set()

    def sentence(self) -> str:
        """A sentence of some ten words, with its full stop."""
        while True:
            who, does, what = (self.chance.choice(stock) for stock in (_WHO, _DOES, _WHAT))
            ends = [self.chance.choice(stock) for stock in (_WHERE, _WHEN, _WHY)]
            ends = ends[: self.chance.choice((1, 2, 3))] if self.chance.random() < 0.7 else ends[1:]
            text = " ".join([who, does, what, *ends]) + "."
            if self._is_new(text):
                return text

    def paragraph(self) -> str:
        """Two to four sentences."""
        return " ".join(self.sentence() for _ in range(self.chance.randint(2, 4)))

    def phrase(self) -> str:
        """A few words: an item, a label, a caption."""
        while True:
            text = f"{self.chance.choice(_WHAT)} {self.chance.choice(_WHERE)}"
            if self._is_new(text):
                return text

    def heading(self) -> str:
        """A heading of two to four words."""
        while True:
            text = f"{self.chance.choice(_TOPICS)} {self.chance.choice(_OF)}"
            if self._is_new(text):
                return text

    def word(self) -> str:
        """A word that changes what a sentence says."""
        return self.chance.choice(_WHO).lower()

    def place(self) -> str:
        """The name of a place, for the first cell of a row."""
        while True:
            ends = ("vik", "hamn", "forsa", "köping", "lösa", "ås", "träsk")
            starts = ("Norr", "Sol", "Björk", "Lö", "Gran", "Häll", "Ek", "Sten", "Älv", "Ryd", "Fur", "Vass")
            text = self.chance.choice(starts) + self.chance.choice(ends) + self.chance.choice(("", " stad", " by"))
            if self._is_new(text):
                return text

    def person(self) -> tuple[str, str]:
        """A name and a role."""
        while True:
            name = f"{self.chance.choice(_FIRST)} {self.chance.choice(_LAST)}"
            if self._is_new(name):
                return name, self.chance.choice(_ROLES)

    def _is_new(self, text: str) -> bool:
        new = text not in self._written
        self._written.add(text)
        return new
