"""Every pair of strategy and mode: refused when validating, or compiled to what cfn-lint takes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.kinds.rollout.serve import words
from reconciler.kinds.rollout.serve.matrix import MODES, STRATEGIES, TABLE
from reconciler.kinds.terms.deployment import Strategy
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Graph, Node
from reconciler.render.cloudformation.template import template
from reconciler.resources.api import load
from tests.render.linted import problems as lint

from . import specs
from .world import PLACE, World, problems

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("rollout-modes.md", "rollouts.md")
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
MODEL = f"model: {{image: '{IMAGE}', artifact: {{source: artifacts, path: m/%s}}}}\n"
FILE, PREFIX = MODEL % "model.tar.gz", MODEL % ""
SERVE = {
    "realtime": "realtime: {instanceType: ml.c7g.xlarge, instances: 4, routing: leastOutstanding}",
    "components": "realtime: {instanceType: ml.g5.xlarge, instances: 1,"
    " managed: {atLeast: 0, atMost: 4},"
    " components: {scorer: {copies: 4, memory: 4GiB, accelerators: 1}}}",
    "serverless": "serverless: {memory: 2GiB, maxConcurrent: 10, provisioned: 2}",
    "async": "async: {instanceType: ml.m5.xlarge, instances: 4, output: {to: raw},"
    " topics: {error: oncall}, maxConcurrent: 4}",
    "multiModel": "multiModel: {instanceType: ml.m5.xlarge, instances: 4, cache: false}",
    "batch": "batch: {instanceType: ml.m5.xlarge, source: raw, path: claims, output: {to: raw},"
    " schedule: 'rate(1 day)'}",
}
HOW = {
    "allAtOnce": "{}",
    "blueGreen": "{twoStep: {size: 25%, bake: 5m}, terminationWait: 5m}",
    "linear": "{size: 25%, bake: 5m}",
    "rolling": "{size: 25%, bake: 5m, rollbackSize: 50%}",
    "canary": "{steps: [5%, 50%, 100%], bake: 10m}",
    "abTest": "{metric: Invocation5XXErrors, variants: {primary: {weight: 50%},"
    " treatment: {weight: 50%, model: {image: '"
    + IMAGE
    + "', artifact: s3://team-models/m/2.tar.gz}}}}",
    "shadow": "{model: {image: '" + IMAGE + "', artifact: s3://team-models/m/2.tar.gz}}",
}
WATCH = """
rollout: allatonce-realtime
alarms: [{metric: ModelLatency, above: 400ms}]
"""
KNOWN = {info.alias for info in Strategy.model_fields.values()}
PAIRS = [(strategy, mode) for strategy in STRATEGIES for mode in MODES if strategy in KNOWN]


def text(strategy: str, mode: str, more: str = "") -> str:
    model = PREFIX if mode == "multiModel" else FILE
    return f"{model}serve: {{{SERVE[mode]}}}\nstrategy: {{{strategy}: {HOW[strategy]}}}\n{more}"


def named_(strategy: str, mode: str) -> str:
    return f"{strategy}-{mode}".lower()


def made(pairs: list[tuple[str, str]]) -> World:
    """A platform with a Rollout for each of some pairs, and what they use."""
    rollouts = {("Rollout", named_(*pair)): text(*pair) for pair in pairs}
    used = {("DataSource", "artifacts"): specs.ARTIFACTS, ("DataSource", "raw"): "s3: {}"}
    return World({**used, ("Monitor", "oncall"): WATCH, **rollouts})


def test_the_table_has_every_pair_and_says_why_not() -> None:
    assert set(TABLE) == {(strategy, mode) for strategy in STRATEGIES for mode in MODES}
    assert all(TABLE["allAtOnce", mode] is None for mode in MODES)
    assert all(TABLE[strategy, "realtime"] is None for strategy in STRATEGIES)
    said = [each for each in TABLE.values() if each is not None]
    assert all(re.fullmatch(r"MODE\d{3}", each.code) and each.why and each.help for each in said)
    assert set(STRATEGIES) >= KNOWN


@pytest.mark.parametrize(("strategy", "mode"), PAIRS)
def test_a_pair_is_refused_or_compiles(strategy: str, mode: str) -> None:
    said = problems("Rollout", text(strategy, mode))
    found = [(each.code, each.path) for each in said if each.severity is Severity.ERROR]
    wrong = TABLE[strategy, mode]
    refused = [] if wrong is None else [(wrong.code, ("strategy", strategy))]
    assert found == refused


def named(node: Node) -> Node:
    """A node with its name among its properties, as compilation leaves it."""
    name = load()[node.address.type].name
    return replace(node, props={**node.props, name: node.address.name}) if name else node


def test_what_goes_together_compiles_to_what_cloudformation_takes() -> None:
    good = [pair for pair in PAIRS if TABLE[pair] is None]
    platform = made(good)
    nodes = [named(node) for node in platform.build_all()]
    assert [each for each in platform.found if each.is_error] == []
    out, said = template(Graph({node.address: node for node in nodes}), load(), PLACE)
    assert [each.message for each in said if each.is_error] == []
    assert lint(out) == []


def between(page: str, mark: str) -> str:
    return page.partition(f"<!-- {mark} -->\n")[2].partition("\n<!-- end -->")[0]


@pytest.mark.parametrize("name", [each for each in PAGES if (DOCS / each).exists()])
def test_the_pages_have_the_table(name: str) -> None:
    page = (DOCS / name).read_text()
    assert between(page, "table") == words.table()
    if name == PAGES[0]:
        assert between(page, "reasons") == words.reasons()
