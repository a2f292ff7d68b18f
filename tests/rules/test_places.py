"""Names are of the partition that the environment is in, and services are where they are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from reconciler.facts.images import owners
from reconciler.facts.partitions import Lack, lacks, partition_of, partitions
from reconciler.facts.principals import audience
from reconciler.facts.registry import image_in
from reconciler.model.address import Address
from reconciler.model.graph import Node, build_graph
from reconciler.model.texts import texts
from reconciler.policy.api import load
from reconciler.resources.api import Place
from reconciler.sandbox.protocol.sessions import core

from .platform import DATA, codes, compiled

REGIONS = {each.name: min(each.known) for each in partitions()}
OIDC = "assumedBy: {oidc: {provider: token.example.com, subject: a}}"
ARN = re.compile(r"arn:(aws[a-z-]*):")
EVERY_KIND = (
    DATA,
    ("Security", "s", (f"{{keys: {{k: {{description: K., users: {{accounts: ['{9 * '12'}']}}}}}},"
     f" roles: {{r: {{description: R., {OIDC}, statements:"
     " [{actions: ['s3:GetObject'], resources: ['*']}]}}}}")),
    ("FeatureGroup", "f", ("{recordId: i, eventTime: t, features: {i: string, t: string},"
     " offline: {}}")),
    ("ModelRegistry", "m", ("{readers: ['210987654321'],"
     " artifacts: {source: data, path: m}}")),
)  # fmt: skip


def roles(more: str, assumed: str = OIDC) -> tuple[str, str, str]:
    return "Security", "roles", f"{{roles: {{ci: {{description: CI., {assumed}, {more}}}}}}}"


def rollout(image: str) -> tuple[str, str, str]:
    model = f"{{image: '{image}', artifact: {{source: data, path: m.tar.gz}}}}"
    serve = "{realtime: {instanceType: ml.m5.large, instances: 1}}"
    return "Rollout", "scorer", f"{{model: {model}, serve: {serve}}}"


@pytest.mark.parametrize("name", REGIONS)
def test_every_arn_is_of_the_partition(name: str) -> None:
    graph, _ = compiled(*EVERY_KIND, region=REGIONS[name])
    said = {found for node in graph for _, text in texts(node.props) for found in ARN.findall(text)}
    assert said == {name}


def test_partitions_are_those_of_botocore() -> None:
    session = core()
    for each in session.get_available_partitions():
        for region in session.get_available_regions("ec2", each):
            assert partition_of(region).name == each == Place("1" * 12, region, "a", "b").partition


@pytest.mark.parametrize(
    ("region", "name"),
    [("cn-new-9", "aws-cn"), ("us-isof-west-7", "aws-iso-f"), ("eusc-fr-west-1", "aws-eusc"),
     ("us-gov-central-1", "aws-us-gov"), ("ap-far-3", "aws")],
)  # fmt: skip
def test_a_region_that_no_list_has_yet(region: str, name: str) -> None:
    assert partition_of(region).name == name
    assert lacks("sagemaker", region) is Lack.NOTHING


@pytest.mark.parametrize("name", [name for name in REGIONS if name != "aws"])
@pytest.mark.parametrize(
    "more",
    ["managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']",
     "statements: [{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*']}]",
     ("statements: [{actions: ['kms:Decrypt'], resources:"
     " ['arn:aws:kms:eu-west-1:123456789012:key/a']}]")],
)  # fmt: skip
def test_a_fixed_arn_of_another_partition_is_an_error(name: str, more: str) -> None:
    _, found = compiled(roles(more), region=REGIONS[name])
    assert codes(found) == ["PLACE001"]
    assert found[0].at is not None
    assert found[0].at.file == "specs.yaml"
    _, found = compiled(roles(more.replace("arn:aws:", f"arn:{name}:")), region=REGIONS[name])
    assert codes(found) == []


def test_what_the_environment_names_is_of_its_partition() -> None:
    more = ", roles: {plan: 'arn:aws:iam::123456789012:role/plan'}"
    more += ", boundary: 'arn:aws:iam::123456789012:policy/b'"
    _, found = compiled(DATA, region="us-gov-west-1", more=more)
    assert codes(found) == ["PLACE001", "PLACE001"]


def test_a_service_of_china_is_in_china() -> None:
    china = roles("statements: [{actions: [a], resources: ['*']}]",
                  "assumedBy: {service: ec2.amazonaws.com.cn}")  # fmt: skip
    assert codes(compiled(china, region="eu-west-1")[1]) == ["PLACE001"]
    assert codes(compiled(china, region="cn-north-1")[1]) == []


@pytest.mark.parametrize("region", ["eu-west-1", "us-iso-east-1", "cn-north-1"])
def test_tokens_are_made_out_to_the_partition(region: str) -> None:
    graph, _ = compiled(roles("statements: [{actions: [a], resources: ['*']}]"), region=region)
    (role,) = graph
    (statement,) = role.props["AssumeRolePolicyDocument"]["Statement"]
    (said,) = statement["Condition"]["StringEquals"].values()
    assert said == audience(region)
    assert (said == f"sts.{region}.amazonaws.com.cn") == region.startswith("cn-")


IMAGES = {
    "eu-west-1": ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:" + 64 * "0",
                  "123456789012.dkr-ecr.eu-west-1.on.aws/a@sha256:" + 64 * "0"),
    "us-gov-west-1": ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a@sha256:" + 64 * "0",
                      "123456789012.dkr-ecr-fips.us-gov-west-1.on.aws/a@sha256:" + 64 * "0"),
    "cn-north-1": ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a@sha256:" + 64 * "0",),
    "us-iso-east-1": ("123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov/a@sha256:" + 64 * "0",),
    "eusc-de-east-1": ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu/a@sha256:" + 64 * "0",),
}  # fmt: skip


@pytest.mark.parametrize("region", IMAGES)
def test_registries_of_every_form_can_be_written_in_their_partition_only(region: str) -> None:
    for home, images in IMAGES.items():
        for image in images:
            _, found = compiled(DATA, rollout(image), region=region)
            assert ("PLACE001" in codes(found)) == (home != region), image


def test_a_host_that_no_registry_has_is_an_error() -> None:
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn/a@sha256:" + 64 * "0"
    assert "PLACE001" in codes(compiled(DATA, rollout(image))[1])


def test_the_parts_of_an_image() -> None:
    found = image_in("123456789012.dkr-ecr-fips.us-west-2.on.aws/a/b:v1@sha256:" + 64 * "a")
    assert found is not None
    assert (found.account, found.region, found.dual) == ("123456789012", "us-west-2", True)
    assert (found.repository, found.tag, found.digest) == ("a/b", "v1", "sha256:" + 64 * "a")
    assert image_in("docker.io/library/python:3") is None


GRANTS = "statements: [{actions: ['s3:GetObject'], resources: ['*']}]"
ELSEWHERE = {
    "a managed policy": roles("managedPolicies: ['arn:aws:iam::210987654321:policy/p']"),
    "a boundary": roles(f"boundary: 'arn:aws:iam::210987654321:policy/p', {GRANTS}"),
    "an image": rollout(IMAGES["eu-west-1"][0].replace("eu-west-1", "eu-central-1")),
    "a dual-stack image": rollout(IMAGES["eu-west-1"][1].replace("eu-west-1", "us-east-1")),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_what_another_account_or_region_has_is_an_error_where_aws_takes_its_own(what: str) -> None:
    kind, name, body = ELSEWHERE[what]
    _, found = compiled(DATA, (kind, name, body))
    assert codes(found) == ["PLACE008"]
    assert found[0].at is not None
    here = re.sub(
        "eu-central-1|us-east-1", "eu-west-1", body.replace("210987654321", "123456789012")
    )
    assert codes(compiled(DATA, (kind, name, here))[1]) == []


GIVEN = "arn:aws:{}:{}:123456789012:{}"


@pytest.mark.parametrize(
    ("type_", "props", "wrong"),
    [
        ("AWS::CloudWatch::Alarm", {"AlarmActions": [GIVEN.format("sns", "us-east-1", "t")]}, True),
        ("AWS::CloudWatch::Alarm", {"OKActions": [GIVEN.format("sns", "eu-west-1", "t")]}, False),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": GIVEN.format("kms", "us-east-1", "key/k")}, True),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": GIVEN.format("kms", "eu-west-1", "key/k")}, False),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"}, False),
        ("A::B::C", {"A": [{"KMSMasterKeyID": GIVEN.format("kms", "us-east-1", "alias/k")}]}, True),
        ("A::B::C", {"Resource": GIVEN.format("kms", "us-east-1", "key/k")}, False),
        (
            "A::B::C",
            {"To": [{"ReplicaKmsKeyID": GIVEN.format("kms", "us-east-1", "key/k")}]},
            False,
        ),
        ("A::B::C", {"Replicas": [{"KmsKeyId": GIVEN.format("kms", "us-east-1", "key/k")}]}, False),
    ],
)
def test_names_of_another_region_in_any_type(type_: str, props: Any, wrong: bool) -> None:
    graph, _ = build_graph([Node(Address(type_, "x"), props)])
    found = load()["PLACE008"].check(replace(graph, region="eu-west-1", account="123456789012"))
    assert [each.code for each in found] == ["PLACE008"] * wrong


BUDGET = ("Budget", "month", ("{amount: 1, thresholds: [{at: 80%}],"
          " subscribers: {emails: [a@example.com]}}"))  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "region", "expected"),
    [(BUDGET, "us-gov-west-1", ["PLACE002"]), (BUDGET, "eu-west-1", []),
     (BUDGET, "cn-north-1", []),
     (EVERY_KIND[2], "us-iso-west-1", ["PLACE002"]), (EVERY_KIND[2], "us-iso-east-1", [])],
)  # fmt: skip
def test_a_service_that_is_not_there_is_an_error(
    spec: tuple[str, str, str], region: str, expected: list[str]
) -> None:
    assert codes(compiled(spec, region=region)[1]) == expected


def test_a_tag_is_a_warning_and_a_digest_is_not() -> None:
    own = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud"
    aws = f"{min(owners())}.dkr.ecr.eu-west-1.amazonaws.com/xgboost"
    for image, expected in {f"{own}:1": True, f"{own}:latest": True, f"{aws}:1.7-1": False,
                            f"{own}@sha256:{64 * '0'}": False, f"{aws}:latest": True,
                            f"{own}:1@sha256:{64 * '0'}": False}.items():  # fmt: skip
        _, found = compiled(DATA, rollout(image))
        assert (codes(found) == ["IMAGE001"]) == expected, image
        assert not any(each.is_error for each in found)
