"""Films, sounds and pictures: which elements they are and where their address is."""

from __future__ import annotations

import pytest

from schemas.page import Film, Image
from scraper.media import film_of, image_of
from scraper.tree import Tree, parse

BASE = "https://a.example/b/"


def first(html: str) -> tuple[Tree, int]:
    tree = Tree(parse(html))
    assert tree.body is not None
    return tree, tree.body + 1


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<iframe src=/f></iframe>", "https://a.example/f"),
        ("<iframe src=about:blank data-src=/f></iframe>", "https://a.example/f"),
        ("<iframe data-cookieblock-src=https://youtu.be/1></iframe>", "https://youtu.be/1"),
        ("<video><source data-src=f.mp4></video>", BASE + "f.mp4"),
        ("<video></video>", None),
        ("<audio src=f.mp3></audio>", BASE + "f.mp3"),
        ("<embed src=f.mp4>", BASE + "f.mp4"),
        ("<object data=f.mp4></object>", BASE + "f.mp4"),
        ("<object data=f.pdf></object>", None),
        ("<div data-src=https://vimeo.com/1></div>", "https://vimeo.com/1"),
        ("<div data-src=bakgrund.jpg></div>", None),
        ("<a data-src=https://vimeo.com/1></a>", None),
        ("<iframe src=/f width=1 height=1px></iframe>", None),
        ("<iframe src=https://www.google.com/recaptcha/api></iframe>", None),
        ("<iframe src=https://b.doubleclick.net/x></iframe>", None),
        ("<p>Ingen film</p>", None),
    ],
)
def test_a_film_is_known_by_its_player_or_place(html: str, address: str | None) -> None:
    """Players, consent placeholders and media objects are films; frames that only measure are not."""
    film = film_of(*first(html), BASE)
    assert (film.address if film else None) == address


def test_a_film_has_the_title_of_its_player() -> None:
    """title, else aria-label."""
    assert film_of(*first("<iframe src=/f title=' Ett\nbad '></iframe>"), BASE) == Film(
        address="https://a.example/f", title="Ett bad"
    )
    film = film_of(*first("<iframe src=/f aria-label=Bad></iframe>"), BASE)
    assert film is not None
    assert film.title == "Bad"


@pytest.mark.parametrize(
    ("html", "image"),
    [
        ("<img src=b.png alt=' Ett\n bad '>", Image(address=BASE + "b.png", alternative="Ett bad")),
        ("<img src=data:image/gif;base64,R0 data-src=b.png>", Image(address=BASE + "b.png")),
        ("<img src=b.png width=1 height=1>", None),
        ("<img src=b.png height=0>", None),
        ("<img alt=Bad>", None),
    ],
)
def test_a_picture_is_what_can_be_seen(html: str, image: Image | None) -> None:
    """Address and alternative text; counting pixels and pictures without an address are none."""
    assert image_of(*first(html), BASE) == image
