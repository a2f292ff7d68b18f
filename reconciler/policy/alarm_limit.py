"""An alarm whose limit no measurement can pass, or that every measurement passes."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.metrics import REQUESTS
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph
from reconciler.policy.alarms import Alarm, Reach, alarms, reach
from reconciler.policy.api import Rule, register

CODE = Code(
    "GRAPH033",
    "alarm that fires never, or always",
    "What a metric can be is limited: memory and disk go to 100 per cent, the CPU to 100 per cent"
    " of each core, an error metric is 0 or 1 for each request, so its average and percentiles are"
    " 1 at most, and its values are never below 0. An alarm with a limit outside fires never, or"
    " as soon as there is a measurement.",
    "Choose a limit that can be passed, or another statistic.",
)
_BREACHING = "breaching"


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each alarm, at the line of its limit.

    A silence that counts as breaching makes an alarm fire whatever its limit is; and an alarm on
    any request at all is no mistake.
    """
    for alarm in alarms(graph):
        found = reach(alarm)
        silent = alarm.node.props.get("TreatMissingData") == _BREACHING
        if found is None or (silent and not found.always):
            continue
        if not (found.always and alarm.metric in REQUESTS):
            yield _finding(alarm, found)


register(Rule(CODE, check))


def _finding(alarm: Alarm, found: Reach) -> Diagnostic:
    node = alarm.node
    at = node.origin.line_of(("Threshold",)) if node.origin else None
    when = "fires as soon as there is a value" if found.always else "can never fire"
    of = f" on {alarm.instance_type}" if not found.certain and alarm.instance_type else ""
    text = f"this alarm {when}: {alarm.statistic} of {alarm.metric}{of} is {_range(found)}"
    severity = Severity.ERROR if found.certain else Severity.WARNING
    return Diagnostic(CODE.code, text, at, CODE.fix, severity, node.address)


def _range(found: Reach) -> str:
    if found.high == float("inf"):
        return f"{found.low:.15g} at least"
    return (
        f"{found.low:.15g} to {found.high:.15g}" if found.low < found.high else f"{found.low:.15g}"
    )
