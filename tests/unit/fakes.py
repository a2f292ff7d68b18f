"""A made-up service with four types, and what stands in for AWS at the client's side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from reconciler.model.address import Address
from reconciler.model.change import Change, Effect, Observed
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Node, Origin
from reconciler.resources.api import OWNERSHIP, Op, Place, Reach, Resource, Tagging, Whole, absent
from reconciler.resources.parts import Members, Request

PLACE = Place("123456789012", "eu-west-1", "acme", "dev")
OWN = {OWNERSHIP[0]: "acme", OWNERSHIP[1]: "dev"}
NAME = {"Name": "{name}"}


def update(change: Change) -> Iterator[Request]:
    """All that differs, in one request."""
    if change.touches("Size", "Uses"):
        wanted = {key: change.desired[key] for key in ("Size", "Uses") if key in change.desired}
        yield Request("update_it", wanted)


def resource(type_: str, **more: Any) -> Resource:
    """A type of the made-up service; every property but `Fixed` changes in place."""
    effects = {
        "Fixed": Effect.REPLACE,
        "Uses": Effect.IN_PLACE,
        "Size": Effect.IN_PLACE,
        "Members": Effect.IN_PLACE,
    }
    given: dict[str, Any] = {
        "type": type_,
        "service": "made",
        "reach": Reach.REGIONAL,
        "name": "Name",
        "key": NAME,
        "read": Op("describe_it", NAME),
        "whole": Whole(),
        "create": Op("create_it", NAME),
        "delete": Op("delete_it", NAME),
        "absent": (absent("NotFound"),),
        "outputs": {"Id": ("Id",)},
        "created": {"Id": ("Id",)},
        "predict": {"Arn": "arn:{account}:{name}"},
        "effects": effects,
        "tags": Tagging(add=Op("tag", NAME), remove=Op("untag", NAME), read=Op("list_tags", NAME)),
        "update": update,
    }
    return Resource(**{**given, **more})


MEMBERS = Members(
    prop="Members",
    list_="list_members",
    at="Members",
    field="Member",
    add="add_member",
    remove="remove_member",
    param="Member",
)
BASE = resource("M::Base", parts=(MEMBERS,))
STORE = resource("M::Store", refers=("M::Base",), holds="records")
VERSION = resource(
    "M::Version",
    refers=("M::Base",),
    content_named=True,
    replace_first=True,
)
SERVER = resource("M::Server", refers=("M::Version", "M::Base", "M::Store"), holds="traffic")
TWIN = resource("M::Twin", refers=("M::Base",), replace_first=True)
RESOURCES = {each.type: each for each in (BASE, STORE, VERSION, SERVER, TWIN)}


def address(kind: str, name: str = "x") -> Address:
    return Address(f"M::{kind.title()}", f"acme-dev-{name}")


def node(at: Address, props: dict[str, Any] | None = None, **more: Any) -> Node:
    origin = Origin(more.pop("spec", f"Kind/{at.name}"), Span("specs.yaml", 1, 1))
    return Node(at, props or {}, origin=origin, **more)


def live(props: dict[str, Any] | None = None, **more: Any) -> Observed:
    return Observed(props or {}, **{"outputs": {"Id": "i-1"}, "tags": OWN, **more})


def refusal(code: str, message: str = "", status: int = 400) -> ClientError:
    """An error answer of AWS."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


class Client:
    """Answers what a script says, one item a request; an exception in it is raised."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def send(**params: Any) -> Any:
            self.sent.append((method, params))
            answer = self.script.pop(0) if self.script else {}
            if isinstance(answer, Exception):
                raise answer
            return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

        return send


class Clients:
    """The same scripted client for every service."""

    def __init__(self, *script: Any) -> None:
        self.only = Client(*script)

    def client(self, _service: str) -> Client:
        return self.only
