"""AWS::KinesisFirehose::DeliveryStream: what a destination takes, and what an update keeps.

"If the destination type is the same, Firehose merges the configuration parameters specified with
the destination configuration that already exists on the delivery stream" (UpdateDestination).
Format conversion and dynamic partitioning want buffers of 64 MB, conversion an uncompressed
destination, dynamic partitioning an error prefix, and a key of a partition that it makes; it is
for a new stream only (Firehose guide, "Enable record format conversion", "Dynamic partitioning";
S3 prefixes: "Custom prefixes").
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(defaults={"DeliveryStreamType": "DirectPut"})
S3 = "ExtendedS3DestinationConfiguration"
PARTITIONS, CONVERSION = "DynamicPartitioningConfiguration", "DataFormatConversionConfiguration"
LEAST = 64
"""MB that a buffer holds at least where records are converted or sorted."""


def begun(desired: dict[str, Any]) -> None:
    """What Firehose refuses of a new one.

    Raises:
        Broken: InvalidRequest, with Firehose's words.
    """
    if S3 in desired:
        _check(desired[S3])


def refuse(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What Firehose refuses of an update.

    Raises:
        Broken: InvalidRequest, with Firehose's words.
    """
    if S3 not in after:
        return
    old, new = before.get(S3) or {}, kept(before, after)[S3]
    if _on(old, PARTITIONS) != _on(new, PARTITIONS):
        what = "enabled on an existing" if _on(new, PARTITIONS) else "disabled on a"
        raise _invalid(f"Dynamic partitioning cannot be {what} delivery stream")
    if old.get("S3BackupMode") == "Enabled" and new.get("S3BackupMode") == "Disabled":
        raise _invalid("S3BackupMode cannot be changed from Enabled to Disabled")
    _check(new)


def kept(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, over what was there in the same destination."""
    return {**after, S3: {**(before.get(S3) or {}), **after[S3]}} if S3 in after else after


def _check(s3: dict[str, Any]) -> None:
    sorts, converts = _on(s3, PARTITIONS), _on(s3, CONVERSION)
    prefix = s3.get("Prefix") or ""
    size = (s3.get("BufferingHints") or {}).get("SizeInMBs", LEAST if sorts or converts else 5)
    if "partitionKeyFrom" in prefix and not sorts:
        raise _invalid(
            "Prefix contains partitionKeyFrom expressions and dynamic partitioning is not enabled"
        )
    if sorts and not s3.get("ErrorOutputPrefix"):
        raise _invalid("ErrorOutputPrefix is required when dynamic partitioning is enabled")
    if "!{" in prefix and not s3.get("ErrorOutputPrefix"):
        raise _invalid("ErrorOutputPrefix cannot be null or empty if Prefix contains expressions")
    if (sorts or converts) and size < LEAST:
        raise _invalid(f"BufferingHints.SizeInMBs must be at least {LEAST}")
    if converts and s3.get("CompressionFormat", "UNCOMPRESSED") != "UNCOMPRESSED":
        raise _invalid("CompressionFormat must be UNCOMPRESSED when data format conversion is on")
    if "firehose:error-output-type" in prefix:
        raise _invalid("Prefix must not contain !{firehose:error-output-type}")


def _on(s3: dict[str, Any], block: str) -> bool:
    return bool((s3.get(block) or {}).get("Enabled"))


def _invalid(message: str) -> Broken:
    return Broken("InvalidRequest", f"{message} (InvalidArgumentException)")
