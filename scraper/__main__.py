"""`python -m scraper` is `tidslager`."""

from scraper.cli import main

main()
