"""A refusal of an account that is not let in: told by its message, whatever its code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import Closed, Denied, Rejected, Retry, translate
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.facts.availability import row_of, table
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.resources.api import Lifecycle, Listing

from .fakes import PLACE, refusal, resource
from .test_apply import World, make, run, skipped

DENIED, INVALID = "AccessDeniedException", "ValidationException"
SUBSCRIBE = "The AWS Access Key Id needs a subscription for the service"
# call, code, message: all of them were reported by people
SEEN = [
    ("timestream-write.list_databases", DENIED, ("Only existing Timestream for LiveAnalytics"
     " customers can access the service. Reach out to AWS support.")),
    ("apprunner.list_services", "SubscriptionRequiredException", SUBSCRIBE),
    ("codecommit.create_repository", "OperationNotAllowedException", ("CreateRepository request is"
     " not allowed because there is no existing repository in this AWS account or AWS"
     " Organization")),
    ("cloudtrail.create_event_data_store", "InvalidRequestException", ("Invalid request provided:"
     " CloudTrail Lake is no longer accepting new customers")),
    ("bedrock-agent.create_agent", DENIED, ("Bedrock Agents is in Maintenance Mode. New agent"
     " creation is not available for accounts without prior service usage.")),
    ("robomaker.list_robots", "ForbiddenException", ("AWS RoboMaker is only available for existing"
     " customers.")),
    ("opsworks.describe_stacks", DENIED, ("AWS OpsWorks Stacks is no longer accepting new"
     " customers")),
    ("opsworkscm.describe_servers", INVALID, ("AWS OpsWorks CM is not accepting new customers. This"
     " command is therefore no longer supported.")),
    ("machinelearning.describe_ml_models", DENIED, ("Thank you for your interest in Amazon Machine"
     " Learning. AmazonML is no longer available to new customers.")),
]  # fmt: skip
ALIKE = [
    "Amazon SageMaker Clarify is no longer open to new customers.",
    "This feature is not available to new accounts.",
    "The service is closed to new accounts.",
    "New customers can no longer sign up for this service.",
    "New customer onboarding isn't available; the service doesn't accept new customers.",
    "Access to this API is restricted to existing customers.",
    "This operation is limited to existing accounts that used it before.",
    "The service is in maintenance mode and only open to existing customers.",
    "This service has been discontinued.",
    "This runtime reached end of support.",
]
NOT_SO = [
    (DENIED, ("User: arn:aws:iam::1:role/a is not authorized to perform: apprunner:ListServices"
     " because no policy allows it; the account is no longer open to new customers"),
     Denied),
    (DENIED, "Access denied", Denied),
    (DENIED, "You do not have permission to create new users.", Denied),
    ("AuthFailure", "You are not allowed to add new accounts to this organization.", Denied),
    (INVALID, "the resource is no longer available", Rejected),
    (INVALID, "Value 'no longer open to new customers' at 'description' is too long", Rejected),
    (INVALID, 'The tag "only existing customers" has a character that is not allowed', Rejected),
    (INVALID, "The cluster is in maintenance mode. Try again later.", Rejected),
    (INVALID, "There is no existing role in this account.", Rejected),
    ("ResourceLimitExceeded", "You cannot create new endpoints.", Rejected),
    ("ThrottlingException", "The service is not available to new customers.", Retry),
]  # fmt: skip


def told(code: str, message: str, call: str = "made.create_it", **more: Any) -> Any:
    return translate(refusal(code, message), f"{call} acme-dev-a", **more)


@pytest.mark.parametrize(("call", "code", "message"), SEEN, ids=[call for call, *_ in SEEN])
def test_what_was_seen_is_told(call: str, code: str, message: str) -> None:
    found = told(code, message, call)
    assert type(found) is Closed
    assert found.code == code
    assert message[:20] in str(found)
    known = bool(table().of_call(*call.split(".")))
    assert (found.row is not None) is known
    assert found.help


@pytest.mark.parametrize("message", ALIKE)
@pytest.mark.parametrize("code", [DENIED, INVALID, "InvalidRequestException", "WhateverItIs"])
def test_other_words_for_it_are_told_too(code: str, message: str) -> None:
    assert type(told(code, message)) is Closed


@pytest.mark.parametrize(
    ("code", "message", "expected"), NOT_SO, ids=[m[:40] for _, m, _ in NOT_SO]
)
def test_what_only_sounds_like_it_is_not_told(code: str, message: str, expected: type) -> None:
    assert type(told(code, message, "apprunner.list_services")) is expected


def test_a_subscription_may_be_missing_for_other_reasons() -> None:
    assert type(told("SubscriptionRequiredException", SUBSCRIBE, "support.list")) is Rejected
    assert type(told("OptInRequired", SUBSCRIBE, "ec2.describe_instances")) is Denied


def test_a_fault_of_aws_is_tried_again_whatever_it_says() -> None:
    error = refusal("InternalFailure", "not available to new customers", 500)
    assert type(translate(error, "made.create_it")) is Retry


def test_the_way_out_is_named() -> None:
    monitor = told(DENIED, ALIKE[0], "sagemaker.create_monitoring_schedule")
    assert "use a Monitor of Moorline" in monitor.help
    assert "AWS Support" in monitor.help
    assert "`services: {model-monitor: existing}`" in monitor.help
    reopened = told(DENIED, SEEN[2][2], "codecommit.create_repository")
    assert "open to everybody since 2025-11-24" in reopened.help


OWN = {
    "title": "Making",
    "status": "maintenance",
    "since": "2026-01-01",
    "reference": "AWS",
    "replacement": "buying",
    "calls": ["made.*"],
    "messages": ["guests are not served"],
    "touches": [{"type": "M::Base"}],
    "refusesReads": True,
}
SERVICES = table([row_of("making", OWN)])


def test_the_platform_may_add_words() -> None:
    assert type(told(DENIED, "Guests are not served here.")) is Denied
    found = told(DENIED, "Guests are not served here.", services=SERVICES)
    assert type(found) is Closed
    assert "buying" in found.help


# -- what follows


def shut(message: str = ALIKE[0]) -> Any:
    def fail() -> None:
        raise refusal(DENIED, message)

    return fail


def test_a_refusal_stops_its_branch_only_and_is_not_tried_again() -> None:
    world = World()
    tries: list[int] = []

    def refuse() -> None:
        tries.append(1)
        raise refusal(DENIED, ALIKE[0])

    world.when["a"] = refuse
    steps = (make("a"), make("b", "a"), make("c"), make("d", "c"))
    outcome, events = run(world, *steps)
    assert (outcome.done, outcome.failed, outcome.skipped) == (("c", "d"), ("a",), ("b",))
    assert skipped(events) == {"b": "a"}
    assert len(tries) == 1
    (failed,) = (each for each in events if type(each).__name__ == "StepFailed")
    assert failed.code == "CLOSED004"  # type: ignore[attr-defined]
    assert "AWS Support" in failed.help  # type: ignore[attr-defined]


class Shut:
    """A service of which AWS lists nothing to this account."""

    def __init__(self, error: ClientError, index: tuple[str, ...] = ()) -> None:
        self.error = error
        self.index = index

    def client(self, service: str) -> Any:
        return self if service == "made" else Tagging(self.index)

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, _method: str) -> Any:
        def send(**_: Any) -> Any:
            raise self.error

        return send


class Tagging:
    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def can_paginate(self, _method: str) -> bool:
        return False

    def get_resources(self, **_: Any) -> Any:
        tags = [{"Key": f"moorline:{key}", "Value": value}
                for key, value in (("platform", "acme"), ("environment", "dev"))]  # fmt: skip
        found = [{"ResourceARN": f"arn:base/{name}", "Tags": tags} for name in self.names]
        return {"ResourceTagMappingList": found}


LISTED = resource(
    "M::Base",
    listings=(Listing(method="list_them", at="Them", name="Name"),),
    arn="arn:base/{name}",
)
GUESTS = refusal(DENIED, "Guests are not served here.")


def seen(error: ClientError, index: tuple[str, ...] = (), **more: Any) -> tuple[Any, list[str]]:
    services = more.pop("services", SERVICES)
    session = Session(Shut(error, index), FakeClock(), services=services)
    graph = more.pop("graph", Graph())
    if not graph:  # its listing is asked for because it is declared
        graph, _ = build_graph([Node(Address("M::Base", "acme-dev-a"), {})])
    live, found = observe(session, graph, {"M::Base": LISTED}, PLACE, **more)
    return live, [f"{each.code} {each.severity}" for each in found]


def test_nothing_can_be_there_where_aws_shows_it_to_nobody_new() -> None:
    live, found = seen(GUESTS)
    assert (live.unknown, found) == (frozenset(), ["CLOSED005 note"])
    assert live.found == {Address("M::Base", "acme-dev-a"): None}


UNSURE: dict[str, tuple[ClientError, tuple[str, ...], frozenset[Address]]] = {
    "the tags have one": (GUESTS, ("acme-dev-b",), frozenset()),
    "the last receipt has one": (GUESTS, (), frozenset({Address("M::Base", "acme-dev-b")})),
    "missing permissions": (refusal(DENIED, "no"), (), frozenset()),
}


@pytest.mark.parametrize("what", UNSURE)
def test_else_it_is_unknown(what: str) -> None:
    error, index, left = UNSURE[what]
    live, found = seen(error, index, left=left)
    assert Address("M::Base", "*") in live.unknown
    assert Address("M::Base", "acme-dev-a") in live.unknown
    assert any("error" in each for each in found)


def test_a_service_that_lists_to_everybody_is_not_known_to_be_empty() -> None:
    services = table([row_of("making", {**OWN, "refusesReads": False})])
    live, found = seen(GUESTS, services=services)
    assert Address("M::Base", "*") in live.unknown
    assert found == ["CLOSED005 error"]


class Lister:
    """Answers a listing."""

    def __init__(self, *items: dict[str, str]) -> None:
        self.items = [*items]

    def client(self, service: str) -> Any:
        return self if service == "made" else Tagging(())

    def can_paginate(self, _method: str) -> bool:
        return False

    def list_them(self, **_: Any) -> Any:
        return {"Them": self.items}


@pytest.mark.parametrize(
    ("params", "counts"), [({}, {"M::Base": 1}), ({"Prefix": "{prefix}"}, {})], ids=["all", "ours"]
)
def test_what_a_listing_has_of_others_is_counted(
    params: dict[str, str], counts: dict[str, int]
) -> None:
    listing = Listing(method="list_them", at="Them", name="Name", params=params)
    lifecycle = Lifecycle(
        field="State", ready=frozenset({"Up"}), busy=frozenset(), failed=frozenset({"Bad"})
    )
    kind = resource("M::Base", listings=(listing,), lifecycle=lifecycle)
    items = ({"Name": "others", "State": "Up"}, {"Name": "b", "State": "Bad"},
             {"Name": "c", "State": "Deleting"})  # fmt: skip
    graph, _ = build_graph([Node(Address("M::Base", "acme-dev-a"), {})])
    session = Session(Lister(*items), FakeClock())
    live, _found = observe(session, graph, {"M::Base": kind}, PLACE)
    assert live.counts == counts


def test_the_table_of_the_day_says_its_day() -> None:
    assert table().as_of >= date(2026, 11, 29)
