"""A thousand pages of 30-80 kB and a start page, as a public site has them: text in sections between much chrome."""

from __future__ import annotations

import random
from pathlib import Path

PAGES = 1000
_TEXT = (
    "kommun arbete stöd samverkan företag person insats verksamhet social ekonomi upphandling projekt möte plan "
    "utveckling region ansvar resultat kvalitet deltagare metod erfarenhet kostnad tjänst"
)
_WORDS = _TEXT.split()


def write_pages(root: Path, *, count: int = PAGES) -> int:
    """Write start.html and p0.html …; return the bytes written. The same at every call."""
    rng = random.Random(7)
    total = 0
    for number in range(count):
        text = page_text(rng, number).encode()
        (root / f"p{number}.html").write_bytes(text)
        total += len(text)
    links = "".join(f'<li><a href="/p{number}.html">Exempel {number}</a></li>' for number in range(count))
    (root / "start.html").write_text(_whole("Exempel", f"<h1>Exempel</h1><h2>Alla</h2><ul>{links}</ul>", rng), "utf-8")
    return total


def page_text(rng: random.Random, number: int) -> str:
    """One of the pages."""
    parts = [f"<h1>Exempel {number}</h1>", f'<p class="ingress">{_sentence(rng, 30)}</p>']
    for section in range(rng.randint(6, 16)):
        parts.append(f'<h2 id="h-{section}">{_sentence(rng, 4)}</h2>')
        parts += [f"<p>{_sentence(rng, rng.randint(40, 90))}</p>" for _ in range(rng.randint(2, 6))]
        parts.append("<ul>" + "".join(f"<li>{_sentence(rng, 12)}</li>" for _ in range(4)) + "</ul>")
    return _whole(f"Exempel {number}", "\n".join(parts), rng)


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize() + "."


def _whole(title: str, content: str, rng: random.Random) -> str:
    menu = "".join(f'<li><a href="https://annan.example/{item}">{_sentence(rng, 3)}</a></li>' for item in range(180))
    style = "".join(f".c{item}{{margin:{item}px;padding:{item}px;color:#{item:06x}}}" for item in range(150))
    return (
        f"<!DOCTYPE html><html lang=sv><head><meta charset=utf-8><title>{title}</title><style>{style}</style></head>"
        f"<body><header><nav><ul>{menu}</ul></nav></header><main>{content}</main>"
        f"<footer><p>{_sentence(rng, 40)}</p></footer></body></html>"
    )
