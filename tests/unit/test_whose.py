"""Whose a resource is whose type takes no tags: by what it is in, or by a mark in a text."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import AwsError
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.aws.survey import Surveyor
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Observed, Reason
from reconciler.model.graph import build_graph
from reconciler.plan import calls
from reconciler.plan.diff import compare
from reconciler.plan.live import Claim, claim
from reconciler.resources import api
from reconciler.resources.api import OWNERSHIP, Listing, Op, Resource
from reconciler.resources.whose import Marked, Within, inherited, inscribed, marked, plain, told

from .fakes import OWN, PLACE, Clients, address, node, refusal, resource

TAGS = {**OWN, OWNERSHIP[2]: "Kind/x", OWNERSHIP[3]: "eu-west-1"}
LIST = [{"Key": key, "Value": value} for key, value in TAGS.items()]
TOPIC = "AWS::SNS::Topic"
"""Stands for something that others are in: its tags are read by its ARN."""


def session(*script: Any) -> Session:
    clock = FakeClock()
    return Session(Clients(*script), clock=clock, limiter=Limiter(clock, unlimited=True), wholes={})


# -- by a mark


CONNECTION = resource("M::Base", tags=None, whose=Marked(prop="Text"), effects={})
HERE = address("base")


def test_a_mark_goes_round_and_leaves_what_people_wrote() -> None:
    text = marked("Our service.", {**TAGS, "team": "x"})
    assert text.startswith("Our service. [moorline environment=dev platform=acme ")
    assert (told(text), plain(text)) == (TAGS, "Our service.")
    assert told(marked(text, {OWNERSHIP[0]: "other"})) == {OWNERSHIP[0]: "other"}
    assert marked("", TAGS).startswith("[moorline ")
    assert plain(marked(None, TAGS)) == ""


@pytest.mark.parametrize("text", ["", None, "plain", "[moorline]", "[moorline a=b] and more", 7])
def test_what_has_no_mark_says_nothing(text: Any) -> None:
    assert told(text) == {} or text == "[moorline a=b] and more"


def test_a_creation_and_a_new_tag_write_the_mark_and_no_tag() -> None:
    desired = {"Text": "Ours.", "Tags": LIST}
    made = Change(HERE, Action.CREATE, Reason.ABSENT, desired, None)
    (call,) = calls.create(made, CONNECTION, PLACE)
    assert call.params == {"Name": HERE.name, "Text": marked("Ours.", TAGS)}
    change = compare(HERE, desired, Observed({"Text": "Ours."}, tags={}), CONNECTION)
    assert change.touches("Tags")
    written = inscribed(change, Marked(prop="Text"))
    assert [each.path for each in written.fields] == [("Text",)]
    assert "Tags" not in written.desired


def test_a_reading_has_the_tags_of_the_mark_and_the_text_without_it() -> None:
    answer = {"Text": marked("Ours.", TAGS), "Size": 1}
    found = Single(session(answer), PLACE).read(CONNECTION, HERE, ("Text",))
    assert found is not None
    assert (found.props, found.tags) == ({"Text": "Ours."}, TAGS)
    assert claim(found, PLACE, CONNECTION) is Claim.OURS
    assert compare(HERE, {"Text": "Ours.", "Tags": LIST}, found, CONNECTION).action is Action.NONE
    bare = Single(session({"Text": "Ours."}), PLACE).read(CONNECTION, HERE, ("Text",))
    assert bare is not None
    assert claim(bare, PLACE, CONNECTION) is Claim.FOREIGN


# -- by what it is in


KEY = {"Group": "{parent}", "Name": "{leaf}"}


def schedule(**more: Any) -> Resource:
    listing = Listing(method="list_them", at="Them", name="Name", params={"Group": "{parent}"})
    given = {
        "tags": None,
        "name": "",
        "key": KEY,
        "read": Op("get_it", KEY),
        "create": Op("create_it", KEY),
        "delete": Op("delete_it", KEY),
        "whose": Within(type=TOPIC),
        "listings": (listing,),
    }
    return resource("M::Child", **{**given, **more})


CHILD = Address("M::Child", "acme-dev-group/nightly")


def test_a_name_is_that_of_what_it_is_in_and_its_own() -> None:
    kind = schedule()
    made = Change(CHILD, Action.CREATE, Reason.ABSENT, {"Size": 1}, None)
    (call,) = calls.create(made, kind, PLACE)
    assert call.params == {"Group": "acme-dev-group", "Name": "nightly", "Size": 1}


def test_it_is_whose_the_thing_is_that_it_is_in() -> None:
    reading = session({"Size": 1}, {"Tags": LIST})
    found = Single(reading, PLACE).read(schedule(), CHILD, ("Size",))
    assert found is not None
    assert found.tags == inherited(TAGS, OWNERSHIP)
    assert OWNERSHIP[2] not in found.tags  # by no spec of its own
    assert claim(found, PLACE, schedule()) is Claim.OURS
    clients: Any = reading.clients
    method, params = clients.only.sent[1]
    assert (method, params["ResourceArn"].rpartition(":")[2]) == (
        "list_tags_for_resource",
        "acme-dev-group",
    )


def test_somebody_elses_is_not_ours_and_what_cannot_be_read_is_unknown() -> None:
    theirs = session({"Size": 1}, {"Tags": [{"Key": OWNERSHIP[0], "Value": "other"}]})
    found = Single(theirs, PLACE).read(schedule(), CHILD, ("Size",))
    assert found is not None
    assert claim(found, PLACE, schedule()) is Claim.FOREIGN
    with pytest.raises(AwsError):
        Single(session({"Size": 1}, refusal("AccessDenied", status=403)), PLACE).read(
            schedule(), CHILD, ("Size",)
        )


def survey(sole: bool, *items: str) -> set[str]:
    arn = "arn:aws:sns:eu-west-1:123456789012:acme-dev-group"
    index = {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": LIST}]}
    kind = schedule(whose=Within(type=TOPIC, sole=sole))
    graph, _ = build_graph([node(CHILD)])
    known = {TOPIC: api.load()[TOPIC], kind.type: kind}
    reading = session(index, {"Them": [{"Name": item} for item in items]}, {"Topics": []})
    surveyor = Surveyor(reading, graph, known, PLACE, lambda *_: None)
    surveyor._index()
    out: dict[str, Any] = {}
    found, count = surveyor._list(kind, 0)
    assert count is None
    assert out == {}
    return set(found)


def test_it_is_listed_by_what_it_is_in() -> None:
    items = ("nightly", "acme-dev-old", "a-crawlers-own")
    within = {"acme-dev-group/nightly", "acme-dev-group/acme-dev-old"}
    assert survey(False, *items) == within
    assert survey(True, *items) == {*within, "acme-dev-group/a-crawlers-own"}


class Answers:
    """A client that answers by method."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def client(self, _service: str) -> Answers:
        return self

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, method: str) -> Any:
        def send(**_: Any) -> Any:
            self.asked.append(method)
            return self.answers[method]

        return send


def test_a_plan_finds_it_there_and_whose_it_is_without_a_call_for_that() -> None:
    arn = "arn:aws:sns:eu-west-1:123456789012:acme-dev-group"
    graph, _ = build_graph([node(CHILD, {"Size": 1}), node(Address(TOPIC, "acme-dev-group"), {})])
    clients = Answers(
        get_resources={"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": LIST}]},
        list_them={"Them": [{"Name": "nightly"}]},
        get_it={"Size": 1},
        get_topic={},
        list_tags={"Tags": LIST},
    )
    topic = resource(TOPIC, arn=api.load()[TOPIC].arn, read=Op("get_topic", {"Name": "{name}"}))
    known = {TOPIC: topic, "M::Child": schedule()}
    clock = FakeClock()
    limiter = Limiter(clock, unlimited=True)
    reading = Session(clients, clock=clock, limiter=limiter, wholes={})  # type: ignore[arg-type]
    live, found = observe(reading, graph, known, PLACE)
    assert [each.message for each in found] == []
    observed = live.found[CHILD]
    assert observed is not None
    assert claim(observed, PLACE, schedule()) is Claim.OURS
    assert (observed.props, observed.tags) == ({"Size": 1}, inherited(TAGS, OWNERSHIP))
    assert clients.asked.count("get_it") == clients.asked.count("list_them") == 1
    assert clients.asked.count("list_tags") <= 1  # of the topic alone, which carries them
