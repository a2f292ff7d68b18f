"""What the apply role cannot do with its own roles, keys and receipts."""

from __future__ import annotations

import pytest

from reconciler.access.model import Asked

from .judged import ACCOUNT, KEY, Known, Sent, one, role
from .lives import BOUNDARY, WORK, about_itself, allowed, signature


def bounded(boundary: str) -> dict[str, bool]:
    """Which writes of a role with a boundary the apply role may do where one is asked for."""
    by = role("apply", boundary=BOUNDARY)
    sets = {"PermissionsBoundary": boundary} if boundary else {}
    known = Known(bounded={WORK: boundary} if boundary else {})
    document = {"RoleName": "acme-dev-work", "PolicyName": "p", "PolicyDocument": "{}"}
    calls = {
        "CreateRole": sets,
        "PutRolePermissionsBoundary": sets,
        "AttachRolePolicy": {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "DeleteRole": {},
        "DeleteRolePermissionsBoundary": {},
        "PutRolePolicy": document,
        "UpdateAssumeRolePolicy": {"PolicyDocument": "{}"},
    }
    sent = {
        name: one("iam", name, known, **{"RoleName": "acme-dev-work", **more})
        for name, more in calls.items()
    }
    return {name: not by.refused(each.questions) for name, each in sent.items()}


def test_a_boundary_of_workloads_is_on_every_role_and_stays_there() -> None:
    within = bounded(BOUNDARY)
    assert [name for name, may in within.items() if not may] == ["DeleteRolePermissionsBoundary"]
    for other in ("", "arn:aws:iam::aws:policy/AdministratorAccess"):
        assert [name for name, may in bounded(other).items() if may] == ["DeleteRole"]


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_no_apply_changes_or_hands_over_the_roles_that_deliver(name: str) -> None:
    sent = about_itself(f"acme-dev-{name}")

    assert allowed(role("apply", near=True), sent) == set()
    assert len(allowed(role("apply"), sent)) == len(sent)  # were they not its own


@pytest.mark.parametrize(
    ("service", "may"),
    [("sagemaker", True), ("s3", True), ("scheduler", True), ("ecs-tasks", False), ("ec2", False)],
)
def test_a_role_is_handed_to_no_service_but_those_of_the_specs(service: str, *, may: bool) -> None:
    context = {"iam:passedtoservice": (f"{service}.amazonaws.com",)}
    question = Asked("iam:PassRole", WORK, "", ACCOUNT, ACCOUNT, context)

    assert role("apply").decision(question).allowed is may


# -- keys


@pytest.mark.parametrize(
    ("tags", "aliases", "may"),
    [
        pytest.param({}, (), True, id="nobody's, as one that is being made"),
        pytest.param({"moorline:platform": "risk"}, (), False, id="another platform's"),
        pytest.param({}, ("alias/payments",), False, id="somebody's who does not tag"),
        pytest.param({}, ("alias/acme-dev-2-data",), False, id="called like another's"),
        pytest.param({}, ("alias/acme-dev-data",), True, id="called like ours"),
    ],
)
def test_no_key_is_claimed_that_is_somebody_elses(
    tags: dict[str, str], aliases: tuple[str, ...], *, may: bool
) -> None:
    known = Known(tagged={KEY: tags}, named={KEY: aliases})
    ours = {"moorline:platform": "acme", "moorline:environment": "dev"}
    given = [{"TagKey": key, "TagValue": value} for key, value in ours.items()]
    sent = one("kms", "TagResource", known, KeyId=KEY, Tags=given)

    assert (role("apply", siblings=("acme-dev-2-",)).refused(sent.questions) == []) is may


def test_a_key_is_made_with_our_tags_or_not_at_all() -> None:
    def made(environment: str) -> Sent:
        tags = {"moorline:platform": "acme", "moorline:environment": environment}
        given = [{"TagKey": key, "TagValue": value} for key, value in tags.items()]
        return one("kms", "CreateKey", None, Tags=given)

    assert allowed(role("apply"), [made("dev")]) == {"kms.create_key"}
    assert allowed(role("apply"), [made("prod"), one("kms", "CreateKey")]) == set()


def test_a_key_of_ours_is_used_through_sagemaker_alone() -> None:
    known = Known(tagged={KEY: {"moorline:platform": "acme", "moorline:environment": "dev"}})
    names = ("Decrypt", "Encrypt", "GenerateDataKey", "CreateGrant", "ListGrants", "RevokeGrant")
    direct = [one("kms", name, known, KeyId=KEY, KeySpec="AES_256") for name in names]
    store = {"OnlineStoreConfig": {"SecurityConfig": {"KmsKeyId": KEY}}}
    group = one("sagemaker", "CreateFeatureGroup", known, FeatureGroupName="acme-dev-a", **store)

    assert allowed(role("apply"), direct) == set()
    assert allowed(role("apply"), [group]) == {"sagemaker.create_feature_group"}
    assert {each.action for each in group.questions} > {f"kms:{name}" for name in names}


def test_plans_are_signed_with_the_environments_own_key() -> None:
    assert allowed(role("plan"), [signature("Sign")]) == {"kms.sign"}
    assert allowed(role("plan"), [signature("Sign", "alias/prod-plans")]) == set()
    assert allowed(role("plan", signing="alias/prod-plans"), [signature("Sign")]) == set()
    assert allowed(role("apply"), [signature("Sign")]) == set()


def test_receipts_of_one_environment_are_not_anothers_and_stay() -> None:
    shared = {"bucket": "acme-receipts", "prefix": "moorline"}
    dev = role("apply", **shared)
    key = {"Bucket": "acme-receipts"}

    def may(name: str, key_: str) -> bool:
        return not dev.refused(one("s3", name, None, **key, Key=key_).questions)

    assert may("PutObject", "moorline/dev/1.json")
    assert may("DeleteObject", "moorline/dev/1.begun")
    assert may("DeleteObject", "moorline/lease/dev")
    for name in ("GetObject", "PutObject", "DeleteObject"):
        assert not may(name, "moorline/prod/1.json")
        assert not may(name, "moorline/lease/prod")
    assert not may("DeleteObject", "moorline/dev/1.json")
