"""From a call to its questions: all that Moorline sends is known, and asked as IAM knows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from resources.samples import PLACE, SAMPLES
from resources.test_registry_lint import emitted, plain

from reconciler.access.calls import Call, UnknownCallError, asked, known
from reconciler.access.services import FILES, table
from reconciler.delivery.actions import methods
from reconciler.plan import calls as plans
from reconciler.resources.api import Op, load

from .offline import ACCOUNT, KEY, REGION, ROLE, SESSION, Offline, call, faults, filled, model

TYPES = sorted(load())
KNOWN = sorted((service, operation) for service in FILES for operation in table(service))
BESIDES = [
    ("application-autoscaling", "DescribeScalableTargets"),
    ("cloudformation", "DescribeType"),
    ("cloudtrail", "LookupEvents"),
    ("kms", "Sign"),
    ("kms", "Verify"),
    ("resourcegroupstaggingapi", "GetResources"),
    ("s3", "DeleteObject"),
    ("s3", "GetObject"),
    ("s3", "HeadObject"),
    ("s3", "ListObjectsV2"),
    ("s3", "PutObject"),
    ("sagemaker", "DescribeModelPackage"),
    ("sagemaker", "ListModelPackages"),
    ("sts", "GetCallerIdentity"),
]
"""What Moorline sends besides the calls of resource files."""


class Everything(Offline):
    """Whatever is asked for is there: every key has to be admitted."""

    def tags(self, _arn: str) -> dict[str, str]:
        return {"team": "fraud"}

    def aliases(self, _key: str) -> list[str]:
        return ["alias/acme"]

    def boundary(self, _role: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:policy/limit"


def name_of(service: str, method: str) -> str:
    names = model(service).operation_names
    return next(name for name in names if xform_name(name) == method)


def sent(type_: str) -> Iterator[Call]:
    """What a type's sample makes Moorline send, reads included."""
    resource, sample = load()[type_], SAMPLES[type_]
    inside = "acme-test-in/" if "{parent}" in str(resource.key) else ""
    slots = {**PLACE.slots(f"{inside}acme-test-x"), **dict.fromkeys(resource.outputs, "x" * 36)}
    ops = [resource.read, *(Op(it.method, it.params) for it in resource.listings)]
    ops += [resource.tags.read] if resource.tags else []
    found = [(op.method, plans.fill(op.params, slots)) for op in ops]
    made = [(each.method, plain(each.params)) for each in emitted(sample, resource)]
    found += [each for each in made if each[1].get("ResourceArn", "arn:").startswith("arn:")]
    for method, params in found:
        name = name_of(resource.service, method)
        yield Call(resource.service, name, params, REGION, ACCOUNT, SESSION)


@pytest.mark.parametrize("type_", TYPES)
def test_every_method_of_a_resource_file_is_known(type_: str) -> None:
    resource = load()[type_]
    reads, writes = methods(resource)
    names = {name_of(resource.service, method) for method in reads | writes}
    assert {name for name in names if not known(resource.service, name)} == set()


@pytest.mark.parametrize(("service", "operation"), BESIDES)
def test_what_else_moorline_sends_is_known(service: str, operation: str) -> None:
    assert known(service, operation)


@pytest.mark.parametrize("type_", [each for each in TYPES if not load()[each].packed])
def test_what_is_sent_is_asked_as_the_table_says(type_: str) -> None:
    found = {
        fault for each in sent(type_) for it in asked(each, Everything()) for fault in faults(it)
    }
    assert found == set()


def test_every_derivation_is_as_the_table_says() -> None:
    found: dict[str, list[str]] = {}
    for service, operation in KNOWN:
        assert operation in model(service).operation_names
        each = Call(service, operation, filled(service, operation), REGION, ACCOUNT, SESSION)
        found[f"{service}.{operation}"] = [
            fault for it in asked(each, Everything()) for fault in faults(it)
        ]
    assert {name: said for name, said in found.items() if said} == {}


def questions(service: str, operation: str, /, world: Any = None, **params: Any) -> Any:
    found = asked(call(service, operation, **params), world or Offline())
    return {(it.action, it.resource.split(":", 5)[-1]): it.context for it in found}


def test_an_operation_that_is_unknown_is_not_guessed() -> None:
    with pytest.raises(UnknownCallError):
        asked(call("s3", "WriteGetObjectResponse"), Offline())
    with pytest.raises(UnknownCallError):
        asked(call("robomaker", "CreateRobot"), Offline())
    with pytest.raises(UnknownCallError, match="is no ARN"):
        asked(call("sagemaker", "ListTags", ResourceArn="acme"), Offline())
    with pytest.raises(UnknownCallError, match="EndpointName"):
        asked(call("sagemaker", "DescribeEndpoint"), Offline())


def test_a_creation_asks_for_its_role_and_its_tags() -> None:
    found = questions(
        "sagemaker",
        "CreateFeatureGroup",
        FeatureGroupName="acme",
        RoleArn=ROLE,
        OnlineStoreConfig={"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}},
        Tags=[{"Key": "Team", "Value": "fraud"}],
    )
    assert set(found) == {
        ("sagemaker:CreateFeatureGroup", "feature-group/acme"),
        ("sagemaker:AddTags", "feature-group/acme"),
        ("iam:PassRole", "role/ci/deployer"),
    }
    own = found["sagemaker:CreateFeatureGroup", "feature-group/acme"]
    assert own["aws:requesttag/team"] == ("fraud",)
    assert own["aws:tagkeys"] == ("Team",)
    assert own["sagemaker:featuregrouponlinestorekmskey"] == (KEY,)
    assert own["sagemaker:featuregroupenableonlinestore"] == ("true",)
    assert found["sagemaker:AddTags", "feature-group/acme"]["sagemaker:taggingaction"] == (
        "CreateFeatureGroup",
    )
    assert found["iam:PassRole", "role/ci/deployer"]["iam:passedtoservice"] == (
        "sagemaker.amazonaws.com",
    )


def test_an_endpoint_is_asked_with_its_config() -> None:
    found = questions("sagemaker", "UpdateEndpoint", EndpointName="e", EndpointConfigName="c")
    assert set(found) == {
        ("sagemaker:UpdateEndpoint", "endpoint/e"),
        ("sagemaker:UpdateEndpoint", "endpoint-config/c"),
    }


def test_an_alias_is_asked_on_itself_and_on_its_key_and_has_no_tags() -> None:
    world = Offline(tagged={KEY: {"team": "fraud"}}, named={KEY: ("alias/acme",)})
    found = questions("kms", "DeleteAlias", world, AliasName="alias/acme")
    key = KEY.split(":")[-1]
    assert set(found) == {("kms:DeleteAlias", "alias/acme"), ("kms:DeleteAlias", key)}
    assert found["kms:DeleteAlias", key]["aws:resourcetag/team"] == ("fraud",)
    assert found["kms:DeleteAlias", key]["kms:resourcealiases"] == ("alias/acme",)
    assert not [name for name in found["kms:DeleteAlias", "alias/acme"] if "tag" in name]


def test_an_alias_of_no_key_has_nobody_to_ask() -> None:
    assert questions("kms", "DescribeKey", KeyId="alias/nothing") == {}
    found = questions("kms", "DescribeKey", KeyId="alias/acme")
    assert found["kms:DescribeKey", KEY.split(":")[-1]]["kms:requestalias"] == ("alias/acme",)


def test_a_key_that_is_created_has_no_arn_yet() -> None:
    found = questions("kms", "CreateKey", Tags=[{"TagKey": "team", "TagValue": "fraud"}])
    assert found["kms:CreateKey", "*"]["aws:requesttag/team"] == ("fraud",)
    assert {action for action, _ in found} == {"kms:CreateKey", "kms:TagResource"}


def test_a_subscription_belongs_to_its_topic() -> None:
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:acme:1-2"
    assert set(questions("sns", "Unsubscribe", SubscriptionArn=arn)) == {
        ("sns:Unsubscribe", "acme")
    }


def test_a_bucket_can_be_somebody_elses() -> None:
    world = Offline(owners={"arn:aws:s3:::b": "999999999999"})
    (found,) = asked(call("s3", "GetObject", Bucket="b", Key="k"), world)
    assert found.owner == "999999999999"
    assert found.context["s3:resourceaccount"] == ("999999999999",)
    assert found.account == ACCOUNT


def test_a_conditional_write_reads_as_well() -> None:
    found = questions("s3", "PutObject", Bucket="b", Key="k", IfMatch='"etag"')
    assert set(found) == {("s3:PutObject", "b/k"), ("s3:GetObject", "b/k")}
    assert set(questions("s3", "PutObject", Bucket="b", Key="k", IfNoneMatch="*")) == {
        ("s3:PutObject", "b/k")
    }


def test_a_listing_says_its_prefix_only_if_it_has_one() -> None:
    found = questions("s3", "ListObjectsV2", Bucket="b", Prefix="dev/")
    assert found["s3:ListBucket", "b"]["s3:prefix"] == ("dev/",)
    assert "s3:prefix" not in questions("s3", "ListObjectsV2", Bucket="b")["s3:ListBucket", "b"]


def test_a_boundary_is_seen_where_one_is_set_and_where_there_is_one() -> None:
    limit = f"arn:aws:iam::{ACCOUNT}:policy/limit"
    made = questions("iam", "CreateRole", RoleName="r", PermissionsBoundary=limit)
    assert made["iam:CreateRole", "role/r"]["iam:permissionsboundary"] == (limit,)
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    put = questions("iam", "PutRolePolicy", Offline(bounded={role: limit}), RoleName="r")
    assert put["iam:PutRolePolicy", "role/r"]["iam:permissionsboundary"] == (limit,)


def test_who_asks_is_the_role_of_a_session() -> None:
    world = Offline(tagged={ROLE: {"team": "ml"}})
    (found,) = asked(call("sagemaker", "ListModels"), world)
    assert found.principal == SESSION
    assert found.context["aws:principalarn"] == (ROLE,)
    assert found.context["aws:principaltag/team"] == ("ml",)


def test_a_service_has_no_account() -> None:
    params = {"Bucket": "b", "Key": "k"}
    source = {"aws:sourceaccount": (ACCOUNT,)}
    each = Call("s3", "PutObject", params, REGION, ACCOUNT, "logging.s3.amazonaws.com", source)
    (found,) = asked(each, Offline())
    assert found.account == ""
    assert found.context["aws:principalisawsservice"] == ("true",)
    assert found.context["aws:sourceaccount"] == (ACCOUNT,)


def test_nobody_is_asked_who_one_is() -> None:
    assert asked(call("sts", "GetCallerIdentity"), Offline()) == ()
