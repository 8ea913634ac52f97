"""`python -m archive`: the command line without the crawler."""

from archive.cli import cli, main
from archive.exporting import EXPORTING
from archive.keeping import KEEPING
from archive.looking_back import LOOKING_BACK
from archive.querying import QUERYING
from archive.schema_command import SCHEMA
from archive.searching import SEARCHING

for _command in (*EXPORTING, *KEEPING, *LOOKING_BACK, *QUERYING, *SCHEMA, *SEARCHING):
    cli.add_command(_command)
main()
