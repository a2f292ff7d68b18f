"""A record that several regions share, whose region can fail without anybody noticing.

Route 53 counts a record without a health check as healthy, so one without either a health check or
the health of what it leads to is answered with for ever. Source: Route 53 developer guide, "How
Amazon Route 53 chooses records when health checking is configured".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.policy.api import Rule, register

RECORD = "AWS::Route53::RecordSet"
BLIND = Code(
    "EXPOSE002",
    "failover that never happens",
    "A record with a failover or weighted policy has neither a health check nor"
    " `EvaluateTargetHealth`. Route 53 counts it as healthy whatever happens to its region, so no"
    " other region ever answers in its place.",
    "Give the record a `HealthCheckId`, or its alias `EvaluateTargetHealth: true`.",
)
LAST = Code(
    "EXPOSE003",
    "weight 0 is not off",
    "While all records of a name with a weight above 0 are unhealthy, Route 53 answers with those"
    " of weight 0. What stands behind one has to serve, in a version that may be used.",
    "Nothing, if the region is a standby. To take a region out for good, remove `failover` there.",
)


def blind(graph: Graph) -> Iterator[Diagnostic]:
    """Records of several that nothing watches."""
    for node in _shared(graph):
        alias = node.props.get("AliasTarget") or {}
        if not node.props.get("HealthCheckId") and not alias.get("EvaluateTargetHealth"):
            text = f"{node.address.name!r} counts as healthy whatever happens behind it"
            yield _finding(BLIND, text, node, Severity.ERROR)


def last(graph: Graph) -> Iterator[Diagnostic]:
    """Records that answer only when all others cannot."""
    for node in _shared(graph):
        if node.props.get("Weight") == 0:
            text = (
                f"{node.address.name!r} has weight 0, and answers while no other region is healthy"
            )
            yield _finding(LAST, text, node, Severity.NOTE)


def _shared(graph: Graph) -> Iterator[Node]:
    for node in graph:
        shares = node.props.get("Failover") or node.props.get("Weight") is not None
        if node.address.type == RECORD and shares:
            yield node


def _finding(code: Code, text: str, node: Node, severity: Severity) -> Diagnostic:
    at = node.origin.line_of(("Weight",)) if node.origin else None
    return Diagnostic(code.code, text, at, code.fix, severity, node.address)


register(Rule(BLIND, blind))
register(Rule(LAST, last))
