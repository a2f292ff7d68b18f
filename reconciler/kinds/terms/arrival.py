"""New objects of a DataSource, as events that a rule of EventBridge looks for.

New objects come as events of S3, which the bucket has to send to EventBridge. Sources: S3 user
guide, "Using EventBridge", "EventBridge event message structure".
"""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.model.value import Json, Path, Props


def arrivals(scope: Scope, source: str, path: str, at: Path) -> Props:
    """The pattern of the events. `at` is the line that names the DataSource."""
    bucket = scope.export("DataSource", source, "bucket")
    if not scope.peer("DataSource", source).get("events"):
        scope.problem(
            at,
            f"DataSource {source!r} tells nobody of new objects",
            help=f"set 's3.events: true' in DataSource {source!r}",
        )
    prefix = "/".join(filter(None, (scope.export("DataSource", source, "prefix"), path)))
    detail: dict[str, Json] = {"bucket": {"name": [bucket]}}
    if prefix:
        detail["object"] = {"key": [{"prefix": prefix}]}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
