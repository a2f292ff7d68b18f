"""Writes `schemas/operations.json`: what operations take that a state machine calls.

Of each service the shapes that its operations reach, once: `{"members", "required"}` of a
structure, else its kind with what limits it. Source: botocore's service models.
"""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import botocore.session

from reconciler.model.value import Json

FILE = Path(__file__).parents[1] / "operations.json"

OPERATIONS: dict[str, str] = {
    "athena": "StartQueryExecution StopQueryExecution GetQueryExecution GetQueryResults",
    "dynamodb": "GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem "
    "ExportTableToPointInTime DescribeExport",
    "emr-serverless": "CreateApplication DeleteApplication StartApplication StopApplication "
    "StartJobRun CancelJobRun GetJobRun GetApplication",
    "events": "PutEvents",
    "glue": "StartJobRun GetJobRun GetJobRuns BatchStopJobRun StartCrawler GetCrawler "
    "GetPartitions CreatePartition BatchCreatePartition StartDataQualityRulesetEvaluationRun "
    "GetDataQualityRulesetEvaluationRun GetDataQualityResult",
    "lambda": "Invoke",
    "s3": "GetObject PutObject CopyObject DeleteObject HeadObject ListObjectsV2",
    "sagemaker": "CreateTrainingJob CreateProcessingJob CreateTransformJob "
    "CreateHyperParameterTuningJob CreateEndpoint CreateEndpointConfig CreateModel UpdateEndpoint "
    "StartPipelineExecution DescribePipelineExecution DescribeTrainingJob",
    "sagemaker-featurestore-runtime": "PutRecord GetRecord DeleteRecord BatchGetRecord",
    "secretsmanager": "GetSecretValue DescribeSecret",
    "sns": "Publish",
    "sqs": "SendMessage SendMessageBatch ReceiveMessage DeleteMessage",
    "stepfunctions": "StartExecution DescribeExecution StopExecution ListExecutions "
    "SendTaskSuccess SendTaskFailure",
}
"""By boto3 client. What is not here is not checked before AWS is asked."""
LIMITS = ("min", "max")


def main() -> None:
    """Write the file."""
    session = botocore.session.get_session()
    services = {
        name: _service(session.get_service_model(name), told) for name, told in OPERATIONS.items()
    }
    found = {"source": f"botocore {botocore.__version__}", "services": services}
    text = json.dumps(found, indent=None, separators=(",", ":"), sort_keys=True)
    lines = text.replace('},"', '},\n"').replace('"services":{', '"services":{\n')
    FILE.write_text(lines + "\n")


def _token(shape: Json) -> bool:
    """Whether a client makes a member up where nobody gives it, as Step Functions does too."""
    return bool(shape.metadata.get("idempotencyToken"))


def _service(model: Json, told: str) -> dict[str, Json]:
    shapes: dict[str, Json] = {}
    operations = {}
    for name in told.split():
        taken = model.operation_model(name).input_shape
        operations[name] = shape(taken, shapes) if taken is not None else ""
    sdk = "".join(each for each in str(model.service_id).lower() if each.isalnum())
    return {"sdk": sdk, "operations": operations, "shapes": shapes}


def shape(of: Json, shapes: dict[str, Json]) -> str:
    """Put a shape of botocore's, and all that it reaches, among those that are there; its name."""
    name = str(of.name)
    if name in shapes:
        return name
    made: dict[str, Json] = {"kind": of.type_name}
    shapes[name] = made
    if of.type_name == "structure":
        made["members"] = {key: shape(each, shapes) for key, each in of.members.items()}
        tokens = {name for name, each in of.members.items() if _token(each)}
        if needed := sorted({*of.required_members} - tokens):
            made["required"] = needed
    elif of.type_name == "list":
        made["member"] = shape(of.member, shapes)
    elif of.type_name == "map":
        made["value"] = shape(of.value, shapes)
    made |= {key: of.metadata[key] for key in LIMITS if key in of.metadata}
    if getattr(of, "enum", None):
        made["enum"] = [*of.enum]
    if getattr(of, "is_document_type", False):
        made["kind"] = "any"
    return name
