"""Splits rows by rules of data quality. A Glue job; see the package.

Glue's evaluation transform says of every row whether it passes. Rows that pass go to one place,
those that do not to another with the rules that they break; a run whose rules do not pass fails,
goes on without the bad rows, or only says so. Source: Glue developer guide, "Evaluating data
quality for ETL jobs in AWS Glue Studio notebooks" and "EvaluateDataQuality".
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BAD = "Failed"


def options(argv: Sequence[str]) -> dict[str, str]:
    """Arguments by name: ``--name value``."""
    pairs = zip(argv[::2], argv[1::2], strict=False)
    return {name.removeprefix("--"): value for name, value in pairs if name.startswith("--")}


def verdict(outcomes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Rules that did not pass, with why; `outcomes` are the rows of Glue's rule outcomes."""
    return {
        each["Rule"]: each.get("FailureReason") or "failed"
        for each in outcomes
        if each["Outcome"] == BAD
    }


def main(argv: Sequence[str]) -> None:
    """The job, on Glue."""
    # ruff: noqa: PLC0415 - Glue has them
    import boto3
    from awsglue.context import GlueContext  # type: ignore[import-not-found]
    from awsglue.dynamicframe import DynamicFrame  # type: ignore[import-not-found]
    from awsglue.transforms import SelectFromCollection  # type: ignore[import-not-found]
    from awsgluedq.transforms import EvaluateDataQuality  # type: ignore[import-not-found]
    from pyspark.context import SparkContext  # type: ignore[import-not-found]

    args = options(argv)
    glue = GlueContext(SparkContext.getOrCreate())
    spark = glue.spark_session
    reader = spark.read.option("header", "true") if args["format"] == "csv" else spark.read
    rows = reader.format(args["format"]).load(args["in"])
    others = {
        name.removeprefix("ref_"): DynamicFrame.fromDF(
            reader.format(args["format"]).load(uri), glue, name
        )
        for name, uri in args.items()
        if name.startswith("ref_")
    }
    found = EvaluateDataQuality().process_rows(
        frame=DynamicFrame.fromDF(rows, glue, "rows"),
        ruleset=args["rules"],
        additional_data_sources=others,
        publishing_options={
            "dataQualityEvaluationContext": args["context"],
            "enableDataQualityCloudWatchMetrics": True,
            "enableDataQualityResultsPublishing": True,
        },
        additional_options={
            "performanceTuning.caching": "CACHE_NOTHING",
            "compositeRuleEvaluation.method": "ROW",
            "observations.scope": "ALL",
        },
    )
    rules = SelectFromCollection.apply(dfc=found, key="ruleOutcomes").toDF()
    judged = SelectFromCollection.apply(dfc=found, key="rowLevelOutcomes").toDF().cache()
    broken = verdict([row.asDict() for row in rules.collect()])
    result = "DataQualityEvaluationResult"
    bad = judged.where(f"{result} = '{BAD}'")
    keep = judged if args["on_violation"] == "warn" else judged.where(f"{result} != '{BAD}'")
    counts = {"rows": judged.count(), "bad": bad.count(), "broken": broken}
    if args["on_violation"] != "warn" and counts["bad"]:
        bad.write.mode("overwrite").json(f"{args['bad']}/{args['run']}")
    bucket, _, key = args["counts"].removeprefix("s3://").partition("/")
    body = json.dumps(counts).encode()
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    told = {"RulesFailed": len(broken), "RowsFailed": counts["bad"]}
    told["RowsPassed"] = counts["rows"] - counts["bad"]
    boto3.client("cloudwatch").put_metric_data(
        Namespace="Moorline/Quality",
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "Ruleset", "Value": args["context"]}],
                "Value": float(value),
                "Unit": "Count",
            }
            for name, value in told.items()
        ],
    )
    helpless = args["on_violation"] == "quarantine" and not counts["bad"]
    if broken and (args["on_violation"] == "fail" or helpless):
        raise SystemExit(f"{counts['bad']} of {counts['rows']} rows are bad: {sorted(broken)}")
    columns = [name for name in keep.columns if not name.startswith("DataQuality")]
    keep.select(*columns).write.mode("overwrite").format(args["write_format"]).save(args["good"])


if __name__ == "__main__":
    main(sys.argv[1:])
