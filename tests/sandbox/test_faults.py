"""Client-side faults: what a caller sees, and whether the call took effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from reconciler.sandbox.door.faults import Fault, Faults, spreading_role

from .cases import make_model
from .conformance import refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

CREATE = {"service": "sagemaker", "operation": "CreateModel"}


def models(aws: Sandbox) -> int:
    return len(aws.client("sagemaker").list_models()["Models"])


CODES = ["ThrottlingException", "InternalFailure", "ServiceUnavailable"]


@pytest.mark.parametrize("code", CODES)
def test_one_transient_error_is_survived_by_botocores_retry(aws: Sandbox, code: str) -> None:
    aws.faults.add(Fault(**CREATE, code=code))
    make_model(aws.client("sagemaker"))
    assert (models(aws), len(aws.faults.log)) == (1, 1)


@pytest.mark.parametrize("service", ["sagemaker", "iam", "s3", "cloudwatch"])
def test_an_error_code_arrives_in_every_wire_format(aws: Sandbox, service: str) -> None:
    methods = {
        "sagemaker": "list_models",
        "iam": "list_roles",
        "s3": "list_buckets",
        "cloudwatch": "describe_alarms",
    }
    aws.faults.add(Fault(service, code="WhateverItIs"))
    refused("WhateverItIs", "Injected", getattr(aws.client(service), methods[service]))


def test_a_reset_before_the_call_leaves_nothing_and_is_retried(aws: Sandbox) -> None:
    aws.faults.add(Fault(**CREATE, kind="reset"))
    make_model(aws.client("sagemaker"))
    assert aws.calls["sagemaker.CreateModel"] == 1


def test_a_reply_lost_after_the_effect_makes_the_retry_meet_its_own_work(aws: Sandbox) -> None:
    aws.faults.add(Fault(**CREATE, kind="read-timeout", after=True))
    text = "Cannot create already existing model"
    refused("ValidationException", text, lambda: make_model(aws.client("sagemaker")))
    assert models(aws) == 1


@pytest.mark.parametrize(
    ("kind", "error"), [("reset", ConnectionClosedError), ("read-timeout", ReadTimeoutError)]
)
def test_a_fault_that_never_ends_reaches_the_caller(
    aws: Sandbox, kind: Any, error: type[Exception]
) -> None:
    aws.faults.add(Fault("sagemaker", "DescribeModel", kind=kind, times=None))
    config = Config(retries={"max_attempts": 0})
    client = aws.faults.attach(boto3.client("sagemaker", config=config))
    with pytest.raises(error):
        client.describe_model(ModelName="m")


def test_the_nth_call_is_struck_and_no_other(aws: Sandbox) -> None:
    aws.faults.add(Fault(**CREATE, code="AccessDeniedException", nth=2))
    client = aws.client("sagemaker")
    make_model(client, "a")
    with pytest.raises(ClientError):
        make_model(client, "b")
    make_model(client, "c")
    assert models(aws) == 2


def test_latency_waits_and_then_the_call_goes_on(aws: Sandbox) -> None:
    waited: list[float] = []
    faults = Faults(sleep=waited.append)
    faults.add(Fault("sagemaker", kind="latency", latency=2.5))
    make_model(faults.attach(boto3.client("sagemaker")))
    assert (waited, models(aws)) == ([2.5], 1)


def test_a_function_is_called_before_the_effect_or_after_it(aws: Sandbox) -> None:
    class Killed(BaseException):
        """Stands for the end of the process."""

    def kill(_: str) -> None:
        raise Killed

    def killed_creating(name: str) -> None:
        with pytest.raises(Killed):
            make_model(aws.client("sagemaker"), name)

    aws.faults.add(Fault(**CREATE, kind="call", call=kill))
    killed_creating("before")
    assert models(aws) == 0
    aws.faults.add(Fault(**CREATE, kind="call", call=kill, after=True))
    killed_creating("after")
    assert models(aws) == 1


def test_a_stale_read_answers_as_before_the_last_write_and_then_truthfully(aws: Sandbox) -> None:
    aws.faults.add(Fault("sagemaker", "ListModels", kind="stale", nth=2))
    assert models(aws) == 0
    make_model(aws.client("sagemaker"))
    assert [models(aws), models(aws)] == [0, 1]


def test_a_stale_read_that_was_never_sent_before_is_answered_truthfully(aws: Sandbox) -> None:
    aws.faults.add(Fault("sagemaker", "ListModels", kind="stale", times=None))
    make_model(aws.client("sagemaker"))
    assert models(aws) == 1


def test_a_further_page_fails_while_the_first_one_is_answered(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    for name in ("one", "two"):
        make_model(client, name)
    aws.faults.add(Fault("sagemaker", "ListModels", code="TeapotException", further=True))
    first = client.list_models(MaxResults=1)
    refused(
        "TeapotException",
        "Injected",
        lambda: client.list_models(MaxResults=1, NextToken=first["NextToken"]),
    )


def test_only_what_may_change_something_is_struck_when_asked(aws: Sandbox) -> None:
    fault = aws.faults.add(Fault("*", code="TeapotException", reads=False))
    assert models(aws) == 0
    refused("TeapotException", "Injected", lambda: make_model(aws.client("sagemaker")))
    assert fault.seen == 1


def test_a_role_that_spreads_is_refused_as_sagemaker_does(aws: Sandbox) -> None:
    aws.faults.add(spreading_role(times=1))
    refused("ValidationException", "assume role", lambda: make_model(aws.client("sagemaker")))
    make_model(aws.client("sagemaker"))
