"""Compiled roles and resource policies: what workloads call is allowed, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from sweeps import sample

from reconciler.access import table
from reconciler.access.calls import asked
from reconciler.access.workloads import Site, Thing, works
from reconciler.compile import compiler
from reconciler.facts.files import read
from reconciler.facts.principals import apart, says, vouched
from reconciler.specs import overlay
from reconciler.specs.source import parse
from tests.engine import specs as engine
from tests.engine.platform import Site as Where, environment, join
from tests.kinds.specs import world
from tests.kinds.test_example import ENVIRONMENTS, compiled, documents

from .offline import faults, model
from .platform import Platform, plain
from .steps import steps

EVERYTHING = ["everything-dev", "everything-prod"]
PLATFORMS = [*sample(ENVIRONMENTS, 3), *EVERYTHING, "kinds", "steps"]
"""The smallest and the largest environment; in `make test-long` those between them too."""


@cache
def platform(name: str) -> Platform:
    """The example in one of its environments, one of every type, the kinds' own, or all steps."""
    if name == "steps":
        return steps()
    if name == "kinds":
        return Platform(tuple(world().build_all()), "123456789012")
    if name in EVERYTHING:
        place = Where(name=name.partition("-")[2])
        text = join(environment(site=place), engine.EVERYTHING)
        read_ = parse(text, "platform.yaml").documents
        view, _ = overlay.resolve(read_, place.name)
        assert view is not None
        found, _ = compiler.read(read_, view)
        return Platform(tuple(compiler.build(found, view)[0]), view.account, view.region)
    view, _ = overlay.resolve(documents(), name)
    assert view is not None
    return Platform(tuple(compiled(name)[0]), view.account, view.region)


def with_(ending: str, change: Callable[[dict[str, Any]], object]) -> Platform:
    """The example's local platform, one of whose resources is changed."""
    before, (name, _, kind) = platform("local"), ending.partition(" ")
    (thing,) = [
        it for it in before.site.things if it.name.endswith(name) and it.type.endswith(kind)
    ]
    props = deepcopy(plain(thing.props))
    change(props)
    return Platform(before.nodes, before.account, before.region, {thing.name: props})


@pytest.mark.parametrize("name", PLATFORMS)
def test_no_workload_is_refused_anything(name: str) -> None:
    assert platform(name).refused() == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_action_of_a_workload_role_is_needed(name: str) -> None:
    """One that is in no call's way is unneeded; one that is there twice would not be missed."""
    assert sorted(platform(name).given() - platform(name).needed()) == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_role_that_a_kind_compiles_works(name: str) -> None:
    every = platform(name)
    assert {role.name for role in every.workers()} <= {work.by for work in every.works}


def test_the_platforms_are_of_some_size() -> None:
    sizes = {name: len(platform(name).answers) for name in PLATFORMS}
    assert sizes["prod"] > 250
    assert sizes["kinds"] > 250
    assert min(sizes.values()) > 20


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_call_is_one_of_aws_and_has_its_source(name: str) -> None:
    every = platform(name)
    for work in every.works:
        assert work.source
        service = work.call.service
        assert work.call.operation in model(service).operation_names
        for it in asked(work.call, every):
            assert faults(it) == []
        assert {table.action(each).name for each in work.besides} == set(work.besides)


# -- the faults that there were


def statements(props: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [it for policy in props["Policies"] for it in policy["PolicyDocument"]["Statement"]]


def without(*actions: str) -> Callable[[dict[str, Any]], None]:
    def change(props: dict[str, Any]) -> None:
        for statement in statements(props):
            statement["Action"] = [it for it in statement["Action"] if it not in actions] or ["x:y"]

    return change


def trusted(**condition: Any) -> Callable[[dict[str, Any]], None]:
    def change(props: dict[str, Any]) -> None:
        props["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = condition

    return change


def source(*kinds: str) -> Callable[[dict[str, Any]], None]:
    return trusted(ArnLike={"aws:SourceArn": [f"arn:aws:sagemaker:*:*:{kind}" for kind in kinds]})


def passed_to(service: str) -> Callable[[dict[str, Any]], None]:
    def change(props: dict[str, Any]) -> None:
        (passing,) = [it for it in statements(props) if it["Action"] == ["iam:PassRole"]]
        passing["Condition"] = {"StringEquals": {"iam:PassedToService": service}}

    return change


def unsaid(policy: str, sid: str) -> Callable[[dict[str, Any]], None]:
    def change(props: dict[str, Any]) -> None:
        kept = [it for it in props[policy]["Statement"] if it.get("Sid") != sid]
        assert len(kept) < len(props[policy]["Statement"])
        props[policy]["Statement"] = kept

    return change


def only_for(service: str) -> Callable[[dict[str, Any]], None]:
    """A key whose services are one alone."""

    def change(props: dict[str, Any]) -> None:
        for statement in props["KeyPolicy"]["Statement"]:
            if "Service" in statement["Principal"]:
                statement["Principal"] = {"Service": [service]}

    return change


def call(method: str) -> Callable[[dict[str, Any]], None]:
    """A role that may ask an API with another method."""

    def change(props: dict[str, Any]) -> None:
        (asking,) = [it for it in statements(props) if "states:InvokeHTTPEndpoint" in it["Action"]]
        asking["Condition"]["StringEquals"]["states:HTTPMethod"] = method

    return change


def elsewhere(action: str) -> Callable[[dict[str, Any]], None]:
    """An action that is allowed, and nowhere that it is asked."""

    def change(props: dict[str, Any]) -> None:
        for statement in statements(props):
            if action in statement["Action"]:
                statement["Resource"] = [
                    f"{it.rstrip('*')}/elsewhere" for it in statement["Resource"]
                ]

    return change


OURS = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
FAULTS = [
    ("-fallback-scorer-hosting", without("cloudwatch:DescribeAlarms"), "cloudwatch:DescribeAlarms"),
    ("-detector-hosting", without("kms:GenerateDataKey"), "kms:GenerateDataKey"),
    ("-detector-hosting", source("endpoint/*"), "sts:AssumeRole"),
    ("-fraud-training", without("kms:Encrypt"), "kms:Encrypt"),
    ("-fraud-training", without("kms:GenerateDataKey"), "kms:GenerateDataKey"),
    ("-fraud-training", source("training-job/*"), "sts:AssumeRole"),
    ("-fraud-pipeline", passed_to("lambda.amazonaws.com"), "iam:PassRole"),
    ("-fraud-pipeline", without("sagemaker:AddTags"), "sagemaker:AddTags"),
    ("-customer-feature-store", trusted(**OURS), "sts:AssumeRole"),
    ("-platform-authorization", without("kms:Decrypt"), "kms:Decrypt"),
    ("-platform-feature-ingest", without("kms:Decrypt"), "kms:Decrypt"),
    ("-platform-feature-ingest", without("logs:PutLogEvents"), "logs:PutLogEvents"),
    ("-platform-feature-ingest", trusted(**OURS), "sts:AssumeRole"),
    (
        "-customer-features-check Role",
        without("glue:PublishDataQuality"),
        "glue:PublishDataQuality",
    ),
    (
        "-customer-features-check Role",
        without("cloudwatch:PutMetricData"),
        "cloudwatch:PutMetricData",
    ),
    ("-customer-features-clean Role", without("s3:DeleteObject"), "s3:DeleteObject"),
    ("-customer-features-clean Role", elsewhere("s3:ListBucket"), "s3:ListBucket"),
    ("-customer-features-load Role", without("sagemaker:PutRecord"), "sagemaker:PutRecord"),
    ("-customer-features-machine", without("glue:BatchStopJobRun"), "glue:BatchStopJobRun"),
    ("-customer-features-machine", elsewhere("s3:GetObject"), "s3:GetObject"),
    ("-chargeback-labels-machine", without("glue:GetPartitions"), "glue:GetPartitions"),
    ("-chargeback-labels-machine", without("athena:GetDataCatalog"), "athena:GetDataCatalog"),
    ("-scheme-reports-machine", call("POST"), "states:InvokeHTTPEndpoint"),
    ("-scheme-reports-machine", without("states:StartExecution"), "states:StartExecution"),
    ("-scheme-reports-machine", without("s3:ListBucket"), "s3:ListBucket"),
    ("-platform-alerts", only_for("budgets.amazonaws.com"), "cloudwatch.amazonaws.com: kms:"),
    ("-platform-alerts", only_for("cloudwatch.amazonaws.com"), "budgets.amazonaws.com: kms:"),
    ("-fraud-oncall", unsaid("TopicPolicy", "Publish"), "sns:Publish"),
    ("-artifacts-123456789012", unsaid("BucketPolicy", "ReadersMerchantRisk"), "s3:GetObject"),
    ("-platform-models", unsaid("KeyPolicy", "ReadersMerchantRisk"), "kms:Decrypt"),
    ("-access-logs-123456789012", unsaid("BucketPolicy", "AccessLogs"), "s3:PutObject"),
    (
        "-merchant-risk ModelPackageGroup",
        unsaid("ModelPackageGroupPolicy", "ReadGroup"),
        "DescribeModelPackageGroup",
    ),
]


@pytest.mark.parametrize(
    ("ending", "change", "found"), FAULTS, ids=[f"{it[0]} {it[2]}" for it in FAULTS]
)
def test_a_fault_is_found(
    ending: str, change: Callable[[dict[str, Any]], object], found: str
) -> None:
    assert with_(ending, change).refuses(found)


def test_answers_that_are_fetched_later_and_who_is_told() -> None:
    """No kind makes these yet, so they are made here."""
    role = "arn:aws:iam::123456789012:role/hosting"
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
    topic = "arn:aws:sns:eu-west-1:123456789012:done"
    container = {"Image": image, "ModelDataUrl": "s3://models/1.tar.gz"}
    output = {"S3OutputPath": "s3://answers/ok", "KmsKeyId": "alias/acme",
              "NotificationConfig": {"SuccessTopic": topic}}  # fmt: skip
    things = (
        Thing("AWS::SageMaker::Model", "m", {"ExecutionRoleArn": role,
                                             "PrimaryContainer": container}),
        Thing("AWS::SageMaker::EndpointConfig", "c", {
            "ProductionVariants": [{"ModelName": "m"}],
            "AsyncInferenceConfig": {"OutputConfig": output}}),
    )  # fmt: skip
    site = Site("eu-west-1", "123456789012", "aws", things)
    sent = {work.call.operation: work.call.params for work in works(site)}
    assert sent["PutObject"]["SSEKMSKeyId"] == "alias/acme"
    assert sent["Publish"] == {"TopicArn": topic}


# -- which principals say for whom they act


def test_a_principal_is_known_with_its_source() -> None:
    found = read("principals.json")
    for name, row in found["principals"].items():
        assert name.endswith(".amazonaws.com")
        assert row["source"]
        assert row.keys() <= {"role", "resource", "source"}
    assert found["principals"].keys().isdisjoint(found["not"])


def test_the_account_is_demanded_only_where_it_is_sent() -> None:
    own = {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}
    assert vouched("ecs-tasks.amazonaws.com", "1", taking=True) == own
    assert vouched("lambda.amazonaws.com", "1", taking=True) == {}
    assert vouched("new-service.amazonaws.com", "1", taking=True) == {}
    assert apart(["events.amazonaws.com", "cloudwatch.amazonaws.com"]) == (
        ["cloudwatch.amazonaws.com"],
        ["events.amazonaws.com"],
    )
    assert table.vouches("cloudwatch.amazonaws.com") == says("cloudwatch.amazonaws.com")
