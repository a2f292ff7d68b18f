"""The graph as JSON."""

from __future__ import annotations

import json

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.value import Ref
from reconciler.model.waiting import Waiting
from reconciler.render.machine import graph as render

ROLE, MODEL = Address("AWS::IAM::Role", "r"), Address("AWS::SageMaker::Model", "m")
ORIGIN = Origin("Rollout/fraud", Span("specs/fraud.yaml", 9, 3))
NODES = [
    Node(MODEL, {"ModelName": "m", "ExecutionRoleArn": Ref(ROLE, "Arn")}, origin=ORIGIN),
    Node(ROLE, {"RoleName": "r"}),
]


def made(nodes: list[Node]) -> Graph:
    return build_graph(nodes, [Waiting(f"Monitor/{each}", "why", "do it") for each in "ba"])[0]


def test_a_node_has_its_properties_its_needs_and_its_spec_line():
    assert render.as_json(made(NODES)) == {
        "nodes": [
            {
                "type": "AWS::IAM::Role",
                "name": "r",
                "props": {"RoleName": "r"},
                "needs": [],
                "spec": "",
                "at": None,
            },
            {
                "type": "AWS::SageMaker::Model",
                "name": "m",
                "props": {
                    "ModelName": "m",
                    "ExecutionRoleArn": {"$ref": ["AWS::IAM::Role", "r", "Arn"]},
                },
                "needs": ["AWS::IAM::Role/r"],
                "spec": "Rollout/fraud",
                "at": {"file": "specs/fraud.yaml", "line": 9, "column": 3},
            },
        ],
        "deferred": ["Monitor/a", "Monitor/b"],
    }


def test_the_order_of_specs_does_not_matter():
    one, other = (render.as_json(made(nodes)) for nodes in (NODES, NODES[::-1]))
    assert json.dumps(one) == json.dumps(other)
