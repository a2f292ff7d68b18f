"""The table: what it says, and that nobody pays for it who does not ask."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler.access import table
from reconciler.access.table import Level, UnknownActionError


def test_an_action_is_found_in_whatever_case() -> None:
    found = table.action("S3:getobject")
    assert found.name == "s3:GetObject"
    assert found.levels == {Level.READ}
    assert "object" in found.types


def test_required_resources_and_dependent_actions() -> None:
    found = table.action("sagemaker:CreateEndpoint")
    assert found.types == {"endpoint": True, "endpoint-config": True}
    assert found.dependent == ("sagemaker:AddTags",)
    assert table.action("sagemaker:UpdatePipeline").dependent == ("iam:PassRole",)


def test_unknown_names_are_said() -> None:
    with pytest.raises(UnknownActionError):
        table.action("s3:GetEverything")
    with pytest.raises(UnknownActionError):
        table.action("nothing:Get")
    with pytest.raises(UnknownActionError):
        table.type_of("s3", "spoon")


@pytest.mark.parametrize("service", sorted(table.services()))
def test_every_action_can_be_read(service: str) -> None:
    keys = table.keys(service)
    for name in table.actions(service):
        found = table.action(name)
        assert found.levels
        assert found.keys <= keys.keys()


@pytest.mark.parametrize(
    ("action", "arn", "types"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/a/b.txt", ["object"]),
        ("s3:ListBucket", "arn:aws:s3:::b", ["bucket"]),
        ("s3:ListBucket", "arn:aws:s3:::b/k", []),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/path/to/it", ["role"]),
        ("kms:Sign", "arn:aws-cn:kms:cn-north-1:123456789012:key/1-2", ["key"]),
        ("kms:Sign", "arn:aws:kms:eu-west-1:123456789012:alias/a", []),
        (
            "sagemaker:DescribeModelPackage",
            "arn:aws:sagemaker:eu-west-1:123456789012:model-package/g/3",
            ["model-package"],
        ),
        (
            "sagemaker:AddTags",
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e",
            ["endpoint"],
        ),
    ],
)
def test_arns_fit_their_types(action: str, arn: str, types: list[str]) -> None:
    assert [each.name for each in table.fitting(action, arn)] == types


def test_types_of_condition_keys() -> None:
    assert table.keys("kms")["kms:GrantIsForAWSResource"] == "Bool"
    assert table.keys("s3")["aws:PrincipalArn"] == "ARN"
    assert table.everywhere()["aws:PrincipalTag/${TagKey}"] == "String"


def test_importing_it_reads_nothing() -> None:
    code = (
        "import sys, reconciler.access.calls, reconciler.access.caller;"
        "from reconciler.access import table;"
        "print(table._file.cache_info().currsize, 'botocore' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["0", "False"]
