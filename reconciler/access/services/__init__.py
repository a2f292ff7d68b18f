"""What the operations of each service ask IAM for; a file for each service, read when needed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

from reconciler.access.request import Derive

FILES = {
    "application-autoscaling": "others",
    "athena": "data",
    "budgets": "watching",
    "cloudcontrol": "cloudcontrol",
    "cloudformation": "cloudcontrol",
    "cloudtrail": "others",
    "cloudwatch": "watching",
    "dynamodb": "streams",
    "ec2": "network",
    "ecr": "others",
    "emr-serverless": "running",
    "events": "running",
    "firehose": "streams",
    "glue": "data",
    "iam": "iam",
    "kinesis": "streams",
    "kms": "kms",
    "lambda": "others",
    "logs": "watching",
    "rds": "databases",
    "redshift-serverless": "databases",
    "resourcegroupstaggingapi": "others",
    "s3": "s3",
    "sagemaker": "sagemaker",
    "sagemaker-featurestore-runtime": "runtime",
    "sagemaker-metrics": "runtime",
    "sagemaker-runtime": "runtime",
    "scheduler": "running",
    "secretsmanager": "others",
    "sns": "watching",
    "sqs": "running",
    "ssm": "others",
    "stepfunctions": "running",
    "sts": "iam",
}
"""By the boto3 client's name."""


def lookup(service: str, operation: str) -> Derive | None:
    """What an operation asks for, if it is known."""
    return table(service).get(operation)


@cache
def table(service: str) -> Mapping[str, Derive]:
    """The operations of a boto3 client that are known; none of an unknown client."""
    if service not in FILES:
        return {}
    module = importlib.import_module(f"{__name__}.{FILES[service]}")
    found: Mapping[str, Derive] = module.OPERATIONS.get(service, {})
    return found
