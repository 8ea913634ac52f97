"""Verdict: what a verification found, in words and as rows. Pure."""

from __future__ import annotations

import click

from archive.history import Row
from archive.render import shown_safely
from archive.verify import Report
from schemas.finding import Finding

_SHOWN = 100
"""Findings that are shown to a person at the most: where one thing is wrong, thousands may be."""


def verdict_text(report: Report) -> str:
    """What `tidslager verify` shows: the words, what was looked at, what was found, what cannot be known."""
    parts = [click.style(_headline(report), bold=True, fg="red" if report.findings else "green"), _looked_at(report)]
    parts += [f"  {_finding(finding)}" for finding in report.findings[:_SHOWN]]
    if len(report.findings) > _SHOWN:
        parts.append(f"  … and {len(report.findings) - _SHOWN} more: `tidslager verify --json` lists all.")
    if report.head:
        parts.append(f"Head: {report.head}")
    parts += _proofs(report)
    return "\n".join(parts)


def _headline(report: Report) -> str:
    if report.findings:
        return f"Not consistent: {_count(len(report.findings), 'finding')}."
    words = ["consistent"]
    if report.anchored is not None:
        words.append(f"anchored up to run {report.anchored}")
    if report.signed:
        words.append(f"signed by {shown_safely(report.signed.signer)}")
    return f"{', '.join(words).capitalize()}."


def _looked_at(report: Report) -> str:
    sample = f" (a random sample of {report.sample} bodies, pages and indexed texts; the chain in full)"
    of = "" if report.sample is None else sample
    numbers = ", ".join(
        (
            _count(report.runs, "sealed run"),
            _count(report.captures, "capture"),
            _count(report.bodies, "body", "bodies"),
            _count(report.revisions, "revision"),
        )
    )
    return f"Looked at {numbers}{of}."


def _proofs(report: Report) -> list[str]:
    """What is proved beyond agreement, and what is not."""
    said = []
    if report.erased or report.pruned:
        said.append(
            f"{_count(report.erased, 'body', 'bodies')} erased and {report.pruned} let go by pruning: their hashes "
            "still verify, their bytes cannot. The table redactions says why."
        )
    if report.reread:
        said.append(
            f"{_count(report.reread, 'record')} read anew by another parser than when sealed: the capture proves the "
            "record, its seal says only what was read then."
        )
    if report.unsealed:
        said.append(
            f"{_count(report.unsealed, 'capture')} not sealed yet: a run is going on, or was cut off and the next one "
            "seals it. Until then only bodies can be checked there."
        )
    if report.anchored is not None:
        said.append(
            f"Nothing up to run {report.anchored} was altered since you got that head. Of later runs only agreement "
            "is known."
        )
    else:
        said.append(
            "Without a head that was kept elsewhere it cannot be known whether the last runs were taken away, or all "
            "of it written anew: give one with --anchor."
        )
    if report.signed:
        said.append(f"{shown_safely(report.signed.signer)} signed the head {report.signed.head}.")
    said.append("That a site really answered so cannot be proved by anyone: a TLS connection leaves no receipt.")
    return said


def _finding(finding: Finding) -> str:
    where = [f"page {finding.page}" if finding.page is not None else "", f"run {finding.run}" if finding.run else ""]
    place = ", ".join(filter(None, where))
    return f"{finding.check}{f' ({place})' if place else ''}: {shown_safely(finding.text)}"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def verdict_rows(report: Report) -> list[Row]:
    """Rows of `tidslager verify --json`: the verdict, then each finding."""
    verdict = _headline(report).rstrip(".")
    first = {"check": "verdict", "text": verdict, "page": None, "run": report.anchored, "head": report.head}
    found = [
        {"check": one.check, "text": one.text, "page": one.page, "run": one.run, "head": None}
        for one in report.findings
    ]
    return [first | {"withheld": report.erased + report.pruned}, *({**row, "withheld": None} for row in found)]
