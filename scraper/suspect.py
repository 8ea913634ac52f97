"""Is this really the page? Answers that look like success and are not: kept, counted, never recorded as a change."""

from __future__ import annotations

import ada_url


def leads_to_front(address: str, location: str) -> bool:
    """Whether a redirect leads from a page to a site's front page.

    Sites that lost a page often send its readers to the front page instead of saying 404 (a "soft 404").
    """
    return _path(location) == "/" and _path(address) != "/"


def _path(address: str) -> str:
    return str(ada_url.URL(address).pathname)
