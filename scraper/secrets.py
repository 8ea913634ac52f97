"""Secrets: keys and passwords that a night works with, from the environment or a file and from nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from schemas.errors import ConfigurationError
from schemas.installation import Installation


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is never logged, never shown and never in the archive."""

    urls: tuple[str, ...] = ()
    """Addresses of services as apprise writes them."""
    webhook_key: str = ""
    """Key that signs what the webhook gets; "" for no signature."""
    addresses: tuple[str, ...] = ()
    """Addresses of the monitor and the webhook: who has them can speak in our name."""

    @property
    def words(self) -> tuple[str, ...]:
        """All that must be struck out wherever it turns up."""
        return tuple(filter(None, (*self.urls, self.webhook_key, *self.addresses)))

    def __repr__(self) -> str:
        """Say nothing."""
        return "Secrets(…)"


def secrets_of(installation: Installation, environ: Mapping[str, str] = os.environ) -> Secrets:
    """The secrets of an installation. Raises ConfigurationError for a file that cannot be read."""
    notify, ping = installation.notify, installation.ping
    urls = environ.get("TIDSLAGER_NOTIFY_URLS") or _file(notify.urls_file, "notify.urls_file")
    key = environ.get("TIDSLAGER_WEBHOOK_SECRET") or _file(notify.webhook_secret_file, "notify.webhook_secret_file")
    return Secrets(
        urls=tuple(line for line in urls.split() if not line.startswith("#")),
        webhook_key=key.strip(),
        addresses=(notify.webhook, ping.url, ping.start, ping.fail),
    )


def _file(path: str, setting: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"{setting}: cannot read {path} ({why}): see to the file and its rights.") from error
