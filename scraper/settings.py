"""Settings: what is in force and where each value came from: default, file, environment, command line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import click
import msgspec
from msgspec import inspect
from rapidfuzz import process

from schemas.errors import ConfigurationError
from schemas.installation import Installation, installation_from
from schemas.site import Site, read_toml, refuse_unknown_keys, site_from
from scraper.sites import site_text

FILE = "tidslager.toml"
CONFIG_VARIABLE = "TIDSLAGER_CONFIG"
_PREFIX = "TIDSLAGER_"
_SECRET_VARIABLES = ("TIDSLAGER_NOTIFY_URLS", "TIDSLAGER_WEBHOOK_SECRET")
_SCALARS = (inspect.IntType, inspect.FloatType, inspect.StrType, inspect.BoolType, inspect.LiteralType)
_UNSHOWN = ("notify.webhook", "ping.url", "ping.start", "ping.fail")
_OWN_NAME = "name"
"""The one scalar that no variable sets: a site of another name is another collection."""

_MAKERS: dict[type[msgspec.Struct], Any] = {Site: site_from, Installation: installation_from}
R = TypeVar("R", Site, Installation)


class InForce(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A record as it is in force, and where what differs from the defaults came from."""

    value: R
    sources: Mapping[str, str]
    """Where a key's value came from, by key with dots; a key that is not there has its default."""


def installation_in_force(config: Path | None = None, environ: Mapping[str, str] = os.environ) -> InForce[Installation]:
    """The installation: its file, named, by TIDSLAGER_CONFIG or in the working directory, and the environment over it.

    Raises ConfigurationError.
    """
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    path = named or Path(FILE)
    raw: dict[str, Any] = {}
    if named or _is_there(path):
        raw = read_toml(_text(path), str(path))
        refuse_unknown_keys(raw, Installation, str(path))
        installation_from(raw, str(path))
        raw = _from_its_directory(raw, path.parent)
    sources = dict.fromkeys(_keys(raw), f"installation file {path}")
    return _overlaid(Installation, raw, sources, str(path), environ)


def site_in_force(name: str, environ: Mapping[str, str] = os.environ) -> InForce[Site]:
    """A site: its file, and the environment over it. Raises ConfigurationError."""
    text, source = site_text(name)
    raw = read_toml(text, source)
    site_from(raw, source)
    return _overlaid(Site, raw, dict.fromkeys(_keys(raw), f"site file {source}"), source, environ)


def _overlaid(
    record: type[R], raw: dict[str, Any], sources: dict[str, str], source: str, environ: Mapping[str, str]
) -> InForce[R]:
    for key, kind in scalars(record):
        variable = variable_of(key)
        # Runners and env-files hand on what was never set as an empty variable.
        if environ.get(variable):
            _put(raw, key, _read(environ[variable], kind, variable))
            sources[key] = f"environment {variable}"
            source = f"{source} with {variable}"
    return InForce(value=_MAKERS[record](raw, source), sources=sources)


def over(in_force: InForce[R], typed: Mapping[str, Any]) -> InForce[R]:
    """The record with what was typed on the command line put over it."""
    sources = {**in_force.sources, **dict.fromkeys(typed, "command line")}
    return InForce(value=msgspec.structs.replace(in_force.value, **typed), sources=sources)


def scalars(record: type[msgspec.Struct], before: str = "") -> Iterator[tuple[str, type]]:
    """Each setting of one value: its key with dots, and its type."""
    for field in msgspec.structs.fields(record):
        key = before + field.name
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from scalars(field.type, f"{key}.")
        elif isinstance(inspect.type_info(field.type), _SCALARS) and key != _OWN_NAME:
            yield key, field.type


def variable_of(key: str) -> str:
    """Name of the variable that sets a key: `limits.pages` is TIDSLAGER_LIMITS_PAGES."""
    return _PREFIX + key.upper().replace(".", "_")


def with_archive(group: click.Group, archive: str) -> dict[str, Any]:
    """Defaults by which every command of a group that takes --archive takes this one, as click has them."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found[name] = with_archive(command, archive)
        elif any("--archive" in option.opts for option in command.params):
            found[name] = {"path": archive}
    return found


def unknown_variables(environ: Mapping[str, str] = os.environ) -> list[str]:
    """A sentence for each variable that begins as ours do and sets nothing."""
    known = [variable_of(key) for record in (Site, Installation) for key, _ in scalars(record)]
    known += [CONFIG_VARIABLE, *_SECRET_VARIABLES]
    told = []
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name not in known:
            near = process.extractOne(name, known, score_cutoff=80)
            told.append(f"{name} sets nothing" + (f"; did you mean {near[0]}?" if near else "."))
    return told


def rows(of: str, in_force: InForce[R]) -> list[dict[str, object]]:
    """Each setting of a record with its value, as JSON, and where that came from."""
    return [
        {"of": of, "key": key, "value": _shown(key, value), "source": in_force.sources.get(key, "default")}
        for key, value in _values(in_force.value)
    ]


COLUMNS = {
    "of": "installation, or the name of the site",
    "key": "the setting, with dots",
    "value": "value in force, as JSON; of an address that is a secret the host only",
    "source": "default, the file, the variable, or the command line",
}


def _values(record: msgspec.Struct, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in msgspec.structs.asdict(record).items():
        if isinstance(value, msgspec.Struct):
            yield from _values(value, f"{before}{name}.")
        else:
            yield before + name, value


def _shown(key: str, value: Any) -> str:
    if key in _UNSHOWN and value:
        value = "/".join(str(value).split("/")[:2]) + "/" + str(value).split("/")[2].rpartition("@")[2] + "/…"
    return msgspec.json.encode(value).decode()


def _keys(raw: dict[str, Any], before: str = "") -> Iterator[str]:
    for key, value in raw.items():
        # What a person names freely, as in connect_to, is no key.
        if isinstance(value, dict) and key != "connect_to":
            yield from _keys(value, f"{before}{key}.")
        else:
            yield before + key


def _put(raw: dict[str, Any], key: str, value: Any) -> None:
    *tables, last = key.split(".")
    for table in tables:
        raw = raw.setdefault(table, {})
    raw[last] = value


def _read(text: str, kind: type, variable: str) -> Any:
    wanted: Any = kind
    try:
        if isinstance(inspect.type_info(kind), inspect.BoolType):
            text = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower(), text)
        return msgspec.convert(text, wanted, strict=False)
    except msgspec.ValidationError as error:
        fault = str(error)[:1].lower() + str(error)[1:]
        raise ConfigurationError(f'{variable}: "{text}" cannot be used, {fault}. Correct it or unset it.') from None


def _from_its_directory(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same with paths taken from the directory of the file that they stand in."""

    def placed(value: str) -> str:
        return str(folder / value) if value else value

    def site(name: str) -> str:
        return placed(name) if name.endswith(".toml") or "/" in name else name

    raw = {**raw}
    for key in ("archive", "feed"):
        if key in raw:
            raw[key] = placed(raw[key])
    for key, place in (("sites", site), ("report", placed)):
        if key in raw:
            raw[key] = [place(one) for one in raw[key]]
    if "notify" in raw:
        raw["notify"] = {k: placed(v) if k.endswith("_file") else v for k, v in raw["notify"].items()}
    return raw


def _is_there(path: Path) -> bool:
    """Whether there is such a file; a directory that we may not look into has none for us."""
    try:
        return path.exists()
    except OSError:
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no installation file {path}: name another with --config, or write one (docs/config.md)."
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text: an installation file is TOML in UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path} ({error.strerror}): see to it, or name another.") from error
