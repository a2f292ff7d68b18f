"""A group of versions in a plan: what is a difference, what would be lost, how it is read."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.registry import versions
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.plan.diff import compare
from reconciler.resources import api as resources

TYPE = "AWS::SageMaker::ModelPackageGroup"
ADDRESS = Address(TYPE, "acme-fraud")
ROOT = "arn:aws:iam::210987654321:root"
WANTED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ReadGroup",
            "Effect": "Allow",
            "Principal": {"AWS": [ROOT]},
            "Action": ["sagemaker:DescribeModelPackageGroup"],
            "Resource": "arn:x",
        }
    ],
}


def fields(live: dict[str, Any], wanted: dict[str, Any]) -> list[tuple[str, ...]]:
    resource = resources.load()[TYPE]
    return [it.path for it in compare(ADDRESS, wanted, Observed(live), resource, None).fields]


@pytest.mark.scenario("T33")
@pytest.mark.parametrize(
    "principal", [{"AWS": ROOT}, {"AWS": "210987654321"}, {"AWS": ["210987654321"]}]
)
def test_a_policy_that_means_the_same_is_no_difference(principal: Any) -> None:
    said = {
        "Statement": [
            {
                "Action": "sagemaker:DescribeModelPackageGroup",
                "Resource": ["arn:x"],
                "Effect": "Allow",
                "Principal": principal,
                "Sid": "ReadGroup",
            }
        ],
        "Version": "2012-10-17",
    }
    policy = "ModelPackageGroupPolicy"
    assert fields({policy: said}, {policy: WANTED}) == []
    other = {**said, "Statement": [{**said["Statement"][0], "Principal": {"AWS": "1" * 12}}]}
    assert fields({policy: other}, {policy: WANTED}) != []


@pytest.mark.scenario("T42")
def test_another_description_is_another_group_and_loses_its_history() -> None:
    resource = resources.load()[TYPE]
    text = "ModelPackageGroupDescription"
    change = compare(ADDRESS, {text: "new"}, Observed({text: "old"}), resource, None)
    assert change.action == "replace"
    assert resource.holds == "history"


class Pages:
    """SageMaker's listing: as many versions as it is told, a page of 100 at a time."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[dict[str, Any]] = []

    def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        assert method == "list_model_packages"
        self.asked.append(params)
        start = int(params.get("NextToken", 0))
        end = min(start + params["MaxResults"], self.count)
        found = [
            {"ModelPackageArn": f"arn:v/{n}", "ModelPackageVersion": n} for n in range(start, end)
        ]
        more = {"NextToken": str(end)} if end < self.count else {}
        return {"ModelPackageSummaryList": found, **more}


@pytest.mark.scenario("T29")
@pytest.mark.scenario("T30")
@pytest.mark.parametrize("count", [0, 1, 100, 230])
def test_all_versions_of_a_group_are_listed_by_the_group_s_name(count: int) -> None:
    pages = Pages(count)
    asked = {"ModelPackageGroupName": "g", "MaxResults": 100}
    found = [each for page in versions.pages(pages, asked) for each in page]
    assert [each["ModelPackageArn"] for each in found] == [f"arn:v/{n}" for n in range(count)]
    assert all(each["ModelPackageGroupName"] == "g" for each in pages.asked)
