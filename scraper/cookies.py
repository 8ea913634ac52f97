"""Cookies of one run: enough for sites that answer 307 until a cookie comes back, and no more.

Each goes back to the very host that set it, `Domain` or not. Small, capped, never written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from scraper.addresses import host_of

COOKIES_PER_HOST = 20
BYTES_PER_HOST = 4096

_PAIR = re.compile(r"(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?P<value>[!-~ ]*)")
# How servers take a cookie back: no age left, or an end in the first years of the epoch.
_ENDED = re.compile(r"max-age\s*=\s*(0+|-\d+)|expires\s*=.*(19[67]\d\b|-[67]\d\b)", re.IGNORECASE)


class _Cookie(msgspec.Struct, frozen=True):
    value: str
    secure: bool


class Cookies:
    """What hosts asked to have sent back."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, _Cookie]] = {}

    def keep(self, address: str, lines: Iterable[str]) -> None:
        """Take in the Set-Cookie lines of an answer; what is malformed or over the caps is left out."""
        jar = self._hosts.setdefault(host_of(address), {})
        for line in lines:
            pair, *attributes = (part.strip() for part in line.split(";"))
            match = _PAIR.fullmatch(pair)
            if match is None:
                continue
            name = match["name"]
            jar.pop(name, None)
            cookie = _Cookie(match["value"], any(part.lower() == "secure" for part in attributes))
            if not any(_ENDED.match(part) for part in attributes) and _room(jar, name, cookie):
                jar[name] = cookie

    def header(self, address: str) -> str:
        """Value of the Cookie field for a request; "" when there is none to send."""
        jar = self._hosts.get(host_of(address), {})
        encrypted = address.startswith("https:")
        cookies = list(jar.items())  # at once: another thread may be given a cookie meanwhile
        return "; ".join(f"{name}={cookie.value}" for name, cookie in cookies if encrypted or not cookie.secure)


def _room(jar: dict[str, _Cookie], name: str, cookie: _Cookie) -> bool:
    used = sum(len(other) + len(kept.value) for other, kept in jar.items())
    return len(jar) < COOKIES_PER_HOST and used + len(name) + len(cookie.value) <= BYTES_PER_HOST
