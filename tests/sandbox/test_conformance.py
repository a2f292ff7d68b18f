"""Every SageMaker kind behaves as documented, from create to not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .cases import CASES
from .conformance import Case, call, contains, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

every_kind = pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])
BUSY = ("Creating", "Updating", "Deleting", "InProgress")


def settled(aws: Sandbox, case: Case) -> dict[str, Any]:
    client = aws.client("sagemaker")
    for _ in range(20):
        shown = case.describe(client)
        status = shown.get(f"{case.noun}Status")
        if status not in BUSY:
            return shown
    pytest.fail(f"{case.kind} stays {status}")


def made(aws: Sandbox, case: Case, **more: Any) -> Any:
    client = aws.client("sagemaker")
    case.before(client)
    case.create(client, **more)
    return client


@every_kind
def test_describe_shows_what_create_was_given(aws: Sandbox, case: Case) -> None:
    made(aws, case)
    assert contains(settled(aws, case), case.given)


@every_kind
def test_describe_shows_the_documented_defaults(aws: Sandbox, case: Case) -> None:
    made(aws, case)
    assert contains(settled(aws, case), case.defaults)


@every_kind
def test_create_answers_the_arn(aws: Sandbox, case: Case) -> None:
    client = aws.client("sagemaker")
    case.before(client)
    assert list(case.create(client).values()) == [case.arn]


@every_kind
def test_a_missing_one_is_not_found_with_the_documented_text(aws: Sandbox, case: Case) -> None:
    client = aws.client("sagemaker")
    for verb in (case.describe, case.delete):
        refused(*case.missing, lambda verb=verb: verb(client))


@every_kind
def test_a_second_create_is_refused_with_the_documented_text(aws: Sandbox, case: Case) -> None:
    client = made(aws, case)
    refused(*case.duplicate, lambda: case.create(client))


@every_kind
def test_a_deleted_one_is_gone_from_describe_list_and_tagging(aws: Sandbox, case: Case) -> None:
    client = made(aws, case, Tags=[{"Key": "owner", "Value": "risk"}])
    settled(aws, case)
    case.delete(client)
    aws.clock.advance(600)
    refused(*case.missing, lambda: case.describe(client))
    assert list_all(client, case) == []
    found = aws.client("resourcegroupstaggingapi").get_resources()
    assert found["ResourceTagMappingList"] == []


def list_all(client: Any, case: Case, **params: Any) -> list[str]:
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = call(client, f"List{case.noun}s", **params, **token)
        found += [item[case.name_key] for item in page[case.list_key]]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


@every_kind
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_list_pages_are_complete_and_sorted(aws: Sandbox, case: Case, order: str) -> None:
    client = aws.client("sagemaker")
    case.before(client)
    names = [f"item-{number}" for number in range(7)]
    for name in names:
        case.create(client, **{case.name_key: name})
    expected = names if order == "Ascending" else names[::-1]
    assert list_all(client, case, MaxResults=3, SortOrder=order) == expected


@every_kind
def test_list_shows_ten_unless_told_otherwise(aws: Sandbox, case: Case) -> None:
    client = aws.client("sagemaker")
    case.before(client)
    for number in range(12):
        case.create(client, **{case.name_key: f"item-{number}"})
    assert len(call(client, f"List{case.noun}s")[case.list_key]) == 10


@every_kind
def test_a_page_stays_right_while_its_last_item_is_deleted(aws: Sandbox, case: Case) -> None:
    client = aws.client("sagemaker")
    case.before(client)
    for name in "abcd":
        case.create(client, **{case.name_key: name})
    aws.clock.advance(600)
    first = call(client, f"List{case.noun}s", MaxResults=2, SortOrder="Ascending")
    case.call(client, "Delete", **{case.name_key: "b"}, **case.delete_extra)
    aws.clock.advance(600)
    token = first["NextToken"]
    rest = call(client, f"List{case.noun}s", NextToken=token, SortOrder="Ascending")
    assert [item[case.name_key] for item in rest[case.list_key]] == ["c", "d"]


@every_kind
def test_an_invalid_name_is_refused_by_pattern(aws: Sandbox, case: Case) -> None:
    client = aws.client("sagemaker")
    case.before(client)
    wrong = {case.name_key: "-no_such name"}
    text = "failed to satisfy constraint: Member must satisfy regular expression pattern"
    refused("ValidationException", text, lambda: case.create(client, **wrong))


@every_kind
def test_tags_are_replaced_by_key_listed_and_removed(aws: Sandbox, case: Case) -> None:
    client = made(aws, case, Tags=[{"Key": "owner", "Value": "risk"}])
    client.add_tags(
        ResourceArn=case.arn,
        Tags=[{"Key": "owner", "Value": "fraud"}, {"Key": "stage", "Value": "dev"}],
    )
    shown = call(client, "ListTags", ResourceArn=case.arn)["Tags"]
    assert shown == [{"Key": "owner", "Value": "fraud"}, {"Key": "stage", "Value": "dev"}]
    client.delete_tags(ResourceArn=case.arn, TagKeys=["owner", "absent"])
    shown = call(client, "ListTags", ResourceArn=case.arn)["Tags"]
    assert shown == [{"Key": "stage", "Value": "dev"}]


@every_kind
def test_the_tagging_api_finds_it_by_tag_and_type(aws: Sandbox, case: Case) -> None:
    made(aws, case, Tags=[{"Key": "owner", "Value": "risk"}])
    found = aws.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "owner", "Values": ["risk", "other"]}],
        ResourceTypeFilters=[f"sagemaker:{case.kind}"],
    )["ResourceTagMappingList"]
    assert [item["ResourceARN"] for item in found] == [case.arn]
    assert found[0]["Tags"] == [{"Key": "owner", "Value": "risk"}]


@every_kind
def test_the_tagging_api_tags_and_untags_it(aws: Sandbox, case: Case) -> None:
    client = made(aws, case)
    tagging = aws.client("resourcegroupstaggingapi")
    tagging.tag_resources(ResourceARNList=[case.arn], Tags={"a": "1", "b": "2"})
    tagging.untag_resources(ResourceARNList=[case.arn], TagKeys=["a"])
    assert client.list_tags(ResourceArn=case.arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@every_kind
def test_accounts_and_regions_are_separate(aws: Sandbox, case: Case) -> None:
    made(aws, case)
    other = aws.client("sagemaker", region="us-east-1")
    refused(*case.missing, lambda: case.describe(other))
