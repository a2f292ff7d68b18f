"""A table and a stream live their whole life by the engine, with their ways into a lake."""

from __future__ import annotations

from typing import Any

from .platform import Platform, codes, join, paths, spec, step_of, steps

LAKE = """
  s3: {prefix: orders}
  format: parquet
  schema: {}
  columns: {id: string, mail: string, town: string, ends: bigint, day: string}
  partitions: {by: {day: {date: {}}}}
"""
COLUMNS = "\n  columns: {id: string, mail: string, town: string, ends: bigint}\n"
TABLE = "\n  dynamodb: {partitionKey: id, stream: new, export: {to: lake}}" + COLUMNS
STREAM = "\n  kinesis: {readers: [scoring], deliver: {to: lake}}" + COLUMNS
READS = """
  type: AWS::Lambda::EventSourceMapping
  holds: nothing
  properties:
    FunctionName: score
    EventSourceArn: ${ref:DataSource/orders.StreamArn}
    StartingPosition: LATEST
"""


def platform_of(table: str = TABLE, stream: str = STREAM, lake: str = LAKE) -> str:
    return join(
        spec("DataSource", "lake", lake),
        spec("DataSource", "orders", table),
        spec("DataSource", "clicks", stream),
    )


def test_a_table_and_a_stream_lead_into_one_lake(platform: Platform) -> None:
    platform.allow = "records, history, access"
    platform.text = platform_of()
    run = platform.apply(platform.plan())
    print(run.failures, run.skipped)
    left = platform.plan()
    for step in left.steps:
        for f in step.fields:
            from deepdiff import DeepDiff
            print(step.address, f.path, DeepDiff(f.before, f.after))
    platform.converge(platform_of())
    more = TABLE.replace(
        "stream: new,",
        "stream: newAndOld, indexes: {by-mail: {partitionKey: mail}, by-town: {partitionKey: town}},",
    )
    plan = platform.converge(platform_of(table=more, stream=STREAM.replace("{readers", "{shards: 8, readers")))
    print(steps(plan), codes(plan))
    for each in plan.diagnostics: print(each.code, each.message)
