"""One account with two regions, two environments; two accounts: none moves what another has."""

from __future__ import annotations

from typing import Any

import pytest
from crash.live import State, difference, state
from sweeps import LONG

from reconciler.aws.lookups import answer
from reconciler.aws.single import Single
from reconciler.compile import compiler
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.plan import Plan
from reconciler.plan.calls import fill
from reconciler.resources.api import REGION_TAG, Reach, Resource, load
from reconciler.sandbox.inprocess import Sandbox

from . import files, specs
from .platform import HOME, Platform, Site, codes, join, paths, steps

ANYTHING = "records, traffic, keys, history, access"
DE = "eu-central-1"
NEXT_DOOR = Site(region=DE)
"""The same environment in another region."""
STRANGER = "210987654321"
TOLD = specs.BUDGET.replace("{emails: [a@example.com]}", "{monitor: watch}")
MAILED = "AWS::Budgets::Budget/acme-dev-month"
SHARING = join(specs.RAW, specs.BUDGET)
FEW = join(specs.SECURITY, specs.RAW, specs.CUSTOMER, specs.BUDGET)


def edited(text: str) -> str:
    return text.replace("amount: 100", "amount: 150").replace(
        "expireAfter: 30d", "expireAfter: 60d"
    )


def platform_in(aws: Sandbox, site: Site, text: str = specs.EVERYTHING) -> Platform:
    return Platform(aws, text, allow=ANYTHING, site=site)


def nodes(platform: Platform) -> list[Node]:
    """What is declared."""
    request = platform.request()
    facts, _ = answer(platform.session, compiler.questions(request.specs, request.view))
    return [*compiler.build(request.specs, request.view, facts)[0]]


def own(platform: Platform) -> State:
    """What is alive in its region and carries the tags of its environment."""
    found = state(platform)
    return {
        k: v for k, v in found.items() if v["tags"]["moorline:environment"] == platform.site.name
    }


def everywhere(aws: Sandbox) -> list[State]:
    """What is alive in the account: in both regions, and what they share."""
    return [state(platform_in(aws, site)) for site in (HOME, NEXT_DOOR)]


def destroy(platform: Platform) -> None:
    run = platform.apply(platform.plan(destroy=True))
    assert (run.failures, run.skipped) == ({}, {})


def shared(platform: Platform) -> set[str]:
    """Addresses of what is declared and not regional."""
    known = load()
    reached = (each.address for each in nodes(platform))
    return {str(at) for at in reached if known[at.type].reach is not Reach.REGIONAL}


def refused(platform: Platform, **options: Any) -> dict[str, str | None]:
    """Codes of errors by address."""
    return refusals(platform.plan(**options))


def refusals(plan: Plan) -> dict[str, str | None]:
    """As `refused`, of a plan."""
    return {str(each.address): each.code for each in plan.diagnostics if each.is_error}


# -- the same environment in a second region


def test_a_second_region_is_refused_where_it_meets_what_regions_share(aws: Sandbox) -> None:
    """Nothing there is planned, adopted or deleted."""
    platform_in(aws, HOME).converge()
    before, second = everywhere(aws), platform_in(aws, NEXT_DOOR)
    plan = second.plan()
    met = shared(second)
    assert {address.partition("/")[0] for address in met} == {
        "AWS::Budgets::Budget",
        "AWS::IAM::Role",
        "AWS::S3::Bucket",
    }
    assert refusals(plan) == dict.fromkeys(met, "PLAN008")
    assert {str(step.address) for step in plan.steps} & met == set()
    assert all("environment name" in each.help for each in plan.diagnostics if each.is_error)
    found = [each.address for each in nodes(second)]
    assert refused(second, adopt=found) == dict.fromkeys(met, "PLAN008")
    plan = second.plan(destroy=True)
    assert (steps(plan), codes(plan)) == ([], [])
    assert everywhere(aws) == before


def test_what_is_not_shared_lives_in_two_regions_side_by_side(aws: Sandbox) -> None:
    first, second = platform_in(aws, HOME), platform_in(aws, NEXT_DOOR, specs.SECURITY)
    first.converge()
    there = own(first)
    second.converge()
    assert difference(own(first), there) == {}
    key = "AWS::KMS::Key/acme-dev-core-data"
    assert (own(first)[key]["tags"][REGION_TAG], own(second)[key]["tags"][REGION_TAG]) == (
        HOME.region,
        DE,
    )
    destroy(second)
    assert difference(own(first), there) == {}
    second.converge()
    here = state(second)[key]
    destroy(first)
    assert state(second)[key] == here
    assert steps(second.plan()) == []


def test_what_another_region_made_since_the_plan_is_not_taken_over(aws: Sandbox) -> None:
    second = platform_in(aws, NEXT_DOOR, SHARING)
    plan, met = second.plan(), shared(second)
    platform_in(aws, HOME, SHARING).converge()
    before = everywhere(aws)
    run = second.apply(plan)
    assert len(met) == 2
    assert run.failures == dict.fromkeys(met, "APPLY003")
    assert everywhere(aws) == before


# -- two environments, two accounts

OTHERS = {  # clients outlive a test, and remember in which region a bucket of a name was
    "another region": Site("stage", DE),
    "the same region": Site("test"),
    "a name that begins alike": Site("dev-2", DE),
    "another account": Site("dev", account=STRANGER),
    "another account and region": Site("dev", DE, STRANGER),
}


@pytest.mark.parametrize("which", OTHERS if LONG else [*OTHERS][-1:])
def test_a_platform_does_not_move_another_one(aws: Sandbox, which: str) -> None:
    text = specs.EVERYTHING if LONG else FEW
    first, second = platform_in(aws, HOME, text), platform_in(aws, OTHERS[which], text)
    first.converge()
    before = own(first)
    second.converge()
    assert difference(own(first), before) == {}
    there = own(second)
    assert len(there) == len(before)
    first.converge(edited(text))
    assert difference(own(second), there) == {}
    first.converge(text)
    second.converge(edited(text))
    assert difference(own(first), before) == {}
    there = own(second)
    destroy(first)
    assert (own(first), difference(own(second), there)) == ({}, {})
    first.converge()
    destroy(second)
    assert (own(second), own(first).keys()) == ({}, before.keys())
    assert steps(first.plan()) == []


def test_a_bucket_name_that_another_account_has_is_refused_and_left_alone(aws: Sandbox) -> None:
    theirs = platform_in(aws, Site(account=STRANGER)).client("s3")
    name = specs.name(specs.BUCKET)
    there = {"LocationConstraint": HOME.region}
    theirs.create_bucket(Bucket=name, CreateBucketConfiguration=there)
    ours = platform_in(aws, HOME, specs.RAW)
    run = ours.apply(ours.plan())
    assert list(run.failures) == [specs.BUCKET]
    assert run.calls == []
    assert theirs.list_buckets()["Buckets"][0]["Name"] == name
    left = [each["Name"] for each in ours.client("s3").list_buckets()["Buckets"]]
    assert left == [files.MODELS]


# -- platforms from before the tag


def test_an_older_platform_gets_the_tag_by_one_update_of_each_resource(aws: Sandbox) -> None:
    platform = platform_in(aws, HOME, specs.EVERYTHING.replace(specs.BUDGET, TOLD))
    platform.converge()
    before = state(platform)
    forget(platform)
    plan = platform.plan()
    assert codes(plan) == []
    names = sorted(each.address.name for each in nodes(platform))
    assert sorted(steps(plan)) == sorted(("update", name) for name in names)
    assert all(found == [f"Tags.{REGION_TAG}"] for found in paths(plan).values())
    assert len([call for step in plan.steps for call in step.calls]) == len(names)
    platform.converge()
    assert difference(unordered(state(platform)), unordered(before)) == {}


def unordered(found: State) -> State:
    """A tag that is put again comes last where AWS lists them."""
    for body in found.values():
        body["props"].pop("Tags", None)
    return found


def test_an_older_role_is_not_another_regions_and_no_orphan_there(aws: Sandbox) -> None:
    first, second = platform_in(aws, HOME), platform_in(aws, NEXT_DOOR)
    first.text = second.text = specs.EVERYTHING.replace(specs.BUDGET, TOLD)
    first.converge()
    forget(first)
    assert refused(second) == dict.fromkeys(shared(second), "PLAN008")
    plan = second.plan(destroy=True)
    assert (steps(plan), codes(plan)) == ([], [])
    destroy(first)
    assert everywhere(aws) == [{}, {}]


@pytest.mark.parametrize("site", [HOME, NEXT_DOOR], ids=["its region", "another region"])
def test_an_older_budget_that_names_no_region_waits_to_be_adopted(aws: Sandbox, site: Site) -> None:
    platform_in(aws, HOME, specs.BUDGET).converge()
    platform = platform_in(aws, site, specs.BUDGET)
    forget(platform)
    assert refused(platform) == {MAILED: "PLAN009"}
    plan = platform.plan(adopt=[Address.parse(MAILED)])
    assert steps(plan) == [("adopt", "acme-dev-month")]
    platform.apply(plan)
    assert steps(platform.plan()) == []


def test_an_older_budget_that_no_spec_makes_goes_only_when_it_is_adopted(aws: Sandbox) -> None:
    platform = platform_in(aws, HOME, specs.BUDGET)
    platform.converge()
    forget(platform)
    plan = platform.plan(destroy=True)
    (found,) = plan.diagnostics
    assert (steps(plan), found.code, found.severity) == ([], "PLAN009", Severity.WARNING)
    plan = platform.plan(destroy=True, adopt=[Address.parse(MAILED)])
    assert (steps(plan), codes(plan)) == ([("delete", "acme-dev-month")], [])
    platform.apply(plan)
    assert state(platform) == {}


def forget(platform: Platform) -> None:
    """Take the region's tag from everything that is declared."""
    single = Single(platform.session, compiler.place_of(platform.request().view))
    for node in nodes(platform):
        resource = load()[node.address.type]
        observed = single.read(resource, node.address, ())
        assert observed is not None
        _untag(
            platform,
            resource,
            observed,
            single.slots(resource, node.address.name, observed.outputs),
        )


def _untag(platform: Platform, resource: Resource, observed: Observed, slots: Any) -> None:
    client, tags = platform.client(resource.service), resource.tags
    assert tags is not None
    if tags.remove:
        key = {name: fill(text, slots) for name, text in tags.remove.params.items()}
        getattr(client, tags.remove.method)(**key, **{tags.keys: [REGION_TAG]})
        return
    kept = [{"Key": k, "Value": v} for k, v in (observed.tags or {}).items() if k != REGION_TAG]
    client.put_bucket_tagging(Bucket=slots["name"], Tagging={"TagSet": kept})
