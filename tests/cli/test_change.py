"""What a change of the files plans on the applied example: no more than it must."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from sweeps import only_long

from .folder import Folder

pytestmark = only_long
"""The whole example by commands; `tests/engine` and `make demo` have the same."""
PLAN = ("plan", "-e", "local", "--json")
CUSTOMER = "specs/features/customer.yaml"
VELOCITY = "specs/features/card-velocity.yaml"
DETECTOR = "acme-local-fraud-detector"


def by_action(plan: Any) -> dict[str, list[dict[str, Any]]]:
    """The steps of a plan by action and type."""
    steps: dict[str, list[dict[str, Any]]] = {}
    for step in plan["steps"]:
        steps.setdefault(f"{step['action']} {step['type'].split('::')[-1]}", []).append(step)
    return steps


def test_a_new_feature_is_one_update_in_place(forked: Folder) -> None:
    forked.edit(
        CUSTOMER,
        "    account_age_days: integral\n",
        "    account_age_days: integral\n    country: string\n",
    )
    plan = forked.run(*PLAN, "--out", "plan.json", expect=0).json
    assert json.loads((forked.path / "plan.json").read_bytes())["plan"] == plan
    (step,) = plan["steps"]
    assert (step["action"], step["name"]) == ("update", "acme-local-customer-v2")
    assert [call["method"] for call in step["calls"]] == ["update_feature_group"]
    added = {"FeatureName": "country", "FeatureType": "String"}
    assert step["calls"][0]["params"]["FeatureAdditions"] == [added]
    assert step["destroys"] == ""


def test_another_instance_type_makes_a_config_moves_the_endpoint_and_then_deletes_the_old_one(
    forked: Folder,
) -> None:
    forked.edit(
        "environments/dev.yaml",
        "endpointInstanceType: ml.c6i.large",
        "endpointInstanceType: ml.c6i.xlarge",
    )
    steps = by_action(forked.run(*PLAN, expect=0).json)
    # The alarms that roll back watch the fleet of the new configuration.
    assert set(steps) == {
        "create EndpointConfig",
        "update Alarm",
        "update Endpoint",
        "delete EndpointConfig",
    }
    (made,), (moved,), (gone,) = (
        steps[key] for key in ("create EndpointConfig", "update Endpoint", "delete EndpointConfig")
    )
    assert moved["name"] == DETECTOR
    assert made["id"] in moved["needs"]
    assert moved["type"] in gone["after"]
    assert made["name"] != gone["name"]
    assert [call["method"] for call in moved["calls"]] == ["add_tags", "update_endpoint"]


def test_an_edited_tag_of_the_environment_replaces_nothing(forked: Folder) -> None:
    forked.edit("environments/dev.yaml", "cost-centre: fraud-4711", "cost-centre: fraud-4712")
    plan = forked.run(*PLAN, expect=0).json
    assert {step["action"] for step in plan["steps"]} == {"update"}
    assert {field["path"][0] for step in plan["steps"] for field in step["fields"]} <= {
        "HubTags", "ResourceTags", "Tags",
    }  # fmt: skip
    assert {step["destroys"] for step in plan["steps"]} == {""}


def test_a_removed_spec_is_a_planned_deletion(forked: Folder) -> None:
    (forked.path / VELOCITY).unlink()
    (step,) = forked.run(*PLAN, expect=0).json["steps"]
    assert (step["action"], step["destroys"], step["refused"]) == ("delete", "records", "")


@pytest.mark.parametrize("verb", ["plan", "apply --json"])
def test_a_removed_spec_that_is_protected_is_refused_by(verb: str, forked: Folder) -> None:
    (forked.path / VELOCITY).unlink()
    forked.edit(
        "environments/local.yaml",
        "  sandbox: true",
        "  sandbox: true\n  protection: {allow: [traffic]}",
    )
    before = forked.writes
    forked.run(*verb.split(), "-e", "local", expect=3)
    assert forked.writes == before


def test_destroy_plans_a_deletion_of_everything(forked: Folder) -> None:
    plan = forked.run(*PLAN, "--destroy", expect=0).json
    assert {step["action"] for step in plan["steps"]} == {"delete"}
    kinds = Counter(step["type"] for step in plan["steps"])
    assert (kinds["AWS::SageMaker::FeatureGroup"], kinds["AWS::S3::Bucket"]) == (4, 5)


def test_credentials_of_another_account_stop_every_verb_before_it_writes(forked: Folder) -> None:
    before = forked.writes
    forked.edit_all("environments/local.yaml", "123456789012", "999988887777")
    for verb in ("plan", "apply", "drift"):
        said = forked.run(verb, "-e", "local", "--json", expect=1)
        assert said.codes == ["AWS003"]
        (at,) = said.json["diagnostics"]
        assert (at["file"], at["line"], at["column"]) == ("environments/local.yaml", 11, 12)
    assert forked.writes == before
