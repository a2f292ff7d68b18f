"""AWS::Lambda::EventSourceMapping: one for each source and function.

Source: Lambda API reference, CreateEventSourceMapping (ResourceConflictException names the one that
is there); what a read has though nobody asked for it.
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(defaults={"Enabled": True, "MaximumBatchingWindowInSeconds": 0})


def admit(desired: dict[str, Any], others: dict[str, dict[str, Any]]) -> None:
    """Refuse a second mapping of the same source and topics to the same function.

    Raises:
        Broken: AlreadyExists, with the one that is there.
    """
    for id_, each in others.items():
        if _pair(each) == _pair(desired):
            source, function = desired.get("EventSourceArn"), desired.get("FunctionName")
            text = (
                f'The event source arn (" {source} ") and function (" {function} ") provided'
                " mapping already exists. Please update or delete the existing mapping with UUID"
                f" {id_}"
            )
            raise Broken("AlreadyExists", text, id_)


def _pair(model: dict[str, Any]) -> tuple[Any, ...]:
    function = str(model.get("FunctionName")).rpartition(":function:")[2]
    return model.get("EventSourceArn"), function, sorted(model.get("Topics") or ())
