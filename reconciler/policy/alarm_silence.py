"""An alarm on too few requests that takes no requests at all for good.

SageMaker publishes no value for a minute without requests, so silence is missing data.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.metrics import REQUESTS
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph
from reconciler.policy.alarms import alarms, reach
from reconciler.policy.api import Rule, register

CODE = Code(
    "GRAPH035",
    "alarm that takes silence for good",
    "The alarm is to fire when there are too few requests. A minute without any has no value, and"
    " what is missing does not count as breaching, so an endpoint that nobody reaches any more"
    " stays silent.",
    "Add `missingData: breaching` to the alarm.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each alarm that tells somebody, at the line of what missing data means."""
    for alarm in alarms(graph):
        props = alarm.node.props
        low = str(props.get("ComparisonOperator")).startswith("Less")
        missing = props.get("TreatMissingData", "missing") != "breaching"
        if low and missing and alarm.metric in REQUESTS and not alarm.guards and not reach(alarm):
            at = alarm.node.origin.line_of(("TreatMissingData",)) if alarm.node.origin else None
            text = "this alarm stays silent when there are no requests at all"
            yield Diagnostic(CODE.code, text, at, CODE.fix, Severity.WARNING, alarm.node.address)


register(Rule(CODE, check))
