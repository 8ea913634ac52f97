"""`python -m archive`: read an archive without the crawler."""

from archive.cli import main

main()
