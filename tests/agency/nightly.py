"""Nights: which file an address shows on which night, and the page made of it. Reads `nights/`, serves nothing.

nights/<night>/<host>/<path>        a page, a document or robots.txt as it is from that night on
nights/<night>/parts/<host>/<name>  a piece of chrome as it is from that night on
nights/<night>/gone.txt             "host/path" a line: 404 on that night alone
nights/<night>/moved.txt            "host/path -> address" a line: 301 on that night alone
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.agency import noise

NIGHTS = Path(__file__).parent / "nights"
HOSTS = ("samverkansbyran.example", "foretagsverket.example")
MEDIA_TYPES = {
    ".html": "text/html; charset=UTF-8",
    ".htm": "text/html; charset=UTF-8",
    ".txt": "text/plain; charset=UTF-8",
    ".pdf": "application/pdf",
}
LAST_NIGHT = 3
PAGES = (".html", ".htm")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What an address shows on a night: a file, another address to go to, or neither when there is no such page."""

    file: Path | None = None
    moved_to: str | None = None


def shown(night: int, host: str, path: str) -> Shown:
    """Say what the address shows; `path` begins with a slash and has neither query nor session id."""
    place = host + path
    if place in (moves := moved(night)):
        return Shown(moved_to=moves[place])
    if host not in HOSTS or place in gone(night):
        return Shown()
    return Shown(file=_newest(night, host, path.lstrip("/")))


def gone(night: int) -> frozenset[str]:
    """Return the "host/path" that answer 404 on a night although an earlier night has them."""
    return frozenset(_lines(NIGHTS / str(night) / "gone.txt"))


def moved(night: int) -> dict[str, str]:
    """Return the addresses that answer 301 on a night, by "host/path"."""
    pairs = (line.split(" -> ") for line in _lines(NIGHTS / str(night) / "moved.txt"))
    return {place.strip(): address.strip() for place, address in pairs}


def source(night: int, host: str, path: str) -> str:
    """Return what editors have written at an address: the page without chrome and noise, its marks still in it.

    Raises FileNotFoundError when the address shows no file on that night.
    """
    found = shown(night, host, path).file
    if found is None:
        raise FileNotFoundError(f"{host}{path} shows nothing on night {night}.")
    return found.read_text("utf-8")


def page(night: int, host: str, path: str, request: int) -> bytes:
    """Return the page as the `request`-th answer has it: chrome of the night, noise of the request."""
    return noise.fill(_with_chrome(source(night, host, path), night, host), request, path).encode()


def page_without_noise(night: int, host: str, path: str) -> bytes:
    """Return the page with the chrome of the night and nothing that differs between requests."""
    return noise.still(_with_chrome(source(night, host, path), night, host), path).encode()


def not_found_page(night: int, host: str, path: str, request: int) -> bytes:
    """Return the page that says that there is no page; plain words on a host that is not the agency's."""
    if host not in HOSTS:
        return b"<p>No such host here.</p>"
    return noise.fill(_with_chrome(_part(night, host, "not-found"), night, host), request, path).encode()


def _with_chrome(text: str, night: int, host: str) -> str:
    return noise.put_in_parts(text, lambda name: _part(night, host, name))


def _part(night: int, host: str, name: str) -> str:
    file = _newest(night, f"parts/{host}", f"{name}.html")
    if file is None:
        raise FileNotFoundError(f"No night up to {night} has a part {name!r} for {host}.")
    return file.read_text("utf-8").rstrip("\n")


def _newest(night: int, folder: str, name: str) -> Path | None:
    for earlier in range(night, 0, -1):
        home = NIGHTS / str(earlier) / folder
        file = (home / name).resolve()
        if file.is_relative_to(home) and file.is_file():
            return file
    return None


def _lines(file: Path) -> list[str]:
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
