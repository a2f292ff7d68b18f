"""Long values in every form: what differs is shown, and both sides never look the same."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from reconciler.forge import drift as forge
from reconciler.render.comment import comment
from reconciler.render.formats import Context
from reconciler.render.html.changes import changes
from reconciler.render.markdown.view import view
from reconciler.render.text import drift, plan as terminal
from reconciler.render.text.table import INDENT, Line, block, shortened, wrapped
from reconciler.render.vocabulary.difference import Row, rows
from reconciler.render.vocabulary.ink import Ink, cells
from tests.render.plans import changed, data, span, updated

WIDTHS = [60, 72, 80, 100, 132, 200]
ROLE = "arn:aws:iam::123456789012:role/acme/prod/a-role-with-quite-a-long-name-{}-in-eu-west-1/{}"
PATH = "PipelineDefinition.PipelineDefinitionBody.Steps[Name=train].Arguments.HyperParameters.x"


def pairs(seed: int) -> list[tuple[Any, Any]]:
    """Values of all lengths that differ somewhere."""
    rng = random.Random(seed)
    found: list[tuple[Any, Any]] = [
        ("x" * 3_000 + "1" + "y" * 3_000, "x" * 3_000 + "2" + "y" * 3_000),
        ("x" * 20_000 + "1", "x" * 20_000 + "2"),
        ("(none)", "(known after apply)"),
        ("a" * 700, "b" * 700),
        ("日本" * 60 + "語", "日本" * 60 + "誤"),
    ]
    for _ in range(25):
        one = ROLE.format(rng.choice("abc") * rng.randrange(1, 60), rng.randrange(10))
        at = rng.randrange(len(one))
        found.append((one, one[:at] + rng.choice(["", "Z", "other"]) + one[at + 1 :]))
    return [pair for pair in found if pair[0] != pair[1]]


def sides(lines: list[str]) -> tuple[str, str]:
    """Both sides as they stand in the lines of one row."""
    if len(lines) == 1:
        one, _, other = lines[0].split("  ", 3)[-1].partition(" → ")
        return one.strip(), other.strip()
    signs = [line[len(INDENT) + 2 : len(INDENT) + 4] for line in lines]
    start = signs.index("+ ")
    texts = ["".join(line[len(INDENT) + 4 :] for line in part) for part in
             (lines[1:start], lines[start:])]  # fmt: skip
    return texts[0], texts[1]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["P", PATH])
def test_a_terminal_shows_what_differs(width, path):
    for before, after in pairs(width):
        row = Row(path, "", before, after, "specs/some/file.yaml:12")
        lines = [*block([Line(row, "")], Ink(color=False), width, verbose=False)]
        assert all(cells(line) <= width for line in lines), lines
        one, other = sides(lines)
        assert one != other, (before, after, lines)
        assert "" not in (one, other)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_comes_is_not_taken_for_what_goes(width):
    gone, come = ROLE.format("a" * 90, 1), ROLE.format("a" * 90, 2)
    lines = [Line(row, "") for row in rows(("L",), [gone, "x"], [come, "x", "y"])]
    text = "\n".join(block(lines, Ink(color=False), width, verbose=False))
    assert all(cells(line) <= width for line in text.split("\n")), text
    assert re.search(r"- .*1$", text.replace("\n          ", ""), re.MULTILINE), text
    assert re.search(r"\+ .*2$", text.replace("\n          ", ""), re.MULTILINE), text


@pytest.mark.parametrize("room", [8, 20, 40])
def test_a_path_keeps_its_end(room):
    found = shortened(PATH, room)
    assert cells(found) <= room
    assert found[0] == "P"
    assert found.endswith(".x")
    assert shortened("A.B", room) == "A.B"


def test_a_long_text_is_wrapped():
    assert [*wrapped("日本語a", 4)] == ["日本", "語a"]
    assert "".join(wrapped("x" * 99, 10)) == "x" * 99


@pytest.mark.parametrize("seed", range(3))
def test_no_form_shows_two_sides_alike(seed):
    found = pairs(seed)
    step = updated("S3::Bucket", "b", *(changed(f"P{i}", *pair) for i, pair in enumerate(found)),
                   at=span("a", 1))  # fmt: skip
    shown = data(step)
    (entry,) = changes(view(shown, Context()).entries, Context())
    for row in entry["rows"]:
        assert row["from"] != row["to"], row
    body = comment.document(shown, Context())
    for line in re.findall(r"^ {6}P\d+ .*→.*$", body, re.MULTILINE):
        one, _, other = line.split("  ", 4)[-1].partition(" → ")
        assert one != other, line
    report = drift.as_json(shown)
    issue = "\n".join(forge.read(report, "prod").lines)
    for declared, live in re.findall(r"declared (.*), live (.*)", issue):
        assert declared != live
    for width in WIDTHS:
        for text in (
            terminal.text(shown, color=False, width=width),
            drift.text(shown, color=False, width=width),
        ):
            for line in re.findall(r"^ {6}P\d+ .*→.*$", text, re.MULTILINE):
                one, _, other = line[8:].strip().partition(" → ")
                assert one != other.partition("   (")[0], line


def test_lines_of_a_text_that_differ_at_their_end_are_told_apart():
    one, other = (f"a\n{'x' * 500}{each}\nb" for each in (1, 2))
    body = comment.document(data(updated("S3::Bucket", "b", changed("P", one, other))), Context())
    assert re.search(r"^-…x+1$", body, re.MULTILINE)
    assert re.search(r"^\+…x+2$", body, re.MULTILINE)


def test_a_text_that_differs_far_down_is_compared_there():
    one, other = ("\n".join([*["same"] * 2_000, each]) for each in ("one", "two"))
    body = comment.document(data(updated("S3::Bucket", "b", changed("P", one, other))), Context())
    assert "-one" in body
    assert "+two" in body
