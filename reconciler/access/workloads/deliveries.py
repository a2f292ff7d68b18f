"""What a delivery stream does: reads its stream and the table, and writes into the bucket."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.access.workloads.site import Site, Thing, Work, sealed, takes

FIREHOSE = "firehose.amazonaws.com"
_TRUST = "Firehose developer guide, Allow Firehose to assume an IAM role"
_READS = "Firehose developer guide, Grant Firehose access to a Kinesis data stream"
_WRITES = "Firehose developer guide, Grant Firehose access to an Amazon S3 destination"
_TABLE = "Firehose developer guide, Grant Firehose access to AWS Glue for data format conversion"
S3 = "ExtendedS3DestinationConfiguration"


def deliveries(site: Site) -> Iterator[Work]:
    """Each delivery stream, as its role."""
    for each in site.of("DeliveryStream"):
        if S3 in each.props:
            yield from _delivery(site, each)


def _delivery(site: Site, each: Thing) -> Iterator[Work]:
    s3 = each.props[S3]
    role = str(s3["RoleARN"])
    yield takes(site, role, _TRUST, site.arn("firehose", f"deliverystream/{each.name}"), FIREHOSE)
    if source := each.props.get("KinesisStreamSourceConfiguration"):
        yield from _reads(site, role, str(source["KinesisStreamARN"]))
    bucket = str(s3["BucketARN"]).rpartition(":")[2]
    for operation in ("GetBucketLocation", "ListObjectsV2", "ListMultipartUploads"):
        yield site.does(role, _WRITES, f"s3.{operation}", Bucket=bucket)
    key = next((_key(it) for it in site.of("Bucket") if it.name == bucket), None)
    for prefix in (s3["Prefix"], s3["ErrorOutputPrefix"]):
        at = {"Bucket": bucket, "Key": f"{str(prefix).partition('!')[0]}0"}
        yield site.does(role, _WRITES, "s3.PutObject", **at, **sealed(key))
        yield site.does(role, _WRITES, "s3.GetObject", **at)
        yield site.does(role, _WRITES, "s3.AbortMultipartUpload", **at, UploadId="0")
    if key:
        via = {"kms:viaservice": f"s3.{site.region}.amazonaws.com"}
        seal = {"aws:s3:arn": str(s3["BucketARN"])}
        decrypt = {"KeyId": key, "EncryptionContext": seal}
        yield site.does(role, _WRITES, "kms.Decrypt", **decrypt, context=via)
    schema = (s3.get("DataFormatConversionConfiguration") or {}).get("SchemaConfiguration")
    if schema:
        at = {"DatabaseName": str(schema["DatabaseName"])}
        name = str(schema["TableName"]).rpartition("/")[2]
        yield site.does(role, _TABLE, "glue.GetTable", **at, Name=name)
        for operation in ("GetTableVersion", "GetTableVersions"):
            yield site.does(role, _TABLE, f"glue.{operation}", **at, TableName=name)


def _reads(site: Site, role: str, stream: str) -> Iterator[Work]:
    for operation in ("DescribeStream", "GetRecords", "GetShardIterator", "ListShards"):
        yield site.does(role, _READS, f"kinesis.{operation}", StreamARN=stream)
    for each in site.of("Stream"):
        sealing = each.props.get("StreamEncryption") or {}
        if stream.endswith(f"/{each.name}") and sealing:
            via = {"kms:viaservice": f"kinesis.{site.region}.amazonaws.com"}
            key = str(sealing["KeyId"])
            yield site.does(role, _READS, "kms.Decrypt", KeyId=key, context=via)


def _key(bucket: Thing) -> str | None:
    """The key by which a bucket encrypts what does not say one."""
    rules = (bucket.props.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration")
    default = (rules or [{}])[0].get("ServerSideEncryptionByDefault") or {}
    found = default.get("KMSMasterKeyID")
    return str(found) if found else None
