"""Everything that a SiteVision site changes without an editor: per request, per deploy, and around the content."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from random import Random

from schemas.page import Link

_SUFFIXES = (
    "länk till annan webbplats",
    " länk till annan webbplats, öppnas i nytt fönster",
    " Länk till annan webbplats, öppnas i nytt fönster.",
    " Länk till annan webbplats.",
    ", länk till annan webbplats.",
    '<svg class="env-link-icon"></svg><span class="env-assistive-text"> Länk till annan webbplats.</span>',
    '<span class="lp-user-hidden">, länk till annan webbplats.</span>',
)
_NEWS = (
    "Vårens möten", "Ny utlysning", "Webbsändning i maj", "Enkät till medlemmar", "Höstens program", "Sommarstängt",
)  # fmt: skip
_ALERTS = ("", "", "<p>Telefonväxeln är stängd i dag.</p>", '<div class="lp-alert"><h2>Driftstörning</h2></div>')
_COVID = '<div class="lp-covid"><p>Har du en fråga med anledning av det pågående virusutbrottet?</p></div>'
_QUESTIONS = ("Hjälpte informationen på sidan dig?", "Fick du svar på din fråga?", "Var sidan till nytta?")


class Noise:
    """The noise of one answer. Two of them have nothing in common but their kind."""

    def __init__(self, seed: str) -> None:
        self.chance = Random(seed)
        deploy = Random(f"{self.chance.randrange(3)}")
        self._deployed = f"{deploy.randrange(10**12, 2 * 10**12)}"
        self._suffix = self.chance.choice(_SUFFIXES)
        self._session = f"{self.chance.getrandbits(128):032X}"
        self._nonce = str(uuid.UUID(int=self.chance.getrandbits(128), version=1))

    def uuid(self) -> str:
        """A data-cid of a widget, new at each rendering."""
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    def portlet(self, kind: str) -> str:
        """Id of a portlet, new when an editor makes the portlet anew."""
        return f"{kind}_{self.chance.getrandbits(80):x}"

    def rendering(self) -> str:
        """Id of a React element."""
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
        return "sv_" + "".join(self.chance.choice(letters) for _ in range(21))

    def hashed(self) -> str:
        """A class of an app, new at its upgrade; some end in a line feed."""
        return f"q{self.chance.getrandbits(70):x}" + self.chance.choice(("", "\n", " "))

    def colon(self) -> str:
        """Between "Publicerad" and the day: two generations of the theme."""
        return self.chance.choice((":", ""))

    def blank(self) -> str:
        """White space, comments and spacers between blocks."""
        return self.chance.choice(
            ("", "\n", " \n\t ", "<!-- -->", "<p>&nbsp;</p>", '<p class="normal"><br></p>', "<br>")
        )

    def prose(self, html: str) -> str:
        """Running text as editors' tools leave it: lines broken anywhere, words wrapped in spans and bold."""
        words = html.split(" ")
        if len(words) > 3 and self.chance.random() < 0.5:
            at = self.chance.randrange(1, len(words) - 1)
            if words[at].isalpha():
                cut = len(words[at]) // 2
                words[at] = f"{words[at][:cut]}<span>{words[at][cut:]}</span>"
        return "".join(word + self.chance.choice((" ",) * 9 + ("\n", "  ")) for word in words[:-1]) + words[-1]

    def href(self, link: Link) -> str:
        """The address, with a session in it where the site itself is linked to."""
        own = link.kind == "page" and self.chance.random() < 0.5
        return f"{link.address};jsessionid={self._session}" if own else link.address

    def suffix(self, link: Link) -> str:
        """What a screen reader says at the end of a link; its wording changes by deploy."""
        if link.kind == "external":
            return self._suffix
        size = f"{self.chance.randint(20, 900)}.{self.chance.randint(1, 9)} kB."
        files = ("", f'<span class="env-assistive-text"> Pdf, {size}</span>', f" Pdf, {size}")
        return self.chance.choice(files) if link.kind == "document" else ""

    def in_portlet(self, name: str, html: str) -> str:
        """A text portlet with its name, in some renderings decorated."""
        text = f'<div class="sv-text-portlet-content">{html}</div>'
        if self.chance.random() < 0.3:
            text = f'<div class="lp-box {self.hashed()}"><div class="sv-decoration-content">{text}</div></div>'
        number = self.chance.choice(("", "-0", "-1"))
        mark = f'<div id="{name}{number}"><!-- {name} --></div>'
        return f'<div class="sv-text-portlet sv-use-margins" id="{self.portlet("svid12")}">{mark}{text}</div>'

    def between(self) -> str:
        """What stands between portlets: empty ones, widgets, forms, news."""
        return self.chance.choice(
            (
                "",
                "",
                self.in_portlet("Tom", ""),
                f'<div class="sv-archive-portlet"><h2>Nyheter</h2>{self._list(_NEWS)}</div>',
                f'<form action="/x;jsessionid={self._session}?sv.url=12.3"><label>Prenumerera</label></form>',
                self._feedback(),
                f"<script nonce=\"{self._nonce}\">AppRegistry.registerInitialState('{self.uuid()}',{{}})</script>",
            )
        )

    def head(self) -> str:
        """Scripts with nonces, style sheets with the time of the last deploy."""
        return (
            f"<script nonce=\"{self._nonce}\">sv.PageContext={{csrfToken:'{self.uuid()}'}}</script>"
            f'<link rel="preload" href="/sitevision/system-resource/{self._deployed}/js/x.js" as="script">'
            f'<link rel="stylesheet" href="/2.51f/{self._deployed}/SiteVision.css">'
            f'<link rel="stylesheet" href="/webapp-resource/4.1/360.2/{self._deployed}/webapp-assets.css">'
        )

    def header(self) -> str:
        """Logo, alert, menu with its tree in a script."""
        element = self.rendering()
        return (
            f'<header class="{self.hashed()}"><div class="lp-skip-links"><a href="#x">Hoppa till innehåll</a></div>'
            f'<div class="sv-vertical lp-alert-wrapper\n">{self.chance.choice(_ALERTS)}</div>'
            f'<button data-target="#{element}">Meny</button><div id="{element}"></div><nav>{self._list(_NEWS)}</nav>'
            f"<script nonce=\"{self._nonce}\">AppRegistry.registerInitialState('12.1',{{t:'{self.uuid()}'}})</script>"
            "</header>"
        )

    def tools(self) -> str:
        """Print and listen."""
        return self.chance.choice(("", '<div class="lp-page-tools"><a href="?print">Skriv ut</a> <a>Lyssna</a></div>'))

    def aside(self) -> str:
        """Contact, crisis block, related pages, news."""
        return (
            f'<div class="lp-contact"><h2>Kontakt</h2>{self.chance.choice(("", _COVID))}</div>'
            f'<div class="sv-related-portlet"><div class="lp-related"><h2>Läs också</h2>{self._list(_NEWS)}</div></div>'
            f'<div class="sv-archive-portlet"><h2>Nyheter</h2>{self._list(_NEWS)}</div>'
        )

    def footer(self) -> str:
        """A second h1, feedback, cookies, and the name of the server with the visitor's address."""
        node = f"se-sto-sv{self.chance.randrange(9)}.example / 192.0.2.{self.chance.randrange(255)}"
        return (
            f'<footer><h1 class="heading lp-user-hidden">Mer om oss</h1>{self._list(_NEWS)}{self._feedback()}'
            f'<div class="sv-marketplace-sitevision-cookie-consent" data-cid="{self.uuid()}"><p>Kakor</p></div>'
            f'<form action="/y;jsessionid={self._session}"><input type="hidden" value="{self.uuid()}"></form>'
            f"<p>{node}</p></footer>"
        )

    def _feedback(self) -> str:
        question = self.chance.choice(_QUESTIONS)
        return (
            f'<div class="sv-custom-module sv-marketplace-sitevision-feedback" data-cid="{self.uuid()}">'
            f"<p>{question}</p><button>Ja</button></div>"
        )

    def _list(self, stock: Sequence[str]) -> str:
        chosen = self.chance.sample(stock, self.chance.randint(1, 4))
        return "<ul>" + "".join(f'<li><a href="/n/{len(text)}.html">{text}</a></li>' for text in chosen) + "</ul>"
