"""The tokens by which AWS knows a request again: which members, and what is in them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import boto3
import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.aws.tokens import LENGTH, filled, members
from reconciler.resources import api
from reconciler.sandbox.protocol.sessions import core

from .fakes import Clients, refusal

SERVICES = sorted({record.service for record in api.load().values()})
SENT = {
    ("sagemaker", "CreateModelPackage"): ("ClientToken",),
    ("sagemaker", "CreatePipeline"): ("ClientRequestToken",),
    ("sagemaker", "DeletePipeline"): ("ClientRequestToken",),
    ("sagemaker", "StartPipelineExecution"): ("ClientRequestToken",),
    ("sagemaker", "UpdateModelPackage"): ("ClientToken",),
    ("sagemaker", "UpdatePipeline"): (),
    ("sagemaker", "CreateEndpoint"): (),
    ("kms", "CreateKey"): (),
}


@cache
def model(service: str) -> Any:
    return core().get_service_model(service)


@cache
def client(service: str) -> Any:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return boto3.Session(region_name="eu-west-1", **keys).client(service)


@pytest.mark.parametrize("operation", SENT, ids=".".join)
def test_the_members_that_are_tokens(operation: tuple[str, str]) -> None:
    assert members(model(operation[0]), operation[1]) == SENT[operation]


PLANES = r"\uD800\uDC00-\uDBFF\uDFFF"
"""Planes past the first one as Java spells them, which no token needs."""


@pytest.mark.parametrize("service", SERVICES)
def test_a_token_fits_every_member_for_one(service: str) -> None:
    """Every operation of every service that a type is of."""
    value = "0123456789abcdef" * (LENGTH // 16)
    for name in model(service).operation_names:
        shape = model(service).operation_model(name).input_shape
        for member in members(model(service), name):
            limits = shape.members[member].metadata
            assert limits.get("min", 0) <= len(value) <= limits.get("max", LENGTH)
            pattern = limits.get("pattern", ".*").replace(PLANES, "")
            assert re.fullmatch(pattern, value)


@pytest.mark.parametrize("service", SERVICES)
def test_botocore_makes_up_no_token_that_we_do_not_fill(service: str) -> None:
    for name in model(service).operation_names:
        operation = model(service).operation_model(name)
        assert set(operation.idempotent_members) <= set(members(model(service), name))


def token(of: str = "run step", **params: Any) -> str:
    found = filled(client("sagemaker"), "create_pipeline", {"PipelineName": "p", **params}, of)
    return str(found["ClientRequestToken"])


def test_the_same_request_of_the_same_run_has_the_same_token() -> None:
    assert token() == token()
    assert len(token()) == LENGTH


DIFFERENT = {
    "another run": token("other step"),
    "another step": token("run other"),
    "another body": token(RoleArn="r"),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_another_token_is_of(what: str) -> None:
    assert DIFFERENT[what] != token()


def test_a_token_that_is_there_stays() -> None:
    assert token(ClientRequestToken="mine") == "mine"


def test_what_takes_no_token_is_sent_as_it_is() -> None:
    params = {"ModelName": "m"}
    assert filled(client("sagemaker"), "create_model", params, "run") is params


def test_every_try_of_a_request_has_the_same_token() -> None:
    sent: list[dict[str, Any]] = []

    class Real(Clients):
        def client(self, _service: str) -> Any:
            only = self.only

            class Client:
                meta = client("sagemaker").meta

                def create_pipeline(self, **params: Any) -> Any:
                    sent.append(params)
                    return only.create_pipeline(**params)

            return Client()

    clock = FakeClock()
    script = [
        refusal("ThrottlingException"),
        refusal("InternalFailure", status=500),
        {"PipelineArn": "a"},
    ]
    session = Session(Real(*script), clock=clock, limiter=Limiter(clock, unlimited=True))
    session.send("sagemaker", "create_pipeline", {"PipelineName": "p"}, token="run step")
    assert len(sent) == 3
    assert len({params["ClientRequestToken"] for params in sent}) == 1
