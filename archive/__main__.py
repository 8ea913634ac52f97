"""`python -m archive`: read an archive without the crawler."""

from archive.cli import cli, main
from archive.looking_back import LOOKING_BACK

for _command in LOOKING_BACK:
    cli.add_command(_command)
main()
