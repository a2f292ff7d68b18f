"""Whoever reads or writes records under a key has to be able to use the key.

SageMaker uses the key of an online store in the name of whoever asks, so a role without
`kms:Decrypt` gets nothing. Said only where no policy of the role can allow it: roles with policies
kept elsewhere are left out. Source: SageMaker API, OnlineStoreSecurityConfig.KmsKeyId.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.policy.api import Rule, register

ROLE, GROUP = "AWS::IAM::Role", "AWS::SageMaker::FeatureGroup"
_RECORDS = ("PutRecord", "GetRecord", "BatchGetRecord", "DeleteRecord")
CODE = Code(
    "GRAPH007",
    "role that may not use the key of the records it asks for",
    "A role may put or get records of a feature group whose online store is under a key, and"
    " nothing lets it decrypt: AWS refuses every such call.",
    "Allow the role `kms:Decrypt` on that key.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each role, at the line of its statements."""
    sealed = [node for node in graph if node.address.type == GROUP and _key(node)]
    for role in graph if sealed else ():
        if _written(role) and not role.props.get("ManagedPolicyArns"):
            allowed = [*_allowed(role)]
            if any(_names(each["Action"], "kms:Decrypt") for each in allowed):
                continue
            group = next((it for it in sealed if any(_asks(each, it) for each in allowed)), None)
            if group is not None:
                yield _finding(role, group)


register(Rule(CODE, check))


def _written(node: Node) -> bool:
    """Whether people wrote the policies of a role, and no kind did."""
    wrote = node.origin is not None and node.origin.spec.startswith("Security/")
    return node.address.type == ROLE and wrote


def _key(group: Node) -> bool:
    store = group.props.get("OnlineStoreConfig") or {}
    return bool((store.get("SecurityConfig") or {}).get("KmsKeyId"))


def _allowed(role: Node) -> Iterator[Mapping[str, Any]]:
    for policy in role.props.get("Policies") or ():
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                yield statement


def _names(patterns: Any, action: str) -> bool:  # noqa: ANN401 - a text or a list of them
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(action.lower(), str(each).lower()) for each in listed)


def _asks(statement: Mapping[str, Any], group: Node) -> bool:
    if not any(_names(statement["Action"], f"sagemaker:{name}") for name in _RECORDS):
        return False
    tails = (str(each).rpartition("feature-group/")[2] for each in statement["Resource"])
    return any(fnmatchcase(group.address.name, tail) for tail in tails)


def _finding(role: Node, group: Node) -> Diagnostic:
    at = role.origin.line_of(("Policies",)) if role.origin else None
    text = f"{role.address.name!r} may not use the key of the records of {group.address.name!r}"
    return Diagnostic(CODE.code, text, at, CODE.fix, Severity.WARNING, role.address)
