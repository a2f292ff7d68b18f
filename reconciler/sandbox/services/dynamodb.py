"""DynamoDB: a time to live that takes its hour, streams with an ARN of their own, and exports.

Sources: DynamoDB API reference, UpdateTimeToLive ("It can take up to one hour for the change to
fully process. Any additional UpdateTimeToLive calls for the same table during this one hour
duration result in a ValidationException"), UpdateTable (StreamSpecification), and
ExportTableToPointInTime; guide, "Exporting DynamoDB table data to Amazon S3" for what lies where.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.utils import gzip_compress
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.table_export import TableExport
from moto.dynamodb.models.utilities import dynamo_json_dump

from reconciler.sandbox.state.world import WORLD

NAMES = {"dynamodb": frozenset({"TableName"})}
HOUR = 3600.0
SINCE, STREAMS = "moorline_ttl_since", "moorline_streams"
EXPORTING = 300.0
"""Seconds that an export takes here; AWS takes minutes, whatever the table has."""


def install() -> None:
    """Repair DynamoDB."""
    backend: Any = DynamoDBBackend
    table: Any = Table
    export: Any = TableExport
    backend.update_time_to_live = _update_ttl(backend.update_time_to_live)
    backend.describe_time_to_live = _describe_ttl(backend.describe_time_to_live)
    backend.update_table_streams = _streams
    table.set_stream_specification = _labelled(table.set_stream_specification)
    export.__init__ = _exported(export.__init__)
    export.start = lambda _self: None
    export.response = _response(export.response)
    backend.export_table = _formats(backend.export_table)


# -- time to live


def _update_ttl(inner: Any) -> Any:  # noqa: ANN401  (a method of moto's backend)
    def update(self: Any, table_name: str, ttl_spec: dict[str, Any]) -> None:  # noqa: ANN401
        table = self.get_table(table_name)
        on, name = ttl_spec.get("Enabled"), ttl_spec.get("AttributeName")
        now, since = WORLD.clock.now(), table.__dict__.get(SINCE)
        if not name:
            raise MockValidationException(
                "1 validation error detected: Value null at 'timeToLiveSpecification.attributeName'"
                " failed to satisfy constraint: Member must not be null"
            )
        if since is not None and now < since + HOUR:
            raise MockValidationException(
                "Time to live has been modified multiple times within a fixed interval"
            )
        live = table.ttl.get("AttributeName") if table.ttl["TimeToLiveStatus"] == "ENABLED" else ""
        if live and live != name:
            text = "TimeToLive is active on a different AttributeName: current AttributeName is "
            raise MockValidationException(text + live)
        if bool(on) == bool(live):
            raise MockValidationException(
                f"TimeToLive is already {'enabled' if on else 'disabled'}"
            )
        inner(self, table_name, ttl_spec)
        setattr(table, SINCE, now)

    return update


def _describe_ttl(inner: Any) -> Any:  # noqa: ANN401  (a method of moto's backend)
    def describe(self: Any, table_name: str) -> dict[str, Any]:  # noqa: ANN401
        told = dict(inner(self, table_name))
        since = self.get_table(table_name).__dict__.get(SINCE)
        on = told["TimeToLiveStatus"] == "ENABLED"
        if since is not None and WORLD.clock.now() < since + HOUR:
            told["TimeToLiveStatus"] = "ENABLING" if on else "DISABLING"
        elif not on:
            told.pop("AttributeName", None)
        return told

    return describe


# -- streams


def _streams(_: Any, table: Any, stream_specification: dict[str, Any]) -> None:  # noqa: ANN401
    """What is on is not enabled, and what is off not disabled."""
    on = bool((table.stream_specification or {}).get("StreamEnabled"))
    asked = stream_specification.get("StreamEnabled")
    if on and (asked or stream_specification.get("StreamViewType")):
        raise MockValidationException(
            f"Table already has an enabled stream: TableName: {table.name}"
        )
    if not on and not asked:
        raise MockValidationException(f"Table has no stream to disable: TableName: {table.name}")
    table.set_stream_specification(stream_specification)


def _labelled(inner: Any) -> Any:  # noqa: ANN401  (a method of moto's table)
    """A stream is named by the time of its making; no two of a table are named alike."""

    def put(self: Any, streams: dict[str, Any] | None) -> None:  # noqa: ANN401
        inner(self, dict(streams) if streams else streams)
        if self.stream_specification["StreamEnabled"]:
            number = self.__dict__.get(STREAMS, 0)
            setattr(self, STREAMS, number + 1)
            at = datetime.fromtimestamp(int(WORLD.clock.now()), tz=UTC)
            self.latest_stream_label = f"{at:%Y-%m-%dT%H:%M:%S}.{number % 1000:03d}"

    return put


# -- exports


def _formats(inner: Any) -> Any:  # noqa: ANN401  (a method of moto's backend)
    def export(self: Any, **asked: Any) -> Any:  # noqa: ANN401
        form = asked.get("export_format")
        if form == "ION":
            raise JsonRESTError("ValidationException", "this sandbox exports DYNAMODB_JSON only")
        return inner(self, **{**asked, "export_format": "DYNAMODB_JSON"})

    return export


def _exported(inner: Any) -> Any:  # noqa: ANN401  (moto's)
    def init(self: Any, **asked: Any) -> None:  # noqa: ANN401
        """The items as they are now; they are in the bucket once the export is done."""
        inner(self, **asked)
        now, number = WORLD.clock.now(), WORLD.next_number()
        self.export_id = f"{int(now * 1000):014d}-{number:08x}"
        self.arn = f"{self.table.table_arn}/export/{self.export_id}"
        self.begun, self.done = now, False
        self.lines = [
            dynamo_json_dump(item.to_json(root_attr_name="Item")) for item in self.table.all_items()
        ]

    return init


def _response(inner: Any) -> Any:  # noqa: ANN401  (moto's)
    def response(self: Any) -> dict[str, Any]:  # noqa: ANN401
        if not self.done and WORLD.clock.now() >= self.begun + EXPORTING:
            self.done = True
            _write(self)
        base = _base(self)
        told = {
            **inner(self),
            "ExportManifest": f"{base}/manifest-summary.json",
            "StartTime": self.begun,
            "ExportTime": self.begun,
        }
        return {name: value for name, value in told.items() if value is not None}

    return response


def _base(export: Any) -> str:  # noqa: ANN401  (moto's export)
    prefix = f"{export.s3_prefix}/" if export.s3_prefix else ""
    return f"{prefix}AWSDynamoDB/{export.export_id}"


def _write(export: Any) -> None:  # noqa: ANN401  (moto's export)
    from moto.s3.models import s3_backends  # noqa: PLC0415  (only where something is exported)

    found = s3_backends[export.account_id][export.partition]
    if export.s3_bucket not in found.buckets:
        export.status, export.failure_code = "FAILED", "S3NoSuchBucket"
        export.failure_message = "The specified bucket does not exist"
        return
    base, lines = _base(export), export.lines
    data = f"{base}/data/{export.export_id}.json.gz"
    text = "".join(f"{line}\n" for line in lines).encode()
    manifest = {"itemCount": len(lines), "dataFileS3Key": data}
    summary = {
        "version": "2020-06-30",
        "exportArn": export.arn,
        "tableArn": export.table.table_arn,
        "s3Bucket": export.s3_bucket,
        "manifestFilesS3Key": f"{base}/manifest-files.json",
        "itemCount": len(lines),
        "outputFormat": "DYNAMODB_JSON",
    }
    for key, value in (
        (data, gzip_compress(text)),
        (f"{base}/manifest-files.json", (json.dumps(manifest) + "\n").encode()),
        (f"{base}/manifest-summary.json", json.dumps(summary).encode()),
    ):
        found.put_object(bucket_name=export.s3_bucket, key_name=key, value=value)
    export.item_count, export.processed_bytes = len(lines), len(text)
    export.status = "COMPLETED"
