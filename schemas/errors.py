"""What stops us, as one tree; what a site did wrong is a capture with an outcome, never an exception.

    TidslagerError           exit code
    ├── ConfigurationError   2   a site, a setting or a command line that cannot be used
    ├── ArchiveError         1   the archive file cannot be used
    │   ├── NotAnArchiveError    another program's file, or not SQLite at all
    │   ├── ArchiveTooNewError   written by a newer Tidslager
    │   ├── ArchiveOutdatedError made by another version: its tables are not those of this one
    │   └── ArchiveWriteError    read-only, full disk, no such directory
    ├── QueryError           1   a question the archive has no answer to
    │   ├── PageNotFoundError
    │   ├── AmbiguousPageError
    │   ├── RevisionNotFoundError
    │   └── NotSeenYetError
    ├── NoPageError          1   an address that gives no page to look at now
    └── LockedError          75  another run is writing (EX_TEMPFAIL of sysexits.h: try again later)

A run that raises nothing has an exit code of its own: 0 all well, 1 no page could be read, 3 some could not be read or
are in quarantine, 4 the layout changed (nothing that is missing was called removed), 130 interrupted by Ctrl-C, 143 by
SIGTERM.

Each message is one sentence on what is wrong and one on what to do.
"""

from __future__ import annotations


class TidslagerError(Exception):
    """What stops a command. The message is what its user reads; `exit_code` is what the shell gets."""

    exit_code = 1


class ConfigurationError(TidslagerError):
    """A site, a setting or a command line that cannot be used: correct it and run again."""

    exit_code = 2


class ArchiveError(TidslagerError):
    """The archive file cannot be used: nothing was written; the message says what to do."""


class NotAnArchiveError(ArchiveError):
    """The file belongs to another program or is no SQLite file: name another with --archive."""


class ArchiveTooNewError(ArchiveError):
    """The file was written by a newer Tidslager: upgrade the program."""


class ArchiveOutdatedError(ArchiveError):
    """The file's tables are not those that this version makes: `tidslager rebuild`, or the next run, makes them so."""


class ArchiveWriteError(ArchiveError):
    """The file can be read but not written: see to rights, room or the directory; what was committed stays."""


class NoPageError(TidslagerError):
    """An address that gives no page to look at now: unreachable, forbidden, not HTML, or not the page it seems."""


class QueryError(TidslagerError):
    """A question that the archive has no answer to."""


class PageNotFoundError(QueryError):
    """No page matches the name given."""


class AmbiguousPageError(QueryError):
    """More than one page matches the name given: name it by its number."""


class RevisionNotFoundError(QueryError):
    """The page has no such revision."""


class NotSeenYetError(QueryError):
    """The archive had not seen the page at that time."""


class LockedError(TidslagerError):
    """Another run holds the archive: wait for it, or see why it hangs."""

    exit_code = 75


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what is being done is ended in order. Exit code 143, as a shell has it (128 + 15)."""

    exit_code = 143
