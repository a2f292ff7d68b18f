"""A KMS key has no name until it has its alias, so every way to lose one is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engine import specs
from engine.platform import FAULTS, client, methods

from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from .scene import Axe, Scene, small

TAGGED = "resourcegroupstaggingapi"


@pytest.fixture
def scene(aws: Sandbox) -> Iterator[Scene]:
    aws.reset()
    yield small(aws, specs.SECURITY)
    FAULTS.clear()


def alive() -> list[str]:
    kms = client("kms")
    keys = [item["KeyId"] for item in kms.list_keys()["Keys"]]
    states = {id_: kms.describe_key(KeyId=id_)["KeyMetadata"]["KeyState"] for id_ in keys}
    return [id_ for id_, state in states.items() if state != "PendingDeletion"]


class Lagging:
    """Clients whose tagging API does not know anything yet."""

    def client(self, service: str) -> object:
        return self if service == TAGGED else client(service)

    def can_paginate(self, _method: str) -> bool:
        return False

    def get_resources(self, **_params: object) -> dict[str, list[object]]:
        return {"ResourceTagMappingList": []}


def test_a_key_that_the_tagging_api_does_not_know_yet_is_not_made_again(scene: Scene) -> None:
    assert scene.dies(Axe(1, after=True))  # create_key was carried out, nothing else
    (made,) = alive()
    scene.restart()
    scene.session.clients = Lagging()
    plan = scene.plan()
    assert "create_key" in methods(plan)
    assert scene.carry_out(plan).ok
    assert alive() == [made]
    scene.finish()


def test_a_deleted_key_is_nobodys_and_its_name_is_free(scene: Scene) -> None:
    scene.finish()
    (old,) = alive()
    scene.finish(destroy=True)
    assert alive() == []
    scene.finish()
    (new,) = alive()
    assert new != old
    scene.finish(destroy=True)
    assert alive() == []


def test_a_key_whose_alias_is_gone_is_still_deleted(scene: Scene) -> None:
    scene.finish()
    assert scene.dies(Axe(1, after=True), destroy=True)  # delete_alias
    assert len(alive()) == 1
    scene.finish(destroy=True)
    assert alive() == []


def test_the_key_with_the_alias_is_kept_and_its_twin_deleted(scene: Scene) -> None:
    scene.finish()
    (own,) = alive()
    kms = client("kms")
    tags = kms.list_resource_tags(KeyId=own)["Tags"]
    kms.create_key(Tags=tags)
    scene.restart()
    assert [step.id for step in scene.plan().steps if own in step.id] == []
    scene.finish()
    assert alive() == [own]


def test_which_of_two_is_meant_is_unknown_when_one_cannot_be_read(scene: Scene) -> None:
    scene.finish()
    kms = client("kms")
    kms.create_key(Tags=kms.list_resource_tags(KeyId=alive()[0])["Tags"])
    scene.restart()
    FAULTS.add(Fault("kms", "DescribeKey", code="AccessDeniedException"))
    plan = scene.plan()
    FAULTS.clear()
    assert (plan.steps, [found.code for found in plan.diagnostics]) == ((), ["AWS001"])
