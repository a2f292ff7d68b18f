"""The throttling mode: AWS's rate for every family, refused in each service's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from reconciler.aws.errors import THROTTLED, Retry, translate
from reconciler.facts import rates
from reconciler.sandbox.protocol.sessions import core, signed

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

SESSION = signed("sandbox")
ONCE = Config(retries={"total_max_attempts": 1, "mode": "standard"})
READS: dict[str, tuple[str, dict[str, Any]]] = {
    "application-autoscaling": ("describe_scalable_targets", {"ServiceNamespace": "sagemaker"}),
    "budgets": ("describe_budgets", {"AccountId": "123456789012"}),
    "cloudcontrol": ("list_resources", {"TypeName": "AWS::Kinesis::Stream"}),
    "cloudformation": ("describe_type", {"Type": "RESOURCE", "TypeName": "AWS::S3::Bucket"}),
    "cloudtrail": ("lookup_events", {}),
    "cloudwatch": ("describe_alarms", {}),
    "dynamodb": ("list_tables", {}),
    "ec2": ("describe_vpcs", {}),
    "iam": ("get_account_authorization_details", {}),
    "kms": ("create_key", {}),
    "lambda": ("list_functions", {}),
    "logs": ("describe_log_groups", {}),
    "resourcegroupstaggingapi": ("get_resources", {}),
    "s3": ("list_buckets", {}),
    "sagemaker": ("describe_model", {"ModelName": "m"}),
    "sns": ("list_tags_for_resource", {"ResourceArn": "arn:aws:sns:eu-west-1:123456789012:t"}),
    "sts": ("get_caller_identity", {}),
}
SHARE = 0.1
"""So that few calls are needed."""


def client(service: str) -> Any:
    return SESSION.client(service, region_name="eu-west-1", config=ONCE)


def code(service: str) -> str:
    """What a call is answered with; "" for a result."""
    method, params = READS[service]
    try:
        getattr(client(service), method)(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize("service", rates.services())
def test_a_call_too_many_is_refused_as_the_service_does(aws: Sandbox, service: str) -> None:
    method, params = READS[service]
    aws.clock.configure(mode="manual")
    aws.throttle(SHARE)
    family, said = rates.family(service, method), rates.refusal(service)
    fits = max(1, int(family.burst * SHARE))
    assert said.code not in {code(service) for _ in range(fits)}
    with pytest.raises(ClientError) as caught:
        getattr(client(service), method)(**params)
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (said.code, said.message)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == said.status
    failure = translate(caught.value, "x")
    assert isinstance(failure, Retry)
    assert (failure.throttled, failure.unclear) == (True, False)
    assert sum(aws.refused.values()) == 1
    aws.clock.advance(1.01 / (family.rate * SHARE))
    assert code(service) != said.code


def test_families_and_regions_have_buckets_of_their_own(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    aws.throttle(1.0)
    look = client("cloudtrail").lookup_events
    look()
    with pytest.raises(ClientError):
        look()
    client("cloudtrail").describe_trails()
    SESSION.client("cloudtrail", region_name="us-east-1", config=ONCE).lookup_events()


def test_a_refused_call_takes_nothing(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    aws.throttle(1.0)
    assert [code("cloudtrail") for _ in range(9)] == ["", *["ThrottlingException"] * 8]
    aws.clock.advance(0.5)
    assert code("cloudtrail") == ""


def test_it_is_off_unless_asked_for_and_after_a_reset(aws: Sandbox) -> None:
    assert {code("cloudtrail") for _ in range(20)} == {""}
    aws.throttle(1.0)
    assert "ThrottlingException" in {code("cloudtrail") for _ in range(20)}
    aws.reset()
    assert {code("cloudtrail") for _ in range(20)} == {""}


@pytest.mark.parametrize("share", [-1.0, float("nan"), float("inf")])
def test_a_share_that_is_none_is_refused(aws: Sandbox, share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        aws.throttle(share)


@pytest.mark.parametrize("service", rates.services())
def test_the_codes_of_throttling_are_known(service: str) -> None:
    """Those of the table, and every exception of the service that botocore's model calls so."""
    model = core().get_service_model(service)
    named = {
        shape.error_code or shape.name
        for shape in model.error_shapes
        if "Throttl" in shape.name or shape.name == "TooManyRequestsException"
    }
    assert named | {rates.refusal(service).code} <= THROTTLED
