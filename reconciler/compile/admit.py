"""Statements that one spec needs in the policy of a resource that another spec makes.

A model registry's readers, say, have to reach the bucket and the key of its models. What nobody
makes here, such as an existing bucket, has its policy elsewhere.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.kinds.api import Admission
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json


def admit(nodes: Iterable[Node], admissions: Iterable[Admission]) -> list[Node]:
    """The nodes, with the statements at the end of their policies."""
    wanted: dict[Address, list[Admission]] = defaultdict(list)
    for each in admissions:
        wanted[each.to].append(each)
    return [_admitted(node, wanted.get(node.address, [])) for node in nodes]


def _read(policy: Json) -> Mapping[str, Json]:
    """The policy that a resource has, whose type may take it as a text; else an empty one."""
    if isinstance(policy, str):
        policy = json.loads(policy)
    return policy or {"Version": "2012-10-17", "Statement": []}


def _admitted(node: Node, admissions: list[Admission]) -> Node:
    if not admissions:
        return node
    props = dict(node.props)
    for each in admissions:
        policy = _read(props.get(each.policy))
        props[each.policy] = {**policy, "Statement": [*policy["Statement"], each.statement]}
    return replace(node, props=props)
