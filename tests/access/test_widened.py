"""What a policy lets through that the one before did not: claims are held to the decisions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from time import perf_counter
from typing import Any, NamedTuple

import pytest
from sweeps import LONG

from reconciler.access.clauses import clauses
from reconciler.access.decide import decide
from reconciler.access.inclusion import gaps
from reconciler.access.match import Form, actions, resources, spelled
from reconciler.access.model import Asked, Guard, Named, Policies
from reconciler.access.patterns import apart, covers, signs
from reconciler.access.statements import Kind
from reconciler.access.widened import everything, kind_of, others, public, widened
from reconciler.access.witness import Newly, Site

ECS = "ecs-tasks.amazonaws.com"
OWN, OTHER = "123456789012", "444455556666"
ROLE = f"arn:aws:iam::{OWN}:role/r"
RAW = "arn:aws:s3:::raw/*"
HERE = Site(Kind.IDENTITY, resource=ROLE, account=OWN, region="eu-west-1")
KEY = Site(Kind.RESOURCE, Guard.KEY, f"arn:aws:kms:eu-west-1:{OWN}:key/k", OWN, "eu-west-1")
BUCKET = Site(Kind.RESOURCE, Guard.RESOURCE, "arn:aws:s3:::raw", OWN, "eu-west-1")
TRUST = Site(Kind.TRUST, Guard.TRUST, ROLE, OWN)
ROOT = {"AWS": f"arn:aws:iam::{OWN}:root"}
TWO = ["10.0.0.0/8", "1.0.0.0/8"]
EXTERNAL = {"StringEquals": {"sts:ExternalId": "a"}}


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": [*statements]}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def at(principal: Any, action: Any = "kms:Decrypt", **more: Any) -> dict[str, Any]:
    return allow(action, "*", Principal=principal, **more)


def taken(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


def but(places: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": places}


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


class Case(NamedTuple):
    before: Any
    after: Any
    site: Site = HERE


SAME = {
    "nothing changes": Case(policy(allow("s3:*")), policy(allow("s3:*"))),
    "another order": Case(
        policy(allow("s3:*"), allow("kms:*")), policy(allow("kms:*"), allow("s3:*"))
    ),
    "a Sid": Case(policy(allow("s3:*", Sid="A")), policy(allow("s3:*", Sid="B"))),
    "another case": Case(policy(allow("s3:getobject")), policy(allow("S3:GetObject"))),
    "split in two": Case(
        policy(allow(["s3:Get*", "s3:Put*"], [RAW, "arn:aws:s3:::raw"])),
        policy(
            allow("s3:Get*", [RAW, "arn:aws:s3:::raw"]),
            allow("s3:Put*", RAW), allow("s3:Put*", "arn:aws:s3:::raw"),
        ),
    ),
    "two become one": Case(
        policy(allow("s3:Get*", RAW), allow("s3:Put*", RAW)),
        policy(allow(["s3:Put*", "s3:Get*"], RAW)),
    ),
    "fewer actions": Case(policy(allow("s3:*", RAW)), policy(allow("s3:Get*", RAW))),
    "a narrower resource": Case(policy(allow("s3:*")), policy(allow("s3:*", RAW))),
    "all but some": Case(
        policy(allow("*")), policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    ),
    "all but more": Case(
        policy({"Effect": "Allow", "NotAction": "iam:Pass*", "Resource": "*"}),
        policy({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
    ),
    "one that was not left out": Case(
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        policy(allow("s3:*")),
    ),
    "a resource that was not left out": Case(
        policy({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret*"}),
        policy(allow("s3:*", RAW)),
    ),
    "a condition more": Case(
        policy(allow("s3:*")), policy(allow("s3:*", **when("Bool", "aws:SecureTransport", True)))
    ),
    "fewer values of a condition": Case(
        policy(allow("s3:*", **when("StringLike", "aws:x", ["a", "b"]))),
        policy(allow("s3:*", **when("StringLike", "AWS:X", "a"))),
    ),
    "more values that are excluded": Case(
        policy(allow("s3:*", **when("StringNotEquals", "aws:x", "a"))),
        policy(allow("s3:*", **when("StringNotEquals", "aws:x", ["b", "a"]))),
    ),
    "by value in two": Case(
        policy(allow("s3:*", **when("StringEquals", "aws:x", ["a", "b"]))),
        policy(
            allow("s3:*", **when("StringEquals", "aws:x", "b")),
            allow("s3:*", **when("StringEquals", "aws:x", "a")),
        ),
    ),
    "two by value become one": Case(
        policy(
            allow("s3:*", **when("StringEquals", "aws:x", "b")),
            allow("s3:*", **when("StringEquals", "aws:x", "a")),
        ),
        policy(allow("s3:*", **when("StringEquals", "aws:x", ["a", "b"]))),
    ),
    "a key that has to be there": Case(
        policy(allow("s3:*", **when("StringEqualsIfExists", "aws:x", "a"))),
        policy(allow("s3:*", **when("StringEquals", "aws:x", "a"))),
    ),
    "a Deny more": Case(policy(allow("s3:*")), policy(allow("s3:*"), deny("s3:Delete*"))),
    "a wider Deny": Case(
        policy(allow("s3:*"), deny("s3:DeleteObject", RAW)),
        policy(allow("s3:*"), deny("s3:Delete*")),
    ),
    "what is denied at once": Case(
        policy(allow("s3:Get*")), policy(allow("s3:Get*"), allow("kms:*"), deny("kms:*"))
    ),
    "fewer principals": Case(
        policy(at({"AWS": [OWN, OTHER]})), policy(at(ROOT)), KEY
    ),
    "an account by its number": Case(policy(at(ROOT)), policy(at({"AWS": OWN})), KEY),
    "one of everybody": Case(policy(at("*")), policy(at({"AWS": ROLE})), KEY),
    "a variable": Case(
        policy(allow("s3:*", "arn:aws:s3:::raw/*")),
        policy(allow("s3:*", "arn:aws:s3:::raw/${aws:username}/*")),
    ),
    "everything goes": Case(policy(allow("s3:*")), None),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME.values(), ids=SAME.keys())
def test_it_is_proved_that_it_does_not_widen(case: Case) -> None:
    after = [case.after] if case.after else []
    assert widened([case.before], after, case.site) is None


class Wider(NamedTuple):
    before: Any
    after: Any
    says: str
    shows: tuple[str, ...]
    """Actions of the requests."""
    site: Site = HERE


MORE = {
    "an action by a wildcard": Wider(
        policy(allow("s3:Get*", RAW)), policy(allow("s3:*", RAW)),
        "it allows s3:* on arn:aws:s3:::raw/*", ("s3:DeleteObject", "s3:PutObject"),
    ),
    "an action": Wider(
        policy(allow("s3:GetObject", RAW)), policy(allow(["s3:GetObject", "s3:PutObject"], RAW)),
        "it allows s3:PutObject on arn:aws:s3:::raw/*", ("s3:PutObject",),
    ),
    "a resource": Wider(
        policy(allow("s3:GetObject", RAW)), policy(allow("s3:GetObject", "arn:aws:s3:::*/*")),
        "it allows s3:GetObject on arn:aws:s3:::*/*", ("s3:GetObject",),
    ),
    "everywhere": Wider(
        policy(allow("s3:GetObject", RAW)), policy(allow("s3:GetObject")),
        "it allows s3:GetObject on everything", ("s3:GetObject",),
    ),
    "crosswise": Wider(
        policy(allow("s3:GetObject", RAW), allow("s3:PutObject", "arn:aws:s3:::in/*")),
        policy(allow(["s3:GetObject", "s3:PutObject"], [RAW, "arn:aws:s3:::in/*"])),
        "it allows s3:GetObject on arn:aws:s3:::in/*; it allows s3:PutObject on arn:aws:s3:::raw/*",
        ("s3:GetObject", "s3:PutObject"),
    ),
    "all but some": Wider(
        policy(allow("s3:*")), policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        "it allows all actions but iam:* on everything", ("kms:Decrypt", "sts:AssumeRole"),
    ),
    "less is left out": Wider(
        policy(but([RAW, "arn:aws:s3:::b/*"])), policy(but("arn:aws:s3:::b/*")),
        "it allows s3:GetObject on all but arn:aws:s3:::b/*", (),
    ),
    "a condition is dropped": Wider(
        policy(allow("s3:GetObject", RAW, **when("StringEquals", "aws:PrincipalTag/team", "a"))),
        policy(allow("s3:GetObject", RAW)),
        "it allows s3:GetObject on arn:aws:s3:::raw/* without the condition on"
        " aws:principaltag/team that it had", ("s3:GetObject",),
    ),
    "a value of a condition": Wider(
        policy(allow("s3:GetObject", RAW, **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))),
        policy(
            allow("s3:GetObject", RAW, **when("IpAddress", "aws:SourceIp", TWO))
        ),
        "it allows s3:GetObject on arn:aws:s3:::raw/* under a wider condition on aws:sourceip",
        ("s3:GetObject",),
    ),
    "a Deny goes": Wider(
        policy(allow("s3:*", RAW), deny("s3:DeleteObject", RAW)), policy(allow("s3:*", RAW)),
        "it no longer denies s3:DeleteObject on arn:aws:s3:::raw/*", ("s3:DeleteObject",),
    ),
    "a Deny is narrowed": Wider(
        policy(allow("s3:*", RAW), deny("s3:DeleteObject", RAW)),
        policy(
            allow("s3:*", RAW),
            deny("s3:DeleteObject", RAW, **when("StringNotEquals", "aws:PrincipalTag/team", "a")),
        ),
        "it denies s3:DeleteObject on arn:aws:s3:::raw/* only under a further condition, on"
        " aws:principaltag/team", ("s3:DeleteObject",),
    ),
    "an account": Wider(
        policy(at(ROOT, "kms:*")),
        policy(at(ROOT, "kms:*"), at({"AWS": f"arn:aws:iam::{OTHER}:root"})),
        f"it allows kms:Decrypt on everything to account {OTHER}", ("kms:Decrypt",), KEY,
    ),
    "anyone": Wider(
        policy(at(ROOT, "kms:*")), policy(at(ROOT, "kms:*"), at({"AWS": "*"})),
        "it allows kms:Decrypt on everything to anyone", ("kms:Decrypt",), KEY,
    ),
    "a role by itself, not by its account": Wider(
        policy(at(ROOT)), policy(at({"AWS": ROLE})),
        f"it allows kms:Decrypt on everything to {ROLE}", ("kms:Decrypt",), KEY,
    ),
    "a bucket for another account": Wider(
        None, policy(allow("s3:GetObject", RAW, Principal={"AWS": OTHER})),
        f"it allows s3:GetObject on arn:aws:s3:::raw/* to account {OTHER}", ("s3:GetObject",),
        BUCKET,
    ),
    "a service takes a role": Wider(
        policy(taken({"Service": "ecs-tasks.amazonaws.com"})),
        policy(taken({"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]})),
        "it allows sts:AssumeRole to lambda.amazonaws.com", ("sts:AssumeRole",), TRUST,
    ),
    "a role without its external id": Wider(
        policy(taken({"AWS": OTHER}, Condition=EXTERNAL)), policy(taken({"AWS": OTHER})),
        f"it allows sts:AssumeRole to account {OTHER} without the condition on sts:externalid that"
        " it had", ("sts:AssumeRole",), TRUST,
    ),
    "variables that are text": Wider(
        policy(allow("s3:GetObject", "arn:aws:s3:::raw/${aws:username}")),
        policy(allow("s3:GetObject", "arn:aws:s3:::raw/${aws:username}"), version="2008-10-17"),
        "it allows s3:GetObject on arn:aws:s3:::raw/${aws:username}", ("s3:GetObject",),
    ),
    "what cannot be read": Wider(
        policy(allow("s3:Get*")), policy({"Effect": "Allow", "Action": "s3:Get*"}),
        "it cannot be compared: policy#0: it has no Resource", (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MORE.values(), ids=MORE.keys())
def test_it_widens_and_says_by_what(case: Wider) -> None:
    before = [case.before] if case.before else []
    found = widened(before, [case.after], case.site)
    assert found is not None
    assert "; ".join(found.says) == case.says
    assert tuple(each.action for each in found.requests) == case.shows
    for each in found.requests:
        assert newly(each, before, [case.after], case.site)


def newly(each: Newly, before: list[Any], after: list[Any], site: Site) -> bool:
    """Whether a request is allowed by the one and not by the other, asked in another way."""
    principal = each.principal or site.resource
    number = principal.split(":")[4] if principal.startswith("arn:") else ""
    context = {key: (value,) for key, value in each.context.items()}
    asked = Asked(each.action, each.resource, principal, number, site.account, context)
    one, two = named(before), named(after)
    return any(
        allowed(asked, two, own, site) and not allowed(asked, one, own, site)
        for own in ((), (ANY,))
    )


def named(documents: list[Any]) -> tuple[Named, ...]:
    return tuple(Named(str(number), each) for number, each in enumerate(documents))


ANY = Named("any", policy(allow("*")))


def allowed(asked: Asked, here: tuple[Named, ...], own: tuple[Named, ...], site: Site) -> bool:
    if site.kind is Kind.IDENTITY:
        return decide(asked, Policies(identity=(*here, *own))).allowed
    resource = here[0] if here else None
    return decide(asked, Policies(identity=own, resource=resource, guard=site.guard)).allowed


# -- random policies

ACTS = ("s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "*", "kms:Decrypt", "s3:?etObject")
PLACES = ("*", RAW, "arn:aws:s3:::raw/a", "arn:aws:s3:*:*:raw/?", "arn:aws:s3:::in/${aws:username}")
WHO: tuple[Any, ...] = (
    "*", {"AWS": OWN}, {"AWS": ROLE}, {"AWS": [OTHER, ROLE]}, {"Service": ECS},
)  # fmt: skip
WHENS: tuple[Any, ...] = (
    {}, {}, {"StringEquals": {"aws:username": ["a", "b"]}}, {"StringEquals": {"aws:username": "a"}},
    {"StringNotEquals": {"aws:username": "a"}}, {"StringNotEquals": {"aws:username": ["a", "b"]}},
    {"StringEqualsIfExists": {"aws:username": "a"}}, {"Null": {"aws:username": "true"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}, "StringLike": {"aws:username": "${aws:x}"}},
)  # fmt: skip
SITES = (HERE, KEY, BUCKET, TRUST)


def statement(dice: random.Random, site: Site) -> dict[str, Any]:
    effect = "Deny" if dice.random() < 0.25 else "Allow"
    out: dict[str, Any] = {"Effect": effect}
    acts = dice.sample(ACTS, dice.randint(1, 2))
    if site.kind is Kind.TRUST:
        acts = dice.sample(["sts:AssumeRole", "sts:*", "sts:TagSession"], dice.randint(1, 2))
    out["NotAction" if dice.random() < 0.15 else "Action"] = acts
    if site.kind is not Kind.TRUST:
        name = "NotResource" if dice.random() < 0.15 else "Resource"
        out[name] = dice.sample(PLACES, dice.randint(1, 2))
    if site.kind is not Kind.IDENTITY:
        out["Principal"] = dice.choice(WHO)
        if effect == "Deny" and dice.random() < 0.3:
            out["NotPrincipal"] = out.pop("Principal")
    if condition := dice.choice(WHENS):
        out["Condition"] = condition
    return out


def changed(dice: random.Random, document: Any, site: Site) -> Any:
    """Another policy that is near: some of it moves, splits, narrows or widens."""
    found: list[Any] = []
    for each in document["Statement"]:
        way = dice.random()
        name = "Action" if "Action" in each else "NotAction"
        if way < 0.2:
            found += [{**each, name: [it]} for it in each[name]]
        elif way < 0.35:
            found.append({**each, "Condition": dice.choice(WHENS)})
        elif way < 0.45:
            found.append({**each, name: dice.choice(ACTS) if site is not TRUST else "sts:*"})
        elif way < 0.55:
            continue
        else:
            found.append(each)
    if not found or dice.random() < 0.15:
        found.append(statement(dice, site))
    dice.shuffle(found)
    return {**document, "Statement": found}


def requests(site: Site) -> Iterator[Asked]:
    """A universe that tells the patterns above apart."""
    acts = ("s3:GetObject", "s3:PutObject", "kms:Decrypt", "iam:PassRole")
    places = ("arn:aws:s3:::raw/a", "arn:aws:s3:::raw/bb", "arn:aws:s3:::in/a", "arn:aws:s3:::x")
    if site.kind is Kind.TRUST:
        acts, places = ("sts:AssumeRole", "sts:TagSession", "iam:PassRole"), (ROLE,)
    whose = [
        (ROLE, OWN),
        (f"arn:aws:iam::{OWN}:user/u", OWN),
        (f"arn:aws:iam::{OTHER}:role/o", OTHER),
    ]
    whose += [("ecs-tasks.amazonaws.com", ""), ("*", "")]
    if site.kind is Kind.IDENTITY:
        whose = whose[:1]
    contexts: list[Any] = [
        {}, {"aws:username": ("a",)}, {"aws:username": ("b",), "aws:tagkeys": ("a", "c")},
        {"aws:username": ("c",), "aws:x": ("c",), "aws:tagkeys": ("ab",)},
        {"aws:username": ("a",), "aws:x": ("a",), "aws:tagkeys": ("a", "b")},
    ]  # fmt: skip
    for act, place, (who, number), context in product(acts, places, whose, contexts):
        yield Asked(act, place, who, number, OWN, context)


@pytest.mark.parametrize("seed", range(6000 if LONG else 120))
def test_what_is_said_of_random_policies_is_so(seed: int) -> None:
    dice = random.Random(seed)
    site = SITES[seed % len(SITES)]
    version = dice.choice(("2012-10-17", "2012-10-17", "2008-10-17"))
    before = policy(*(statement(dice, site) for _ in range(dice.randint(1, 3))), version=version)
    after = changed(dice, before, site)
    if dice.random() < 0.1:
        after["Version"] = "2012-10-17"
    found = widened([before], [after], site)
    if found is not None:
        for each in found.requests:
            assert newly(each, [before], [after], site), (before, after, each)
        return
    one, two = named([before]), named([after])
    for asked in requests(site):
        for own in ((), (ANY,)):
            is_new = allowed(asked, two, own, site) and not allowed(asked, one, own, site)
            assert not is_new, (before, after, asked)


def test_random_policies_are_of_both_sorts() -> None:
    """A property that never has anything to say would hold too."""
    told = {True: 0, False: 0}
    for seed in range(60):
        dice = random.Random(seed)
        before = policy(*(statement(dice, HERE) for _ in range(2)))
        told[widened([before], [changed(dice, before, HERE)], HERE) is None] += 1
    assert min(told.values()) > 8


# -- patterns

LETTERS = "ab:*?"


def fits(pattern: str, text: str, form: Form) -> bool:
    if form is Form.PLAIN:
        return bool(actions((pattern,))(text.lower()))
    return resources((pattern,), variables=False)(text, {})


@pytest.mark.parametrize("form", [Form.PLAIN, Form.RESOURCE], ids=str)
def test_patterns_that_are_said_to_cover_or_to_lie_apart_do(form: Form) -> None:
    dice = random.Random(7)
    texts = ["".join(each) for size in range(5) for each in product("ab:", repeat=size)]
    seen = {"covers": 0, "apart": 0}
    for _ in range(4000 if LONG else 250):
        one, two = ("".join(dice.choices(LETTERS, k=dice.randint(1, 5))) for _ in range(2))
        wide, narrow = signs(one, form), signs(two, form)
        if covers(wide, narrow):
            seen["covers"] += 1
            wrong = [it for it in texts if fits(two, it, form) and not fits(one, it, form)]
            assert wrong == [], (one, two)
        if apart(wide, narrow):
            seen["apart"] += 1
            both = [it for it in texts if fits(two, it, form) and fits(one, it, form)]
            assert both == [], (one, two)
    assert min(seen.values()) > 10


def test_wildcards_in_another_order_are_the_same() -> None:
    assert covers(signs("a*?", Form.PLAIN), signs("a?*", Form.PLAIN))
    assert covers(signs("a?*", Form.PLAIN), signs("a**?", Form.PLAIN))
    assert not covers(signs("a?*", Form.PLAIN), signs("a*", Form.PLAIN))


def test_a_pattern_is_spelled_as_it_is_matched() -> None:
    assert len(spelled("arn:aws:s3:::raw/${aws:username}/*", Form.RESOURCE, variables=True)) == 20
    assert spelled("${a}", Form.PLAIN, variables=False) == ("$", "{", "a", "}")


# -- of what is new

OPEN = {
    "everybody": (policy(at("*")), ("it allows kms:Decrypt to anyone",)),
    "everybody of AWS": (policy(at({"AWS": ["*"]})), ("it allows kms:Decrypt to anyone",)),
    "within the account": (policy(at("*", **when("StringEquals", "kms:CallerAccount", OWN))), ()),
    "of an organisation": (
        policy(at("*", **when("StringEquals", "aws:PrincipalOrgID", "o-1"))),
        (),
    ),
    "a condition that bounds nobody": (
        policy(at("*", **when("Bool", "aws:SecureTransport", True))),
        ("it allows kms:Decrypt to anyone",),
    ),
    "a bound that is a wildcard": (
        policy(at("*", **when("StringLike", "aws:PrincipalArn", "*"))),
        ("it allows kms:Decrypt to anyone",),
    ),
    "half of all addresses": (
        policy(at("*", **when("IpAddress", "aws:SourceIp", "0.0.0.0/1"))),
        ("it allows kms:Decrypt to anyone",),
    ),
    "some addresses": (policy(at("*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))), ()),
    "a key that may be missing": (
        policy(at("*", **when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"))),
        ("it allows kms:Decrypt to anyone",),
    ),
    "nobody": (policy({**at("*"), "Effect": "Deny"}), ()),
}


@pytest.mark.parametrize(("document", "said"), OPEN.values(), ids=OPEN.keys())
def test_a_new_policy_is_public_by(document: Any, said: tuple[str, ...]) -> None:
    assert public(document, Kind.RESOURCE) == said


def test_of_a_new_policy_other_accounts_and_everything_are_told() -> None:
    shared = policy(at({"AWS": [OTHER, f"arn:aws:iam::{OWN}:root", "arn:aws:iam::1:user/u"]}))
    assert others(shared, Kind.RESOURCE, OWN) == ("1", OTHER)
    wide = policy(allow(["s3:*", "kms:Decrypt"]), allow("*"), allow("s3:*", RAW))
    told = ("it allows s3:* on everything", "it allows all actions on everything")
    assert everything(wide, Kind.IDENTITY) == told
    but = policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert everything(but, Kind.IDENTITY) == ("it allows all actions but iam:*",)


def test_where_a_policy_stands_is_told_by_its_form() -> None:
    assert kind_of(policy(allow("s3:*"))) is Kind.IDENTITY
    assert kind_of(policy(at("*"))) is Kind.RESOURCE
    assert kind_of(None, policy(taken(ROOT))) is Kind.TRUST


def test_a_gap_is_told_once() -> None:
    values = when("StringEquals", "aws:x", ["a", "b", "c"])
    found = [*gaps(clauses(policy(allow("s3:*", **values)), Kind.IDENTITY), ())]
    assert len(found) == 1


def test_large_policies_are_compared_in_time() -> None:
    """Most patterns of two statements begin differently, and unchanged statements cost nothing."""
    acts = [f"s3:Get{number}*" for number in range(30)]
    large = [
        allow(acts, [f"arn:aws:s3:::b{one}-{two}/*" for two in range(30)]) for one in range(12)
    ]
    began = perf_counter()
    assert widened([policy(*large)], [policy(*reversed(large))], HERE) is None
    more = [*large[1:], {**large[0], "Action": [*acts, "s3:PutObject"]}]
    found = widened([policy(*large)], [policy(*more)], HERE)
    assert found is not None
    assert found.says[0] == "it allows s3:PutObject on arn:aws:s3:::b0-0/*"
    assert perf_counter() - began < 20
