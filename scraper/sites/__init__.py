"""Sites: the built-in ones by name, one's own by the path of a TOML file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from rapidfuzz import process

from schemas.errors import ConfigurationError
from schemas.site import Site, decode_site


def built_in() -> tuple[str, ...]:
    """Names of the sites that come with the program, sorted."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _folder() if file.name.endswith(".toml")))


def find_site(name: str) -> Site:
    """The built-in site of that name, or the one that the TOML file of that path describes.

    Raises ConfigurationError when there is neither, or the file cannot be used.
    """
    return decode_site(*site_text(name))


def site_text(name: str) -> tuple[str, str]:
    """The TOML text of a site, built in or in a file, and what to call it in messages. Raises ConfigurationError."""
    path = Path(name)
    if name and (path.suffix == ".toml" or path.exists() or "/" in name):
        return _file_text(path), str(path)
    if name in built_in():
        return (files(__name__) / f"{name}.toml").read_text("utf-8"), f"{name} (built in)"
    near = process.extractOne(name, built_in(), score_cutoff=50)
    hint = f'did you mean "{near[0]}"?' if near else f"built in: {', '.join(built_in())}."
    raise ConfigurationError(
        f'There is no site "{name}"; {hint} For a site of your own, give the path of its TOML file '
        "(`tidslager init ADDRESS` writes one)."
    )


def _folder() -> tuple[Path, ...]:
    return tuple(Path(str(entry)) for entry in files(__name__).iterdir())


def _file_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no site file {path}; `tidslager init ADDRESS` writes one, `tidslager sites` lists the built-in."
        ) from None
    except IsADirectoryError:
        raise ConfigurationError(f"{path} is a directory: give the path of a site's TOML file.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text: a site file is TOML in UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path} ({error.strerror}): see to its rights.") from error
