"""Settings: what is in force, where each value came from, and what is said of a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from schemas.errors import ConfigurationError
from schemas.installation import Installation
from schemas.site import Site
from scraper.settings import installation_in_force, scalars, site_in_force, unknown_variables, variable_of
from tests.shell import tidslager


def written(text: str, name: str = "tidslager.toml") -> Path:
    """A file in the working directory."""
    Path(name).write_text(text, "utf-8")
    return Path(name)


def test_the_later_source_counts_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Default, file, environment, command line: each value says which of them it came from."""
    written('archive = "a.db"\nverify_sample = 7\nfeed = "feed.xml"\n')
    monkeypatch.setenv("TIDSLAGER_VERIFY_SAMPLE", "9")
    rows = {row["key"]: row for row in json.loads(tidslager("config", "--json").out)}
    assert (rows["archive"]["value"], rows["archive"]["source"]) == ('"a.db"', "installation file tidslager.toml")
    assert (rows["verify_sample"]["value"], rows["verify_sample"]["source"]) == (
        "9",
        "environment TIDSLAGER_VERIFY_SAMPLE",
    )
    assert rows["feed_entries"]["source"] == "default"
    rows = {row["key"]: row for row in json.loads(tidslager("config", "--json", "-a", "b.db").out)}
    assert (rows["archive"]["value"], rows["archive"]["source"]) == ('"b.db"', "command line")


def test_a_site_has_its_sources_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested settings are set by variables with an underscore for each dot."""
    monkeypatch.setenv("TIDSLAGER_LIMITS_PAGES", "12")
    assert site_in_force("goda-exempel").value.limits.pages == 12
    out = tidslager("config", "goda-exempel", "--contact", "a@b.se").out
    assert "limits.pages" in out
    assert "(environment TIDSLAGER_LIMITS_PAGES)" in out
    assert '"a@b.se"  (command line)' in out
    assert "(site file goda-exempel (built in))" in out


def test_every_scalar_setting_has_a_variable_of_its_own() -> None:
    """No variable sets two settings, and only a site's name, which is its identity, has none."""
    keys = [key for record in (Site, Installation) for key, _ in scalars(record)]
    assert len({variable_of(key) for key in keys}) == len(keys)
    assert {"delay_s", "limits.page_s", "budget.hours", "floors.pages", "archive", "ping.url", "log"} <= set(keys)
    assert "name" not in keys


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("archiv = 'x.db'", 'did you mean "archive"'),
        ("[ping]\nurll = 'x'", 'did you mean "ping.url"'),
        ("verify_sample = -1", "verify_sample: expected"),
        ("sites = 'x.toml'", "Write it like: sites ="),
        ("[ping]\nurl = 'hc.example'", "ping.url"),
        ("[[[", "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(text: str, said: str) -> None:
    """Unknown keys are refused with the nearest, values with an example; exit code 2."""
    written(text)
    ran = tidslager("pages")
    assert ran.code == 2
    assert said in ran.err
    assert "tidslager.toml" in ran.err


@pytest.mark.parametrize(("variable", "value"), [("TIDSLAGER_VERIFY_SAMPLE", "x"), ("TIDSLAGER_LOG", "xml")])
def test_a_variable_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """The message names the variable and its value."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=f'{variable}: "{value}"'):
        installation_in_force()


def test_a_variable_that_sets_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable is no silent default."""
    monkeypatch.setenv("TIDSLAGER_VERIFY_SAMPEL", "3")
    assert unknown_variables() == ["TIDSLAGER_VERIFY_SAMPEL sets nothing; did you mean TIDSLAGER_VERIFY_SAMPLE?"]
    assert "TIDSLAGER_VERIFY_SAMPEL sets nothing" in tidslager("config").err


def test_an_empty_variable_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a runner hands on without its having been set takes nothing away from the files."""
    written('archive = "a.db"\n[ping]\nurl = "https://hc.example/1"\n')
    for variable in (
        "TIDSLAGER_ARCHIVE",
        "TIDSLAGER_PING_URL",
        "TIDSLAGER_VERIFY_SAMPLE",
        "TIDSLAGER_NOTIFY_QUIET_NIGHTS",
    ):
        monkeypatch.setenv(variable, "")
    found = installation_in_force()
    assert (found.value.archive, found.value.ping.url) == ("a.db", "https://hc.example/1")
    assert set(found.sources) == {"archive", "ping.url"}
    monkeypatch.setenv("TIDSLAGER_DELAY_S", "")
    monkeypatch.setenv("TIDSLAGER_DEPTH", "")
    assert site_in_force("goda-exempel").value.depth == 1


def test_paths_are_taken_from_the_directory_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is called from, a file means the same files; every command takes its archive."""
    (tmp_path / "there").mkdir()
    file = written('archive = "x.db"\nsites = ["a.toml", "goda-exempel"]\nreport = ["r.html"]\n', "there/t.toml")
    found = installation_in_force(file).value
    assert found.archive == "there/x.db"
    assert found.sites == ("there/a.toml", "goda-exempel")
    assert found.report == ("there/r.html",)
    assert "there/x.db" in tidslager("--config", str(file), "pages").err
    assert "y.db" in tidslager("--config", str(file), "pages", "-a", "y.db").err
    monkeypatch.setenv("TIDSLAGER_CONFIG", str(file))
    assert "there/x.db" in tidslager("quarantine", "list").err


@pytest.mark.parametrize("what", ["nowhere.toml", "."])
def test_a_file_that_cannot_be_read_is_told(what: str) -> None:
    """A named file that is not there, or is none, is a mistake in the command line."""
    ran = tidslager("--config", what, "pages")
    assert ran.code == 2
    assert what in ran.err


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of addresses that are secrets only the host is shown."""
    monkeypatch.setenv("TIDSLAGER_PING_URL", "https://ann:hemligt@hc.example/1234-5678")
    out = tidslager("config").out
    assert "https://hc.example/…" in out
    assert "hemligt" not in out
    assert "1234" not in out


@pytest.mark.parametrize("name", ["installation", "site"])
def test_the_schema_is_for_editors(name: str) -> None:
    """It has every key, and refuses others."""
    schema = json.loads(tidslager("config", "--schema", name).out)
    records: dict[str, type[msgspec.Struct]] = {"installation": Installation, "site": Site}
    record = records[name]
    described = schema["$defs"][record.__name__]
    assert set(described["properties"]) == {field.name for field in msgspec.structs.fields(record)}
    assert described["additionalProperties"] is False
