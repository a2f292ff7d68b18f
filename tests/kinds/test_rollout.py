"""How a rollout follows its registry, and when names change."""

from __future__ import annotations

import pytest

from reconciler.kinds.api import LackingError, Lookup
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Ref, references

from . import specs
from .specs import world
from .world import World, named, problems

DETECTOR = ("Rollout", "fraud-detector")
(LOOKUP,) = world().lookups(*DETECTOR)
MODEL, CONFIG, ENDPOINT, ALARM = (
    "AWS::SageMaker::Model",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Endpoint",
    "AWS::CloudWatch::Alarm",
)


def version(number: int) -> dict[Lookup, Json]:
    arn = f"arn:aws:sagemaker:eu-west-1:123456789012:model-package/acme-test-fraud/{number}"
    return {LOOKUP: {"arn": arn, "version": number}}


def detector(
    change: tuple[str, str] = ("", ""), facts: dict[Lookup, Json] | None = None
) -> list[Node]:
    assert change[0] in specs.DETECTOR
    return world({DETECTOR: specs.DETECTOR.replace(*change)}, facts).build(*DETECTOR)


def addresses(nodes: list[Node], type_: str) -> list[Address]:
    return [node.address for node in named(nodes, type_)]


def test_it_asks_for_the_newest_approved_version() -> None:
    asked = (("group", "acme-test-fraud"), ("version", "latest-approved"))
    assert (LOOKUP.what, LOOKUP.params) == ("model-package", asked)


def test_it_asks_for_a_certain_version() -> None:
    pinned = specs.DETECTOR.replace("latest-approved", "13")
    (lookup,) = world({DETECTOR: pinned}).lookups(*DETECTOR)
    assert (lookup.params[1], lookup.offline["version"]) == (("version", "13"), 13)


FALLBACK = ("Rollout", "fallback")


def file_of(platform: World, answer: Json) -> tuple[Address | None, World]:
    """The model of a rollout, when a question for its file has this answer."""
    (asked,) = platform.lookups(*FALLBACK)
    platform.facts = {asked: answer} if answer else {}
    made = [node.address for node in platform.build(*FALLBACK)]
    return next((each for each in made if each.type == MODEL), None), platform


def test_a_model_is_named_by_its_file() -> None:
    (asked,) = world().lookups(*FALLBACK)
    assert asked.what == "object"
    assert dict(asked.params)["key"].endswith(".tar.gz")
    names = {etag: file_of(world(), {"etag": etag, "bucket": True})[0] for etag in ("a", "b", "")}
    assert len(set(names.values())) == 3
    assert names[""] is None
    assert [node for node in world().build(*FALLBACK) if node.address.type == MODEL]


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("where", ["ours", "another's"])
@pytest.mark.parametrize("bucket", [True, False])
def test_a_file_that_is_not_there_is_told_of_and_ours_is_waited_for(
    where: str, bucket: bool, pinned: bool
) -> None:
    text = specs.FALLBACK
    if where != "ours":
        text = text.replace("{source: artifacts, path: fallback/model.tar.gz}", "s3://b-b/m.tar.gz")
    if pinned:
        text = text.replace("artifact:", f"etag: {32 * 'a'}\n  artifact:", 1)
    model, platform = file_of(world({FALLBACK: text}), {"etag": "", "bucket": bucket})
    assert [each.code for each in platform.found] == (["PLACE006"] if bucket else [])
    assert [each.is_error for each in platform.found] == ([where != "ours"] if bucket else [])
    assert (model is None) == (where == "ours") == bool(platform.deferred)


@pytest.mark.parametrize(
    ("answer", "codes"), [({"etag": None, "bucket": True}, ["PLACE005"]), (None, [])]
)
def test_a_file_that_cannot_be_looked_at_makes_the_rollout_wait(
    answer: Json, codes: list[str]
) -> None:
    model, platform = file_of(world(), answer)
    assert model is None
    assert platform.deferred
    assert [each.code for each in platform.found] == codes


def test_a_file_that_is_pinned_is_that_or_an_error() -> None:
    pinned = specs.FALLBACK.replace("artifact:", f"etag: {32 * 'a'}\n  artifact:", 1)
    for answer, codes in (({"etag": 32 * "a", "bucket": True}, []), (None, []),
                          ({"etag": None, "bucket": True}, []),
                          ({"etag": 32 * "b", "bucket": True}, ["PLACE006"])):  # fmt: skip
        model, platform = file_of(world({FALLBACK: pinned}), answer)
        assert model is not None
        assert [each.code for each in platform.found] == codes


@pytest.mark.parametrize("stage", ["Pending", "InProgress", "Failed", "Deleting"])
def test_a_version_that_is_not_completed_is_not_served(stage: str) -> None:
    certain = specs.DETECTOR.replace("latest-approved", "13")
    platform = world({DETECTOR: certain})
    (asked,) = platform.lookups(*DETECTOR)
    fact = {"arn": "arn", "version": 13, "status": "Approved", "stage": stage}
    platform.facts = {asked: fact}
    platform.build(*DETECTOR)
    assert [each.code for each in platform.found if each.is_error] == ["MODEL001"]


def test_newer_versions_that_were_passed_over_are_named() -> None:
    passed = [{"version": 3, "stage": "Failed"}]
    fact = {"arn": "arn", "version": 2, "status": "Approved", "stage": "Completed"}
    told = world(facts={LOOKUP: {**fact, "passed": passed}})
    told.build(*DETECTOR)
    (found,) = [each for each in told.found if each.code == "MODEL001"]
    assert not found.is_error
    assert "version 3" in found.message
    assert "Failed" in found.message
    none = world(facts={LOOKUP: {"arn": None, "passed": passed}})
    none.build(*DETECTOR)
    assert none.deferred


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (specs.DETECTOR, "registry 'fraud' has no approved version yet"),
        (specs.DETECTOR.replace("latest-approved", "13"), "registry 'fraud' has no version 13"),
    ],
    ids=["the newest", "a certain one"],
)
def test_without_a_version_it_waits(spec: str, why: str) -> None:
    platform = world({DETECTOR: spec}, facts={})
    platform.build(*DETECTOR)
    assert platform.deferred == {"Rollout/fraud-detector": why}


def test_a_new_version_is_a_new_model_and_config_for_the_same_endpoint() -> None:
    before, after = detector(facts=version(12)), detector(facts=version(13))
    assert addresses(before, MODEL) != addresses(after, MODEL)
    assert addresses(before, CONFIG) != addresses(after, CONFIG)
    assert addresses(before, ENDPOINT) == addresses(after, ENDPOINT)


def test_more_instances_are_a_new_config_of_the_same_model() -> None:
    before, after = detector(), detector(("instances: 4", "instances: 6"))
    assert addresses(before, MODEL) == addresses(after, MODEL)
    assert addresses(before, CONFIG) != addresses(after, CONFIG)


def test_another_strategy_changes_no_name() -> None:
    before, after = detector(), detector(("bake: 10m", "bake: 20m"))
    assert [node.address for node in before] == [node.address for node in after]


def test_revisions_are_kept_of_models_and_configs_only() -> None:
    kept = {node.address.type: node.keep for node in detector()}
    assert {type_: keep for type_, keep in kept.items() if keep > 1} == {MODEL: 3, CONFIG: 3}


def test_alarms_exist_before_the_endpoint_and_do_not_wait_for_it() -> None:
    nodes = detector()
    (endpoint,) = named(nodes, ENDPOINT)
    alarms = set(addresses(nodes, ALARM))
    assert len(alarms) == 3
    assert alarms <= endpoint.needs
    (config,) = addresses(nodes, CONFIG)
    for node in named(nodes, ALARM):
        assert {ref.target for ref in references(node.props)} == {config}


def test_alarms_that_roll_back_count_the_new_fleet_alone() -> None:
    nodes = detector()
    (config,) = addresses(nodes, CONFIG)
    for node in named(nodes, ALARM):
        dimensions = {each["Name"]: each["Value"] for each in node.props["Dimensions"]}
        assert dimensions["EndpointConfigName"] == Ref(config, "EndpointConfigName")
    for node in named(world().build("Monitor", "oncall"), ALARM):
        names = [each["Name"] for each in node.props["Dimensions"]]
        assert names == ["EndpointName", "VariantName"]


@pytest.mark.parametrize(
    ("extra", "bake"),
    [
        ("", 0),
        ("strategy: {allAtOnce: {bake: 2m}}", 120),
        ("analysis: [{metric: Invocation5XXErrors, atMost: 1%}]", 300),
        ("analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\nonFailure: none", 0),
        ("analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\nstrategy: {blueGreen: {}}", 300),
    ],
    ids=["nothing watches", "it says so", "an alarm watches", "alarms are off", "blue/green"],
)
def test_a_fleet_that_is_watched_bakes(extra: str, bake: int) -> None:
    platform = world({("Rollout", "fallback"): specs.FALLBACK + extra})
    (endpoint,) = named(platform.build("Rollout", "fallback"), ENDPOINT)
    policy = endpoint.props["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "ALL_AT_ONCE",
        "WaitIntervalInSeconds": bake,
    }


def test_without_rollback_there_are_no_alarms() -> None:
    nodes = detector(("keepRevisions: 3", "onFailure: none"))
    (endpoint,) = named(nodes, ENDPOINT)
    watched = endpoint.props["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert (named(nodes, ALARM), watched) == ([], [{"AlarmName": "upstream-payments"}])


def test_a_missing_key_of_a_security_spec_is_reported_once_for_each_place() -> None:
    platform = world({DETECTOR: specs.DETECTOR.replace("key: data}", "key: nope}")})
    platform.build(*DETECTOR)
    assert [(found.code, str(found.at)) for found in platform.found] == [
        ("SPEC030", "Rollout/fraud-detector/key/key:1:1")
    ]


def test_an_image_that_does_not_exist_is_reported() -> None:
    unknown = specs.FALLBACK.replace("1.2-1", "9.9")
    platform = world({("Rollout", "fallback"): unknown})
    platform.build("Rollout", "fallback")
    assert [(found.code, str(found.at)) for found in platform.found] == [
        ("SPEC030", "Rollout/fallback/model/version:1:1")
    ]


def test_a_registry_that_hides_its_files_is_a_warning() -> None:
    hidden = specs.REGISTRY.replace("artifacts: {source: artifacts, path: models}\n", "")
    platform = world({("ModelRegistry", "fraud"): hidden})
    platform.build(*DETECTOR)
    assert [(found.code, found.is_error) for found in platform.found] == [("SPEC031", False)]


def test_a_monitor_that_needs_capture_says_so() -> None:
    none = specs.DETECTOR.replace("capture: {sampling: 100%, to: raw}\n", "")
    platform = world({DETECTOR: none})
    platform.build("Monitor", "oncall")
    assert [(found.code, str(found.at)) for found in platform.found] == [
        ("SPEC030", "Monitor/oncall/requiresCapture:1:1")
    ]


@pytest.mark.parametrize(
    ("logs", "says"),
    [("s3: {}", "takes no access logs"), (specs.LOGS, "")],
    ids=["it does not take logs", "it takes logs"],
)
def test_access_logs_go_where_they_are_taken(logs: str, says: str) -> None:
    platform = world({("DataSource", "logs"): logs})
    platform.build("DataSource", "raw")
    assert [says in found.message for found in platform.found] == ([True] if says else [])


def test_a_bucket_does_not_log_to_itself() -> None:
    platform = world({("DataSource", "raw"): specs.RAW.replace("to: logs", "to: raw")})
    platform.build("DataSource", "raw")
    assert [found.code for found in platform.found] == ["SPEC030"]


def test_training_on_an_online_group_is_reported() -> None:
    online = specs.SCRIPT.replace("featureGroup: customer", "featureGroup: velocity")
    platform = world({("Training", "risk"): online})
    with pytest.raises(LackingError, match="'velocity' has no offline store"):
        platform.build("Training", "risk")


def test_a_model_that_is_written_where_no_endpoint_may_read_it_is_a_warning() -> None:
    for output in ("{to: artifacts, path: elsewhere}", "{to: raw, path: models}"):
        apart = specs.SCRIPT.replace("{to: artifacts, path: models/risk}", output)
        platform = world({("Training", "risk"): apart})
        platform.build("Training", "risk")
        assert [(found.code, str(found.at)) for found in platform.found] == [
            ("SPEC031", "Training/risk/output:1:1")
        ]


def test_an_image_may_bring_its_model_or_fetch_it() -> None:
    """As the images do that serve language models: no file, so nothing to look at or to read."""
    image = 'image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/llm:1"'
    bare = f"model: {{{image}}}\nserve: {{realtime: {{instanceType: ml.g5.xlarge, instances: 1}}}}"
    platform = world({("Rollout", "fallback"): bare})
    (model,) = named(platform.build("Rollout", "fallback"), MODEL)
    assert [*model.props["PrimaryContainer"]] == ["Image"]
    assert platform.lookups("Rollout", "fallback") == []
    stamped = bare.replace(image, f"{image}, etag: {32 * 'a'}")
    assert [each.path for each in problems("Rollout", stamped)] == [("model", "etag")]
    many = bare.replace("realtime", "multiModel")
    assert [each.path for each in problems("Rollout", many)] == [("model",)]
