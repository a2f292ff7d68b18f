"""Alarms and budgets that tell nobody."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path, Ref
from reconciler.policy.alarms import alarms
from reconciler.policy.api import Rule, register

TOPIC, BUDGET = "AWS::SNS::Topic", "AWS::Budgets::Budget"
CODE = Code(
    "GRAPH036",
    "message that nobody gets",
    "An alarm or a budget sends its messages to a topic that has no subscription, or to nothing.",
    "Add somebody under 'subscriptions' of the Monitor, or under 'subscribers' of the Budget.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each topic, alarm and budget; a topic outside of the graph is heard."""
    empty = deaf(graph)
    used: set[Address] = set()
    for alarm in alarms(graph):
        actions = [*(alarm.node.props.get("AlarmActions") or ())]
        silenced = alarm.node.props.get("ActionsEnabled") is False
        if (silenced or not actions) and not alarm.guards:
            yield _finding(alarm.node, (), "this alarm does nothing when it fires")
        used |= {target for each in actions if (target := addressed(each)) in empty and target}
    for node in graph:
        for index, each in enumerate(node.props.get("NotificationsWithSubscribers") or ()):
            told = [addressed(it.get("Address")) for it in each.get("Subscribers") or ()]
            if all(it in empty for it in told):
                path = ("NotificationsWithSubscribers", str(index), "Subscribers")
                yield _finding(node, path, "nobody gets the messages of this budget")
                break
    for address in sorted(used):
        text = "nobody gets the messages of these alarms: their topic has no subscription"
        yield _finding(graph.nodes[address], ("Subscription",), text)


register(Rule(CODE, check))


def deaf(graph: Graph) -> set[Address]:
    """Topics that nobody has subscribed to."""
    return {
        node.address
        for node in graph
        if node.address.type == TOPIC and not node.props.get("Subscription")
    }


def addressed(value: Json) -> Address | None:
    """The resource of the graph that a message goes to; nothing for one outside of it."""
    return value.target if isinstance(value, Ref) else None


def _finding(node: Node, path: Path, text: str) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    return Diagnostic(CODE.code, text, at, CODE.fix, Severity.WARNING, node.address)
