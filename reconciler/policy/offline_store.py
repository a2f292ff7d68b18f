"""A training that reads the files of an offline store whose table is an Iceberg table.

Below its prefix are also files that the table no longer counts: of records that were replaced or
deleted, and of compactions, which hold the same record twice; and the table's metadata. Only
whoever reads the table through its catalog sees its rows. Source: Apache Iceberg, table
specification, snapshots and manifests; SageMaker developer guide, Offline store, Iceberg.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path
from reconciler.policy.api import Rule, register
from reconciler.policy.tree import characters, definition, objects

GROUP = "AWS::SageMaker::FeatureGroup"
CODE = Code(
    "GRAPH032",
    "files of an Iceberg table as training data",
    "A training reads the files below the offline store of a feature group whose table format is"
    " Iceberg. Among them are files of replaced and deleted records, copies made by compaction, and"
    " metadata, so the model would learn from rows that the table does not have.",
    "Write `format: Glue` in the feature group, whose files are the records; or query the table"
    " (Athena, Spark) into a DataSource and train on that.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each channel, at its line."""
    stores = [(group, uri) for group in graph if (uri := _iceberg(group)) is not None]
    for node in graph if stores else ():
        for path, channel, uri in _channels(node):
            group = next((it for it, store in stores if _meet(uri, store, it.address.name)), None)
            if group is not None:
                yield _finding(node, path, channel, group)


register(Rule(CODE, check))


def _iceberg(group: Node) -> Json:
    """Where an Iceberg store begins; nothing for anything else."""
    if group.address.type != GROUP:
        return None
    offline = group.props.get("OfflineStoreConfig") or {}
    if offline.get("TableFormat") != "Iceberg":
        return None
    return offline["S3StorageConfig"]["S3Uri"]


def _channels(node: Node) -> Iterator[tuple[Path, str, Json]]:
    """The channels of all jobs of a pipeline that read a prefix: path, name and URI."""
    for path, part in objects(definition(node)):
        for index, channel in enumerate(part.get("InputDataConfig") or ()):
            source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
            if "S3Uri" in source:
                at = (*path, "InputDataConfig", str(index))
                yield at, str(channel.get("ChannelName")), source["S3Uri"]
        for index, given in enumerate(part.get("ProcessingInputs") or ()):
            if uri := (given.get("S3Input") or {}).get("S3Uri"):
                yield (*path, "ProcessingInputs", str(index)), str(given.get("InputName")), uri


def _meet(uri: Json, store: Json, name: str) -> bool:
    """Whether what a prefix selects is in the store of a group, or has all of it.

    Below its URI SageMaker keeps a store in ``ACCOUNT/sagemaker/REGION/offline-store/NAME-…``,
    so that several groups may share one.
    """
    wanted, begin = characters(uri), characters(store)
    if not wanted or not begin:
        return False
    if begin[: len(wanted)] == wanted:
        return True
    if wanted[: len(begin)] != begin:
        return False
    rest = "".join(str(each) for each in wanted[len(begin) :])
    parts = rest.removeprefix("/").split("/")
    account, region = parts[0], parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - the third
    if not rest.startswith("/") or account.strip("0123456789"):
        return False
    place = f"/{account}/sagemaker/{region}/offline-store/{name}-"
    return place.startswith(rest) or rest.startswith(place)


def _finding(node: Node, path: Path, channel: str, group: Node) -> Diagnostic:
    whole = ("PipelineDefinition", "PipelineDefinitionBody", *path)
    at = node.origin.line_of(whole) if node.origin else None
    text = (
        f"input {channel!r} reads the files of {group.address.name!r}, an Iceberg table: replaced"
        " and deleted records are among them"
    )
    return Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)
