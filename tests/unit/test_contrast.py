"""Two texts are cut where they are the same, and never where they differ."""

from __future__ import annotations

import random

import pytest

from reconciler.model.contrast import GAP, Contrast, beside, contrast, pieces, shared, stacked
from reconciler.render.vocabulary.ink import cells

ARN = "arn:aws:iam::123456789012:role/service-role/acme-prod-training-execution-{}-eu-west-1/x"
ALPHABET = ["a", "b", "c", ".", "-", "/", " ", "é", "日", "e\u0301", "word", "2026"]
SIDES = {"beside each other": contrast, "below each other": stacked}


def edited(rng: random.Random) -> tuple[str, str]:
    """A text, and one that differs from it in a few places or altogether."""
    one = [rng.choice(ALPHABET) for _ in range(rng.randrange(0, 160))]
    other = list(one) if rng.random() < 0.8 else [rng.choice(ALPHABET) for _ in range(40)]
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(other) + 1)
        other[at : at + rng.randrange(3)] = rng.choice([[], ["X"], ["y", "z"], ["…"]])
    return "".join(one), "".join(other)


def holds(shown: str, parts: list[str]) -> bool:
    """Whether all of these are in a text, one after the other."""
    at = 0
    for part in parts:
        at = shown.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


@pytest.mark.parametrize("how", SIDES.values(), ids=SIDES)
@pytest.mark.parametrize("width", [8, 16, 40, 60, 90, 200])
def test_what_differs_is_shown(how, width):
    rng = random.Random(width)
    for _ in range(40):
        one, other = edited(rng)
        if one == other:
            continue
        found = how(one, other, width, cells)
        assert found.one != found.other, (one, other)
        differing = [piece for piece in pieces(one, other) if not piece.equal]
        if found.whole:
            assert holds(found.one, [piece.one for piece in differing]), (one, other, found)
            assert holds(found.other, [piece.other for piece in differing]), (one, other, found)
        else:
            first = shared(one, other)
            assert one[first : first + 1] in found.one, (one, other, found)
            assert other[first : first + 1] in found.other, (one, other, found)


@pytest.mark.parametrize("width", [16, 40, 90])
def test_what_fits_keeps_its_width(width):
    rng = random.Random(width)
    for _ in range(40):
        one, other = edited(rng)
        if one == other:
            continue
        found = contrast(one, other, width, cells)
        if found.context >= 0:
            assert cells(found.one) + cells(found.other) <= width, (one, other, found)


def test_pieces_put_together_are_the_texts():
    rng = random.Random(7)
    for _ in range(200):
        one, other = edited(rng)
        found = pieces(one, other)
        assert "".join(piece.one for piece in found) == one
        assert "".join(piece.other for piece in found) == other
        assert all((piece.one == piece.other) is piece.equal for piece in found)


CUT = {
    "the beginning is the same": (
        ("x" * 90 + "-1", "x" * 90 + "-2", 40),
        ("…" + "x" * 15 + "-1", "…" + "x" * 15 + "-2"),
    ),
    "the end is the same": (
        ("1-" + "x" * 90, "2-" + "x" * 90, 40),
        ("1-" + "x" * 15 + "…", "2-" + "x" * 15 + "…"),
    ),
    "the middle differs": (
        (ARN.format("role"), ARN.format("loan"), 60),
        ("…g-execution-role-eu-west-1/x", "…g-execution-loan-eu-west-1/x"),
    ),
    "two places differ, and what is between them is the same": (
        ("one" + "-" * 80 + "1", "two" + "-" * 80 + "2", 40),
        ("one-----…-----1", "two-----…-----2"),
    ),
    "all of it differs": (("a" * 90, "b" * 90, 20), ("aaaaaaaaa…", "bbbbbbbbb…")),
    "both fit": (("a", "b", 2), ("a", "b")),
}


@pytest.mark.parametrize(("given", "shown"), CUT.values(), ids=CUT)
def test_it_is_cut_where_it_is_the_same(given, shown):
    assert contrast(*given)[:2] == shown


def test_a_difference_at_the_very_end_of_a_huge_text_is_found():
    one, other, *_ = contrast("x" * 500_000 + "1", "x" * 500_000 + "2", 60)
    assert (one[-1], other[-1]) == ("1", "2")


def test_a_text_is_told_from_those_beside_it():
    texts = [ARN.format(word) for word in ("role", "loan", "rope")]
    shown = [beside(text, texts, 30) for text in texts]
    assert len({*shown}) == len(texts)
    assert all(len(each) <= 30 and GAP in each for each in shown)


def test_equal_texts_have_nothing_to_show():
    assert contrast("a" * 90, "a" * 90, 20) == Contrast("a" * 90, "a" * 90)
