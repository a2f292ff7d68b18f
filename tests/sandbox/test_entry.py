"""The way in: locks, counts, failure rules, clean 501s, and nothing leaves the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from reconciler.sandbox.door import checks, entry, install
from reconciler.sandbox.inprocess import sandbox
from reconciler.sandbox.services.cloudcontrol.native import Aws

from .cases import ROLE, make_model
from .conformance import IMAGE, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

THREADS = 32


def test_installing_twice_changes_nothing() -> None:
    install.install()
    install.install()


def test_a_missing_internal_is_one_clear_error() -> None:
    program = (
        "import moto.s3.responses as r; del r.S3Response.all_buckets\n"
        "from reconciler.sandbox.door import install\n"
        "install.check()"
    )
    root = str(Path(install.__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "UnsupportedMotoError: The sandbox needs moto 5.2.x" in last
    assert "moto.s3.responses.S3Response.all_buckets" in last


MISSING: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a JSON service": ("sagemaker", "list_apps", {}),
    "a query service": ("sns", "list_origination_numbers", {}),
    "a REST service": ("bedrock", "list_guardrails", {}),
    "a whole service": ("pricing", "describe_services", {}),
    "a service outside amazonaws.com": ("bcm-data-exports", "list_exports", {}),
    "a service with two wire formats": ("cloudwatch", "describe_anomaly_detectors", {}),
}


@pytest.mark.parametrize(("service", "method", "given"), MISSING.values(), ids=MISSING.keys())
def test_an_operation_that_is_missing_is_a_501_that_names_it_and_is_not_retried(
    aws: Sandbox, service: str, method: str, given: dict[str, Any]
) -> None:
    client = aws.client(service, region="us-east-1")
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**given)
    answer = caught.value.response
    name = client.meta.method_to_api_mapping[method]
    assert answer["Error"]["Code"] == "NotImplementedInSandbox"
    assert f"{service}.{name}" in answer["Error"]["Message"]
    metadata = answer["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (501, 0)


def test_a_handler_that_turns_to_what_moto_lacks_is_a_501(
    aws: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """No crash: a type of Cloud Control may be served by a service that moto has not."""
    ask = Aws(aws.account, aws.region, "aws")

    def answer() -> Any:
        return ask("pricing", "DescribeServices")

    status, _, body = entry.admitted("cloudcontrol", "CreateResource", "json", answer)
    assert status == 501
    assert "NotImplementedInSandbox" in str(body)
    assert "cloudcontrol.CreateResource" in str(body)
    assert caplog.records == []


def test_calls_are_counted_by_service_and_operation(aws: Sandbox) -> None:
    make_model(aws.client("sagemaker"))
    for _ in range(3):
        aws.client("resourcegroupstaggingapi").get_resources()
    assert aws.calls == {"sagemaker.CreateModel": 1, "resourcegroupstaggingapi.GetResources": 3}


RULES: dict[str, tuple[str, str, str]] = {
    "a JSON service": ("sagemaker", "list_models", "AccessDeniedException"),
    "a query service": ("iam", "list_roles", "AccessDenied"),
    "a REST XML service": ("s3", "list_buckets", "AccessDenied"),
    "a service with two wire formats": ("cloudwatch", "describe_alarms", "SomethingUnknown"),
    "the tagging API": ("resourcegroupstaggingapi", "get_resources", "SomethingUnknown"),
}


@pytest.mark.parametrize(("service", "method", "code"), RULES.values(), ids=RULES.keys())
def test_a_rule_fails_the_next_call_with_its_code(
    aws: Sandbox, service: str, method: str, code: str
) -> None:
    client = aws.client(service)
    aws.fail(service, client.meta.method_to_api_mapping[method], code)
    refused(code, "Injected", getattr(client, method))
    getattr(client, method)()


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure"])
def test_a_transient_code_is_retried_by_botocore(aws: Sandbox, code: str) -> None:
    aws.fail("sagemaker", "ListModels", code)
    answer = aws.client("sagemaker").list_models()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def in_threads(work: Any) -> list[Any]:
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_32_threads_create_and_list_without_losing_anything(aws: Sandbox) -> None:
    client = aws.client("sagemaker")

    def work(number: int) -> None:
        for part in range(3):
            make_model(client, f"m-{number}-{part}")
            client.list_models(MaxResults=100)

    in_threads(work)
    pages = client.get_paginator("list_models").paginate(PaginationConfig={"PageSize": 50})
    assert sum(len(page["Models"]) for page in pages) == THREADS * 3


def test_one_of_32_threads_wins_a_conditional_put(aws: Sandbox) -> None:
    client = aws.client("s3")
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    client.create_bucket(Bucket="state-bucket", **where)

    def work(number: int) -> bool:
        try:
            client.put_object(
                Bucket="state-bucket", Key="lock", Body=b"%d" % number, IfNoneMatch="*"
            )
        except ClientError:
            return False
        return True

    assert in_threads(work).count(True) == 1


def test_every_use_starts_empty_with_the_same_ids() -> None:
    def first_key() -> tuple[str, int]:
        with sandbox(seed=7) as aws:
            client = aws.client("kms")
            before = len(client.list_keys()["Keys"])
            return client.create_key()["KeyMetadata"]["KeyId"], before

    assert first_key() == first_key()
    assert first_key()[1] == 0


def test_reset_empties_the_account_and_forgets_the_scripts(aws: Sandbox) -> None:
    make_model(aws.client("sagemaker"))
    aws.fail("s3", "*", "AccessDenied", times=99)
    aws.outcome("fraud", "failed")
    aws.reset()
    assert aws.client("s3").list_buckets()["Buckets"] == []
    assert aws.client("sagemaker").list_models()["Models"] == []
    assert aws.calls.total() == 2


def test_the_environment_is_as_before_afterwards() -> None:
    before = dict(os.environ)
    with sandbox():
        assert boto3.client("sagemaker").meta.region_name
    assert dict(os.environ) == before


def test_another_host_on_this_machine_is_not_intercepted(aws: Sandbox) -> None:
    config = Config(retries={"max_attempts": 0}, connect_timeout=1)
    client = boto3.client("sagemaker", endpoint_url="http://127.0.0.1:9", config=config)
    with pytest.raises(Exception, match="Could not connect"):
        client.list_models()
    assert aws.calls.total() == 0


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "a role that is no ARN": ({"ExecutionRoleArn": "the-role-of-mine-is-here"}, "executionRoleArn"),
    "an unknown container mode": (
        {"PrimaryContainer": {"Image": IMAGE, "Mode": "Odd"}},
        "primaryContainer.mode",
    ),
    "a name that is too long": ({"ModelName": "m" * 64}, "modelName"),
    "a tag key that is too long": (
        {"Tags": [{"Key": "k" * 129, "Value": ""}]},
        "tags.1.member.key",
    ),
}


@pytest.mark.parametrize(("wrong", "where"), INVALID.values(), ids=INVALID.keys())
def test_values_are_checked_as_the_server_checks_them(
    aws: Sandbox, wrong: dict[str, Any], where: str
) -> None:
    good = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}}
    create = aws.client("sagemaker").create_model
    refused("ValidationException", f"at '{where}' failed to satisfy", create, **(good | wrong))


def test_tags_have_limits(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    make_model(client)
    arn = client.describe_model(ModelName="scorer")["ModelArn"]
    reserved = [{"Key": "aws:x", "Value": ""}]
    refused("ValidationException", "aws:", client.add_tags, ResourceArn=arn, Tags=reserved)
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    client.add_tags(ResourceArn=arn, Tags=many)
    more = [{"Key": "one more", "Value": ""}]
    refused("ResourceLimitExceeded", "50 tags", client.add_tags, ResourceArn=arn, Tags=more)


def test_a_model_card_does_not_break_the_tagging_api(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    tags = [{"Key": "owner", "Value": "risk"}]
    card = {"ModelCardName": "card", "Content": "{}", "ModelCardStatus": "Draft"}
    client.create_model_card(**card, Tags=tags)
    arn = client.describe_model_card(ModelCardName="card")["ModelCardArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "fraud"}])
    found = aws.client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert found == [{"ResourceARN": arn, "Tags": [{"Key": "owner", "Value": "fraud"}]}]


def test_the_checks_at_the_door_are_found_in_the_order_that_they_state() -> None:
    names = [each.__name__.rpartition(".")[2] for each in checks.found()]  # type: ignore[attr-defined]
    assert names == ["throttle", "due", "late", "guard", "newcomer", "taken", "scripted"]
