"""`python -m archive`: the command line without the crawler."""

from archive.cli import cli, main
from archive.keeping import KEEPING
from archive.looking_back import LOOKING_BACK

for _command in (*KEEPING, *LOOKING_BACK):
    cli.add_command(_command)
main()
