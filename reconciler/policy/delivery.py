"""A delivery stream takes some settings only together.

Sources: Firehose developer guide, "Enable record format conversion" (a buffer of 64 MB at least,
no compression of the destination's own), "Enable dynamic partitioning" (the same buffer, a prefix
for errors), "Understand custom prefixes" (expressions want one too).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Path
from reconciler.policy.api import Rule, register

TYPE, S3 = "AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration"
PARTITIONS, CONVERSION = "DynamicPartitioningConfiguration", "DataFormatConversionConfiguration"
LEAST = 64
CODE = Code(
    "GRAPH040",
    "delivery that AWS refuses",
    "Firehose does not take these settings together: records that are turned into Parquet or"
    " sorted by their own keys want buffers of 64 MB and no other compression, keys from records"
    " want dynamic partitioning, and a prefix with expressions wants a prefix for errors.",
    "Change the setting that is named.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each setting, at its line."""
    for node in graph:
        s3 = node.props.get(S3) if node.address.type == TYPE else None
        if isinstance(s3, Mapping):
            for path, text in _wrong(s3):
                yield _finding(node, (S3, *path), text)


register(Rule(CODE, check))


def _wrong(s3: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    sorts, converts = _on(s3, PARTITIONS), _on(s3, CONVERSION)
    prefix, errors = s3.get("Prefix"), s3.get("ErrorOutputPrefix")
    said = prefix if isinstance(prefix, str) else ""
    why = "sorts by their own keys" if sorts else "turns into columns"
    size = (s3.get("BufferingHints") or {}).get("SizeInMBs")
    if (sorts or converts) and isinstance(size, int) and size < LEAST:
        text = f"gathers {size} MB of records that it {why}, and AWS wants {LEAST} at least"
        yield ("BufferingHints", "SizeInMBs"), text
    form = s3.get("CompressionFormat")
    if converts and isinstance(form, str) and form != "UNCOMPRESSED":
        yield ("CompressionFormat",), "compresses what is compressed by its format already"
    if "partitionKeyFrom" in said and not sorts:
        yield ("Prefix",), "names keys from records, and dynamic partitioning is not enabled"
    if (sorts or "!{" in said) and not errors:
        yield ("ErrorOutputPrefix",), "has no prefix for records that fail"
    if "firehose:error-output-type" in said:
        yield ("Prefix",), "names the kind of an error where records go that have none"


def _on(s3: Mapping[str, Any], block: str) -> bool:
    return bool((s3.get(block) or {}).get("Enabled"))


def _finding(node: Node, path: Path, text: str) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    return Diagnostic(
        CODE.code, f"{str(node.address)!r} {text}", at, CODE.fix, address=node.address
    )
