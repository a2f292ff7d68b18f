"""The facts of a type, and of all types."""

import subprocess
import sys

import pytest
from sweeps import sample

from reconciler.facts import UnknownType, effect, facts, known_types
from reconciler.facts.check import problems
from reconciler.facts.files import additions, corrections
from reconciler.model.change import Effect

GROUP = facts("AWS::SageMaker::FeatureGroup")


def test_identity_tags_and_replacement_of_a_feature_group() -> None:
    assert GROUP.identity == (("FeatureGroupName",),)
    assert GROUP.tag_property == ("Tags",)
    assert GROUP.has_update is True


def test_lists_without_order_are_sets() -> None:
    assert {("FeatureDefinitions",), ("Tags",)} <= GROUP.sets
    assert ("LifecycleConfiguration", "Rules") in facts("AWS::S3::Bucket").sets


def test_permissions_are_given_by_handler() -> None:
    assert "sagemaker:CreateFeatureGroup" in GROUP.permissions["create"]


def test_api_only_members_are_known_and_named() -> None:
    assert ("FeatureDefinitions", "CollectionType") in GROUP.api_only
    assert GROUP.knows(("FeatureDefinitions", "*", "CollectionType"))


@pytest.mark.parametrize(
    ("type_name", "at"),
    [
        ("AWS::SageMaker::ModelPackage", "ModelLifeCycle/Stage"),
        ("AWS::SageMaker::Model", "PrimaryContainer/AdditionalModelDataSources/ChannelName"),
        (
            "AWS::SageMaker::MonitoringSchedule",
            "MonitoringScheduleConfig/MonitoringJobDefinition/MonitoringInputs/EndpointInput/StartTimeOffset",
        ),
    ],
)
def test_members_that_cloudformation_lacks_are_properties(type_name: str, at: str) -> None:
    assert facts(type_name).knows(tuple(at.split("/")))


def test_a_type_without_update_handler_says_so() -> None:
    assert facts("AWS::SageMaker::ModelBiasJobDefinition").has_update is False


def test_a_type_without_handlers_does_not_say() -> None:
    assert facts("AWS::EMR::Cluster").has_update is None


def test_an_unknown_type_is_an_error_of_its_own() -> None:
    with pytest.raises(UnknownType):
        facts("AWS::No::Such")


def test_self_containing_types_end() -> None:
    assert facts("AWS::WAFv2::WebACL").sets == frozenset()


def test_lists_in_the_items_of_lists_are_seen() -> None:
    rule = ("LifecycleConfiguration", "Rules")
    assert (*rule, "Transitions") in facts("AWS::S3::Bucket").sets
    assert (*rule, "TagFilters") in facts("AWS::S3::Bucket").sets


def test_every_type_loads_compiles_and_judges_its_properties() -> None:
    for type_name in sample(sorted(known_types()), 3):
        about = facts(type_name)
        assert about.properties, type_name
        problems(type_name, {})
        verdicts = {effect(type_name, (name,)).effect for name in about.properties}
        assert Effect.UNSUPPORTED not in verdicts, type_name


def test_every_correction_speaks_of_a_known_property() -> None:
    lost = [
        (type_name, rule["path"])
        for type_name, rules in corrections()["types"].items()
        for rule in rules
        if rule["path"] and not facts(type_name).knows(tuple(rule["path"].split("/")))
    ]
    assert lost == []


def test_every_correction_gives_reason_and_source() -> None:
    rules = [rule for rules in corrections()["types"].values() for rule in rules]
    assert [rule for rule in rules if not (rule["why"] and rule["source"])] == []
    assert {Effect(rule["effect"]) for rule in rules}


def test_no_type_repeats_a_correction() -> None:
    twice = [
        (name, rule["path"])
        for name, rules in corrections()["types"].items()
        for n, rule in enumerate(rules)
        if rule["path"] in [other["path"] for other in rules[:n]]
    ]
    assert twice == []


def test_every_addition_is_reachable() -> None:
    lost = [
        (type_name, path)
        for type_name in additions()
        for path in facts(type_name).api_only
        if not facts(type_name).knows(path)
    ]
    assert lost == []


def test_facts_start_without_heavy_imports() -> None:
    code = (
        "import sys, reconciler.facts, reconciler.facts.check, reconciler.facts.explain;"
        "reconciler.facts.effect('AWS::S3::Bucket', ('Tags',));"
        "heavy = {'jsonschema', 'jsonschema_rs', 'cfnlint', 'boto3', 'sagemaker', 'moto', 'yaml'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
