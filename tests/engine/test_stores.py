"""A table and a stream live their whole life by the engine, with their ways into a lake."""

from __future__ import annotations

import json
from typing import Any

from sweeps import only_long

from reconciler.model.change import Action

from .platform import Platform, codes, join, paths, spec

LAKE = """
  s3: {prefix: orders}
  format: parquet
  schema: {}
  columns: {id: string, mail: string, town: string, ends: bigint, day: string}
  partitions: {by: {day: {date: {}}}}
"""
COLUMNS = "\n  columns: {id: string, mail: string, town: string, ends: bigint}\n"
TABLE = "\n  dynamodb: {partitionKey: id, stream: new, export: {to: lake}}" + COLUMNS
MORE = TABLE.replace(
    "stream: new,",
    "stream: newAndOld, indexes: {by-mail: {partitionKey: mail}, by-town: {partitionKey: town}},",
)
STREAM = "\n  kinesis: {readers: [scoring], deliver: {to: lake}}" + COLUMNS
SHARDS = STREAM.replace("{readers", "{shards: 9, readers")


def platform_of(table: str = TABLE, stream: str = STREAM) -> str:
    return join(
        spec("DataSource", "lake", LAKE),
        spec("DataSource", "orders", table),
        spec("DataSource", "clicks", stream),
    )


@only_long
def test_a_table_and_a_stream_lead_into_one_lake(platform: Platform) -> None:
    platform.converge(platform_of())
    plan = platform.converge(platform_of(MORE, SHARDS))
    assert {step.action for step in plan.steps} == {Action.UPDATE}
    assert paths(plan)["acme-dev-orders"][-1] == "StreamSpecification.StreamViewType"
    assert codes(plan).count("STAGE001") == 2
    said = " ".join(each.message for each in plan.diagnostics)
    assert "changes StreamModeDetails; moves ShardCount to 8; moves ShardCount to 9" in said
    assert platform.converge(platform_of(MORE, STREAM)).steps[0].action is Action.UPDATE
    runs(platform)


def runs(platform: Platform) -> None:
    """A run exports the items of the table and asks for rows of them."""
    platform.client("dynamodb").put_item(
        TableName="acme-dev-orders", Item={"id": {"S": "a"}, "ends": {"N": "1"}}
    )
    states, clock = platform.client("stepfunctions"), platform.aws.clock
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:acme-dev-orders-export"
    run = states.start_execution(stateMachineArn=machine)["executionArn"]
    for _ in range(20):
        clock.advance(60)
        found = states.describe_execution(executionArn=run)
    assert found["status"] == "SUCCEEDED", found.get("error", "") + found.get("cause", "")
    export = json.loads(found["output"])["export"]["id"]
    s3 = platform.client("s3")
    listed = s3.list_objects_v2(Bucket="acme-dev-lake-123456789012", Prefix="exports/orders/")
    keys = [each["Key"] for each in listed["Contents"]]
    assert f"exports/orders/AWSDynamoDB/{export}/data/{export}.json.gz" in keys
    (query,) = asked(json.loads(found["output"]))
    assert query.startswith('UNLOAD (SELECT item."id".s AS "id", ')
    assert f"WHERE export_id = '{export}') TO 's3://acme-dev-lake-123456789012/orders/day=" in query


def asked(output: Any) -> list[str]:
    return [output["converted"]["QueryExecution"]["Query"]]
