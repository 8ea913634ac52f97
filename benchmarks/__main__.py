"""`python -m benchmarks [NAME …]`: runs the yardsticks, all in alphabetical order or those named."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import benchmarks


def main(names: list[str]) -> int:
    """Run each named yardstick, or all; a module with NAME and run() is one."""
    modules = [import_module(f"benchmarks.{found.name}") for found in pkgutil.iter_modules(benchmarks.__path__)]
    known = {module.NAME: module.run for module in modules if hasattr(module, "run") and hasattr(module, "NAME")}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"There is no yardstick {unknown[0]!r}; there are: {', '.join(sorted(known))}.\n")
        return 2
    for name in names or sorted(known):
        sys.stdout.write(f"{name}\n{known[name]()}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
