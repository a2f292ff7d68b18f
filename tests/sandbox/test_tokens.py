"""Requests with a token: carried out once, answered again, and refused with other parameters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reconciler.sandbox.services.sagemaker.tokens import MEMORY

from .cases import PIPELINE
from .conformance import refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

TOKEN = "t" * 36
OTHER = "u" * 36


def test_a_create_with_the_token_of_what_was_deleted_makes_nothing(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    first = PIPELINE.create(client, ClientRequestToken=TOKEN)
    client.delete_pipeline(PipelineName="train", ClientRequestToken=TOKEN)
    again = PIPELINE.create(client, ClientRequestToken=TOKEN)
    assert again["PipelineArn"] == first["PipelineArn"]
    refused("ResourceNotFound", "does not exist", client.describe_pipeline, PipelineName="train")
    PIPELINE.create(client, ClientRequestToken=OTHER)
    assert client.describe_pipeline(PipelineName="train")["PipelineStatus"] == "Active"


def test_a_delete_with_the_token_of_an_earlier_one_deletes_nothing(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    for token in (TOKEN, OTHER):
        PIPELINE.create(client, ClientRequestToken=token)
        client.delete_pipeline(PipelineName="train", ClientRequestToken=TOKEN)
    assert client.describe_pipeline(PipelineName="train")["PipelineStatus"] == "Active"


@pytest.mark.parametrize("name", ["RoleArn", "PipelineDescription"])
def test_a_token_with_other_parameters_is_refused(aws: Sandbox, name: str) -> None:
    client = aws.client("sagemaker")
    PIPELINE.create(client, ClientRequestToken=TOKEN)
    value = "arn:aws:iam::123456789012:role/other" if name == "RoleArn" else "other"
    more = {name: value, "ClientRequestToken": TOKEN}
    again = partial(PIPELINE.create, client)
    refused("ConflictException", "other parameters", again, **more)


def test_a_failure_is_not_remembered(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    given = {"PipelineName": "train", "ClientRequestToken": TOKEN}
    refused("ResourceNotFound", "does not exist", client.start_pipeline_execution, **given)
    PIPELINE.create(client)
    assert client.start_pipeline_execution(**given)["PipelineExecutionArn"]


def test_a_token_is_forgotten_in_the_end(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    client = aws.client("sagemaker")
    PIPELINE.create(client, ClientRequestToken=TOKEN)
    client.delete_pipeline(PipelineName="train")
    aws.clock.advance(MEMORY + 1)
    PIPELINE.create(client, ClientRequestToken=TOKEN)
    assert client.describe_pipeline(PipelineName="train")["PipelineStatus"] == "Active"
