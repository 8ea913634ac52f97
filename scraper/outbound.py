"""Outbound: what we send to our own people's servers, a monitor or a webhook, by the rules of every connection of ours.

Checked addresses, TLS verified, no proxy of the environment's, no redirect followed, an end to waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread

from schemas.site import Limits
from scraper.clock import SystemClock
from scraper.connect import PRIVATE_ADVICE, Routes
from scraper.fetch import user_agent
from scraper.wire import Wire

_ANSWER_BYTES = 64 * 1024
_LEAST_OK, _LEAST_NOT_OK = 200, 300


def send(
    address: str,
    *,
    content: bytes | None = None,
    fields: Mapping[str, str] | None = None,
    timeout_s: float,
    own_network: bool = False,
) -> str | None:
    """Ask for an address, or post content to it; None when it was taken, else a sentence on why it was not.

    Never raises for what the network does, and never takes longer than `timeout_s`: a name server that is silent cannot
    be interrupted, so the asking is left to itself. The sentence names the host, not the address: it may be secret.
    """
    told: list[str | None] = []
    asking = Thread(
        target=lambda: told.append(_sent(address, content, fields or {}, timeout_s, own_network=own_network)),
        daemon=True,
    )
    asking.start()
    asking.join(timeout_s)
    return told[0] if told else f"{host_only(address)} did not answer within {timeout_s:g} s."


def host_only(address: str) -> str:
    """The part of an address that is no secret."""
    return address.split("/")[2].rpartition("@")[2] if address.count("/") >= 2 else "?"  # noqa: PLR2004 -- https://


def _sent(
    address: str, content: bytes | None, fields: Mapping[str, str], timeout_s: float, *, own_network: bool
) -> str | None:
    limits = Limits(page_s=timeout_s, connect_s=timeout_s)
    wire = Wire(limits, Routes(allow_private=own_network), SystemClock())
    heads = [
        (name.encode(), value.encode("latin-1")) for name, value in {"User-Agent": user_agent(""), **fields}.items()
    ]
    try:
        if content is None:
            answer = wire.get(address, heads, body_bytes=_ANSWER_BYTES)
        else:
            answer = wire.post(address, heads, content, body_bytes=_ANSWER_BYTES)
    except (ValueError, LookupError) as error:
        return f"{host_only(address)} cannot be asked ({type(error).__name__})."
    if answer.status is None:
        why = answer.trouble[1] if answer.trouble else "no answer"
        # The setting of a site is another one here.
        why = why.replace(PRIVATE_ADVICE, "set own_network = true if it is yours")
        return f"{host_only(address)}: {why.replace(address, host_only(address))}"
    if not _LEAST_OK <= answer.status < _LEAST_NOT_OK:
        return f"{host_only(address)} answered with status {answer.status}."
    return None
