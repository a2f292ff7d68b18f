"""Shares that others have edited by hand: seen and mended; unknown where nothing tells."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.wholes import wholes
from reconciler.facts import facts
from reconciler.facts.told import TOLD
from reconciler.model.change import Action
from reconciler.resources.api import load
from reconciler.resources.told import Told
from reconciler.resources.whole import fault
from reconciler.sandbox.door.faults import Fault

from .platform import FAULTS, Platform, client, spec, steps

GROUP = "arn:aws:sagemaker:eu-west-1:123456789012:feature-group/acme-x"
PERMISSION = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerFeatureGroup"
READ, WRITE = f"{PERMISSION}ReadOnly", f"{PERMISSION}ReadWrite"
TEXT = spec(
    "Resource",
    "share",
    "{type: AWS::RAM::ResourceShare, properties: {Name: features, AllowExternalPrincipals: false,"
    f' Principals: ["210987654321"], ResourceArns: ["{GROUP}"], PermissionArns: ["{READ}"]}}}}',
)


@pytest.fixture
def site(platform: Platform) -> Platform:
    platform.allow, platform.text = "access", TEXT
    platform.converge()
    return platform


def arn() -> str:
    listed = client("cloudcontrol").list_resources(TypeName="AWS::RAM::ResourceShare")
    (found,) = listed["ResourceDescriptions"]
    return str(found["Identifier"])


EDITS: dict[str, tuple[str, dict[str, Any]]] = {
    "somebody else is let in": ("associate_resource_share", {"principals": ["999988887777"]}),
    "who is declared is shut out": (
        "disassociate_resource_share",
        {"principals": ["210987654321"]},
    ),
    "something else is shared": ("associate_resource_share", {"resourceArns": [f"{GROUP}2"]}),
    "nothing is shared": ("disassociate_resource_share", {"resourceArns": [GROUP]}),
    "they may write": (
        "associate_resource_share_permission",
        {"permissionArn": WRITE, "replace": True},
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_changed_by_hand_is_seen_and_mended(site: Platform, edit: str) -> None:
    assert steps(site.plan()) == []
    method, params = EDITS[edit]
    getattr(client("ram"), method)(resourceShareArn=arn(), **params)
    plan = site.plan()
    (step,) = plan.steps
    assert step.action is Action.UPDATE
    (field,) = step.fields
    assert field.path[0] in {"Principals", "ResourceArns", "PermissionArns"}
    assert field.before != field.after
    site.converge()
    principals, resources = (
        client("ram").get_resource_share_associations(
            associationType=kind, resourceShareArns=[arn()], associationStatus="ASSOCIATED"
        )["resourceShareAssociations"]
        for kind in ("PRINCIPAL", "RESOURCE")
    )
    assert [each["associatedEntity"] for each in principals] == ["210987654321"]
    assert [each["associatedEntity"] for each in resources] == [GROUP]


def test_every_page_is_read(site: Platform) -> None:
    others = [f"{number:012}" for number in range(120)]
    client("ram").associate_resource_share(resourceShareArn=arn(), principals=others)
    (step,) = site.plan().steps
    assert len(step.fields[0].before) == len(others) + 1


def test_what_could_not_be_listed_is_unknown(site: Platform) -> None:
    FAULTS.add(Fault("ram", "GetResource*", code="AccessDeniedException", times=None))
    plan = site.plan()
    FAULTS.clear()
    assert plan.steps == ()
    assert [each.address.name for each in plan.diagnostics if each.address] == ["features"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "PONDERING"}, "of which nothing is known"),
        ({"resourceShareArn": "arn:another"}, "is not about"),
        ({"associatedEntity": ""}, "lacks 'associatedEntity'"),
    ],
)
def test_an_answer_that_is_not_whole_says_nothing(change: dict[str, str], said: str) -> None:
    whole = wholes()["ram", "get_resource_share_associations"]
    item = {"resourceShareArn": "arn:this", "associatedEntity": "1", "status": "ASSOCIATED"}
    asked = {"resourceShareArns": ["arn:this"], "associationType": "PRINCIPAL"}
    assert fault(whole, asked, {"resourceShareAssociations": [item]}) == ""
    assert said in fault(whole, asked, {"resourceShareAssociations": [{**item, **change}]})


def test_what_a_service_tells_of_write_only_properties_has_a_reader() -> None:
    for type_, paths in TOLD.items():
        resource = load()[type_]
        assert paths <= facts(type_).write_only
        assert {each.prop for each in resource.parts if isinstance(each, Told)} == {
            path[0] for path in paths
        }
