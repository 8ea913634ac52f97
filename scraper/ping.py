"""Ping: tells a monitor that a night began, was done or failed: our silence is noticed. Never fails the night."""

from __future__ import annotations

from typing import Literal

from schemas.installation import Installation, Ping
from scraper.logs import LOG
from scraper.outbound import send

Moment = Literal["start", "done", "fail"]


def ping(installation: Installation, moment: Moment) -> None:
    """Tell the monitor, where there is one. What goes wrong with it is logged and no more."""
    address = address_of(installation.ping, moment)
    if not address:
        return
    why = send(address, timeout_s=installation.ping.timeout_s, own_network=installation.own_network)
    if why:
        LOG.warning("The monitor was not told of the %s: %s", moment, why)


def address_of(told: Ping, moment: Moment) -> str:
    """Where to tell of a moment; "" for nowhere. Pure."""
    named = {"start": told.start, "done": told.url, "fail": told.fail}[moment]
    if named or not told.url or moment == "done":
        return named
    return f"{told.url.rstrip('/')}/{moment}"
