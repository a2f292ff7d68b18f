"""Statements that one spec needs in the policy of a resource that another spec makes.

A model registry's readers, say, have to reach the bucket and the key of its models. What nobody
makes here, such as an existing bucket, has its policy elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.kinds.api import Admission
from reconciler.model.graph import Node


def admit(nodes: Iterable[Node], admissions: Iterable[Admission]) -> list[Node]:
    """The nodes, with the statements at the end of their policies."""
    wanted = list(admissions)
    return [_admitted(node, wanted) for node in nodes]


def _admitted(node: Node, admissions: list[Admission]) -> Node:
    mine = [each for each in admissions if each.to == node.address]
    props = dict(node.props)
    for each in mine:
        policy = props[each.policy]
        props[each.policy] = {**policy, "Statement": [*policy["Statement"], each.statement]}
    return replace(node, props=props) if mine else node
