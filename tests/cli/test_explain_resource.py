"""`moorline explain ADDRESS`: the spec and lines behind a resource, offline."""

from __future__ import annotations

from typing import Any

import pytest

from .folder import Folder

ENDPOINT = "AWS::SageMaker::Endpoint/acme-dev-fraud-detector"
GROUP = "AWS::SageMaker::FeatureGroup/acme-prod-customer-v2"


def asked(folder: Folder, *arguments: str) -> dict[str, Any]:
    return folder.run("explain", *arguments, "--json", expect=0).json


def line(folder: Folder, at: dict[str, Any]) -> str:
    return (folder.path / at["file"]).read_text().splitlines()[at["line"] - 1]


def test_a_resource_names_its_spec_and_line(example: Folder) -> None:
    said = asked(example, ENDPOINT)
    assert (said["environment"], said["spec"]) == ("dev", "Rollout/fraud-detector")
    assert said["at"]["file"] == "specs/rollout/fraud-detector.yaml"
    assert said["holds"] == "traffic"


@pytest.mark.parametrize(
    ("address", "path", "effect", "text"),
    [
        (GROUP, ["FeatureDefinitions", "home_country"], "append-only", "home_country:"),
        (GROUP, ["RecordIdentifierFeatureName"], "replace", "recordId:"),
        (GROUP, ["OnlineStoreConfig", "TtlDuration"], "update", "FeatureGroup/customer:"),
    ],
    ids=["a feature", "the record id", "one that an environment overrides"],
)
def test_a_property_names_its_line_and_what_a_change_does(
    example: Folder, address: str, path: list[str], effect: str, text: str
) -> None:
    properties = asked(example, address)["properties"]
    (found,) = [each for each in properties if each["path"] == path]
    assert found["effect"] == effect
    assert text in line(example, found["at"])


def test_it_knows_both_neighbours(example: Folder) -> None:
    bucket = asked(example, "AWS::S3::Bucket/acme-dev-curated-111122223333")
    needs = {each["address"] for each in bucket["needs"]}
    users = {each["address"] for each in bucket["needed_by"]}
    assert "AWS::KMS::Key/acme-dev-platform-features" in needs
    assert "AWS::SageMaker::FeatureGroup/acme-dev-customer-v2" in users
    for user in sorted(users)[:3]:
        assert bucket["address"] in {each["address"] for each in asked(example, user)["needs"]}


@pytest.mark.parametrize(
    "arguments",
    [(ENDPOINT,), (ENDPOINT, "-e", "dev"), ("acme-dev-fraud-detector", "-e", "dev")],
    ids=["in any environment", "in the one named", "by its name alone"],
)
def test_it_is_found(example: Folder, arguments: tuple[str, ...]) -> None:
    assert asked(example, *arguments)["address"] == ENDPOINT


def test_a_name_of_other_content_leads_to_the_present_one(example: Folder) -> None:
    old = "AWS::SageMaker::EndpointConfig/acme-dev-fraud-detector-00000000"
    said = asked(example, old, "-e", "dev")
    assert said["asked"] == old
    assert said["address"].startswith(old[:-8])
    assert said["content_named"]


def test_a_spec_names_its_resources(example: Folder) -> None:
    said = asked(example, "Rollout/fraud-detector", "-e", "dev")
    assert ENDPOINT in {each["address"] for each in said["resources"]}
    text = example.run("explain", "Rollout/fraud-detector", "-e", "dev", expect=0).out
    assert f"It makes {len(said['resources'])} resources" in text


@pytest.mark.parametrize(
    ("subject", "near"),
    [
        ("AWS::SageMaker::Endpoint/acme-dev-fraud-detecter", ENDPOINT),
        ("acme-dev-fraud-detecter", ENDPOINT),
        ("Rollot", "Rollout"),
        ("Rollot.strategy", "Rollout.strategy"),
        ("featuregruop", "FeatureGroup"),
        ("SPEC99", "SPEC"),
    ],
)
def test_a_slip_of_the_keys_is_answered_with_the_nearest(
    example: Folder, subject: str, near: str
) -> None:
    said = example.run("explain", subject, "--json", expect=1)
    assert said.codes == ["CLI011"]
    assert near in said.json["diagnostics"][0]["help"]


@pytest.mark.parametrize("subject", ["Rollout", "SPEC012", "AWS::S3::Bucket.BucketName"])
def test_what_is_no_resource_needs_no_platform(tmp_path: Any, subject: str) -> None:
    Folder(tmp_path).run("explain", subject, expect=0)


def test_no_platform_here_is_no_fault(tmp_path: Any) -> None:
    assert Folder(tmp_path).run("explain", ENDPOINT, "--json", expect=1).codes == ["CLI011"]


def test_an_unknown_environment_is_said(example: Folder) -> None:
    assert example.run("explain", ENDPOINT, "-e", "dve", "--json", expect=1).codes == ["ENV001"]


def test_people_get_lines_they_can_open(example: Folder) -> None:
    text = example.run("explain", GROUP, expect=0).out
    first, *rest = text.splitlines()
    assert first == GROUP
    assert any("because" in each and "specs/features/customer.yaml:" in each for each in rest)
    assert any("home_country" in each and "only grows" in each for each in rest)


def test_secrets_are_not_shown(example: Folder) -> None:
    example.edit(
        "specs/rollout/fallback-scorer.yaml",
        "      SAGEMAKER_PROGRAM: inference.py",
        "      SAGEMAKER_PROGRAM: inference.py\n      DB_PASSWORD: hunter2-hunter2",
    )
    made = asked(example, "Rollout/fallback-scorer", "-e", "dev")["resources"]
    (model,) = [each["address"] for each in made if "::Model/" in each["address"]]
    for arguments in (("--json",), ()):
        said = example.run("explain", model, "-e", "dev", *arguments, expect=0)
        assert "hunter2" not in said.text
