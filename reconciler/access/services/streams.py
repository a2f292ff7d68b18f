"""Tables and streams: DynamoDB, Kinesis, Firehose.

An export is written in the name of whoever asks for it. Source: Service Authorization Reference;
DynamoDB developer guide, "Requesting a table export in DynamoDB", permissions.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, plain

TABLE = """CreateTable DeleteItem DeleteTable DescribeContinuousBackups DescribeTable
DescribeTimeToLive GetItem PutItem Query Scan UpdateContinuousBackups UpdateItem UpdateTable
UpdateTimeToLive"""
STREAM = """AddTagsToStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream
DescribeStreamSummary GetRecords GetShardIterator IncreaseStreamRetentionPeriod ListShards
ListTagsForStream PutRecord PutRecords"""
DELIVERY = """DeleteDeliveryStream DescribeDeliveryStream ListTagsForDeliveryStream PutRecord
PutRecordBatch UpdateDestination"""
WRITES = ("s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl")


def export(call: Call, _world: World) -> Iterable[Want]:
    """The table is asked for, and the bucket as if the caller wrote into it."""
    yield Want("dynamodb:ExportTableToPointInTime", str(call.need("TableArn")))
    parts = (call.get("S3Prefix"), "AWSDynamoDB", "data")
    key = "/".join(str(each) for each in parts if each)
    partition = str(call.need("TableArn")).split(":")[1]
    for action in WRITES:
        yield Want(action, f"arn:{partition}:s3:::{call.need('S3Bucket')}/{key}")


def exported(call: Call, _world: World) -> Iterable[Want]:
    """An export is named by its ARN."""
    yield Want("dynamodb:DescribeExport", str(call.need("ExportArn")))


def stream(call: Call, _world: World) -> Iterable[Want]:
    """A stream is named by its ARN or its name."""
    named = call.get("StreamARN") or arn(call, "kinesis", "stream", str(call.need("StreamName")))
    yield Want(f"kinesis:{call.operation}", str(named))


OPERATIONS: dict[str, dict[str, Derive]] = {
    "dynamodb": {
        **plain("dynamodb", {"table TableName": TABLE, "": "ListTables"}),
        "ExportTableToPointInTime": export,
        "DescribeExport": exported,
    },
    "firehose": plain(
        "firehose", {"deliverystream DeliveryStreamName": DELIVERY, "": "ListDeliveryStreams"}
    ),
    "kinesis": {
        **dict.fromkeys(STREAM.split(), stream),
        **plain("kinesis", {"": "ListStreams"}),
    },
}
