"""Where the endpoint of a rollout by weights goes, by what is live; and what no canary may say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds.rollout.asked import asked
from reconciler.kinds.rollout.standing import Standing, runs
from reconciler.kinds.rollout.told import course, long
from reconciler.kinds.terms.canary import Canary, steps_of
from reconciler.model.graph import Node
from reconciler.model.value import Json, Ref
from reconciler.rollout.marks import PREFIX, encode, read
from reconciler.rollout.values import Doing, Marks, Step

from . import specs
from .specs import world
from .world import World, good, named, problems

DETECTOR = ("Rollout", "fraud-detector")
CANARY = specs.DETECTOR.replace(
    """  blueGreen:
    twoStep: {size: 25%, bake: 10m}
    terminationWait: 15m
    existingAlarms: [upstream-payments]
""",
    "  canary: {steps: [5%, 50%, 100%], bake: 10m}\n",
)
CONFIG, ENDPOINT = "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint"
GROUP = "acme-test-fraud"
BASE = "acme-test-fraud-detector-00000000"
VARIANT = {
    "VariantName": "primary",
    "ModelName": "acme-test-fraud-detector-model",
    "InstanceType": "ml.c6i.xlarge",
    "InitialInstanceCount": 4,
    "InitialVariantWeight": 1.0,
}


def live(config: str = BASE, **other: Json) -> dict[str, Json]:
    """What AWS says of an endpoint at rest."""
    shown = {"DesiredInstanceCount": 4, "CurrentWeight": 1.0}
    return {
        "status": "InService",
        "config": config,
        "pending": "",
        "variants": [{"VariantName": "primary", **shown}],
        "tags": {},
        "spent": "",
        "base": config,
        "content": {"ProductionVariants": [VARIANT]},
        "ours": True,
        "lacks": "",
        "doubt": "",
    } | other


def built(fact: Json, number: int = 13, spec: str = CANARY) -> tuple[list[Node], World]:
    """The nodes when the endpoint stands so and this version is the newest approved one."""
    made = world({DETECTOR: spec})
    package, endpoint = made.lookups(*DETECTOR)
    arn = f"arn:aws:sagemaker:eu-west-1:123456789012:model-package/{GROUP}/{number}"
    made.facts = {package: {"arn": arn, "version": number}, endpoint: fact}
    return made.build(*DETECTOR), made


def configs(nodes: list[Node]) -> dict[str, Node]:
    """The configuration that is asked for, and the one with both versions."""
    return {
        "middle" if len(node.props["ProductionVariants"]) > 1 else "target": node
        for node in named(nodes, CONFIG)
    }


def goes_to(nodes: list[Node]) -> str:
    """The configuration that the endpoint gets."""
    (endpoint,) = named(nodes, ENDPOINT)
    name = endpoint.props["EndpointConfigName"]
    return name.target.name if isinstance(name, Ref) else str(name)


def marked(nodes: list[Node]) -> Marks | None:
    (endpoint,) = named(nodes, ENDPOINT)
    return read({tag["Key"]: tag["Value"] for tag in endpoint.props.get("Tags") or ()})


def codes(made: World) -> list[str]:
    return sorted(each.code for each in made.found if each.code.startswith("CANARY"))


def begun(**changes: Any) -> tuple[dict[str, Json], Marks]:
    """A rollout to version 13 that runs, as AWS shows it, and its marks."""
    nodes, _ = built(live())
    marks = marked(nodes)
    assert marks is not None
    marks = replace(marks, **changes)
    return live(marks.middle, tags=encode(marks), base=BASE), marks


# -- a start


def pulled(nodes: list[Node]) -> str:
    """What its role is allowed, in which the repositories are."""
    (role,) = named(nodes, "AWS::IAM::Role")
    return str(role.props["Policies"])


def test_the_role_pulls_the_images_of_what_serves_and_of_what_is_on_trial() -> None:
    """The fleet of the version before starts anew beside a second variant, and may grow."""
    images = [f"763104351884.dkr.ecr.eu-west-1.amazonaws.com/{name}:1" for name in ("old", "new")]
    before, _ = begun()
    for fact in (live(images=images), before | {"images": images}):
        allowed = pulled(built(fact)[0])
        assert "763104351884:repository/old" in allowed
        assert "763104351884:repository/new" in allowed


def test_a_new_version_is_put_beside_the_live_one() -> None:
    nodes, made = built(live())
    both, target = configs(nodes)["middle"], configs(nodes)["target"]
    stable, candidate = both.props["ProductionVariants"]
    assert stable == {**VARIANT, "InitialVariantWeight": 100}
    assert (candidate["VariantName"], candidate["InitialVariantWeight"]) == ("candidate", 0)
    assert candidate["InitialInstanceCount"] == 1
    assert candidate["ModelName"] == target.props["ProductionVariants"][0]["ModelName"]
    assert goes_to(nodes) == both.address.name
    (endpoint,) = named(nodes, ENDPOINT)
    assert {target.address, both.address} <= endpoint.needs
    assert endpoint.props["RetainAllVariantProperties"] is True
    assert codes(made) == ["CANARY001", "CANARY002"]


def test_its_marks_have_all_that_it_is_driven_by() -> None:
    nodes, _ = built(live())
    marks = marked(nodes)
    assert marks is not None
    assert (marks.base, marks.version, marks.stable_count) == (BASE, f"{GROUP}/13", 4)
    assert marks.target == configs(nodes)["target"].address.name
    assert [step.count for step in marks.steps] == [1, 2, 4]
    assert (marks.doing, marks.since, marks.fault) == (Doing.START, 0, "")
    rollout = asked(good("Rollout", CANARY), "endpoint", marks, {})  # type: ignore[arg-type]
    assert rollout is not None
    assert (rollout.middle, rollout.steps) == (marks.middle, marks.steps)
    assert (rollout.deadline, rollout.on_inconclusive) == (7200, "hold")
    assert asked(good("Rollout", specs.DETECTOR), "endpoint", marks, {}) is None  # type: ignore[arg-type]


def test_the_same_again_gives_the_same_names_and_marks() -> None:
    assert goes_to(built(live())[0]) == goes_to(built(live())[0])
    counts = [{"VariantName": "primary", "DesiredInstanceCount": 9, "CurrentWeight": 1.0}]
    scaled, made = built(live(variants=counts))
    assert marked(scaled) == marked(built(live())[0])  # what an autoscaler does changes no plan
    assert codes(made) == ["CANARY001", "CANARY002"]
    assert any("beside them up to 9 more" in each.message for each in made.found)


@pytest.mark.parametrize("status", ["", "Failed", "Deleting"])
def test_what_is_not_there_is_made_as_a_whole(status: str) -> None:
    nodes, made = built(live(status=status))
    assert goes_to(nodes) == configs(nodes)["target"].address.name
    assert (marked(nodes), codes(made)) == (None, [])


def test_offline_it_is_made_as_a_whole() -> None:
    nodes = world({DETECTOR: CANARY}).build(*DETECTOR)
    assert "middle" not in configs(nodes)


def test_what_is_live_already_stays() -> None:
    target = configs(built(live())[0])["target"].address.name
    for fact in (live(target), live(pending=target)):
        nodes, made = built(fact)
        assert (goes_to(nodes), marked(nodes), codes(made)) == (target, None, [])


def test_nobody_guesses_how_an_endpoint_stands() -> None:
    nodes, made = built(None)
    assert named(nodes, ENDPOINT) == []
    assert "Rollout/fraud-detector" in made.deferred


@pytest.mark.parametrize(
    "fact",
    [live(pending="elsewhere"), live(status="Creating")],
    ids=["on its way elsewhere", "being made"],
)
def test_what_aws_works_on_is_waited_for(fact: Json) -> None:
    _, made = built(fact)
    assert codes(made) == ["CANARY007"]
    assert made.deferred


BASELESS = {
    "somebody else made it": live(ours=False),
    "it is gone": live(content=None),
    "it has two variants": live(content={"ProductionVariants": [VARIANT, VARIANT]}),
    "its variant is called as the new one is": live(
        content={"ProductionVariants": [{**VARIANT, "VariantName": "candidate"}]}
    ),
    "it is serverless": live(
        content={"ProductionVariants": [{"VariantName": "primary", "ServerlessConfig": {}}]}
    ),
    "it is asynchronous": live(
        content={"ProductionVariants": [VARIANT], "AsyncInferenceConfig": {"OutputConfig": {}}}
    ),
    "it serves a mix": live(status="UpdateRollbackFailed"),
}


@pytest.mark.parametrize("fact", BASELESS.values(), ids=BASELESS)
def test_there_is_no_rollout_without_a_way_back(fact: Json) -> None:
    nodes, made = built(fact)
    assert named(nodes, ENDPOINT) == []
    assert codes(made) == ["CANARY005"]
    assert any(each.is_error for each in made.found)


# -- while it runs


@pytest.mark.parametrize("word", ["", "pause", "hold", "promote"])
def test_a_rollout_goes_on(word: str) -> None:
    fact, marks = begun(step=2, doing=Doing.BAKE, word=word)
    nodes, made = built(fact)
    assert (goes_to(nodes), codes(made)) == (marks.middle, ["CANARY003"])
    assert marked(nodes) == marks
    assert configs(nodes)["target"].address.name == marks.target


def test_it_goes_on_with_its_own_steps() -> None:
    fact, marks = begun(step=1, doing=Doing.BAKE)
    nodes, made = built(fact, spec=CANARY.replace("5%, 50%", "75%"))
    assert goes_to(nodes) == marks.middle
    assert any("keeps the steps" in each.message for each in made.found)


def test_what_another_version_of_moorline_made_is_left_as_it_is() -> None:
    fact, _ = begun(step=1, doing=Doing.BAKE, middle="acme-test-fraud-detector-middle-11111111")
    nodes, _ = built(fact)
    assert goes_to(nodes) == "acme-test-fraud-detector-middle-11111111"
    assert "middle" not in configs(nodes)


def test_the_newest_version_waits_until_it_has_ended() -> None:
    fact, marks = begun(step=1, doing=Doing.BAKE)
    nodes, made = built(fact, number=14)
    assert goes_to(nodes) == marks.middle
    assert codes(made) == ["CANARY003", "CANARY003"]
    fact["tags"] = encode(replace(marks, ended="completed"))
    nodes, made = built(fact | {"config": marks.target, "base": marks.target}, number=14)
    after = marked(nodes)
    assert after is not None
    assert (after.version, after.base) == (f"{GROUP}/14", marks.target)


def test_a_version_that_is_withdrawn_meanwhile_changes_nothing_by_itself() -> None:
    fact, marks = begun(step=1, doing=Doing.BAKE)
    made = world({DETECTOR: CANARY})
    package, endpoint = made.lookups(*DETECTOR)
    made.facts = {package: {"arn": None, "passed": []}, endpoint: fact}
    assert goes_to(made.build(*DETECTOR)) == marks.middle


def test_a_certain_version_that_is_asked_for_meanwhile_takes_its_place() -> None:
    fact, marks = begun(step=2, doing=Doing.BAKE)
    nodes, made = built(fact, number=14, spec=CANARY.replace("latest-approved", "14"))
    after = marked(nodes)
    assert after is not None
    assert (after.base, after.over, after.step) == (BASE, marks.middle, 0)
    assert after.target not in {marks.target, BASE}
    assert codes(made) == ["CANARY001", "CANARY002", "CANARY004"]


def test_what_was_there_before_may_be_asked_for_again() -> None:
    target = configs(built(live())[0])["target"].address.name
    fact, marks = begun(base=target, target="acme-test-fraud-detector-22222222", step=2)
    nodes, made = built(fact | {"base": target})
    after = marked(nodes)
    assert after is not None
    assert (goes_to(nodes), after.word, after.doing) == (target, "abort", Doing.SETTLE)
    assert (after.middle, codes(made)) == (marks.middle, ["CANARY004"])


@pytest.mark.parametrize("how", ["another configuration", "unreadable marks"])
def test_a_doubt_stops_it(how: str) -> None:
    fact, _ = begun(step=1)
    if how == "another configuration":
        fact["config"] = "by-hand"
    else:
        fact["tags"] = {**fact["tags"], f"{PREFIX}-at": "half"}
    nodes, made = built(fact)
    assert (nodes and named(nodes, ENDPOINT), codes(made)) == ([], ["CANARY006"])


MARKS = begun()[1]


@pytest.mark.parametrize(
    ("marks", "config", "pending", "spent", "expected"),
    [
        (None, BASE, "", "", False),
        (MARKS, BASE, "", "", True),
        (MARKS, MARKS.middle, "", "", True),
        (MARKS, MARKS.target, "", "", False),
        (MARKS, BASE, "", MARKS.middle, False),
        (MARKS, BASE, MARKS.middle, MARKS.middle, True),
        (replace(MARKS, word="abort"), BASE, "", "", False),
        (replace(MARKS, word="abort"), MARKS.middle, "", "", True),
        (replace(MARKS, word="failed"), BASE, "", "", False),
        (replace(MARKS, doing=Doing.SETTLE), BASE, "", "", False),
        (replace(MARKS, ended="aborted"), MARKS.middle, "", "", False),
    ],
    ids=[
        "no marks", "begun and not sent", "at a step", "at its end, not noted",
        "aws went back", "on its way", "aborted", "aborted, not back yet", "failed, and back",
        "back", "ended",
    ],
)  # fmt: skip
def test_whether_a_rollout_runs_is_told_by_what_is_live(
    marks: Marks | None, config: str, pending: str, spent: str, expected: bool
) -> None:
    assert (runs(marks, config, pending, spent) is not None) is expected


# -- what a spec may say


def canary(text: str) -> Canary:
    spec: Any = good("Rollout", specs.FALLBACK + f"strategy: {{canary: {text}}}")
    return spec.strategy.canary  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "instances", "counts"),
    [
        ("{steps: [5%, 25%, 50%, 75%, 100%]}", 4, [1, 1, 2, 3, 4]),
        ("{steps: [5%, 25%, 50%, 75%, 100%]}", 1, [1, 1, 1, 1, 1]),
        ("{steps: [0.5%, 10%, 100%]}", 30, [1, 3, 30]),
        ("{steps: [{weight: 5%, instances: 2}, 100%]}", 3, [2, 3]),
    ],
)
def test_the_new_version_has_its_share_of_the_instances(
    text: str, instances: int, counts: list[int]
) -> None:
    assert [step.count for step in steps_of(canary(text), instances)] == counts


def test_a_step_may_have_a_bake_of_its_own() -> None:
    found = steps_of(canary("{steps: [{weight: 5%, bake: 1h}, 100%], bake: 5m}"), 1)
    assert [step.bake for step in found] == [3600, 300]
    assert [step.bake for step in steps_of(canary("{steps: [5%, 100%]}"), 1)] == [600, 600]


REFUSED = {
    "{steps: [5%, 50%]}": "strategy.canary.steps.1",
    "{steps: [50%, 5%, 100%]}": "strategy.canary.steps.1",
    "{steps: [5%, 5%, 100%]}": "strategy.canary.steps.1",
    "{steps: [0%, 100%]}": "strategy.canary.steps.0",
    "{steps: [0.01%, 100%]}": "strategy.canary.steps.0",
    "{steps: [5%, 5.05%, 100%]}": "strategy.canary.steps.1",
    "{steps: [5%, 100%, 120%]}": "strategy.canary.steps.2",
    "{steps: [{weight: 5%, instances: 3}, {weight: 50%, instances: 2}, 100%]}":
        "strategy.canary.steps.1.instances",
    "{steps: [5%, {weight: 100%, instances: 1}]}": "strategy.canary.steps.1.instances",
    "{steps: [5%, 100%], bake: 30s}": "strategy.canary.bake",
    "{steps: [{weight: 5%, bake: 10s}, 100%]}": "strategy.canary.steps.0.bake",
    "{steps: [5%, 100%], deadline: 5m}": "strategy.canary.deadline",
    "{steps: [{weight: 5%, bake: 5m}, {weight: 100%, bake: 5m}], bake: 10m}":
        "strategy.canary.bake",
}  # fmt: skip


@pytest.mark.parametrize(("text", "place"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_carried_out_is_refused(text: str, place: str) -> None:
    spec = specs.FALLBACK.replace("instances: 1", "instances: 2")
    watched = spec + "analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\n"
    found = problems("Rollout", f"{watched}strategy: {{canary: {text}}}")
    assert place in {".".join(each.path) for each in found}


def test_steps_that_nothing_watches_are_a_warning() -> None:
    found = problems("Rollout", specs.FALLBACK + "strategy: {canary: {steps: [5%, 100%]}}")
    assert [(str(each.severity), each.path) for each in found] == [
        ("warning", ("strategy", "canary"))
    ]


def test_the_live_variant_is_not_called_as_the_new_one() -> None:
    spec = specs.FALLBACK.replace("variant: small", "variant: candidate")
    found = problems("Rollout", spec + "strategy: {canary: {steps: [5%, 100%]}}")
    assert ("serve", "realtime", "variant") in [each.path for each in found]


def test_times_are_told_as_specs_have_them() -> None:
    assert [long(each) for each in (0, 90, 600, 5400, 90000)] == [
        "0s", "1m30s", "10m", "1h30m", "1d1h"
    ]  # fmt: skip
    said = course([Step(0.05, 1, 600), Step(1.0, 4, 60)])
    assert said == "5 % first (1 instance, 10m), 100 % after 10m (4 instances, 1m)"


def test_a_standing_says_where_aws_moves_it() -> None:
    assert Standing(live(pending="there"), None).pending == "there"


@pytest.mark.scenario("R120")
@pytest.mark.parametrize("back", [True, False])
@pytest.mark.parametrize(("weight", "count"), [(50.0, 1), (50.0, 4), (0.0, 1)])
def test_one_that_was_scaled_in_does_not_get_all_traffic_by_an_apply(
    weight: float, count: int, back: bool
) -> None:
    """Neither for another version nor for the one before: an abort restores instances first."""
    target = configs(built(live())[0])["target"].address.name
    other = {"base": target} if back else {}
    fact, _ = begun(step=2, target="acme-test-fraud-detector-22222222", **other)
    fact |= other
    fact["variants"] = [
        {"VariantName": "primary", "DesiredInstanceCount": count, "CurrentWeight": 100 - weight},
        {"VariantName": "candidate", "DesiredInstanceCount": 2, "CurrentWeight": weight},
    ]
    nodes, made = built(fact)
    refused = bool(weight) and count < 4
    assert bool(named(nodes, ENDPOINT)) is not refused
    errors = [each.message for each in made.found if each.code == "CANARY004"]
    assert any("1 of the 4 instances" in each for each in errors) is refused
