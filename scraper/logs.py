"""Logs: what is done, line by line, on stderr: for people, or one JSON object a line. Each has run, page and address.

No secret gets in: what is logged is our own sentences and public addresses, the libraries' own logs stay out, and the
secrets that a night works with are struck out all the same.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

import click

from archive.excerpt import shown_safely
from archive.times import to_text
from scraper.summary import Look

INFO = logging.INFO
SILENT = logging.CRITICAL + 1
LOG_JSON = click.option(
    "--log-json", is_flag=True, help="On stderr one JSON object a look and event, with run, page and address."
)
LOG = logging.getLogger("tidslager")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False

_FIELDS = ("run", "page", "address")
_LOUD = ("failed", "suspect", "unreadable", "left")
_STRUCK = "[secret]"


def log_look(run: int, look: Look) -> None:
    """Log what one look at one page came to."""
    told = f"{look.result}: {look.error}" if look.error else look.result
    level = logging.WARNING if look.result in _LOUD else logging.INFO
    LOG.log(level, "%s", told, extra={"run": run, "page": look.page, "address": look.address})


@contextmanager
def logging_to(
    stream: TextIO, *, as_json: bool, least: int = logging.INFO, secrets: Sequence[str] = ()
) -> Iterator[None]:
    """Write what is logged inside to a stream, from a level on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json(secrets) if as_json else _Human(secrets))
    before = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(least)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(before)


class _Struck(logging.Formatter):
    """What both ways have in common: the message without secrets, and where it belongs."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        # The longest first: one secret may be a part of another.
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def said(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, _STRUCK)
        return text


class _Json(_Struck):
    def format(self, record: logging.LogRecord) -> str:
        """One object, its keys always the same."""
        return json.dumps(
            {
                "time": to_text(datetime.fromtimestamp(record.created, UTC)),
                "level": record.levelname.lower(),
                "message": self.said(record),
                **{field: getattr(record, field, None) for field in _FIELDS},
            },
            ensure_ascii=False,
        )


class _Human(_Struck):
    def format(self, record: logging.LogRecord) -> str:
        """Time, level where it is not ordinary, run and page, and the sentence; addresses are shown, never obeyed."""
        when = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        level = "" if record.levelno == logging.INFO else f" {record.levelname.lower()}:"
        run, page, address = (getattr(record, field, None) for field in _FIELDS)
        where = "".join(
            (f" run {run}" if run else "", f" page {page}" if page else "", f" {address}" if address else "")
        )
        return shown_safely(f"{when}{level}{where} {self.said(record)}")
