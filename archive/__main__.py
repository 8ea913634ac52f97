"""`python -m archive`: the command line without the crawler."""

from archive.cli import cli, main
from archive.keeping import KEEPING

for _command in KEEPING:
    cli.add_command(_command)
main()
