"""A stream of records, a reader of it with a throughput of its own, and its way into a bucket."""

from __future__ import annotations

from reconciler.model.value import Ref

from .sample import KEY, ROLE, Sample

stream = Sample(
    "AWS::Kinesis::Stream",
    "acme-test-events",
    minimal={"ShardCount": 1},
    full={
        "ShardCount": 2,
        "RetentionPeriodHours": 48,
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": KEY},
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
    },
    edits=(
        {"ShardCount": 10},
        {"RetentionPeriodHours": 24},
        {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
    ),
)
consumer = Sample(
    "AWS::Kinesis::StreamConsumer",
    "acme-test-scoring",
    minimal={"StreamARN": Ref(stream.address, "Arn")},
    full={"StreamARN": Ref(stream.address, "Arn")},
    needs=(stream,),
)
S3 = "ExtendedS3DestinationConfiguration"
LAKE = {"BucketARN": "arn:aws:s3:::acme-test-lake", "RoleARN": ROLE}
PLACED = {
    **LAKE,
    "BufferingHints": {"IntervalInSeconds": 300, "SizeInMBs": 128},
    "CompressionFormat": "UNCOMPRESSED",
    "Prefix": "events/day=!{timestamp:yyyy-MM-dd}/",
    "ErrorOutputPrefix": "errors/events/!{firehose:error-output-type}/",
    "CloudWatchLoggingOptions": {
        "Enabled": True,
        "LogGroupName": "/aws/kinesisfirehose/acme-test-events",
        "LogStreamName": "delivery",
    },
    "DataFormatConversionConfiguration": {
        "Enabled": True,
        "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
        "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {"Compression": "SNAPPY"}}},
        "SchemaConfiguration": {
            "CatalogId": "123456789012",
            "DatabaseName": "acme_test",
            "Region": "eu-west-1",
            "RoleARN": ROLE,
            "TableName": "events",
            "VersionId": "LATEST",
        },
    },
    "S3BackupMode": "Disabled",
}
delivery = Sample(
    "AWS::KinesisFirehose::DeliveryStream",
    "acme-test-events",
    minimal={"DeliveryStreamType": "DirectPut", S3: LAKE},
    full={
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {
            "KinesisStreamARN": Ref(stream.address, "Arn"),
            "RoleARN": ROLE,
        },
        S3: PLACED,
    },
    edits=(
        {S3: {**PLACED, "DataFormatConversionConfiguration": None}},
        {
            S3: {
                **PLACED,
                "Prefix": "raw/",
                "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 64},
            }
        },
        {S3: {**PLACED, "CloudWatchLoggingOptions": None}},
    ),
    breaks=({S3: {**PLACED, "DynamicPartitioningConfiguration": {"Enabled": True}}},),
    needs=(stream,),
)
