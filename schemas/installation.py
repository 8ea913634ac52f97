"""Installation: what holds for every site that one archive is run for. `tidslager.toml`; unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from schemas.change import Class
from schemas.errors import ConfigurationError
from schemas.site import Count, Positive, plain_fault, refuse_unknown_keys

Address = Annotated[str, Meta(pattern=r"^(https?://[^\s]+)?$")]
Wait = Annotated[float, Meta(gt=0, le=60)]


class Notify(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to tell after a night, and of what: one message a night, none on a quiet night unless asked for."""

    urls_file: str = ""
    """File with one address of a service a line, as apprise writes them (extra [notify]); they have passwords in them,
    so they stand nowhere else but in the variable TIDSLAGER_NOTIFY_URLS."""
    webhook: Address = ""
    """Address that gets the night as JSON; `tidslager config` shows its host only."""
    webhook_secret_file: str = ""
    """File with the key that signs what the webhook gets (HMAC-SHA256); or the variable TIDSLAGER_WEBHOOK_SECRET."""
    classes: tuple[Class, ...] = ("editorial", "metadata")
    """Classes of change that are told. Failures and suspects are always told."""
    pages: tuple[str, ...] = ()
    """Parts of the addresses of the pages that are told; empty: all pages."""
    quiet_nights: bool = False
    """Whether to write also when nothing happened."""
    timeout_s: Wait = 10.0
    """Seconds that the webhook may take."""


class Ping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A monitor that misses us when we fall silent, as healthchecks.io and its like: asked for, never waited for."""

    url: Address = ""
    """Address asked for when a night was done; `tidslager config` shows its host only. Empty: no monitor."""
    start: Address = ""
    """Address asked for when a night begins; empty: `url` and "/start"."""
    fail: Address = ""
    """Address asked for when a night failed; empty: `url` and "/fail"."""
    timeout_s: Wait = 5.0
    """Seconds that the monitor may take. A monitor that does not answer never fails the night."""


class Installation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `tidslager night` works with. Paths are taken from the directory of the file."""

    archive: str = "tidslager.db"
    """The archive file; also for every other command."""
    sites: tuple[str, ...] = ()
    """Sites of a night when none is named: paths of site files, or names of built-in sites."""
    verify_sample: Count = 100
    """Bodies, pages and runs that are verified after each night, at random, and the head of every run; 0 for none."""
    report: tuple[str, ...] = ()
    """Files that get the report of the night: .html, .md or .json."""
    feed: str = ""
    """Atom file that gets an entry for each revision with changes that are told; empty for none."""
    feed_entries: Positive = 200
    """Entries that the Atom file keeps, the newest first."""
    log: Literal["human", "json"] = "human"
    """How `night` logs on stderr."""
    own_network: bool = False
    """Whether monitor and webhook may stand in your own network."""
    notify: Notify = Notify()
    ping: Ping = Ping()


_EXAMPLES = {
    "sites": 'sites = ["goda-exempel", "sites/byran.toml"]',
    "archive": 'archive = "tidslager.db"',
    "report": 'report = ["night.html", "night.json"]',
    "verify_sample": "verify_sample = 100",
    "ping": 'url = "https://hc.example/6f1c" under [ping]',
    "notify": 'classes = ["editorial", "metadata"] under [notify]',
    "log": 'log = "json"',
}


def installation_from(raw: dict[str, Any], source: str) -> Installation:
    """Return the installation that was read from TOML; `source` names it in messages. Raises ConfigurationError."""
    refuse_unknown_keys(raw, Installation, source)
    try:
        return msgspec.convert(raw, Installation, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{source}: {plain_fault(str(error), _EXAMPLES)}") from error
