"""What holds for every comment: its bound, its marker, every loss told, nothing let in."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sweeps import LONG, met

from benchmarks.render_speed import SHAPES, plan_json
from reconciler.model.plan import Plan, plan_to_json
from reconciler.render.comment import comment
from reconciler.render.formats import Context
from reconciler.render.markdown.budget import Block, Frame, Part, fit
from reconciler.render.markdown.escape import size

from .page import OURS, REFERENCE, Page
from .random_plans import plans
from .test_markdown_escape import NASTY, nasty

LINES = 120
"""So many destructive changes have a line of their own, however long their names are."""
every_plan = settings(
    max_examples=400 if LONG else 5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
contexts = st.builds(
    Context,
    drift=st.booleans(),
    link=st.sampled_from(["", "https://ci.example.com/1"]) | nasty,
)


def as_data(plan: Plan):
    return json.loads(json.dumps(plan_to_json(plan)))


def spoil(data, words):
    """The same plan with other texts wherever a text may stand."""
    for step in data["steps"]:
        for key in ("spec", "detail", "name"):
            step[key] = next(words)
        for key in ("destroys", "refused"):
            step[key] = next(words) if step[key] else ""
        for field in step["fields"]:
            field["path"] = [next(words) or "x"]
            field["before"], field["after"] = next(words), next(words)
        step["by"] = {"class": next(words), "name": next(words), "via": next(words), "at": "now"}
    for found in data["diagnostics"]:
        found["message"], found["help"] = next(words), next(words)
    data["commit"], data["environment"] = next(words), next(words)
    return data


@st.composite
def spoilt(draw):
    data = as_data(draw(plans()))
    words = draw(st.lists(nasty, min_size=5, max_size=20))
    chosen = random.Random(draw(st.integers(0, 2**32)))
    return spoil(data, iter(lambda: chosen.choice(words), None))


@every_plan
@given(spoilt(), contexts)
def test_nothing_of_a_plan_becomes_markup(data, context):
    for write in (comment.document, comment.full):
        text = write(data, context)
        page = Page(text)
        assert set(page.tags) - {"a"} <= OURS
        assert set(page.links) <= {"https://ci.example.com/1"} & {context.link}
        assert not page.open
        assert set(page.languages) <= {"", "yaml", "diff", "text", "mermaid"}
        said = page.outside.replace("[!CAUTION]", "").replace("[!WARNING]", "")
        assert not REFERENCE.search(said), said
        assert [*filter(str.strip, page.comments)] == page.comments[:1]
    assert size(comment.document(data, context)) <= comment.LIMIT
    assert not any(char in text for char in "\x00\x1b\r\u200b\u202e")


@every_plan
@given(spoilt(), contexts)
def test_the_same_plan_gives_the_same_bytes_and_stays_as_it_is(data, context):
    before = json.dumps(data)
    assert comment.document(data, context) == comment.document(json.loads(before), context)
    assert json.dumps(data) == before


@settings(every_plan, max_examples=100 if LONG else 3)
@given(spoilt().filter(lambda data: data["steps"]), contexts, st.integers(1, 400))
def test_no_mix_of_odd_texts_breaks_the_bound(data, context, number):
    steps = data["steps"]
    data["steps"] = [
        {**steps[index % len(steps)], "id": f"{steps[index % len(steps)]['id']}{index}"}
        for index in range(number)
    ]
    data["diagnostics"] *= number
    context = replace(context, owned=data["steps"])
    assert size(comment.document(data, context)) <= comment.LIMIT
    assert size(comment.full(data, context)) <= comment.FULL


def named(number: int, shape: str, seed: int):
    """A plan of so many changes whose names are long, odd or usual."""
    chosen = random.Random(seed)
    data = plan_json(number, shape)
    for index, step in enumerate(data["steps"]):
        if seed:
            words = "".join(chosen.choices(NASTY, k=chosen.choice([0, 3, 200])))
            step["name"] = f"{index:05d}{words}{index:05d}"
            step["id"] = f"{step['type']}/{step['name']}"
    return data


SIZES = met((0, 1, 13, 100, 700, *([3_000, 20_000] if LONG else [])), [0, 1, 2])
"""How many changes, and which names: usual ones only for 0."""


@pytest.mark.parametrize(("number", "seed"), SIZES)
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "chained"])
def test_a_plan_of_any_size_stays_within_its_bound(number, shape, seed):
    data = named(number, shape, seed)
    context = Context(drift=shape == "drift", link="https://ci.example.com/" + "1" * 900)
    text = comment.document(data, context)
    assert size(text) <= comment.LIMIT
    assert len(text.encode("utf-16-le")) <= 2 * comment.LIMIT
    assert text.startswith(comment.marker("prod", "drift" if context.drift else "plan"))
    assert size(comment.full(data, context)) <= comment.FULL
    assert not Page(text).open


@pytest.mark.parametrize(
    ("number", "drift", "seed"),
    met([1, 40, LINES], [False, True], [0, 1, 2]) + [(LINES, True, 2)] * (not LONG),
)
def test_every_destructive_change_has_its_line(number, drift, seed):
    data = named(number, "destructive", seed)
    for step in data["steps"]:
        step["name"] += "x" * 5000 if seed == 2 else ""
    items = Page(comment.document(data, Context(drift=drift))).items
    for step in data["steps"]:
        start = f"{step['type']}/{step['name'][:5]}"
        assert any(start in item for item in items)


def test_a_usual_plan_of_five_hundred_losses_has_a_line_for_each():
    page = Page(comment.document(named(500, "destructive", 0), Context()))
    assert (
        sum(item.rstrip().split(": ")[0].startswith("delete AWS::") for item in page.items) >= 500
    )


def test_twenty_thousand_losses_are_counted_and_as_many_named_as_fit():
    data = named(20_000, "destructive", 0)
    page = Page(comment.document(data, Context(link="https://ci.example.com/1")))
    assert page.headings[0] == "🛑 prod: 20,000 refused"
    assert "20,000 changes lose something" in page.text
    assert "5,000 × delete AWS::S3::Bucket, loses records, refused" in page.text
    listed = next(each for each in page.codes if each.count("\n") > 1).splitlines()
    assert len(listed) > 1000
    assert {f"{step['type']}/{step['name']}" for step in data["steps"]} >= set(listed)
    assert f"… and {20_000 - len(listed):,} more addresses, in the complete plan." in page.text


def test_a_crowd_of_many_kinds_is_counted_to_the_last():
    data = named(5_000, "destructive", 0)
    for index, step in enumerate(data["steps"]):
        step["type"] = f"AWS::Some{index}::Thing"
    items = Page(comment.document(data, Context())).items
    assert sum(int(item.split(" × ")[0].replace(",", "")) for item in items) == 5_000


def test_what_is_left_out_is_counted_and_where_it_is():
    data = named(20_000, "mixed", 0)
    text = comment.document(data, Context())
    shown = sum(
        line[:9] in {"+ create ", "! update ", "- delete "}
        for code in Page(text).codes
        for line in code.splitlines()
    )
    assert f"… and {20_000 - shown:,} more changes, with `moorline plan --verbose -e prod`" in text


@every_plan
@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from("abc"), st.integers(0, 50))),
    st.integers(250, 2000),
)
def test_a_part_never_takes_more_than_its_room(sizes, room):
    sizes.sort(key=lambda one: one[1])
    blocks = [Block("x" * long, "y", group, "z" * aside) for long, group, aside in sizes]
    part = Part("### Title", blocks, len(blocks), "block", lambda group: Frame(group, "/", "//"))
    text = fit(part, room, lambda number, noun: f"{number} more {noun}")
    assert size(text) <= room


@every_plan
@given(st.lists(st.integers(1, 300)), st.integers(250, 5000))
def test_what_one_part_leaves_flows_on(sizes, room):
    part = Part("### T", [Block("x" * long) for long in sizes], len(sizes), "block")
    text = fit(part, room, lambda number, noun: f"{number} more {noun}")
    if sum(sizes) + len(sizes) + size("### T") + 2 + 4 <= room:
        assert "more block" not in text
