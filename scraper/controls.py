"""Controls: which buttons say what the content under them is about, and which only do something with the page. Pure."""

from __future__ import annotations

import re
from typing import Final

from scraper.tree import HEADINGS, Tree

# By WAI-ARIA's pattern for disclosures, and by the scripts that came before it.
_DISCLOSING: Final = ("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle")
_ELSEWHERE: Final = ("aria-haspopup", "aria-pressed", "popovertarget", "disabled")
_ASKING: Final = frozenset(["dt", "summary"])
_CALLED: Final = re.compile(r"accordion|dragspel|collaps|expand|faq|(?<![a-z])fraga", re.IGNORECASE)


def is_disclosure(tree: Tree, button: int) -> bool:
    """Whether a button opens a part of the content, a question its answer, so that its words are content.

    It holds a heading, stands where terms and summaries do, is called so, or states that it shows and hides something
    that is no menu and no dialogue.
    """
    if tree.holds(button, HEADINGS) or tree.tags[tree.above(button) or 0] in _ASKING:
        return True
    stated = tree.attributes[button]
    if any(name in stated for name in _ELSEWHERE):
        return False
    kind = tree.attribute(button, "data-bs-toggle") or tree.attribute(button, "data-toggle")
    discloses = any(name in stated for name in _DISCLOSING) and kind in ("", "collapse", "tab", "pill")
    return discloses or _CALLED.search(tree.attribute(button, "class")) is not None
