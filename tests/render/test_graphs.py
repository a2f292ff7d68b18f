"""Pictures of plans and of compiled graphs, read by Mermaid, Graphviz and an XML parser."""

from __future__ import annotations

import json
import re
from typing import Any

import pydot
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from sweeps import LONG

from reconciler.model.change import Action, Reason
from reconciler.model.plan import Plan, plan_to_json
from reconciler.render.diagram import dot, mermaid, net, svg
from reconciler.render.diagram.layers import layers
from reconciler.render.formats import Context
from reconciler.render.machine import graph as graphs
from reconciler.render.vocabulary.entries import entries

from . import plans as made
from .random_plans import plans
from .readers import read
from .test_graph_json import NODES, made as compiled

SVG = "{http://www.w3.org/2000/svg}"
FORMS = {"mermaid": mermaid, "dot": dot, "svg": svg}
EVERY = made.data(
    *made.LOST_GROUP, made.ENDPOINT, made.MODEL, made.SUPERSEDED, made.ADOPTED, made.ALARM
)
HOSTILE = [
    '"]; click n0 "https://evil.example"',
    "%%{init: {'theme': 'dark'}}%%",
    "style x fill:#fff; <b>bold</b>",
    "<script>alert(1)</script>",
    "`**bold**` _em_ __init__",
    "1. one",
    "- one",
    "end",
    "#quot; &quot; &amp; &#34; #35;",
    'a\\N \\" \\G \\',
    "]]> --> <![CDATA[",
    "$$x^2$$",
    "fa:fa-car",
    "subgraph x",
    "classDef resource fill:#000; a:b#c;",
    "名前 ünïcode 🦊",
    "@{shape: cyl}",
    "---",
]
every_plan = settings(
    max_examples=150 if LONG else 4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def chain(size: int, types: int = 3, **more: Any) -> Any:
    """A plan in which each change needs the one before."""
    steps = []
    for number in range(size):
        needs = (steps[-1].id,) if steps else ()
        steps.append(made.made(f"S3::T{number % types}", f"n{number}", needs=needs, **more))
    return made.data(*steps)


def texts(document: str) -> list[str]:
    """The texts of a picture."""
    return ["".join(each.itertext()) for each in etree.fromstring(document).iter(f"{SVG}text")]


# -- what is in it


def test_a_replacement_is_one_box_and_each_box_says_how_it_fares():
    boxes = net.of_plan(EVERY).boxes
    assert [(box.style, box.title, box.name) for box in boxes] == [
        ("refused", "refused SageMaker FeatureGroup", "acme-prod-merchant"),
        ("update", "update SageMaker Endpoint", "acme-prod-fraud"),
        ("create", "create SageMaker Model", "acme-prod-fraud-9c8d2f"),
        ("delete", "delete SageMaker EndpointConfig", "acme-prod-fraud-1d4e90"),
        ("adopt", "adopt SNS Topic", "acme-prod-alerts"),
        ("update", "update CloudWatch Alarm", "acme-prod-fraud-latency"),
    ]


def test_arrows_lead_from_what_is_first_to_what_needs_it():
    assert net.of_plan(chain(3)).arrows == ((0, 1), (1, 2))


def test_a_type_that_comes_before_has_arrows_from_all_of_it():
    one, two = made.made("S3::Bucket", "a"), made.made("S3::Bucket", "b")
    last = made.removed("IAM::Role", "r", after=("AWS::S3::Bucket",))
    assert net.of_plan(made.data(one, two, last)).arrows == ((0, 2), (1, 2))
    assert net.of_plan(made.data(one, two, last), arrows=1).arrows == ()


def test_what_waits_and_what_destroys_are_told_from_the_rest():
    lost = made.removed("S3::Bucket", "raw", destroys="records")
    no = made.removed("S3::Bucket", "old", refused="no")
    waits = made.made("S3::Bucket", "new", needs=(no.id,))
    styles = [box.style for box in net.of_plan(made.data(lost, no, waits)).boxes]
    assert styles == ["destructive", "refused", "blocked"]


def test_over_the_limit_boxes_are_shared_by_type():
    found = net.of_plan(chain(30), limit=10)
    assert [(box.title, box.name) for box in found.boxes] == [
        (f"create S3 T{number}", "10 resources") for number in range(3)
    ]
    assert found.arrows == ((0, 1), (1, 2), (2, 0))
    assert found.shared


def test_what_is_lost_has_a_box_before_what_is_made():
    lost = made.removed("S3::Bucket", "raw", destroys="records")
    steps = [made.made(f"S3::T{number}", f"n{number}") for number in range(30)]
    boxes = net.of_plan(made.data(*steps, lost), limit=5).boxes
    assert (boxes[0].style, boxes[0].name) == ("destructive", "raw")
    assert (boxes[-1].title, boxes[-1].name, len(boxes)) == ("others", "27 resources", 5)


def test_a_part_of_a_graph_is_what_it_needs_and_what_needs_it():
    nodes = [
        {"type": "T", "name": name, "needs": [f"T/{need}" for need in needs]}
        for name, needs in {"a": "", "b": "a", "c": "b", "d": "a", "e": ""}.items()
    ]
    part = net.around({"nodes": nodes, "deferred": []}, "T/b")
    assert [node["name"] for node in part["nodes"]] == ["a", "b", "c"]


# -- bounded and stable


@pytest.mark.parametrize("size", [0, 1, 61, 5000])
def test_a_chart_is_small_enough_for_mermaid(size: int):
    text = mermaid.graph(chain(size, types=size or 1))
    assert len(text) < 50_000
    assert text.count(" --> ") <= 400
    assert text.count('["') <= max(mermaid.LIMIT, 1)


def test_a_graph_for_graphviz_is_complete():
    assert dot.graph(chain(500)).count("[label=") == 500


@pytest.mark.parametrize("form", FORMS)
def test_the_same_plan_gives_the_same_bytes(form: str):
    shuffled = json.loads(json.dumps(EVERY, sort_keys=True))
    one, other = (FORMS[form].document(plan, Context()) for plan in (EVERY, shuffled))
    assert one == other
    assert one.endswith("\n")


@pytest.mark.parametrize("form", FORMS)
def test_a_compiled_graph_has_every_resource(form: str):
    text = FORMS[form].of_graph(graphs.as_json(compiled(NODES)))
    assert "IAM Role" in text
    assert "SageMaker Model" in text


# -- read by others


def test_mermaid_and_graphviz_read_what_we_mean():
    shown = net.of_plan(EVERY)
    first, second = read([("mermaid", mermaid.graph(EVERY)), ("dot", dot.graph(EVERY))])
    assert first["type"] == "flowchart-v2"
    assert [box["label"] for box in first["boxes"]] == [[b.title, b.name] for b in shown.boxes]
    assert [box["classes"] for box in first["boxes"]] == [[box.style] for box in shown.boxes]
    assert set(shown.styles) <= set(first["classes"])
    assert [box["label"] for box in second["boxes"]] == [
        f"{box.title}\\n{box.name}" for box in shown.boxes
    ]
    assert second["warnings"] == []


def test_no_name_is_more_than_a_name():
    plans_ = [
        made.data(made.made("S3::Bucket", name), made.made(f"X::{name}", "n")) for name in HOSTILE
    ]
    charts = read([("mermaid", mermaid.graph(plan)) for plan in plans_])
    graphs_ = read([("dot", dot.graph(plan)) for plan in plans_])
    for name, plan, chart, graph in zip(HOSTILE, plans_, charts, graphs_, strict=True):
        wanted = [[box.title, box.name] for box in net.of_plan(plan).boxes]
        assert [box["label"] for box in chart["boxes"]] == wanted, name
        assert [box["link"] for box in chart["boxes"]] == [None, None]
        assert chart["arrows"] == []
        assert [len(box) for box in graph["boxes"]] == [3, 3], name
        svg_texts = texts(svg.graph(plan))
        assert [text for pair in wanted for text in pair] == svg_texts[-4:]
    for text in (mermaid.graph(plan) for plan in plans_):
        assert not re.search(r"[<>`%{}@$]", text.replace("<br/>", "").replace("-->", ""))


@every_plan
@given(plans())
def test_every_plan_is_a_picture_of_its_changes(plan: Plan):
    data = json.loads(json.dumps(plan_to_json(plan)))
    found = net.of_plan(data)
    assert len(found.boxes) == len(entries(data))
    (parsed,) = pydot.graph_from_dot_data(dot.document(data, Context())) or ()
    named = [node.get_name() for node in parsed.get_nodes()]
    assert [name for name in named if name.startswith("n") and name != "node"] == [
        f"n{number}" for number in range(len(found.boxes))
    ]
    shown = texts(svg.document(data, Context()))
    assert [text for box in found.boxes for text in (box.title, box.name)] == (
        shown[len(shown) - 2 * len(found.boxes) :]
    )
    for line in mermaid.graph(data).splitlines()[1:]:
        assert re.fullmatch(r'  \w+\["[^"\n<>]*(?:<br/>)?[^"\n<>]*"\](?::::\w+)?;|  [^"]*;', line)


def test_mermaid_and_graphviz_refuse_nothing():
    found: list[Any] = []

    @settings(max_examples=60 if LONG else 25, deadline=None, derandomize=True, database=None)
    @given(plans())
    def collect(plan: Plan) -> None:
        found.append(json.loads(json.dumps(plan_to_json(plan))))

    collect()
    asked = [("mermaid", mermaid.graph(each)) for each in found]
    asked += [("dot", dot.graph(each)) for each in found]
    answers = read(asked)
    assert [answer["refused"] for answer in answers if "refused" in answer] == []
    for each, chart in zip(found, answers, strict=False):
        boxes = net.of_plan(each).boxes
        wanted = [[box.title, box.name] for box in boxes]
        assert [box["label"] for box in chart["boxes"] if box["id"] != "empty"] == wanted


# -- the layout


def test_a_box_stands_right_of_all_that_it_needs():
    arrows = [(0, 1), (1, 2), (0, 2), (3, 2), (2, 4)]
    columns = layers(6, arrows)
    column = {index: number for number, each in enumerate(columns) for index in each}
    assert all(column[source] < column[target] for source, target in arrows)
    assert sorted(column) == list(range(6))


def test_a_loop_is_cut():
    assert sorted(index for column in layers(3, [(0, 1), (1, 2), (2, 0)]) for index in column) == [
        0,
        1,
        2,
    ]


def test_boxes_do_not_overlap():
    found = etree.fromstring(svg.graph(chain(40, types=40)))
    rects = [
        tuple(float(each.get(key)) for key in ("x", "y", "width", "height"))
        for each in found.iter(f"{SVG}rect")
        if each.getparent().tag == f"{SVG}g"
    ]
    assert len(rects) == 40
    for index, (x, y, wide, high) in enumerate(rects):
        for x2, y2, wide2, high2 in rects[:index]:
            assert x + wide <= x2 or x2 + wide2 <= x or y + high <= y2 or y2 + high2 <= y


def test_nothing_to_do_is_said():
    empty = made.data()
    assert "0 changes in prod" in mermaid.graph(empty)
    assert texts(svg.graph(empty)) == ["0 changes in prod 123456789012 eu-west-1"]


def test_an_action_without_a_style_is_still_drawn():
    odd = made.step("S3::Bucket", "b", Action.NONE, Reason.IN_SYNC)
    assert net.of_plan(made.data(odd)).boxes[0].style == "others"
