"""Services that publish to a topic, and what keeps their messages from arriving.

A service has no policies of its own: the policy of the topic has to let it publish, and where the
topic is under a key, the policy of the key has to let it use the key. Otherwise alarms change
their state and no message ever leaves. Source: SNS developer guide, Encrypting a topic: enable
compatibility between event sources from AWS services and encrypted topics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path, Ref
from reconciler.policy.api import Rule, register

TOPIC = "AWS::SNS::Topic"
CODE = Code(
    "GRAPH037",
    "publisher that is not let in",
    "A service that has no role, such as CloudWatch or Budgets, publishes to a topic whose policy"
    " does not let it, or whose key it may not use. AWS accepts all of it, and every message is"
    " lost.",
    "Add the service to 'users.services' of the key in its Security spec.",
)
_NEEDED = ("kms:Decrypt", "kms:GenerateDataKey")
_MANAGED = "alias/aws/sns"
Publisher = tuple[str, Node, Path]
"""A service, the resource that makes it publish, and where that one names the topic."""


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each topic and service: of a budget at the budget, else at the topic."""
    for topic in graph:
        if topic.address.type != TOPIC:
            continue
        seen: set[str] = set()
        for service, node, path in _publishers(graph, topic):
            if service not in seen and (why := _why(graph, topic, service)):
                where, at = (node, path) if service.startswith("budgets.") else (topic, _KEY)
                line = where.origin.line_of(at) if where.origin else None
                text = f"{service} {why}, so its messages would be lost"
                yield Diagnostic(CODE.code, text, line, CODE.fix, address=where.address)
            seen.add(service)


register(Rule(CODE, check))
_KEY = ("KmsMasterKeyId",)


def _publishers(graph: Graph, topic: Node) -> Iterator[Publisher]:
    for node in graph:
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            if any(_is(each, topic) for each in node.props.get(name) or ()):
                yield "cloudwatch.amazonaws.com", node, (name,)
        for index, told in enumerate(node.props.get("NotificationsWithSubscribers") or ()):
            if any(_is(each.get("Address"), topic) for each in told.get("Subscribers") or ()):
                path = ("NotificationsWithSubscribers", str(index), "Subscribers")
                yield "budgets.amazonaws.com", node, path
        targets = node.props.get("Targets") if node.address.type == "AWS::Events::Rule" else ()
        if any(_is(each.get("Arn"), topic) for each in targets or ()):
            yield "events.amazonaws.com", node, ("Targets",)


def _is(value: Json, topic: Node) -> bool:
    return isinstance(value, Ref) and value.target == topic.address


def _why(graph: Graph, topic: Node, service: str) -> str:
    """What keeps a service out; empty when nothing does, or nobody knows."""
    policy = topic.props.get("TopicPolicy")
    if policy and not _lets(policy, service, "sns:Publish"):
        return "may not publish to the topic"
    key = topic.props.get("KmsMasterKeyId")
    if isinstance(key, str) and key.endswith(_MANAGED):
        return f"may not use {_MANAGED}, whose policy nobody can change"
    node = graph.nodes.get(key.target) if isinstance(key, Ref) else None
    if node is None:
        return ""
    written = node.props.get("KeyPolicy") or {}
    if all(_lets(written, service, action) for action in _NEEDED):
        return ""
    return f"may not use the key {node.address.name!r}"


def _lets(policy: Mapping[str, Any], service: str, action: str) -> bool:
    """Whether a statement names a service and an action. Conditions are taken to hold."""
    for each in policy.get("Statement") or ():
        principal = each.get("Principal")
        named = principal.get("Service", ()) if isinstance(principal, Mapping) else ()
        services = [named] if isinstance(named, str) else [*named]
        actions = each.get("Action") or ()
        listed = [actions] if isinstance(actions, str) else [*actions]
        names = any(fnmatchcase(action.lower(), str(it).lower()) for it in listed)
        if each.get("Effect") == "Allow" and service in services and names:
            return True
    return False
