"""The states of a run that exports a table and makes rows of it. Pure."""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms import machine as terms
from reconciler.kinds.terms.machine import FAULT, LETTER, Machine, caught, failing, integration
from reconciler.model.address import Address
from reconciler.model.value import Json, Props, Ref

POLL = 60
"""Seconds between two looks at an export."""
UNLOAD = (
    "States.Format('{}{}{}{}{}', $.given.head, $.export.id, $.given.middle, $.given.day,"
    " $.given.tail)"
)
"""The statement: its pieces are text, so that nothing in them is read by the States language."""


def states(machine: Machine, given: Props, asked: Props, scope: Scope, group: Address) -> Props:
    """Export, wait, look, and convert; `given` is what a run knows, `asked` what is exported."""
    status = "$.looked.ExportDescription.ExportStatus"
    states: dict[str, Json] = {
        "settings": {
            "Type": "Pass",
            "Parameters": given,
            "ResultPath": "$.given",
            "Next": "export",
        },
        "export": {
            "Type": "Task",
            "Resource": integration(scope, "aws-sdk:dynamodb:exportTableToPointInTime"),
            "Parameters": asked,
            "ResultSelector": {
                "arn.$": "$.ExportDescription.ExportArn",
                "id.$": "States.ArrayGetItem("
                "States.StringSplit($.ExportDescription.ExportArn, '/'), 3)",
            },
            "ResultPath": "$.export",
            "Retry": [terms.retry("DynamoDb.LimitExceededException", times=10, first=60)],
            "Catch": [caught("export")],
            "Next": "wait",
        },
        "wait": {"Type": "Wait", "Seconds": POLL, "Next": "look"},
        "look": {
            "Type": "Task",
            "Resource": integration(scope, "aws-sdk:dynamodb:describeExport"),
            "Parameters": {"ExportArn.$": "$.export.arn"},
            "ResultPath": "$.looked",
            "Retry": [terms.retry("States.TaskFailed", times=5, first=10)],
            "Catch": [caught("look")],
            "Next": "done",
        },
        "done": {
            "Type": "Choice",
            "Choices": [
                {"Variable": status, "StringEquals": "COMPLETED", "Next": "convert"},
                {"Variable": status, "StringEquals": "IN_PROGRESS", "Next": "wait"},
            ],
            "Default": "not exported",
        },
        "not exported": {
            "Type": "Pass",
            "Parameters": {
                "step": "export",
                "error": "Export.Failed",
                "cause.$": "States.JsonToString($.looked.ExportDescription)",
            },
            "ResultPath": FAULT,
            "Next": LETTER,
        },
        "convert": {
            "Type": "Task",
            "Resource": integration(scope, "athena:startQueryExecution.sync"),
            "Parameters": {
                "QueryString.$": UNLOAD,
                "WorkGroup": Ref(group, "Name"),
            },
            "ResultPath": "$.converted",
            "Retry": [terms.retry("Athena.TooManyRequestsException", times=6)],
            "Catch": [caught("convert")],
            "End": True,
        },
    }
    return states | {**failing("export", "look", "convert"), **terms.ending(machine, scope)}
