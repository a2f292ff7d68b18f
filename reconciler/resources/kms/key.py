"""AWS::KMS::Key, with the alias it is known by.

Policy, rotation, description, alias, tags and whether it is enabled change in
place; what kind of key it is does not. AWS chooses the id, so a key is found by
its tags, or else by its alias. Deletion frees the alias first: a key that waits
for its deletion keeps our tags, and without an alias it is nobody's any more. It
waits 30 days, AWS's longest, whatever `PendingWindowInDays` says, because a key
that left the specs has no properties left to read that from. A key that someone
else scheduled for deletion still has its alias, and its deletion is taken back: nothing
that it encrypted could be read with another one.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.resources.api import (
    Companion,
    Lifecycle,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import each, rename, takes, text, unwrap
from reconciler.resources.kms import alias
from reconciler.resources.kms.alias import TYPE, Alias
from reconciler.resources.kms.find import unnamed
from reconciler.resources.kms.rotation import Period
from reconciler.resources.narrow import Narrowing, no_longer
from reconciler.resources.parts import Facet, Switch
from reconciler.resources.review import Pending

KEY = {"KeyId": "{KeyId}"}
GIVEN = (
    "BypassPolicyLockoutSafetyCheck",
    "Description",
    "KeySpec",
    "KeyUsage",
    "MultiRegion",
    "Origin",
    "Policy",
)
"""What CreateKey takes. With its policy a key is never one moment under AWS's default one."""
LEAVING = codes("PendingDeletion", "PendingReplicaDeletion")


def update(change: Change) -> Iterator[Request]:
    """All but the description has a part of its own."""
    if text := change.wanted("Description"):
        yield Request("update_key_description", text)


def restore(change: Change) -> Iterator[Request]:
    """A key that is kept after all is disabled. Source: CancelKeyDeletion."""
    yield Request("cancel_key_deletion", {})
    if change.desired.get("Enabled", True):
        yield Request("enable_key", {})


register(
    Resource(
        type=TYPE,
        service="kms",
        aside=Aside(
            needs={"create_key": ("kms:TagResource",)},
            set_by={"Enabled": ("enable_key", "disable_key")},
            told_by_arn=True,
        ),
        reach=Reach.REGIONAL,
        name="",
        key=KEY,
        read=Op("describe_key", {"KeyId": "alias/{name}"}),
        whole=Whole(
            has=members("KeyMetadata.Arn", "KeyMetadata.KeyId", "KeyMetadata.KeyState"),
            same={"KeyId": ("KeyMetadata.Arn", "KeyMetadata.KeyId")},
        ),
        create=Op("create_key"),
        delete=Op("schedule_key_deletion", KEY),
        absent=(absent("NotFound"),),
        transient=(
            absent("MalformedPolicyDocument", r"(?i)invalid principal"),  # IAM lags; API CreateKey
            absent("DependencyTimeout"),
        ),
        outputs={"Arn": ("Arn",), "CreationDate": ("CreationDate",), "KeyId": ("KeyId",)},
        dated="CreationDate",
        created={"Arn": ("KeyMetadata", "Arn"), "KeyId": ("KeyMetadata", "KeyId")},
        arn="arn:{partition}:kms:{region}:{account}:key/{KeyId}",
        found_by_tag=True,
        find=unnamed,
        asks=frozenset({"describe_key", "list_aliases", "list_keys", "list_resource_tags"}),
        answers={"list_keys": Whole(items="Keys", each=members("KeyId", "KeyArn"))},
        derived={"AliasName": "alias/{name}"},
        limit=250,  # of 256, without "alias/"
        root=unwrap("KeyMetadata"),
        body=takes(*GIVEN).then(rename(Policy="KeyPolicy")).then(each(KeyPolicy=text())),
        born=frozenset({"KeyPolicy"}),
        lifecycle=Lifecycle(
            field="KeyMetadata.KeyState",
            ready=codes("Enabled", "Disabled"),
            busy=codes("Creating", "Updating"),
            scheduled=LEAVING,
            restored="Enabled",
            retired=LEAVING,
            stuck=codes("PendingImport", "Unavailable"),
            reason="KeyMetadata.DeletionDate",
        ),
        tags=Tagging(
            add=Op("tag_resource", KEY),
            remove=Op("untag_resource", KEY),
            read=Op("list_resource_tags", KEY),
            item=("TagKey", "TagValue"),
        ),
        parts=(
            Facet(
                prop="KeyPolicy",
                stem="key_policy",
                answer="Policy",
                request="Policy",
                codec=text(),
                remove=None,
                params={"PolicyName": "default"},
                whole=Whole(policies=members("Policy")),
            ),
            Switch(
                prop="EnableKeyRotation",
                get="get_key_rotation_status",
                at="KeyRotationEnabled",
                on="enable_key_rotation",
                off="disable_key_rotation",
            ),
            Period(),
            Switch(
                prop="Enabled",
                get="describe_key",
                at="KeyMetadata.Enabled",
                on="enable_key",
                off="disable_key",
            ),
            Alias(),
        ),
        companions=(
            Companion(
                "AliasName", "AWS::KMS::Alias", {"AliasName": "{value}", "TargetKeyId": "{KeyId}"}
            ),
        ),
        policies=frozenset({"KeyPolicy"}),
        defaults={
            "EnableKeyRotation": False,
            "Enabled": True,
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "Origin": "AWS_KMS",
            "RotationPeriodInDays": 365,
        },
        apart=frozenset({"Description", "EnableKeyRotation", "RotationPeriodInDays"}),
        pending=Pending(context=alias.context, held=alias.held),
        restore=restore,
        unread=frozenset({"BypassPolicyLockoutSafetyCheck", "PendingWindowInDays"}),
        holds="keys",
        narrows=(
            Narrowing(
                path="Enabled",
                destroys="keys",
                lost=no_longer(True, "nothing can be read or written under it while it is off"),  # noqa: FBT003 - the value
            ),
            Narrowing(
                path="EnableKeyRotation",
                destroys="keys",
                lost=no_longer(True, "its material is not rotated any more"),  # noqa: FBT003 - the value
            ),
        ),
        refers=("AWS::IAM::Role",),
        update=update,
    )
)
