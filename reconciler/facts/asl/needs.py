"""The IAM actions that a machine's own role needs, by the states that ask for them.

Sources: Step Functions developer guide, "How Step Functions generates IAM policies for integrated
services" and the page of each; Service Authorization Reference for actions that are not called as
their operation is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl.integrations import POLLS, direct, integration, rule_actions
from reconciler.facts.asl.operations import client_of
from reconciler.facts.asl.tree import Pointer, states

PREFIXES = {
    "stepfunctions": "states", "sagemaker-featurestore-runtime": "sagemaker",
    "sagemaker-runtime": "sagemaker", "cloudwatch": "cloudwatch",
}  # fmt: skip
"""The prefix in IAM of a client, where it is not its name."""
ODD = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CopyObject": "s3:PutObject",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
HTTP = (
    "states:InvokeHTTPEndpoint", "events:RetrieveConnectionCredentials",
    "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret",
)  # fmt: skip


def needs(definition: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    """Each state, and an action without which it fails. Nothing of services that are not known.

    A Task with Credentials of its own needs ``sts:AssumeRole`` alone.
    """
    for at, state in states(definition):
        if state.get("Type") == "Task" and isinstance(state.get("Resource"), str):
            if "Credentials" in state:
                yield at, "sts:AssumeRole"
            else:
                yield from ((at, action) for action in _of(state["Resource"]))
        elif state.get("Type") == "Map":
            yield from ((at, action) for action in _map(state))


def _of(resource: str) -> Iterator[str]:
    if direct(resource):
        if ":function:" in resource:
            yield "lambda:InvokeFunction"
        return
    try:
        what = integration(resource)
    except ValueError:
        return
    if what.service == "http":
        yield from HTTP
        return
    client = client_of(what)
    if not client:
        return
    yield _action(client, what.operation)
    poll = POLLS.get((what.service, what.action)) if what.poll else None
    if poll is not None:
        yield _action(client, poll.operation)
        if poll.stop:
            yield _action(client, poll.stop)
    if what.rule:
        yield from rule_actions()


def _map(state: Mapping[str, Any]) -> Iterator[str]:
    processor = state.get("ItemProcessor")
    config = processor.get("ProcessorConfig") if isinstance(processor, Mapping) else None
    if isinstance(config, Mapping) and config.get("Mode") == "DISTRIBUTED":
        yield "states:StartExecution"
    reader, writer = state.get("ItemReader"), state.get("ResultWriter")
    if isinstance(reader, Mapping):
        listing = str(reader.get("Resource", "")).endswith("listObjectsV2")
        yield "s3:ListBucket" if listing else "s3:GetObject"
    if isinstance(writer, Mapping) and "Parameters" in writer:
        yield "s3:PutObject"


def _action(client: str, operation: str) -> str:
    name = f"{PREFIXES.get(client, client)}:{operation}"
    return ODD.get(name, name)
