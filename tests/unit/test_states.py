"""Each type's states and properties: what may be lost in them, and what users rely on."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.single import state
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Effect, FieldChange, Observed, Reason, Status
from reconciler.model.plan import Step
from reconciler.model.value import Ref
from reconciler.plan import calls, gate, protect
from reconciler.plan.diff import compare
from reconciler.resources.api import load
from reconciler.resources.kms import alias

from .fakes import PLACE

TYPES = load()
GROUP, PACKAGES = "AWS::SageMaker::FeatureGroup", "AWS::SageMaker::ModelPackageGroup"
ENDPOINT, PIPELINE, KEY = "AWS::SageMaker::Endpoint", "AWS::SageMaker::Pipeline", "AWS::KMS::Key"
COMPONENT = "AWS::SageMaker::InferenceComponent"
CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
STATES: dict[tuple[str, str], tuple[Action, str]] = {
    (CLUSTER, "inaccessible-encryption-credentials"): (Action.NONE, ""),
    (CLUSTER, "inaccessible-encryption-credentials-recoverable"): (Action.NONE, ""),
    (CLUSTER, "migration-failed"): (Action.NONE, ""),
    (INSTANCE, "failed"): (Action.REPLACE, ""),  # of a creation
    (INSTANCE, "inaccessible-encryption-credentials"): (Action.NONE, ""),
    (INSTANCE, "inaccessible-encryption-credentials-recoverable"): (Action.NONE, ""),
    (INSTANCE, "incompatible-network"): (Action.NONE, ""),
    (INSTANCE, "incompatible-option-group"): (Action.NONE, ""),
    (INSTANCE, "incompatible-parameters"): (Action.NONE, ""),
    (INSTANCE, "incompatible-restore"): (Action.NONE, ""),
    (GROUP, "Created"): (Action.NONE, ""),
    (GROUP, "Creating"): (Action.NONE, ""),
    (GROUP, "CreateFailed"): (Action.REPLACE, ""),
    (GROUP, "Deleting"): (Action.NONE, ""),
    (GROUP, "DeleteFailed"): (Action.REPLACE, "records"),
    (PACKAGES, "Completed"): (Action.NONE, ""),
    (PACKAGES, "Failed"): (Action.REPLACE, ""),
    (PACKAGES, "DeleteFailed"): (Action.REPLACE, "history"),
    (PACKAGES, "Deleting"): (Action.NONE, ""),
    (ENDPOINT, "InService"): (Action.NONE, ""),
    (ENDPOINT, "Failed"): (Action.REPLACE, "traffic"),  # nothing says that it never served
    (ENDPOINT, "Deleting"): (Action.NONE, ""),
    (ENDPOINT, "RollingBack"): (Action.NONE, ""),
    (ENDPOINT, "SystemUpdating"): (Action.NONE, ""),
    (ENDPOINT, "UpdateRollbackFailed"): (Action.NONE, ""),
    (COMPONENT, "InService"): (Action.NONE, ""),
    (COMPONENT, "Failed"): (Action.REPLACE, "traffic"),  # nothing says that it never served
    (COMPONENT, "Updating"): (Action.NONE, ""),
    (PIPELINE, "Active"): (Action.NONE, ""),
    (PIPELINE, "Deleting"): (Action.NONE, ""),
    (KEY, "Enabled"): (Action.NONE, ""),
    (KEY, "Disabled"): (Action.NONE, ""),
    (KEY, "PendingDeletion"): (Action.UPDATE, ""),
    (KEY, "PendingReplicaDeletion"): (Action.UPDATE, ""),
    (KEY, "PendingImport"): (Action.NONE, ""),
    (KEY, "Unavailable"): (Action.NONE, ""),
    (KEY, "a new word of AWS's"): (Action.NONE, ""),
}


def seen(type_: str, word: str) -> Observed:
    lifecycle = TYPES[type_].lifecycle
    assert lifecycle
    raw: Any = word
    for name in reversed(lifecycle.field.split(".")):
        raw = [raw] if name == "*" else {name: raw}
    status, reason, found = state(lifecycle, raw)
    return Observed({}, status=status, reason=reason, tags={}, state=found)


@pytest.mark.parametrize(("at", "expected"), STATES.items(), ids=["/".join(at) for at in STATES])
def test_what_is_done_in_a_state_and_what_that_loses(at: Any, expected: Any) -> None:
    type_, word = at
    change = compare(Address(type_, "x"), {}, seen(type_, word), TYPES[type_])
    removed = change.action is Action.REPLACE
    lost = protect.removal(change, TYPES[type_]) if removed else ()
    assert (change.action, "".join(loss.destroys for loss in lost)) == expected


@pytest.mark.parametrize("type_", sorted(t for t, it in TYPES.items() if it.lifecycle))
def test_every_failed_state_is_spoken_of(type_: str) -> None:
    lifecycle = TYPES[type_].lifecycle
    assert lifecycle
    tried = {word for kind, word in STATES if kind == type_}
    assert lifecycle.failed | lifecycle.scheduled | lifecycle.stuck <= tried
    assert lifecycle.empty <= lifecycle.failed
    assert bool(lifecycle.scheduled) == bool(lifecycle.restored)


def test_a_key_is_enabled_again_unless_it_is_to_be_off() -> None:
    for wanted, sent in (
        ({}, ["cancel_key_deletion", "enable_key"]),
        ({"Enabled": False}, ["cancel_key_deletion"]),
    ):
        change = compare(Address(KEY, "x"), wanted, seen(KEY, "PendingDeletion"), TYPES[KEY])
        found = calls.update(change, TYPES[KEY], PLACE)
        assert [call.method for call in found if not call.method.startswith("disable")] == sent


# -- what users rely on

RELIED: dict[str, tuple[str, str, bool]] = {
    "a bucket's life cycle": ("AWS::S3::Bucket", "LifecycleConfiguration", False),
    "a bucket's versions": ("AWS::S3::Bucket", "VersioningConfiguration", False),
    "a bucket's policy": ("AWS::S3::Bucket", "BucketPolicy", True),
    "a bucket's key": ("AWS::S3::Bucket", "BucketEncryption", True),
    "a bucket's public block": ("AWS::S3::Bucket", "PublicAccessBlockConfiguration", True),
    "a role's policies": ("AWS::IAM::Role", "Policies", True),
    "a role's trust": ("AWS::IAM::Role", "AssumeRolePolicyDocument", True),
    "a role's description": ("AWS::IAM::Role", "Description", False),
    "a key's policy": (KEY, "KeyPolicy", True),
    "a key's deletion": (KEY, "KeyState", True),
    "a key's rotation": (KEY, "EnableKeyRotation", False),
    "a topic's policy": ("AWS::SNS::Topic", "TopicPolicy", True),
    "a topic's subscribers": ("AWS::SNS::Topic", "Subscription", False),
    "a group's features": (GROUP, "FeatureDefinitions", True),
    "a group's time to live": (GROUP, "OnlineStoreConfig", False),
    "an alarm's threshold": ("AWS::CloudWatch::Alarm", "Threshold", True),
    "who an alarm tells": ("AWS::CloudWatch::Alarm", "AlarmActions", False),
    "an endpoint's config": (ENDPOINT, "EndpointConfigName", False),
    "tags": ("AWS::S3::Bucket", "Tags", False),
}


@pytest.mark.parametrize(("type_", "prop", "held"), RELIED.values(), ids=RELIED)
def test_users_are_held_back_by_a_change_of(type_: str, prop: str, held: bool) -> None:
    used, user = Address(type_, "used"), Address(ENDPOINT, "user")
    field = FieldChange((prop,), 1, 2, Effect.IN_PLACE)
    other = Step("used", used, Action.UPDATE, Reason.DIFFERS, fields=(field,))
    mine = Step("user", user, Action.CREATE, Reason.ABSENT, needs=("used",))
    assert gate.loose(mine, other, TYPES) is not held
    asks = Step("user", user, Action.CREATE, Reason.ABSENT, desired={"A": Ref(used, "Arn")})
    assert not gate.loose(asks, other, TYPES)


@pytest.mark.parametrize("action", [Action.CREATE, Action.REPLACE, Action.DELETE])
def test_what_is_to_be_made_or_goes_holds_its_users_back(action: Action) -> None:
    other = Step("used", Address("AWS::S3::Bucket", "used"), action, Reason.ABSENT)
    mine = Step("user", Address(ENDPOINT, "user"), Action.CREATE, Reason.ABSENT)
    assert not gate.loose(mine, other, TYPES)


# -- what others own


def test_an_alias_that_is_another_keys_now_is_not_taken_back() -> None:
    name = "alias/acme-dev-data"
    for target, held in (("other", True), ("mine", False), (None, False)):
        context = {"target": target} if target else {}
        live = Observed({}, {"KeyId": "mine"}, tags={}, context=context)
        change = compare(Address(KEY, "acme-dev-data"), {"AliasName": name}, live, TYPES[KEY])
        assert bool(alias.held(change)) is held
        asking = alias.context(change)
        look = next(asking)
        with pytest.raises(StopIteration) as end:
            asking.send([{"AliasName": name, "TargetKeyId": target}] if target else [])
        assert (look.method, end.value.value) == ("list_aliases", context)


def test_a_put_of_all_tags_carries_those_of_aws_itself() -> None:
    bucket = TYPES["AWS::S3::Bucket"]
    tags = {"team": "ml", "aws:cloudformation:stack-name": "data"}
    change = Change(
        Address(bucket.type, "x"),
        Action.UPDATE,
        Reason.DIFFERS,
        {"Tags": [{"Key": "owner", "Value": "me"}]},
        Observed({}, tags=tags, status=Status.READY),
        (FieldChange(("Tags", "owner"), None, "me", Effect.IN_PLACE),),
    )
    (put,) = calls.update(change, bucket, PLACE)
    assert put.params["Tagging"]["TagSet"] == [
        {"Key": "owner", "Value": "me"},
        {"Key": "aws:cloudformation:stack-name", "Value": "data"},
    ]
