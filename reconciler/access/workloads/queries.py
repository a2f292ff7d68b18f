"""What Athena does for a query, which it does as whoever runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.access.workloads.site import Site, Thing, Work, name_of, place, sealed
from reconciler.access.workloads.written import UNKNOWN

_ATHENA = "Step Functions developer guide, Integrate Amazon Athena, IAM policies"
_RESULTS = "Athena user guide, Control access to Amazon S3 from Athena"
_TABLES = (
    "Athena user guide, Configure access to databases and tables in the AWS Glue Data Catalog; of"
    " their lists, Step Functions developer guide, Integrate Amazon Athena, IAM policies"
)
_ICEBERG = "Athena user guide, Query Iceberg tables: rows that change are files that go"
SEES = tuple(
    f"glue:Get{each}"
    for each in ("Database", "Databases", "Partition", "Partitions", "Table", "Tables")
)
CHANGES = (
    "glue:BatchCreatePartition", "glue:CreatePartition", "glue:UpdatePartition", "glue:UpdateTable",
)  # fmt: skip
_PLACES = re.compile(r"s3://[^\s']+")
_CHANGED = re.compile(
    r"\b(?:insert\s+into|merge\s+into|update|delete\s+from)\s+([\w.\"`-]+)", re.IGNORECASE
)


def query(site: Site, role: str, group: str, sql: str) -> Iterator[Work]:
    """A query of a workgroup: the run itself, what it reads and writes, and its results."""
    start = site.call(role, "athena.StartQueryExecution", WorkGroup=group)
    catalogue = site.arn("athena", "datacatalog/AwsDataCatalog")
    yield Work(name_of(role), start, _ATHENA, besides=("athena:GetDataCatalog",), at=catalogue)
    for operation in ("GetQueryExecution", "StopQueryExecution"):
        yield site.does(role, _ATHENA, f"athena.{operation}", QueryExecutionId=group)
    for own in site.of("WorkGroup"):
        if own.name == group:
            results = own.props["WorkGroupConfiguration"].get("ResultConfiguration") or {}
            if uri := results.get("OutputLocation"):
                key = (results.get("EncryptionConfiguration") or {}).get("KmsKey")
                yield from _puts(site, role, str(uri), key)
    for table in site.of("Table"):
        if table.type.startswith("AWS::Glue"):
            yield from _of_table(site, role, table, sql)
    for uri in dict.fromkeys(_PLACES.findall(sql)):  # where UNLOAD puts what it finds
        yield from _puts(site, role, uri, None)


def _of_table(site: Site, role: str, table: Thing, sql: str) -> Iterator[Work]:
    """A table that a statement names; of one that is not known, each that it may look up."""
    database, name = str(table.props["DatabaseName"]), str(table.props["TableInput"]["Name"])
    looks = site.call(role, "glue.GetTable", DatabaseName=database, Name=name)
    if sql != UNKNOWN and not re.search(rf"\b{re.escape(name)}\b", sql):
        return
    meant = looks if sql == UNKNOWN else None
    uri = _folder(table.props["TableInput"])
    for work in (*sees(site, role, database, name, SEES), *_reads(site, role, uri)):
        yield replace(work, meant=meant)
    changed = [each.strip('"`').rpartition(".")[2].strip('"`') for each in _CHANGED.findall(sql)]
    if name in changed or sql == UNKNOWN:
        input_ = {"Name": name}
        changes = site.call(role, "glue.UpdateTable", DatabaseName=database, TableInput=input_)
        bucket, key = place(uri)
        gone = site.does(role, _ICEBERG, "s3.DeleteObject", Bucket=bucket, Key=f"{key}/0")
        for work in (
            *sees(site, role, database, name, CHANGES), *_puts(site, role, uri, None), gone,
        ):  # fmt: skip
            yield replace(work, meant=changes if sql == UNKNOWN else None)


def _folder(table: Mapping[str, Any]) -> str:
    """Where a partition of a table lies; of one without partitions, all of it.

    Source: Athena user guide, "Set up partition projection", storage.location.template.
    """
    form = str((table.get("Parameters") or {}).get("storage.location.template", ""))
    if form:
        return re.sub(r"\$\{[^}]*\}", UNKNOWN, form).rstrip("/")
    whole = str((table.get("StorageDescriptor") or {}).get("Location", "")).rstrip("/")
    keys = (f"/{each['Name']}={UNKNOWN}" for each in table.get("PartitionKeys") or ())
    return whole + "".join(keys)


def sees(
    site: Site, role: str, database: str, name: str, actions: tuple[str, ...] = SEES
) -> Iterator[Work]:
    """Each level down to a table, on which actions are asked; lists are filtered by them."""
    call = site.call(role, "glue.GetTable", DatabaseName=database, Name=name)
    for level in ("catalog", f"database/{database}", f"table/{database}/{name}"):
        yield Work(name_of(role), call, _TABLES, besides=actions, at=site.arn("glue", level))


def _reads(site: Site, role: str, uri: str) -> Iterator[Work]:
    bucket, key = place(uri)
    yield site.does(role, _RESULTS, "s3.ListObjectsV2", Bucket=bucket, Prefix=key)
    yield site.does(role, _RESULTS, "s3.GetObject", Bucket=bucket, Key=f"{key}/0".lstrip("/"))


def _puts(site: Site, role: str, uri: str, key: str | None) -> Iterator[Work]:
    """What Athena writes, in parts where it is large."""
    bucket, prefix = place(uri)
    at = {"Bucket": bucket, "Key": f"{prefix}/0.csv".lstrip("/")}
    for operation in ("GetBucketLocation", "ListObjectsV2"):
        yield site.does(role, _RESULTS, f"s3.{operation}", Bucket=bucket)
    yield site.does(role, _RESULTS, "s3.PutObject", **at, **sealed(key))
    yield site.does(role, _RESULTS, "s3.CreateMultipartUpload", **at, **sealed(key))
    for operation in ("GetObject", "ListParts", "AbortMultipartUpload"):
        more = {} if operation == "GetObject" else {"UploadId": "0"}
        yield site.does(role, _RESULTS, f"s3.{operation}", **at, **more)
