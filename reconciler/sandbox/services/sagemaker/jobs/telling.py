"""What a job tells: lines in CloudWatch Logs, and events on the default bus.

Source: SageMaker developer guide, "Log groups and streams", "Events that SageMaker sends to
EventBridge".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.logs.models import logs_backends

from reconciler.sandbox.services.events import rules
from reconciler.sandbox.services.sagemaker.jobs import rights
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.sandbox.services.sagemaker.store import Call, Record

BUS = "default"
SIMULATED = "moorline sandbox: this job is simulated, nothing of it was run"


def log(call: Call, record: Record, group: str, role: str, lines: Iterable[str]) -> None:
    """Write lines of a job's log, where its role may."""
    where = call.backend
    if not rights.writes_logs(call, role, group):
        return
    backend = logs_backends[where.account_id][where.region_name]
    if group not in backend.groups:
        backend.create_log_group(group, {})
    stream = f"{record.name}/algo-1-{int(record.created)}"
    if stream not in backend.groups[group].streams:
        backend.create_log_stream(group, stream)
    at = int(WORLD.clock.now() * 1000)
    rows = [{"timestamp": at, "message": line} for line in lines]
    if rows:
        backend.put_log_events(group, stream, rows)


def event(call: Call, kind: str, arns: list[str], detail: Mapping[str, Any]) -> None:
    """Send an event of SageMaker's."""
    where = call.backend
    made = rules.event(
        "aws.sagemaker", kind, where.account_id, where.region_name, arns, plain(detail)
    )
    rules.publish(where.account_id, where.region_name, BUS, made)


def plain(value: Any) -> Any:  # noqa: ANN401  (any value)
    """JSON: moments as milliseconds since the epoch, as these events have them."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return int(value.timestamp() * 1000) if hasattr(value, "timestamp") else value
