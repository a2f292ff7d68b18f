"""Roles and policies: no more than needed, and never open to the world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from reconciler.facts.principals import says
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json

from .specs import world
from .world import named

NODES = world().build_all()
ROLES = [node for node in named(NODES, "AWS::IAM::Role") if "platform" not in node.address.name]
BUCKETS = [
    node  # what a user writes word for word is the user's
    for node in named(NODES, "AWS::S3::Bucket")
    if node.origin and not node.origin.spec.startswith("Resource/")
]
WITHOUT_RESOURCE = {
    "ecr:GetAuthorizationToken", "logs:CreateLogDelivery", "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
    "sagemaker:ListModelPackages",
}  # fmt: skip
"""Actions that take no resource; so do those of EC2 interfaces."""


SERVICES = {
    "delivery": "firehose",
    "machine": "states",
    "schedule": "scheduler",
    "trigger": "events",
}


def statements(role: Node) -> Iterator[Json]:
    for policy in role.props["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


@pytest.mark.parametrize("role", ROLES, ids=lambda node: node.address.name)
def test_a_workload_role_is_narrow(role: Node) -> None:
    for statement in statements(role):
        assert not any("*" in action for action in statement["Action"])
        if statement["Resource"] == ["*"] and "Condition" not in statement:
            rest = {action for action in statement["Action"] if not action.startswith("ec2:")}
            assert rest <= WITHOUT_RESOURCE


@pytest.mark.parametrize("role", ROLES, ids=lambda node: node.address.name)
def test_a_workload_role_is_taken_by_one_service_for_this_account(role: Node) -> None:
    (statement,) = role.props["AssumeRolePolicyDocument"]["Statement"]
    purpose = role.address.name.rpartition("-")[2]
    service = SERVICES.get(purpose, "sagemaker")
    assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
    if purpose in {"store", "delivery", "trigger"}:  # AWS does not say that anything is sent
        assert "Condition" not in statement
        return
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert all(
        ":123456789012:" in arn for arn in statement["Condition"]["ArnLike"]["aws:SourceArn"]
    )


def test_pass_role_is_for_a_pipelines_own_roles_and_one_service() -> None:
    passing = [
        (role.address.name.removesuffix("-pipeline"), statement)
        for role in ROLES
        for statement in statements(role)
        if "iam:PassRole" in statement["Action"]
    ]
    assert len(passing) == 5
    for name, statement in passing:
        assert statement["Action"] == ["iam:PassRole"]
        own = {ref.target.name for ref in statement["Resource"]}
        assert f"{name}-training" in own
        assert all(each.startswith(f"{name}-") for each in own)
        service = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        assert statement["Condition"] == service


def test_an_endpoint_writes_only_what_it_captures() -> None:
    (role,) = [node for node in ROLES if node.address.name == "acme-test-fraud-detector-hosting"]
    (write,) = [one for one in statements(role) if "s3:PutObject" in one["Action"]]
    (objects,) = write["Resource"]
    assert objects.parts[-1] == "/authorizations/capture/fraud-detector/*"


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda node: node.address.name)
def test_every_bucket_is_private_owned_encrypted_and_tls_only(bucket: Node) -> None:
    props = bucket.props
    assert set(props["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(props["PublicAccessBlockConfiguration"]) == 4
    assert props["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert props["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    deny = props["BucketPolicy"]["Statement"][0]
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_whoever_is_allowed_by_a_resource_policy_is_pinned() -> None:
    """Other accounts by number, services to this account, as far as they say for whom they act."""
    for node in NODES:
        for prop in ("BucketPolicy", "KeyPolicy", "TopicPolicy", "ModelPackageGroupPolicy"):
            for statement in (node.props.get(prop) or {}).get("Statement", []):
                if statement["Effect"] == "Deny":
                    continue
                principal = statement["Principal"]
                assert principal != "*"
                if "Service" in principal:
                    pinned = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
                    said = [says(service) for service in _listed(principal["Service"])]
                    assert all(said) or not any(said)
                    assert statement.get("Condition", {}) == (pinned if all(said) else {})


def _listed(services: Json) -> list[str]:
    return [services] if isinstance(services, str) else services


def test_a_role_of_people_is_pinned_to_this_account_where_its_service_says_so() -> None:
    trusts = {
        role.address.name.rsplit("-", 1)[1]: role.props["AssumeRolePolicyDocument"]["Statement"][0]
        for role in named(NODES, "AWS::IAM::Role")
        if "platform" in role.address.name
    }
    pinned = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert trusts["scoring"]["Condition"] == pinned
    assert "Condition" not in trusts["ingest"]


def test_readers_reach_the_models_and_nothing_else_of_the_bucket() -> None:
    (bucket,) = [node for node in BUCKETS if "artifacts" in node.address.name]
    (read,) = [it for it in bucket.props["BucketPolicy"]["Statement"] if "Readers" in it["Sid"]]
    assert read == {
        "Sid": "ReadersFraud",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::210987654320:root", "arn:aws:iam::210987654321:root"]},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::acme-test-artifacts-123456789012/models/*",
    }


def test_readers_decrypt_through_s3_only() -> None:
    sealed = "s3: {key: {security: platform, key: data}}"
    nodes = world({("DataSource", "artifacts"): sealed}).build_all()
    (key,) = [node for node in named(nodes, "AWS::KMS::Key") if node.address.name.endswith("-data")]
    (read,) = [it for it in key.props["KeyPolicy"]["Statement"] if "Readers" in it["Sid"]]
    assert read["Action"] == "kms:Decrypt"
    assert read["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}


def test_the_policy_of_a_bucket_that_exists_elsewhere_is_not_ours() -> None:
    platform = world({("DataSource", "artifacts"): "s3: {existing: acme-models}"})
    platform.build_all()
    (found,) = platform.found
    assert (found.code, found.severity) == ("MODEL002", Severity.WARNING)
    assert "the bucket is not of this platform" in found.message
    assert '"s3:GetObject"' in found.help
    assert platform.admissions == []


def test_a_key_stays_manageable_by_its_account() -> None:
    for key in named(NODES, "AWS::KMS::Key"):
        first = key.props["KeyPolicy"]["Statement"][0]
        assert first["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
        assert first["Action"] == ["kms:*"]


BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"  # which a Security spec here has too


def test_the_boundary_of_the_environment_is_on_every_role() -> None:
    capped = replace(world(), boundary=BOUNDARY)
    roles = named(capped.build_all(), "AWS::IAM::Role")

    assert capped.found == []
    assert {role.props["PermissionsBoundary"] for role in roles} == {BOUNDARY}
    assert all("PermissionsBoundary" not in role.props for role in ROLES)


def test_no_role_has_another_boundary_than_the_environments() -> None:
    other = replace(world(), boundary="arn:aws:iam::123456789012:policy/other")
    other.build_all()

    (found,) = other.found
    assert found.at is not None
    assert found.at.file.endswith("/boundary")
    assert "caps every role" in found.message
