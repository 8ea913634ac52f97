"""Runs the yardsticks: `python -m benchmarks` all of them, `python -m benchmarks NAME …` some.

A yardstick is a module of this package with NAME and `run() -> str`, which returns a table or raises.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main(names: list[str]) -> int:
    """Print the table of each yardstick that is named, of all when none is."""
    modules = [
        importlib.import_module(f"benchmarks.{found.name}")
        for found in pkgutil.iter_modules(benchmarks.__path__)
        if not found.name.startswith("_")
    ]
    known = {module.NAME: module for module in modules if hasattr(module, "NAME")}
    unknown = set(names) - known.keys()
    if unknown:
        sys.stderr.write(f"No such yardstick: {', '.join(sorted(unknown))}. There are {', '.join(sorted(known))}.\n")
        return 2
    for name in sorted(names or known):
        sys.stdout.write(f"{known[name].run()}\n\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
