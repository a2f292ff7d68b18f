"""Decisions: who is named, what each policy adds, and what takes part where."""

from __future__ import annotations

import timeit

import pytest

from reconciler.access.decide import decide
from reconciler.access.model import Asked, Guard, Named, Policies, Why

HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/team/ann"
ROLE = f"arn:aws:iam::{HOME}:role/worker"
PATH = f"arn:aws:iam::{HOME}:role/ml/worker"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/worker/run-1"
ROOT = f"arn:aws:iam::{HOME}:root"
SERVICE = "sagemaker.amazonaws.com"
PROVIDER = f"arn:aws:iam::{HOME}:oidc-provider/example.com"
THING = "arn:aws:s3:::data/x"
KEPT = {"Action": "*", "Resource": "*"}


def named(name, *statements):
    return Named(name, {"Version": "2012-10-17", "Statement": [*statements]})


def allow(**parts):
    return {"Effect": "Allow", **KEPT, **parts}


def deny(**parts):
    return {"Effect": "Deny", **KEPT, **parts}


ALL = named("all", allow())
LESS = named("less", allow(Action="ec2:*"))


def to(principal, **parts):
    """A policy of the resource that allows it to a principal."""
    return named("there", allow(Principal=principal, **parts))


def aws(name):
    return {"AWS": name}


def decided(who, policies, owner=HOME, action="s3:GetObject", **context):
    account = "" if who == SERVICE else HOME
    return decide(Asked(action, THING, who, account, owner, context), policies)


@pytest.mark.parametrize("who", [USER, ROLE, SESSION])
def test_a_principal_needs_a_policy(who):
    assert decided(who, Policies()).why is Why.NOT_IDENTITY
    assert decided(who, Policies((LESS,))).why is Why.NOT_IDENTITY
    found = decided(who, Policies((LESS, ALL)))
    assert (found.why, found.by) == (Why.ALLOWED, ("all#0",))


def test_a_denial_is_first_and_says_where_it_stands():
    no = named("no", allow(), deny(Sid="Never", Action="s3:*"))
    assert decided(USER, Policies((ALL, no))).by == ("no#Never",)
    assert decided(USER, Policies((ALL,), boundary=no)).why is Why.DENIED
    here = named("there", allow(Principal=aws(USER)), deny(Principal="*"))
    assert decided(USER, Policies((ALL,), resource=here)).by == ("there#1",)


@pytest.mark.parametrize(
    ("parts", "allowed"),
    [
        ({"Action": "s3:Get*"}, True),
        ({"Action": ["S3:getobject"]}, True),
        ({"NotAction": "s3:*"}, False),
        ({"NotAction": ["ec2:*"]}, True),
        ({"Resource": "arn:aws:s3:::data/*"}, True),
        ({"Resource": "arn:aws:s3:::data"}, False),
        ({"NotResource": ["arn:aws:s3:::data/*"]}, False),
        ({"NotResource": "arn:aws:s3:::other/*"}, True),
        ({"NotResource": "arn:aws:s3:::data/${x:none}"}, True),
        ({"Condition": {"Null": {"aws:UserName": "true"}}}, True),
        ({"Condition": {"Null": {"aws:UserName": "true"}, "Bool": {"x:y": "true"}}}, False),
    ],
)
def test_what_a_statement_speaks_of(parts, allowed):
    statement = {"Effect": "Allow", **parts}
    if not {"Action", "NotAction"} & set(parts):
        statement["Action"] = "*"
    if not {"Resource", "NotResource"} & set(parts):
        statement["Resource"] = "*"
    assert decided(USER, Policies((named("p", statement),))).allowed is allowed


@pytest.mark.parametrize(
    ("who", "principal", "alone", "with_own", "bounded"),
    [
        (USER, aws(USER), True, True, True),  # a user named passes an implicit deny of the boundary
        (SESSION, aws(SESSION), True, True, True),
        (SESSION, aws(ROLE), True, True, False),  # a role named does not
        (ROLE, aws(ROLE), True, True, False),
        (SESSION, "*", True, True, True),
        (SESSION, aws("*"), True, True, True),
        (USER, aws(HOME), False, True, False),  # the account leaves it to the user's own policies
        (USER, aws(ROOT), False, True, False),
        (SESSION, aws([ROOT, SESSION]), True, True, True),
        (SESSION, aws(SESSION[:-1] + "2"), False, True, False),
        (USER, aws(AWAY), False, True, False),
        (USER, {"Service": SERVICE}, False, True, False),
    ],
)
def test_within_an_account_either_side_is_enough(who, principal, alone, with_own, bounded):
    assert decided(who, Policies(resource=to(principal))).allowed is alone
    assert decided(who, Policies((ALL,), resource=to(principal))).allowed is with_own
    assert decided(who, Policies((ALL,), LESS, to(principal))).allowed is bounded


def test_a_boundary_limits_and_gives_nothing():
    assert decided(USER, Policies((ALL,), LESS)).why is Why.NOT_BOUNDARY
    assert decided(USER, Policies((), ALL)).why is Why.NOT_IDENTITY
    assert decided(USER, Policies((ALL,), ALL)).allowed


def test_across_accounts_both_sides_have_to_allow():
    for principal in (aws(USER), aws(HOME), "*"):
        there = to(principal)
        assert decided(USER, Policies((ALL,), resource=there), AWAY).allowed
        assert decided(USER, Policies((), resource=there), AWAY).why is Why.NOT_IDENTITY
        assert decided(USER, Policies((ALL,), LESS, there), AWAY).why is Why.NOT_BOUNDARY
    assert decided(USER, Policies((ALL,)), AWAY).why is Why.NOT_RESOURCE
    found = decided(USER, Policies((ALL,), resource=to(aws(HOME))), AWAY)
    assert found.by == ("all#0", "there#0")


@pytest.mark.parametrize("guard", [Guard.KEY, Guard.TRUST])
def test_keys_and_roles_are_closed_without_their_policy(guard):
    def there(principal):
        parts = {"Principal": principal, "Effect": "Allow", "Action": "*"}
        return named("there", parts if guard is Guard.TRUST else {**parts, "Resource": "*"})

    assert decided(USER, Policies((ALL,), guard=guard)).why is Why.NOT_RESOURCE
    other = there(aws(AWAY))
    assert decided(USER, Policies((ALL,), resource=other, guard=guard)).why is Why.NOT_RESOURCE
    delegated = there(aws(ROOT))
    assert decided(USER, Policies((ALL,), resource=delegated, guard=guard)).allowed
    assert decided(USER, Policies((), None, delegated, guard)).why is Why.NOT_IDENTITY
    assert decided(USER, Policies((ALL,), LESS, delegated, guard)).why is Why.NOT_BOUNDARY
    assert decided(USER, Policies(resource=there(aws(USER)), guard=guard)).allowed
    assert decided(SESSION, Policies(resource=there(aws(ROLE)), guard=guard)).allowed
    assert decided(SERVICE, Policies(resource=there({"Service": SERVICE}), guard=guard)).allowed


def test_services_and_identity_providers_have_no_policies():
    for who, principal in ((SERVICE, {"Service": SERVICE}), (PROVIDER, {"Federated": PROVIDER})):
        assert decided(who, Policies(resource=to(principal))).allowed
        assert decided(who, Policies(resource=to("*"))).allowed
        assert decided(who, Policies((ALL,), resource=to(aws(HOME)))).why is Why.NOT_RESOURCE
        assert decided(who, Policies((ALL,))).why is Why.NOT_RESOURCE
    assert decided("*", Policies(resource=to("*"))).allowed
    assert not decided("*", Policies(resource=to(aws(HOME)))).allowed


def test_the_root_user_may_do_all_but_what_a_resource_denies():
    assert decided(ROOT, Policies()).allowed
    assert decided(ROOT, Policies((named("no", deny()),), LESS)).allowed
    assert decided(ROOT, Policies(resource=named("there", deny(Principal=aws(HOME))))).by
    assert decided(ROOT, Policies(guard=Guard.KEY)).why is Why.NOT_RESOURCE
    assert decided(ROOT, Policies(resource=to(aws(HOME)), guard=Guard.KEY)).allowed
    trusted = named("t", {"Effect": "Allow", "Action": "*", "Principal": aws(HOME)})
    roles = Policies(resource=trusted, guard=Guard.TRUST)
    assert not decided(ROOT, roles, action="sts:AssumeRole").allowed


def test_a_role_with_a_path_is_known_by_its_arn():
    there = Policies(resource=to(aws(PATH)))
    assert decided(SESSION, there).allowed  # by its name, where its ARN is not said
    assert decided(SESSION, there, **{"aws:principalarn": (PATH,)}).allowed
    assert not decided(SESSION, there, **{"aws:principalarn": (ROLE,)}).allowed
    assert not decided(SESSION, Policies(resource=to(aws(ROLE))),
                       **{"aws:principalarn": (PATH,)}).allowed  # fmt: skip
    assert decided(PATH, there).allowed
    assert not decided(ROLE, there).allowed


@pytest.mark.parametrize(
    ("who", "listed", "exempt"),
    [
        (USER, aws([USER, ROOT]), True),
        (USER, aws([USER]), False),
        (USER, aws(HOME), False),
        (SESSION, aws([SESSION, ROLE, HOME]), True),
        (SESSION, aws([ROLE, HOME]), True),
        (SESSION, aws([SESSION, HOME]), False),
        (ROOT, aws(ROOT), True),
        (SERVICE, {"Service": SERVICE}, True),
        (SERVICE, aws(HOME), False),
        (USER, "*", True),
    ],
)
def test_not_principal(who, listed, exempt):
    there = named("there", deny(NotPrincipal=listed), allow(Principal="*"))
    assert decided(who, Policies((ALL,), resource=there)).allowed is exempt
    if who in {USER, SESSION}:
        assert decided(who, Policies((ALL,), ALL, there)).why is Why.DENIED


def test_a_policy_of_a_resource_may_leave_out_the_resource():
    there = named("there", {"Effect": "Allow", "Action": "*", "Principal": aws(USER)})
    assert decided(USER, Policies(resource=there)).allowed


BAD = [
    ({"Version": "2020-01-01", "Statement": [allow()]}, "there is no version '2020-01-01'"),
    ({"Version": "2012-10-17"}, "has no Statement"),
    ({"Statement": []}, "has no Statement"),
    ({"Statement": [allow()], "Extra": 1}, "no element is named 'Extra'"),
    ({"Statement": ["x"]}, "p#0 is not an object"),
    ({"Statement": [{**allow(), "Effect": "allow"}]}, "neither Allow nor Deny"),
    ({"Statement": [allow(Extra=1)]}, "p#0: no element is named 'Extra'"),
    ({"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "has no Action"),
    ({"Statement": [{"Effect": "Allow", "Action": "*"}]}, "has no Resource"),
    ({"Statement": [allow(NotAction="*")]}, "both Action and NotAction"),
    ({"Statement": [allow(Action="GetObject")]}, "names no service"),
    ({"Statement": [allow(Action=[])]}, "neither a text nor a list"),
    ({"Statement": [allow(Action=[1])]}, "neither a text nor a list"),
    ({"Statement": [allow(Resource="bucket")]}, "is no ARN"),
    ({"Statement": [allow(Principal="*")]}, "a policy of a principal has no Principal"),
    ({"Statement": [allow(Sid="A"), allow(Sid="A")]}, "two statements have this Sid"),
    ({"Statement": [allow(Condition={"Is": {}}), allow(Condition={"Is": {"a": "b"}})]}, "p#1: no"),
    ([], "policy p is not an object"),
]


@pytest.mark.parametrize(("document", "says"), BAD)
def test_a_malformed_policy_is_not_decided_with(document, says):
    with pytest.raises(ValueError, match=says):
        decided(USER, Policies((Named("p", document),)))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (allow(), "it has no Principal"),
        (allow(NotPrincipal="*"), "NotPrincipal is for Deny only"),
        (allow(Principal="me"), r"neither \* nor an object"),
        (allow(Principal={"User": "x"}), "no type of principal is named 'User'"),
        (allow(Principal=aws(f"arn:aws:iam::{HOME}:role/*")), "has a wildcard within it"),
        (allow(Principal=aws([1])), "is not a text"),
    ],
)
def test_a_malformed_principal_is_not_decided_with(statement, says):
    with pytest.raises(ValueError, match=says):
        decided(USER, Policies(resource=named("there", statement)))


def test_a_trust_policy_has_no_resource():
    with pytest.raises(ValueError, match="a trust policy has no Resource"):
        decided(USER, Policies(resource=to("*"), guard=Guard.TRUST))


def test_one_statement_may_stand_without_a_list():
    policy = Named("one", {"Version": "2012-10-17", "Statement": allow()})
    assert decided(USER, Policies((policy,))).by == ("one#0",)


def test_a_decision_is_quick():
    """Twenty statements in four policies that are kept: 0.07 ms, and never so many times that."""
    statements = [
        allow(Action=["s3:GetObject", "s3:ListBucket"], Resource=["arn:aws:s3:::b", THING + "*"]),
        allow(Action="sagemaker:*", Condition={"StringEquals": {"x:y": "${aws:username}"}}),
        allow(Action=["logs:Create*", "logs:Put*"]),
        deny(Condition={"StringNotEquals": {"aws:RequestedRegion": "eu"}}),
        allow(Action="iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": SERVICE}}),
    ]
    policies = Policies(tuple(named(str(number), *statements) for number in range(4)))
    asked = Asked("s3:GetObject", THING, SESSION, HOME, HOME, {"aws:requestedregion": ("eu",)})
    assert decide(asked, policies).allowed
    assert min(timeit.repeat(lambda: decide(asked, policies), number=50, repeat=10)) < 2e-3 * 50


# -- what a session was taken with


def test_a_session_is_narrowed_by_its_policies_together():
    def narrowed(*session, **more):
        return decided(SESSION, Policies((ALL,), session=session, **more))

    assert narrowed(LESS).why is Why.NOT_SESSION
    assert narrowed(LESS, ALL).allowed
    assert narrowed(ALL, named("no", deny())).why is Why.DENIED
    assert narrowed(LESS, boundary=LESS).why is Why.NOT_BOUNDARY
    assert decided(SESSION, Policies((), session=(ALL,))).why is Why.NOT_IDENTITY


def test_a_session_is_narrowed_of_what_its_role_is_given_not_of_what_it_is_given_itself():
    there = {"resource": to(aws(ROLE))}
    assert decided(SESSION, Policies((), session=(LESS,), **there)).why is Why.NOT_SESSION
    assert decided(SESSION, Policies((), session=(ALL,), **there)).allowed
    itself = {"resource": to(aws(SESSION))}
    assert decided(SESSION, Policies((), session=(LESS,), **itself)).allowed
