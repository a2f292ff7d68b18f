"""What changing a property does."""

import pytest

from reconciler.facts import change_effect, effect
from reconciler.model.change import Effect

UPDATE, REPLACE, APPEND = Effect.IN_PLACE, Effect.REPLACE, Effect.APPEND_ONLY
NONE, UNSUPPORTED = Effect.NONE, Effect.UNSUPPORTED
GROUP = "AWS::SageMaker::FeatureGroup"


def path(text: str) -> tuple[str, ...]:
    return tuple(text.split("/"))


@pytest.mark.parametrize(
    ("type_name", "at", "expected", "source"),
    [
        pytest.param(*case, id=title)
        for title, case in {
            "a name cannot be changed": (GROUP, "FeatureGroupName", REPLACE, "registry"),
            "features can be appended": (GROUP, "FeatureDefinitions", APPEND, "correction"),
            "a feature that exists cannot be retyped": (
                GROUP,
                "FeatureDefinitions/*/FeatureType",
                REPLACE,
                "correction",
            ),
            "an index stands for an item": (
                GROUP,
                "FeatureDefinitions/0/FeatureType",
                REPLACE,
                "correction",
            ),
            "an item may be left out of the path": (
                GROUP,
                "FeatureDefinitions/FeatureType",
                REPLACE,
                "correction",
            ),
            "tags never replace although the registry says so": (
                GROUP,
                "Tags",
                UPDATE,
                "correction",
            ),
            "nor does the value of one tag": (GROUP, "Tags/0/Value", UPDATE, "correction"),
            "nor tags of a type without update handler": (
                "AWS::SageMaker::DataQualityJobDefinition",
                "Tags",
                UPDATE,
                "correction",
            ),
            "the rest of such a type replaces": (
                "AWS::SageMaker::DataQualityJobDefinition",
                "RoleArn",
                REPLACE,
                "registry",
            ),
            "a leaf below a create-only block replaces": (
                GROUP,
                "OfflineStoreConfig/S3StorageConfig/S3Uri",
                REPLACE,
                "registry",
            ),
            "a block with members of both kinds depends on them": (
                GROUP,
                "OnlineStoreConfig",
                UPDATE,
                "registry",
            ),
            "a block with only fixed members replaces": (
                "AWS::SageMaker::UserProfile",
                "UserSettings/RStudioServerProAppSettings",
                REPLACE,
                "registry",
            ),
            "what AWS sets has no effect": (GROUP, "CreationTime", NONE, "registry"),
            "an API-only member of an immutable type replaces": (
                "AWS::SageMaker::EndpointConfig",
                "CrossRegionTrafficConfig",
                REPLACE,
                "correction",
            ),
            "an API-only member can be known and changeable": (
                "AWS::SageMaker::ModelPackage",
                "ModelLifeCycle/Stage",
                UPDATE,
                "registry",
            ),
            "the key spec of a key is fixed although the registry is silent": (
                "AWS::KMS::Key",
                "KeySpec",
                REPLACE,
                "correction",
            ),
            "a property that is conditionally create-only replaces": (
                "AWS::EC2::VPC",
                "InstanceTenancy",
                REPLACE,
                "registry",
            ),
            "unless the API is known to take it": (
                "AWS::EMRServerless::Application",
                "ReleaseLabel",
                UPDATE,
                "correction",
            ),
            "a policy document is open": (
                "AWS::IAM::Role",
                "AssumeRolePolicyDocument/Statement/0/Effect",
                UPDATE,
                "registry",
            ),
            "a map takes any key": (
                "AWS::Lambda::Function",
                "Environment/Variables/STAGE",
                UPDATE,
                "registry",
            ),
            "an unknown property is unsupported": (GROUP, "RolArn", UNSUPPORTED, "schema"),
            "an unknown type is unsupported": ("AWS::No::Such", "Name", UNSUPPORTED, "schema"),
        }.items()
    ],
)
def test_changing_a_property(type_name: str, at: str, expected: Effect, source: str) -> None:
    verdict = effect(type_name, path(at))
    assert (expected, source) == (verdict.effect, verdict.source)
    assert verdict.why


def test_an_adapter_knows_better_and_covers_what_is_below() -> None:
    override = {"OnlineStoreConfig": REPLACE, "OnlineStoreConfig/TtlDuration": UPDATE}
    found = [
        effect(GROUP, path(at), override).effect
        for at in ("OnlineStoreConfig/StorageType", "OnlineStoreConfig/TtlDuration/Unit", "Tags")
    ]
    assert found == [REPLACE, UPDATE, UPDATE]


def test_an_adapter_cannot_invent_a_property() -> None:
    assert effect(GROUP, ("Nonsense",), {"Nonsense": UPDATE}).effect is UNSUPPORTED


@pytest.mark.parametrize(
    ("type_name", "at", "meant"),
    [
        (GROUP, "RolArn", "RoleArn"),
        (GROUP, "FeatureDefinitions/0/FeatureTyp", "FeatureType"),
        ("AWS::S3::Bucket", "LifecycleConfiguration/Rule", "Rules"),
        ("AWS::SageMaker::FeatureGrup", "RoleArn", GROUP),
    ],
)
def test_a_misspelt_name_is_answered_with_the_right_one(
    type_name: str, at: str, meant: str
) -> None:
    assert f"did you mean '{meant}'?" in effect(type_name, path(at)).why


@pytest.mark.parametrize(
    ("type_name", "at", "before", "after", "expected"),
    [
        pytest.param(*case, id=title)
        for title, case in {
            "naming the default bus is no change": (
                "AWS::Events::Rule", "EventBusName", None, "default", NONE),
            "naming another bus replaces": (
                "AWS::Events::Rule", "EventBusName", None, "orders", REPLACE),
            "naming the default encryption is no change": (
                "AWS::ECR::Repository", "EncryptionConfiguration", None,
                {"EncryptionType": "AES256"}, NONE),
            "encrypting with a key replaces": (
                "AWS::ECR::Repository", "EncryptionConfiguration", None,
                {"EncryptionType": "KMS"}, REPLACE),
            "object lock can be switched on": (
                "AWS::S3::Bucket", "ObjectLockEnabled", False, True, UPDATE),
            "object lock cannot be switched off": (
                "AWS::S3::Bucket", "ObjectLockEnabled", True, None, REPLACE),
            "an online store cannot be added": (
                GROUP, "OnlineStoreConfig", None, {"EnableOnlineStore": True}, REPLACE),
            "a block without fixed members can be added": (
                "AWS::SageMaker::UserProfile", "UserSettings", None,
                {"ExecutionRole": "r"}, UPDATE),
            "a function does not become durable": (
                "AWS::Lambda::Function", "DurableConfig", None, {"ExecutionTimeout": 9}, REPLACE),
            "a durable function can be retuned": (
                "AWS::Lambda::Function", "DurableConfig/ExecutionTimeout", 5, 9, UPDATE),
            "nothing is known of an unknown type": ("AWS::No::Such", "A", 1, 2, UNSUPPORTED),
        }.items()
    ],
)  # fmt: skip
def test_one_particular_change(
    type_name: str, at: str, before: object, after: object, expected: Effect
) -> None:
    assert expected is change_effect(type_name, path(at), before, after).effect
