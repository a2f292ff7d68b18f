"""The Glue job that checks data and parts right rows from others; see `terms.quality`.

It runs in Glue 4.0 and later, which has `awsgluedq`. Source: AWS Glue developer guide,
"EvaluateDataQuality class" (process_rows, its options and the columns that it adds).
"""

NAME = "moorline-quality.py"
SCRIPT = '''\
"""Checks data by a ruleset of Glue. Written by Moorline; edits are overwritten."""

import json
import sys

import boto3
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import SelectFromCollection
from awsgluedq.transforms import EvaluateDataQuality
from pyspark.context import SparkContext
from pyspark.sql.functions import col, concat_ws, size

NAMESPACE = "Moorline/Quality"
ADDED = (
    "DataQualityRulesPass",
    "DataQualityRulesFail",
    "DataQualityRulesSkip",
    "DataQualityEvaluationResult",
)


def arguments(given):
    """All arguments, by name without dashes: which there are depends on the rules."""
    names = [each[2:] for each in given[1::2] if each.startswith("--")]
    return dict(zip(names, given[2::2]))


def read(context, path, form):
    options = {"withHeader": True} if form == "csv" else {}
    return context.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": [path], "recurse": True},
        format=form,
        format_options=options,
    )


def write(frame, path, form):
    writer = frame.write.mode("overwrite")
    if form == "csv":
        writer = writer.option("header", True)
    writer.format(form).save(path)


def tell(run, ruleset, counts, bad):
    dimensions = [{"Name": "Ruleset", "Value": ruleset}]
    data = [
        {"MetricName": name, "Dimensions": dimensions, "Value": counts[key], "Unit": "Count"}
        for name, key in (
            ("RulesFailed", "rulesFailed"),
            ("RowsFailed", "rowsFailed"),
            ("RowsPassed", "rowsPassed"),
            ("RowsSkipped", "rowsSkipped"),
        )
    ]
    boto3.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
    bucket, _, prefix = bad.partition("://")[2].partition("/")
    key = f"{prefix.rstrip('/')}/_summary/{run}.json"
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(counts).encode())


def main():
    given = arguments(sys.argv)
    context = GlueContext(SparkContext.getOrCreate())
    job = Job(context)
    job.init(given.get("JOB_NAME", "moorline-quality"), given)
    name, form = given["ruleset"], given.get("format") or "parquet"
    text = boto3.client("glue").get_data_quality_ruleset(Name=name)["Ruleset"]
    others = {
        each: context.create_dynamic_frame.from_catalog(
            database=given[f"ref-{each}-database"], table_name=given[f"ref-{each}-table"]
        )
        for each in filter(None, given.get("references", "").split(","))
    }
    found = EvaluateDataQuality().process_rows(
        frame=read(context, given["in"], form),
        additional_data_sources=others,
        ruleset=text,
        publishing_options={
            "dataQualityEvaluationContext": name,
            "enableDataQualityResultsPublishing": True,
        },
        additional_options={
            "compositeRuleEvaluation.method": "ROW",
            "observations.scope": "ALL",
            "performanceTuning.caching": "CACHE_INPUT",
        },
    )
    rules = SelectFromCollection.apply(dfc=found, key="ruleOutcomes").toDF().collect()
    rows = SelectFromCollection.apply(dfc=found, key="rowLevelOutcomes").toDF().cache()
    right = rows.filter(col("DataQualityEvaluationResult") != "Failed")
    wrong = rows.filter(col("DataQualityEvaluationResult") == "Failed")
    skipped = rows.filter(size(col("DataQualityRulesSkip")) > 0).count()
    told = {rule for row in wrong.select("DataQualityRulesFail").collect() for rule in row[0]}
    failed = [rule["Rule"] for rule in rules if rule["Outcome"] != "Passed"]
    whole = [rule for rule in failed if rule not in told]
    counts = {
        "ruleset": name,
        "rulesFailed": len(failed),
        "failed": failed,
        "rowsPassed": right.count(),
        "rowsFailed": wrong.count(),
        "rowsSkipped": skipped,
    }
    write(right.drop(*ADDED), given["good"], form)
    if counts["rowsFailed"]:
        reason = concat_ws("; ", col("DataQualityRulesFail"))
        write(wrong.withColumn("failed_rules", reason).drop(*ADDED), given["bad"], form)
    tell(given.get("JOB_RUN_ID", "run"), name, counts, given["bad"])
    job.commit()
    if whole or (failed and given.get("on-violation") == "fail"):
        raise SystemExit(f"rules failed: {', '.join(whole or failed)}")


main()
'''
