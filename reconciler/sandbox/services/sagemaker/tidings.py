"""Events that an endpoint's state has changed: statuses are written as ``IN_SERVICE`` there.

Source: SageMaker developer guide, "Events that SageMaker sends to EventBridge", endpoint state
change; AWS_FACTS 4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.state import bus
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Record

KIND = "SageMaker Endpoint State Change"
_SHOWN = ("EndpointName", "EndpointConfigName", "ProductionVariants", "FailureReason")


def tell(record: Record, at: float) -> None:
    """Send the event of the state that an endpoint has had since a moment."""
    _, _, _, region, account, _ = record.arn.split(":", 5)
    detail: dict[str, Any] = {
        **{name: _plain(record.data[name]) for name in _SHOWN if record.data.get(name)},
        "EndpointArn": record.arn,
        "EndpointStatus": _upper(str(record.data["EndpointStatus"])),
        "CreationTime": int(record.created * 1000),
        "LastModifiedTime": int(record.modified * 1000),
        "Tags": dict(record.tags),
    }
    with WORLD.clock.at(at):
        bus.send("aws.sagemaker", KIND, account, region, [record.arn], detail)


def _upper(status: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", status).upper()


def _plain(value: Any) -> Any:  # noqa: ANN401  (any value)
    """JSON: moments as milliseconds since the epoch."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value.timestamp() * 1000) if hasattr(value, "timestamp") else value
