"""How a change becomes requests."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.compile import naming
from reconciler.model.change import Action, Call, Change, Effect, FieldChange, Observed, Reason
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.model.value import Ref
from reconciler.plan import calls, protect
from reconciler.resources import api
from reconciler.resources.api import Op, Place, Tagging
from reconciler.resources.parts import Request

from .fakes import BASE, PLACE, STORE, address, live, resource

HERE = address("base")
TAGS = [{"Key": "team", "Value": "risk"}]
OWN_ID = Ref(HERE, "Id")


def change(desired: Any, observed: Observed | None = None, touched: tuple[str, ...] = ()) -> Change:
    fields = tuple(FieldChange((prop,), None, None, Effect.IN_PLACE) for prop in touched)
    action = Action.UPDATE if observed else Action.CREATE
    return Change(HERE, action, Reason.DIFFERS, desired, observed, fields)


def sent(found: tuple[Call, ...]) -> list[tuple[str, Any]]:
    return [(call.method, dict(call.params)) for call in found]


# -- create


def test_a_creation_sends_the_body_then_the_parts() -> None:
    found = calls.create(change({"Name": "x", "Size": 1, "Members": ["a"]}), BASE, PLACE)
    assert sent(found) == [
        ("create_it", {"Name": "acme-dev-x", "Size": 1}),
        ("add_member", {"Name": "acme-dev-x", "Member": "a"}),
    ]
    assert found[0].outputs == {"Id": ("Id",)}


def test_values_that_are_not_given_and_empty_parts_are_not_sent() -> None:
    found = calls.create(change({"Size": None, "Members": []}), BASE, PLACE)
    assert sent(found) == [("create_it", {"Name": "acme-dev-x"})]


def test_the_body_is_laid_over_the_template_at_every_depth() -> None:
    nested = resource("M::Base", create=Op("create_it", {"It": {"Name": "{name}"}}))
    found = calls.create(change({"It": {"Size": 1}}), nested, PLACE)
    assert sent(found) == [("create_it", {"It": {"Name": "acme-dev-x", "Size": 1}})]


CREATE_TAGS: dict[str, tuple[dict[str, Any], list[tuple[str, Any]]]] = {
    "at the top": ({}, [("create_it", {"Name": "acme-dev-x", "Tags": TAGS})]),
    "at a dotted path": (
        {"create": "Config.Tags"},
        [("create_it", {"Name": "acme-dev-x", "Config": {"Tags": TAGS}})],
    ),
    "under the service's own names": (
        {"item": ("TagKey", "TagValue")},
        [("create_it", {"Name": "acme-dev-x", "Tags": [{"TagKey": "team", "TagValue": "risk"}]})],
    ),
    "in a call of their own": (
        {"create": ""},
        [
            ("create_it", {"Name": "acme-dev-x"}),
            ("tag", {"Name": "acme-dev-x", "Tags": TAGS}),
        ],
    ),
}


def tagging(**more: Any) -> Tagging:
    name = {"Name": "{name}"}
    given: dict[str, Any] = {
        "add": Op("tag", name),
        "remove": Op("untag", name),
        "read": Op("list_tags", name),
    }
    return Tagging(**{**given, **more})


@pytest.mark.parametrize(("how", "expected"), CREATE_TAGS.values(), ids=CREATE_TAGS.keys())
def test_the_tags_of_a_new_resource_go(how: dict[str, Any], expected: Any) -> None:
    tagged = resource("M::Base", tags=tagging(**how))
    assert sent(calls.create(change({"Tags": TAGS}), tagged, PLACE)) == expected


def test_an_output_that_creation_gives_is_a_reference_to_the_resource_itself() -> None:
    by_id = resource("M::Base", key={"Id": "{Id}"}, parts=BASE.parts)
    found = calls.create(change({"Members": ["a"]}), by_id, PLACE)
    assert found[1].params == {"Id": OWN_ID, "Member": "a"}


# -- update


def test_an_update_sends_what_the_type_says_then_what_its_parts_say() -> None:
    desired = {"Size": 2, "Members": ["b"]}
    found = calls.update(
        change(desired, live({"Size": 1, "Members": ["a"]}), ("Size", "Members")), BASE, PLACE
    )
    assert sent(found) == [
        ("update_it", {"Name": "acme-dev-x", "Size": 2}),
        ("add_member", {"Name": "acme-dev-x", "Member": "b"}),
        ("remove_member", {"Name": "acme-dev-x", "Member": "a"}),
    ]


def test_parts_that_do_not_differ_are_not_sent() -> None:
    found = calls.update(
        change({"Size": 2, "Members": ["b"]}, live({"Members": ["a"]}), ("Size",)), BASE, PLACE
    )
    assert [call.method for call in found] == ["update_it"]


def test_a_bare_request_carries_no_key() -> None:
    bare = resource("M::Base", update=lambda _: [Request("poke", {"A": 1}, bare=True)])
    assert sent(calls.update(change({}, live()), bare, PLACE)) == [("poke", {"A": 1})]


def test_a_live_resource_is_addressed_by_its_own_id() -> None:
    by_id = resource("M::Base", key={"Id": "{Id}"})
    found = calls.update(change({"Size": 2}, live(), ("Size",)), by_id, PLACE)
    assert found[0].params == {"Id": "i-1", "Size": 2}


def test_a_reference_of_a_live_resource_to_itself_is_put_in() -> None:
    own = resource("M::Base", update=lambda _: [Request("alias", {"To": OWN_ID}, bare=True)])
    assert sent(calls.update(change({}, live()), own, PLACE)) == [("alias", {"To": "i-1"})]


RETAG: dict[str, tuple[dict[str, Any], dict[str, str], list[tuple[str, Any]]]] = {
    "adds what is new": ({}, {}, [("tag", {"Name": "acme-dev-x", "Tags": TAGS})]),
    "sends only what differs": (
        {},
        {"team": "risk", "old": "y"},
        [("untag", {"Name": "acme-dev-x", "TagKeys": ["old"]})],
    ),
    "leaves the tags of AWS alone": ({}, {"team": "risk", "aws:x": "y"}, []),
    "adds before it removes": (
        {},
        {"old": "y"},
        [
            ("tag", {"Name": "acme-dev-x", "Tags": TAGS}),
            ("untag", {"Name": "acme-dev-x", "TagKeys": ["old"]}),
        ],
    ),
    "removes first where both are too many": (
        {},
        {f"old{at}": "y" for at in range(50)},
        [
            ("untag", {"Name": "acme-dev-x", "TagKeys": sorted(f"old{at}" for at in range(50))}),
            ("tag", {"Name": "acme-dev-x", "Tags": TAGS}),
        ],
    ),
    "puts all tags at once where the service wants that": (
        {"whole": True, "tags": "Tagging.TagSet", "remove": None},
        {"old": "y"},
        [("tag", {"Name": "acme-dev-x", "Tagging": {"TagSet": TAGS}})],
    ),
    "removes by the service's own parameter": (
        {"keys": "Gone.Keys"},
        {"team": "risk", "old": "y"},
        [("untag", {"Name": "acme-dev-x", "Gone": {"Keys": ["old"]}})],
    ),
}


@pytest.mark.parametrize(("how", "have", "expected"), RETAG.values(), ids=RETAG.keys())
def test_a_tag_edit(how: dict[str, Any], have: dict[str, str], expected: Any) -> None:
    tagged = resource("M::Base", tags=tagging(**how))
    wanted = change({"Tags": TAGS}, live(tags=have), ("Tags",))
    assert sent(calls.update(wanted, tagged, PLACE)) == expected


# -- delete


def test_a_deletion_undoes_first_what_would_hold_it() -> None:
    found = calls.delete(change({}, live({"Members": ["a"]})), BASE, PLACE)
    assert sent(found) == [
        ("remove_member", {"Name": "acme-dev-x", "Member": "a"}),
        ("delete_it", {"Name": "acme-dev-x"}),
    ]


def test_a_deletion_of_a_bare_resource_is_one_call() -> None:
    assert sent(calls.delete(change({}, live()), BASE, PLACE)) == [
        ("delete_it", {"Name": "acme-dev-x"})
    ]


# -- protection


JUDGED: dict[str, tuple[Action, Reason, Any, frozenset[str], tuple[str, bool]]] = {
    "a deletion of records": (
        Action.DELETE,
        Reason.NOT_DECLARED,
        STORE,
        frozenset(),
        ("records", True),
    ),
    "an allowed deletion of records": (
        Action.DELETE,
        Reason.NOT_DECLARED,
        STORE,
        frozenset({"records"}),
        ("records", False),
    ),
    "the old half of a replacement": (
        Action.DELETE,
        Reason.CANNOT_UPDATE,
        STORE,
        frozenset({"traffic"}),
        ("records", True),
    ),
    "a deletion of what has failed": (
        Action.DELETE,
        Reason.FAILED,
        STORE,
        frozenset(),
        ("records", True),
    ),
    "a deletion of what holds nothing": (
        Action.DELETE,
        Reason.NOT_DECLARED,
        BASE,
        frozenset(),
        ("", False),
    ),
    "an update": (Action.UPDATE, Reason.DIFFERS, STORE, frozenset(), ("", False)),
    "a creation": (Action.CREATE, Reason.ABSENT, STORE, frozenset(), ("", False)),
}


@pytest.mark.parametrize(
    ("action", "reason", "what", "allow", "expected"), JUDGED.values(), ids=JUDGED.keys()
)
def test_what_is_lost_and_refused_by(
    action: Action, reason: Reason, what: Any, allow: frozenset[str], expected: tuple[str, bool]
) -> None:
    change = Change(HERE, action, reason, {}, live())
    losses = protect.removal(change, what) if action is Action.DELETE else ()
    found = protect.judge(Step("id", HERE, action, reason, losses=losses), Policy(allow))
    assert (found.destroys, bool(found.refused)) == expected


# -- names


def name(type_: str, base: str, content: str = "", place: Place = PLACE) -> str:
    return naming.address(type_, base, content, place, api.load()).name


NAMES = {
    "a name": ("AWS::SageMaker::Endpoint", "fraud", "", "acme-dev-fraud"),
    "a name that all accounts share": ("AWS::S3::Bucket", "raw", "", "acme-dev-raw-123456789012"),
    "a name after its content": (
        "AWS::SageMaker::Model",
        "fraud",
        "1a2b3c4d",
        "acme-dev-fraud-1a2b3c4d",
    ),
    "a name at the limit": ("AWS::IAM::Role", "r" * 55, "", "acme-dev-" + "r" * 55),
}


@pytest.mark.parametrize(("type_", "base", "content", "expected"), NAMES.values(), ids=NAMES.keys())
def test_names(type_: str, base: str, content: str, expected: str) -> None:
    assert name(type_, base, content) == expected


@pytest.mark.parametrize("content", ["", "1a2b3c4d"], ids=["plain", "after its content"])
@pytest.mark.parametrize("type_", sorted(api.load()))
def test_a_long_name_is_cut_to_the_limit_and_stays_its_own(type_: str, content: str) -> None:
    resource = api.load()[type_]
    one, other = (name(type_, "n" * 400 + end, content) for end in "ab")
    assert (len(one) <= resource.limit, one == other) == (True, False)
    assert one == name(type_, "n" * 400 + "a", content)
    assert one.startswith(resource.fix("acme-dev-n"))
    assert one.endswith(content)


def test_a_cut_never_leaves_two_hyphens() -> None:
    base = "n" * 45 + "-" + "m" * 40
    assert "--" not in name("AWS::SageMaker::Endpoint", base)


def test_a_type_without_an_adapter_has_no_names() -> None:
    with pytest.raises(KeyError):
        name("AWS::Made::Up", "x")
