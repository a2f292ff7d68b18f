"""Bad answers through the whole engine: unknown in a plan, nothing further done in an apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from crash.live import state
from crash.scene import CHANGED, Scene, small
from engine.platform import client
from sweeps import LONG, sample

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.resources.api import load
from reconciler.sandbox.inprocess import Sandbox, sandbox

UNKNOWN = "AWS002"
NAMED = "AWS::SageMaker::FeatureGroup"
Lie = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""From ``service.method``, parameters and the true answer to what is handed over."""


@dataclass(slots=True)
class Lying:
    """Clients some of whose answers are not true; `struck` names those."""

    lie: Lie
    struck: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return _Client(client(service), service, self)


@dataclass(frozen=True, slots=True)
class _Client:
    inner: Any
    service: str
    lying: Lying

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)
        if name in {"can_paginate", "get_paginator", "meta"}:
            return method

        def call(**params: Any) -> Any:
            true = method(**params)
            told = self.lying.lie(f"{self.service}.{name}", params, true)
            if told is not true:
                self.lying.struck.append(f"{self.service}.{name}")
            return told

        return call


def emptied(*calls: str) -> Lie:
    """Nothing at all, for these calls."""
    return lambda call, _params, true: {"ResponseMetadata": {}} if call in calls else true


def hollow(*calls: str) -> Lie:
    """The true form with nothing in it: every list is empty."""

    def lie(call: str, _params: Mapping[str, Any], true: Mapping[str, Any]) -> Mapping[str, Any]:
        if call not in calls:
            return true
        return {key: [] if isinstance(value, list) else value for key, value in true.items()}

    return lie


@pytest.fixture(scope="module")
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        yield found


@pytest.fixture(scope="module")
def scene(aws: Sandbox) -> Scene:
    """A platform with every type, as it is declared."""
    found = small(aws)
    found.finish()
    return found


def lying(scene: Scene, lie: Lie) -> Lying:
    scene.restart()
    scene.session.clients = told = Lying(lie)
    return told


def harmless(plan: Plan) -> bool:
    """Whether a plan makes nothing that exists and loses nothing."""
    return not any(
        step.action in {Action.CREATE, Action.REPLACE, Action.DELETE} for step in plan.steps
    )


READ = sorted(
    {
        "budgets.describe_budgets", "budgets.describe_notifications_for_budget",
        "cloudwatch.describe_alarms", "iam.get_account_authorization_details", "iam.list_roles",
        "kms.describe_key", "kms.get_key_policy", "kms.get_key_rotation_status",
        "kms.list_aliases", "resourcegroupstaggingapi.get_resources",
        "s3.get_bucket_encryption", "s3.get_bucket_policy", "s3.get_public_access_block",
        "s3.list_buckets", "sagemaker.describe_endpoint", "sagemaker.describe_feature_group",
        "sagemaker.describe_pipeline", "sagemaker.list_endpoint_configs",
        "sagemaker.list_endpoints", "sagemaker.list_feature_groups", "sagemaker.list_models",
        "sagemaker.list_model_package_groups", "sagemaker.list_pipelines",
        "sns.get_topic_attributes", "sns.list_subscriptions_by_topic",
    }
)  # fmt: skip
"""Every read of a plan in which nothing changes, where nothing tells most parts of a bucket."""
DOCUMENT = "cloudcontrol.get_resource"
LISTS = [name for name in READ if ".list_" in name or name.endswith(("budgets", "alarms"))]


@pytest.mark.parametrize("call", sample(READ, 5))
def test_an_emptied_answer_is_unknown_in_a_plan(call: str, scene: Scene) -> None:
    told = lying(scene, emptied(call, DOCUMENT))
    plan = scene.plan()
    assert call in told.struck
    assert harmless(plan)
    assert UNKNOWN in {found.code for found in plan.errors}


@pytest.mark.parametrize("call", sample([*LISTS, "iam.get_account_authorization_details"], 4))
def test_a_hollow_listing_makes_nothing_that_is_there(call: str, scene: Scene) -> None:
    """The tag index knows better where it can; a receipt, where it cannot."""
    left = frozenset(scene.graph().nodes)
    told = lying(scene, hollow(call))
    plan = scene.plan(left=left)
    assert told.struck
    assert harmless(plan)


def test_a_hollow_tag_index_lets_no_deletion_vanish(scene: Scene) -> None:
    """What the last apply left is asked for by name; its own tags claim it, or it is unknown."""
    left = frozenset(scene.graph().nodes)
    kept, scene.text = scene.text, scene.text.partition("\n---\n")[0]
    try:
        scene.restart()
        gone = {s.address for s in scene.plan().steps if s.action is Action.DELETE}
        wanted = {address for address in gone if load()[address.type].tags.indexed}
        lying(scene, hollow("resourcegroupstaggingapi.get_resources"))
        plan = scene.plan(left=left)
        unknown = {found.address for found in plan.errors if found.code == UNKNOWN}
        deleted = {s.address for s in plan.steps if s.action is Action.DELETE}
        assert len(wanted) > 5
        told = {found.address for found in plan.diagnostics if found.code == "AWS004"}
        assert told
        assert told <= deleted <= gone
        assert wanted <= unknown | deleted
        told = lying(scene, hollow("sagemaker.list_tags", "kms.list_resource_tags"))
        plan = scene.plan(left=left)
        unknown = {found.address for found in plan.errors if found.code == UNKNOWN}
        deleted = {s.address for s in plan.steps if s.action is Action.DELETE}
        ours = {each for each in wanted if each.type.startswith("AWS::SageMaker")}
        assert told.struck
        assert ours <= unknown | deleted
    finally:
        scene.text = kept


def test_another_ones_answer_is_unknown(scene: Scene) -> None:
    def lie(call: str, params: Mapping[str, Any], true: Mapping[str, Any]) -> Mapping[str, Any]:
        if call != "sagemaker.describe_feature_group":
            return true
        name = f"{params['FeatureGroupName']}-2"
        return {**true, "FeatureGroupName": name, "FeatureDefinitions": []}

    lying(scene, lie)
    plan = scene.plan()
    assert harmless(plan)
    assert {found.address.type for found in plan.errors if found.address} == {NAMED}


PHASES = {
    "the look before a step": 1,
    "the first wait": 2,
    "a later wait": 3,
}
BAD = {
    "emptied": lambda _true: {},
    "another's": lambda true: dict.fromkeys(true, "another"),
    "without a state": lambda true: {k: v for k, v in true.items() if not k.endswith("Status")},
}


TRIED = [
    (phase, how)
    for first, phase in enumerate(PHASES)
    for second, how in enumerate(BAD)
    if LONG or first == second == 1
]
"""Each phase and each form once; all of them together in `make test-long`."""


@pytest.mark.parametrize(("phase", "how"), TRIED, ids="{}".format)
def test_a_bad_answer_in_an_apply_stops_its_step_and_the_next_run_ends(
    phase: str, how: str, aws: Sandbox
) -> None:
    aws.reset()
    scene = small(aws)
    scene.finish()
    scene.text = CHANGED
    plan = scene.settled_plan()
    seen: dict[str, int] = {}

    def lie(call: str, params: Mapping[str, Any], true: Mapping[str, Any]) -> Mapping[str, Any]:
        if not call.startswith("sagemaker.describe_"):
            return true
        key = f"{call}{sorted(map(str, params.values()))}"
        seen[key] = seen.get(key, 0) + 1
        late = seen[key] >= PHASES[phase]
        return BAD[how](true) if late else true

    scene.session.clients = told = Lying(lie)
    outcome = scene.carry_out(plan)
    assert told.struck
    ended = [*outcome.done, *outcome.failed, *outcome.skipped]
    assert sorted(ended) == sorted(step.id for step in plan.steps)
    assert outcome.failed
    groups = [each for each in state(scene) if each.startswith(NAMED)]
    assert len(groups) == 1
    scene.finish(runs=2)


def test_an_incomplete_answer_to_a_write_is_looked_at_and_not_sent_again(aws: Sandbox) -> None:
    aws.reset()
    scene = small(aws)
    plan = scene.settled_plan()
    sent: list[tuple[str, str]] = []

    def lie(call: str, params: Mapping[str, Any], true: Mapping[str, Any]) -> Mapping[str, Any]:
        method = call.partition(".")[2]
        if method.startswith(("create_", "put_metric")):
            sent.append((call, str(sorted(params.items(), key=str))))
            return {}
        return true

    scene.session.clients = Lying(lie)
    outcome = scene.carry_out(plan)
    assert sorted(sent) == sorted(set(sent))
    assert not outcome.failed, outcome.failed
    scene.finish()


@pytest.mark.parametrize("call", READ if LONG else READ[::30])
def test_a_destroy_with_an_emptied_answer_deletes_nothing_unseen(call: str, scene: Scene) -> None:
    scene.restart()
    everything = {step.id for step in scene.plan(destroy=True).steps}
    lying(scene, emptied(call))
    plan = scene.plan(destroy=True)
    assert {step.id for step in plan.steps} <= everything
    for step in plan.steps:
        assert isinstance(step.address, Address)
