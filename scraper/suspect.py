"""Is this really the page? Answers that look like success and are not: kept, counted, never told as a change. Pure.

What a capture shows by itself is seen here; `archive.doubt` holds it against what the page said before. Precision
counts as much: a page that writes about "404", cookies or Cloudflare has content of its own, and words in the running
text are never marks.
"""

from __future__ import annotations

import html
import re
from typing import Final

import ada_url
from msgspec.structs import replace

from schemas.capture import Capture
from schemas.page import Page, block_text
from schemas.reading import Doubt, Reading
from scraper.decode import decode
from scraper.doorkeepers import BODY_MARKS, FAINT_HEAD_MARKS, HEAD_MARKS, TITLES, HeadMark

_SCARCE: Final = 1_500
"""Characters of content up to which a page may be a doorkeeper's or an error's; articles have more."""
_HARDLY_ANY: Final = 400
"""Characters of content up to which its first words may stand for a title."""
_LOOKED_AT: Final = 200_000
"""Characters of markup in which marks are looked for; the pages meant here have a few thousand."""
_DECODED: Final = 1 << 20

_FRONT: Final = re.compile(
    r"/(?:(?:sv|en|se|start|startsida|hem|home|index|default)?(?:\.html?|\.php|\.aspx?)?)/?", re.IGNORECASE
)
_ERROR_ADDRESS: Final = re.compile(
    r"/(?:404|error-?404|404-?error|page-?not-?found|not-?found|sidan-(?:finns-inte|saknas|hittades-inte|kunde-inte-hittas))"
    r"(?:\.\d+)?(?:\.html?|\.aspx?|\.php)?/?$",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_SITE_NAME: Final = re.compile(r"\s+(?:[|•]|[-–—])\s+[^|•–—]{1,60}$")

_MISSING: Final = (
    r"(?:den här |denna )?sidan(?: eller filen)?(?: (?:som )?du (?:söker|sökte|letar efter|försöker nå|begärde))?"
    r" (?:finns (?:tyvärr )?(?:inte|ej)(?: (?:längre|här|kvar))?|saknas"
    r"|(?:kunde|kan|gick|går)(?: tyvärr)? (?:inte|ej) (?:att )?(?:hittas?|visas)|hittades (?:inte|ej)"
    r"|är borttagen|har tagits bort|har flyttats eller tagits bort|existerar inte)"
    r"|(?:vi |tyvärr |vi kan tyvärr |vi kan )?(?:hittar|hittade|hitta|kunde) (?:vi )?(?:tyvärr )?(?:inte|ej)"
    r" (?:hitta )?sidan(?: (?:som )?du (?:söker|sökte|letar efter))?"
    r"|sida saknas|page (?:was |could )?not (?:be )?found|not found|(?:http )?(?:error|fel)(?:kod)?:? ?404"
    r"|(?:the|this) page (?:you (?:are looking for|requested) )?"
    r"(?:can ?not be found|could not be found|was not found|does(?: not|n't) exist|no longer exists)"
)
_SOFT_404: Final = re.compile(
    r"(?:(?:ojdå?|hoppsan|tyvärr|sorry|oops)[!,.…]? )?"
    rf"(?:404(?: ?[-–—:|.,]? ?(?:{_MISSING}))?|(?:{_MISSING})(?: ?[-–—:(]? ?404\)?)?)[!.…]*"
)
_SENTENCE: Final = re.compile(rf"(?:tyvärr[,!]? )?(?:{_MISSING})[!.…]")

# Titles of servers, frameworks and sites that are out of order. "Underhåll" and "Avbrott" alone are news of many kinds.
_OUT_OF_ORDER: Final = re.compile(
    r"(?:(?:ojdå?|hoppsan|tyvärr|sorry|oops)[!,.…]? )?(?:"
    r"(?:ett )?(?:tekniskt|oväntat|internt) (?:server)?fel(?: (?:har )?(?:inträffat|inträffade|uppstått|uppstod))?"
    r"|ett fel (?:har )?(?:inträffat|inträffade|uppstått|uppstod)|något (?:gick|har gått) (?:fel|snett)"
    r"|(?:webbplatsen|webbsidan|sajten|sidan|tjänsten) (?:är|ligger) (?:tillfälligt |just nu |för tillfället )?"
    r"(?:stängd|nere|otillgänglig|inte tillgänglig|ur funktion)(?: (?:för|på grund av) underhåll(?:sarbete)?)?"
    r"|(?:vi|webbplatsen) (?:utför|gör|genomgår) (?:just nu )?underhåll(?: (?:av|på) (?:webbplatsen|servern))?"
    r"|(?:(?:http )?(?:error|fel) ?)?(?:500|502|503|504)?(?:[ –:-]+)?(?:internal server error|bad gateway"
    r"|service (?:temporarily )?unavailable|gateway time-?out)"
    r"|(?:application|runtime|database) error|server error in '/[^']{0,60}' application"
    r"|error establishing a database connection|something went wrong|an (?:unexpected )?error (?:has )?occurred"
    r"|(?:(?:web ?)?site |we are |we're )?(?:is )?(?:currently )?(?:down for|under|undergoing|closed for)"
    r" (?:scheduled )?maintenance|maintenance mode|we(?:'|’)ll be (?:right )?back(?: soon)?"
    r")[!.…]*"
)

_LOGIN: Final = re.compile(
    r"(?:logga in|inloggning|log ?in|sign in|please (?:log|sign) in|välj (?:inloggningsmetod|hur du vill logga in)"
    r"|du måste logga in|inloggning krävs|authentication required|login required)[!.…]*"
)
_PASSWORD: Final = re.compile(r"""<input[^>]{0,400}\btype=["']?password\b""", re.IGNORECASE)
_SINGLE_SIGN_ON: Final = re.compile(
    r"""<input[^>]{0,200}\bname=["']?(?:SAMLRequest|SAMLResponse|wresult)\b""", re.IGNORECASE
)
_CONSENT: Final = re.compile(
    r"(?:vi använder (?:kakor|cookies)|(?:godkänn|acceptera) (?:kakor|cookies)|(?:kakor|cookies) på webbplatsen"
    r"|innan du (?:fortsätter|går vidare)|before you continue(?: to .{1,40})?|we use cookies|cookie consent"
    r"|we value your privacy|vi värnar om din integritet|denna webbplats använder (?:kakor|cookies))[!.…]*"
)
_AGREE: Final = re.compile(
    r"<(?:button|input|a)\b[^>]{0,400}(?:>|value=.?)\s*(?:<span[^>]{0,100}>\s*)?"
    r"(?:jag )?(?:godkänn|acceptera|tillåt|samtyck|accept|agree|allow|i agree|i accept)",
    re.IGNORECASE,
)


def leads_to_front(address: str, location: str) -> bool:
    """Whether a redirect leads from a page to a site's front page.

    Sites that lost a page often send its readers to the front page instead of saying 404 (a "soft 404").
    """
    return is_front(location) and not is_front(address)


def is_front(address: str) -> bool:
    """Whether an address looks like that of a site's front page."""
    return bool(_FRONT.fullmatch(_path(address)))


def suspected(capture: Capture, reading: Reading) -> Reading:
    """The reading of a body, its verdict turned to `suspect` where the answer seems not to be the page."""
    if reading.verdict not in ("page", "suspect", "unparsable"):
        return reading
    found = _doorkeeper_by_head(capture, HEAD_MARKS)
    content = _content(reading.page)
    if not found and len(content) <= _SCARCE:
        found = _scarce(capture, reading, content)
    if not found:
        return reading
    return replace(reading, verdict="suspect", doubt=found[0], why=found[1])


def _scarce(capture: Capture, reading: Reading, content: str) -> tuple[Doubt, str] | None:
    """What a page with next to no content may be instead of the page."""
    markup = _markup(capture)
    titles = _titles(reading.page, markup)
    return (
        _doorkeeper(markup, titles)
        or _doorkeeper_by_head(capture, FAINT_HEAD_MARKS)
        or _login(markup, titles)
        or _consent(markup, titles)
        or _soft_404(capture, titles, content)
    )


def _doorkeeper_by_head(capture: Capture, marks: tuple[HeadMark, ...]) -> tuple[Doubt, str] | None:
    for mark in marks:
        if all(any(map(value.search, capture.fields(name))) for name, value in mark.fields):
            return "challenge", f"{mark.who} answers in the page's stead (field {mark.fields[0][0]})."
    return None


def _doorkeeper(markup: str, titles: tuple[str, ...]) -> tuple[Doubt, str] | None:
    for mark in BODY_MARKS:
        if all(pattern.search(markup) for pattern in mark.patterns):
            return "challenge", f"A challenge or block page of {mark.who} stands in the page's stead."
    for title in titles:
        if title in TITLES:
            return "challenge", f'A challenge or block page, "{title}", stands in the page\'s stead.'
    return None


def _login(markup: str, titles: tuple[str, ...]) -> tuple[Doubt, str] | None:
    if _SINGLE_SIGN_ON.search(markup) or (_PASSWORD.search(markup) and any(map(_LOGIN.fullmatch, titles))):
        return "login", "The page asks its reader to log in."
    return None


def _consent(markup: str, titles: tuple[str, ...]) -> tuple[Doubt, str] | None:
    if any(map(_CONSENT.fullmatch, titles)) and _AGREE.search(markup):
        return "consent", "The page asks for consent to cookies before it shows anything."
    return None


def _soft_404(capture: Capture, titles: tuple[str, ...], content: str) -> tuple[Doubt, str] | None:
    for title in titles:
        if _SOFT_404.fullmatch(title) or _OUT_OF_ORDER.fullmatch(title):
            return "soft_404", f'It answers 200 and says "{title}".'
    if _ERROR_ADDRESS.search(_path(capture.address)):
        return "soft_404", f"It answers 200 at {capture.address}, an address for pages that are lost."
    first = content[:_HARDLY_ANY].casefold()
    if len(content) <= _HARDLY_ANY and (said := _SENTENCE.match(first)):
        return "soft_404", f'It answers 200 and says "{said.group()}".'
    return None


def _content(page: Page | None) -> str:
    """Texts of a page's preamble and sections, as far as they count."""
    if page is None:
        return ""
    parts = [block_text(block) for block in page.preamble]
    for section in page.sections:
        parts.append(section.heading)
        parts += [block_text(block) for block in section.blocks]
        if sum(map(len, parts)) > _SCARCE:
            break
    return "\n".join(filter(None, parts))


def _titles(page: Page | None, markup: str) -> tuple[str, ...]:
    """The page's title, its <title> and its only heading, in small letters, each with and without a site's name."""
    found = [page.title] if page else []
    found += [html.unescape(match[1]) for match in [_TITLE.search(markup)] if match]
    if page and len(page.sections) <= 2:  # noqa: PLR2004 -- the lead and one heading
        found += [section.heading for section in page.sections]
    told = [" ".join(title.casefold().replace("\u00ad", "").split()).rstrip(".…") for title in found]
    return tuple(dict.fromkeys(part for title in told for part in (title, _SITE_NAME.sub("", title)) if part))


def _markup(capture: Capture) -> str:
    if capture.body is None:
        return ""
    codings = ", ".join(capture.fields("content-encoding"))
    text = decode(capture.body[:_DECODED], capture.field("content-type"), codings, _DECODED).text
    return text[:_LOOKED_AT]


def _path(address: str) -> str:
    return str(ada_url.URL(address).pathname)
