"""Combinations that SageMaker refuses. Limits: AWS_FACTS 2; SageMaker API, OfflineStoreConfig."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem
from reconciler.kinds.feature_group.spec import FeatureGroup

RESERVED = frozenset({"is_deleted", "write_time", "api_invocation_time"})
"""Names that SageMaker adds to the offline store itself."""


def check(spec: FeatureGroup) -> Iterator[Problem]:
    for alias, name in (("recordId", spec.record_id), ("eventTime", spec.event_time)):
        if name not in spec.features:
            help_ = f"add {name!r} to 'features', or name one of them"
            yield Problem((alias,), f"{name!r} is not one of the features", help_)
    time = spec.features.get(spec.event_time)
    if time is not None and time.type == "integral":
        help_ = "use string (ISO 8601) or fractional (seconds since 1970)"
        yield Problem(("features", spec.event_time), "an event time cannot be integral", help_)
    for name in spec.features:
        if name.lower() in RESERVED:
            text_ = f"{name!r} is a name that SageMaker uses itself"
            yield Problem(("features", name), text_, "choose another name")
    if spec.aws_name is not None and "version" in spec.model_fields_set:
        help_ = "remove 'version', or 'awsName'"
        yield Problem(("version",), "a name of its own carries no version", help_)
    yield from _check_stores(spec)


def _check_stores(spec: FeatureGroup) -> Iterator[Problem]:
    online, offline = spec.online, spec.offline
    if online is None and offline is None:
        help_ = "add 'online: {}', 'offline: {}' or both"
        yield Problem((), "a feature group needs a store", help_)
    if spec.throughput is not None and online is not None and online.storage != "standard":
        help_ = "remove 'throughput', or use standard storage"
        yield Problem(("throughput",), "in-memory storage takes no provisioned capacity", help_)
    if offline is None:
        return
    if not offline.glue_table and offline.format == "iceberg":
        help_ = "write `format: glue`, or leave the table on"
        yield Problem(("offline", "glueTable"), "an Iceberg table is in the Glue catalog", help_)
    if offline.path and offline.to is None:
        yield Problem(("offline", "path"), "a path needs a DataSource", "add 'to'")
