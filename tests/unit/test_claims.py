"""Whose a live resource is, and what a plan says of what it may not touch."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.graph import Node
from reconciler.model.policy import Policy
from reconciler.plan import claims
from reconciler.plan.live import Claim, Live, Orphan, claim, owned
from reconciler.resources.api import Reach, load
from reconciler.resources.place import regions_in

from .fakes import OWN, PLACE, address, node, resource

BASE = address("base")
NODE = node(BASE)
HERE, THERE = PLACE.region, "eu-central-1"
TAGGED_HERE, TAGGED_THERE = ({**OWN, "moorline:region": region} for region in (HERE, THERE))
FOREIGN = {**OWN, "moorline:environment": "prod"}
TYPES = {reach: resource("M::Base", reach=reach, home=("Home",)) for reach in Reach}
R, G, S = Reach.REGIONAL, Reach.GLOBAL, Reach.SHARED

CLAIMS: dict[str, tuple[Reach, Any, set[str], Claim]] = {
    "regional, with our tags": (R, OWN, set(), Claim.OURS),
    "regional, copied with its tags": (R, TAGGED_THERE, set(), Claim.OURS),
    "regional, of another environment": (R, FOREIGN, set(), Claim.FOREIGN),
    "regional, tags not read": (R, None, set(), Claim.FOREIGN),
    "global, tagged here": (G, TAGGED_HERE, set(), Claim.OURS),
    "global, tagged here and trusting another": (G, TAGGED_HERE, {THERE}, Claim.OURS),
    "global, tagged elsewhere": (G, TAGGED_THERE, set(), Claim.ELSEWHERE),
    "global, tagged elsewhere and trusting here": (G, TAGGED_THERE, {HERE}, Claim.ELSEWHERE),
    "global, trusting here": (G, OWN, {HERE}, Claim.OURS),
    "global, trusting another": (G, OWN, {THERE}, Claim.ELSEWHERE),
    "global, trusting two others": (G, OWN, {THERE, "us-east-1"}, Claim.ELSEWHERE),
    "global, trusting both": (G, OWN, {HERE, THERE}, Claim.UNSAID),
    "global, naming none": (G, OWN, set(), Claim.UNSAID),
    "global, with an empty tag": (G, {**OWN, "moorline:region": ""}, set(), Claim.UNSAID),
    "global, of another environment": (G, FOREIGN, {THERE}, Claim.FOREIGN),
    "global, without tags": (G, {}, {HERE}, Claim.FOREIGN),
    "shared, here": (S, OWN, {HERE}, Claim.OURS),
    "shared, here with a wrong tag": (S, TAGGED_THERE, {HERE}, Claim.OURS),
    "shared, elsewhere": (S, OWN, {THERE}, Claim.ELSEWHERE),
    "shared, elsewhere with a wrong tag": (S, TAGGED_HERE, {THERE}, Claim.ELSEWHERE),
    "shared, elsewhere without tags": (S, {}, {THERE}, Claim.ELSEWHERE),
    "shared, here without tags": (S, {}, {HERE}, Claim.FOREIGN),
    "shared, of no known region": (S, OWN, set(), Claim.UNSAID),
    "shared, tagged here": (S, TAGGED_HERE, set(), Claim.OURS),
}


@pytest.mark.parametrize(("reach", "tags", "home", "expected"), CLAIMS.values(), ids=CLAIMS)
def test_a_resource_is_claimed(reach: Reach, tags: Any, home: set[str], expected: Claim) -> None:
    seen = Observed({}, tags=tags, home=frozenset(home))
    assert claim(seen, PLACE, TYPES[reach]) is expected
    assert owned(seen, PLACE, TYPES[reach]) is (expected is Claim.OURS)


NAMED: dict[str, tuple[Any, set[str]]] = {
    "a region alone": ("ap-southeast-2", {"ap-southeast-2"}),
    "a region of the government": ("us-gov-west-1", {"us-gov-west-1"}),
    "a sovereign region": ("eusc-de-east-1", {"eusc-de-east-1"}),
    "an ARN": ("arn:aws:sns:eu-west-1:1:t", {"eu-west-1"}),
    "a pattern of ARNs": (["arn:aws-cn:sagemaker:cn-north-1:1:*"], {"cn-north-1"}),
    "two ARNs": ({"a": ["arn:aws:x:us-east-1:1:t"], "b": "arn:aws:x:us-east-2:1:t"},
                 {"us-east-1", "us-east-2"}),
    "a pattern of regions": ("arn:aws:sagemaker:*:1:*", set()),
    "an ARN without a region": ("arn:aws:iam::1:role/eu-west-1", set()),
    "words": ("made for eu-west-1 only", set()),
    "nothing": (None, set()),
}  # fmt: skip


@pytest.mark.parametrize(("said", "expected"), NAMED.values(), ids=NAMED)
def test_the_regions_in(said: Any, expected: set[str]) -> None:
    assert regions_in(said) == expected


def test_a_role_belongs_where_its_trust_says_and_else_where_its_policies_say() -> None:
    role = load()["AWS::IAM::Role"]
    trust = {"Condition": {"ArnLike": {"aws:SourceArn": [f"arn:aws:sagemaker:{THERE}:1:*"]}}}
    policies = [{"PolicyDocument": {"Resource": f"arn:aws:kms:{HERE}:1:key/1"}}]
    both = {"AssumeRolePolicyDocument": trust, "Policies": policies}
    assert role.regions(both) == {THERE}
    assert role.regions({**both, "AssumeRolePolicyDocument": {}}) == {HERE}
    assert role.regions({}) == set()


RENAME = "rename the spec, or take it over with `--adopt M::Base/acme-dev-x`"
ADOPT = "if it does, take it over with `--adopt M::Base/acme-dev-x`; it is left alone until then"
OTHER_NAME = (
    "give eu-west-1 an environment name of its own: an environment is one platform in one "
    "account and one region"
)
NAME = "'M::Base/acme-dev-x'"
UNSAID = f"{NAME} carries our tags, and nothing says that it belongs to 'eu-west-1'"
GLOBAL = f"{NAME} belongs to 'eu-central-1', not to 'eu-west-1'; all "
REFUSED: dict[str, tuple[Reach, Any, set[str], str, str, str]] = {
    "of another platform": (
        R, {**OWN, "moorline:platform": "other"}, set(), "PLAN001",
        f"{NAME} exists but is not ours: it belongs to 'other/dev'", RENAME,
    ),
    "of nobody": (
        R, None, set(), "PLAN001",
        f"{NAME} exists but is not ours: it carries no ownership tags", RENAME,
    ),
    "of another region": (
        G, TAGGED_THERE, {HERE}, "PLAN008",
        f"{GLOBAL}regions of an account share its name", OTHER_NAME,
    ),
    "in another region": (
        S, TAGGED_HERE, {THERE}, "PLAN008",
        f"{GLOBAL}regions and accounts share its name", OTHER_NAME,
    ),
    "of no known region": (G, OWN, set(), "PLAN009", UNSAID, ADOPT),
}  # fmt: skip


@pytest.mark.parametrize(
    ("reach", "tags", "home", "code", "message", "help_"), REFUSED.values(), ids=REFUSED
)
def test_refused_is_what_is(
    reach: Reach, tags: Any, home: set[str], code: str, message: str, help_: str
) -> None:
    seen = Observed({}, tags=tags, home=frozenset(home))
    for where, at in ((NODE, Span("specs.yaml", 1, 1)), (Node(BASE, {}), None)):
        found = claims.refused(where, seen, TYPES[reach], PLACE, Policy())
        assert found == Diagnostic(code, message, at, help_, address=BASE)


def test_adopting_takes_what_is_foreign_or_unsaid_and_nothing_of_another_region() -> None:
    policy = Policy(adopt=frozenset({BASE}))
    adopted = {
        name: claims.refused(NODE, Observed({}, tags=tags, home=frozenset(home)), TYPES[reach],
                             PLACE, policy) is None
        for name, (reach, tags, home, *_) in REFUSED.items()
    }  # fmt: skip
    assert [name for name, free in adopted.items() if not free] == [
        "of another region",
        "in another region",
    ]


def test_an_orphan_of_no_known_region_is_a_warning_until_it_is_adopted() -> None:
    stray = Orphan(Address("M::Base", "acme-dev-old"), Observed({}, tags=OWN), "Kind/x")
    live = Live({}, unclaimed=(stray,))
    kept, (found,) = claims.settled(live, PLACE, Policy())
    assert (kept.orphans, found.code, found.severity) == ((), "PLAN009", Severity.WARNING)
    taken, none = claims.settled(live, PLACE, Policy(adopt=frozenset({stray.address})))
    assert (taken.orphans, none) == ((stray,), [])
