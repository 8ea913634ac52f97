"""Notify: one message a night to those who asked for it, by any service that apprise knows and by a signed webhook."""

from __future__ import annotations

import hashlib
import hmac
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archive.console import archive_option, print_note
from archive.digest import Choice, Digest, digest_of
from archive.digest_text import digest_json, digest_text
from archive.digest_words import headline
from archive.file import open_for_reading
from schemas.errors import ConfigurationError
from schemas.installation import Installation
from scraper.outbound import send
from scraper.secrets import Secrets, secrets_of
from scraper.settings import InForce, installation_in_force

SIGNATURE = "X-Tidslager-Signature"
"""Header of the webhook: "sha256=" and the HMAC-SHA256 of the body in hexadecimal digits, as others have it too."""
_LONGEST = 20_000
"""Characters of a message; the services cut what is longer, or refuse it."""


def choice_of(installation: Installation) -> Choice:
    """What the installation wants to be told of."""
    return Choice(classes=installation.notify.classes, pages=installation.notify.pages)


def notify(digest: Digest, installation: Installation, secrets: Secrets) -> tuple[str, ...]:
    """Tell everybody of a night, unless it was quiet; return a sentence for each who could not be told.

    Raises ConfigurationError where the extra that sends is not installed.
    """
    if digest.quiet and not installation.notify.quiet_nights:
        return ()
    return tuple(_undelivered(headline(digest), digest_text(digest), digest_json(digest), installation, secrets))


def signature(key: str, body: bytes) -> str:
    """What the header of a webhook says of its body."""
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _undelivered(title: str, text: str, as_json: str, installation: Installation, secrets: Secrets) -> Iterator[str]:
    told = installation.notify
    if told.webhook:
        body = as_json.encode()
        fields = {"Content-Type": "application/json"}
        if secrets.webhook_key:
            fields[SIGNATURE] = signature(secrets.webhook_key, body)
        why = send(
            told.webhook, content=body, fields=fields, timeout_s=told.timeout_s, own_network=installation.own_network
        )
        if why:
            yield f"The webhook was not told: {why}"
    yield from _by_services(title, text, secrets.urls)


def _by_services(title: str, text: str, urls: tuple[str, ...]) -> Iterator[str]:
    if not urls:
        return
    try:
        apprise = _apprise()
    except ImportError:
        raise ConfigurationError(
            "Messages by mail and other services need the extra [notify]: pip install 'tidslager[notify]'."
        ) from None
    # Its own log has addresses with passwords in them.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rpartition("\n")[0] + "\n… the rest is in the archive: tidslager changes"
    for number, url in enumerate(urls, 1):
        kind = url.partition("://")[0]
        service = apprise.Apprise()
        if not service.add(url):
            yield f"Address {number} of a service ({kind}) is none that apprise can use: see its documentation."
        elif not service.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT):
            yield f"Service {number} ({kind}) did not take the message."


def _apprise() -> Any:
    """The library with all its services; some of them still ask for modules that Python is about to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        apprise.Apprise().add("json://localhost")
    return apprise


@click.command(name="notify")
@click.option("--test", is_flag=True, help="A message that says that it is one, whatever the last night was.")
@archive_option
@click.pass_context
def notify_command(context: click.Context, path: Path, *, test: bool) -> None:
    """Tell again of the newest run of each site, or with --test try whether messages arrive.

    Whom to tell stands in the installation file, secrets in the environment or in files of their own. Exit code 0, or
    1 when somebody could not be told.
    """
    in_force: InForce[Installation] = context.obj or installation_in_force()
    installation, secrets = in_force.value, secrets_of(in_force.value)
    if not (installation.notify.webhook or secrets.urls):
        raise ConfigurationError(
            "Nobody is to be told: set notify.webhook or notify.urls_file in tidslager.toml, or TIDSLAGER_NOTIFY_URLS."
        )
    if test:
        words = "This is a test of Tidslager's messages. If you read it, they arrive."
        failed = list(
            _undelivered("Tidslager: test", words, f'{{"test": true, "text": "{words}"}}\n', installation, secrets)
        )
    else:
        failed = list(notify(_newest(path, installation), installation, secrets))
    for sentence in failed:
        print_note(sentence)
    if not failed:
        print_note("Told.")
    raise SystemExit(1 if failed else 0)


def _newest(path: Path, installation: Installation) -> Digest:
    database = open_for_reading(path)
    try:
        runs = database.execute("SELECT max(id) FROM runs GROUP BY site ORDER BY 1").fetchall()
        return digest_of(database, [run for (run,) in runs], choice_of(installation))
    finally:
        database.conn.close()


COMMANDS = (notify_command,)
