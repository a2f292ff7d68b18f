"""dynamodb: a table of records by key."""

from collections.abc import Iterator, Mapping
from typing import Literal

from reconciler.kinds.api import Flow, Lacking, Scope, days
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.dynamo.check import check, keys
from reconciler.kinds.data_source.dynamo.spec import Capacity, DynamoDB, Recovery
from reconciler.kinds.data_source.lake import export as exporting, typed
from reconciler.kinds.terms.key import key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TYPE = "AWS::DynamoDB::Table"
VIEWS = {
    "keys": "KEYS_ONLY",
    "new": "NEW_IMAGE",
    "old": "OLD_IMAGE",
    "newAndOld": "NEW_AND_OLD_IMAGES",
}


def exports(table: DynamoDB, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    stream: Json | Lacking
    if table.existing is not None:
        name: Json = table.existing
        arn: Json = scope.arn("dynamodb", f"table/{table.existing}")
        stream = Lacking("exists already, and what its stream is called is not known", "manage it")
    else:
        address = scope.address(TYPE)
        name, arn = Ref(address, "TableName"), Ref(address, "Arn")
        stream = Ref(address, "StreamArn")
        if table.stream is None:
            stream = Lacking("has no stream", "add 'stream: newAndOld' to its 'dynamodb'")
    key = key_arn(table.key, scope)
    return {"dynamodb": name, "dynamodbArn": arn, "dynamodbStreamArn": stream, "dataKeyArn": key}


def build(table: DynamoDB, spec: Source, scope: Scope) -> Iterator[Node]:
    report_missing(table.key, scope, ("dynamodb", "key"))
    if table.existing is None:
        yield scope.node(scope.address(TYPE), _props(table, spec, scope), lines=_lines(table))
    if table.export is not None:
        arn = exports(table, spec, scope)["dynamodbArn"]
        name = table.existing or scope.address(TYPE).name
        yield from exporting.build(table.export, spec, arn, name, scope)


def _props(table: DynamoDB, spec: Source, scope: Scope) -> Props:
    used = dict.fromkeys(name for _, name in keys(table))
    key = key_arn(table.key, scope)
    on = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    expires = {"Enabled": True, "AttributeName": table.expire_by}
    props: dict[str, Json] = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": typed.attribute(spec.columns[name].parsed)}
            for name in used
        ],
        "KeySchema": _schema(table.partition_key or "", table.sort_key),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": _schema(index.partition_key, index.sort_key),
                "Projection": _projection(index.has),
                **(_throughput(index.capacity) if index.capacity else {}),
            }
            for name, index in table.indexes.items()
        ],
        "BillingMode": "PROVISIONED" if table.capacity else "PAY_PER_REQUEST",
        **(_throughput(table.capacity) if table.capacity else {}),
        "TableClass": "STANDARD_INFREQUENT_ACCESS" if table.infrequent_access else "STANDARD",
        "DeletionProtectionEnabled": table.deletion_protection,
        # What is not asked for is said to be absent, so that a line that goes is undone.
        "SSESpecification": on if key is not None else None,
        "StreamSpecification": {"StreamViewType": VIEWS[table.stream]} if table.stream else None,
        "PointInTimeRecoverySpecification": _recovery(table.recovery),
        "TimeToLiveSpecification": expires if table.expire_by else None,
    }
    if table.local_indexes:
        props["LocalSecondaryIndexes"] = [
            {
                "IndexName": name,
                "KeySchema": _schema(table.partition_key or "", local.sort_key),
                "Projection": _projection(local.has),
            }
            for name, local in table.local_indexes.items()
        ]
    return props


def _schema(partition: str, sort: str | None) -> list[Json]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else keys


def _projection(has: str | tuple[str, ...]) -> Props:
    if isinstance(has, tuple):
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*has]}
    return {"ProjectionType": "ALL" if has == "all" else "KEYS_ONLY"}


def _throughput(capacity: Capacity) -> dict[str, Json]:
    units = {"ReadCapacityUnits": capacity.read, "WriteCapacityUnits": capacity.write}
    return {"ProvisionedThroughput": units}


def _recovery(recovery: Recovery | Literal[False]) -> Props | None:
    if recovery is False:
        return None
    window = days(recovery.window)
    return {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": window}


def _lines(table: DynamoDB) -> Mapping[Path, Path]:
    at = "dynamodb"
    return {
        (): (at,),
        ("AttributeDefinitions",): ("columns",),
        ("KeySchema",): (at, "partitionKey"),
        ("GlobalSecondaryIndexes",): (at, "indexes"),
        **{("GlobalSecondaryIndexes", it): (at, "indexes", it) for it in table.indexes},
        ("LocalSecondaryIndexes",): (at, "localIndexes"),
        ("BillingMode",): (at, "capacity"),
        ("ProvisionedThroughput",): (at, "capacity"),
        ("ProvisionedThroughput", "ReadCapacityUnits"): (at, "capacity", "read"),
        ("ProvisionedThroughput", "WriteCapacityUnits"): (at, "capacity", "write"),
        ("TableClass",): (at, "infrequentAccess"),
        ("DeletionProtectionEnabled",): (at, "deletionProtection"),
        ("SSESpecification",): (at, "key"),
        ("StreamSpecification",): (at, "stream"),
        ("PointInTimeRecoverySpecification",): (at, "recovery"),
        ("PointInTimeRecoverySpecification", "RecoveryPeriodInDays"): (at, "recovery", "window"),
        ("TimeToLiveSpecification",): (at, "expireBy"),
        ("TimeToLiveSpecification", "AttributeName"): (at, "expireBy"),
    }


def flows(table: DynamoDB) -> Iterator[Flow]:
    if table.export is not None:
        yield Flow((*exporting.AT, "to"), "DataSource", table.export.to, writes=True)


register(
    Member(
        name="dynamodb",
        model=DynamoDB,
        summary="A table of records by key.",
        store=True,
        check=check,
        build=build,
        named=lambda _, spec: named(TYPE, spec.aws_name),
        exports=exports,
        flows=flows,
    )
)
