"""Runs the benchmarks: all of them in alphabetical order, or those named. Each module here has `NAME` and `run()`."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import benchmarks


def main(names: list[str]) -> None:
    """Print the table of each benchmark. Raises SystemExit for a name that there is none of."""
    modules = [entry.name for entry in pkgutil.iter_modules(benchmarks.__path__) if not entry.name.startswith("_")]
    found = {module.NAME: module for module in (import_module(f"benchmarks.{name}") for name in sorted(modules))}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise SystemExit(f"There is no benchmark {unknown[0]}; there are {', '.join(found)}.")
    for name in names or found:
        sys.stdout.write(f"# {name}\n\n{found[name].run()}\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
