"""What runs in the sandbox ask of IAM, call by call, and who the delivered roles let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any

import orjson
from access.offline import Offline
from botocore import xform_name
from engine import platform
from resources.samples import PLACE as SAMPLE_PLACE, SAMPLES
from resources.test_registry_lint import emitted

from reconciler.access.caller import demanded
from reconciler.access.calls import asked
from reconciler.access.decide import decide
from reconciler.access.handlers import handled
from reconciler.access.model import Asked, Decision, Guard, Named, Policies, Why
from reconciler.access.request import NEW_ID, Call
from reconciler.aws.session import READS
from reconciler.delivery import api, resolve, roles
from reconciler.delivery.actions import methods
from reconciler.delivery.site import Site
from reconciler.model.value import Join, JsonText, Ref
from reconciler.resources import api as resources

from .written import site, stage

ACCOUNT, REGION = platform.ACCOUNT, platform.REGION
SEALED = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/99999999-9999-4999-8999-999999999999"
"""The customer's key of receipts."""
TOLD = SEALED.replace("9", "8")
"""The customer's key of reports."""
OBJECT = "arn:aws:s3:::reports/drift.md"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:drift"
GIVEN = {"ReceiptsKey": SEALED, "ReportObject": OBJECT, "ReportTopic": TOPIC, "ReportKey": TOLD}
TYPES = tuple(sorted(resources.load()))
_TAG = "aws:requesttag/"
_NOT_CALLS = {"can_paginate", "get_paginator", "meta"}


def everything(name: str, *, platform: str = "acme", near: bool = False, **more: Any) -> Site:
    """A site in the sandbox's account with every type; its receipts and signatures are kept.

    With `near` its roles are called like what they look after.
    """
    bucket = f"{platform}-{name}-receipts"
    known = {"bucket": bucket, "stepwise": True, "driven": True, **more}
    own = stage(name, ACCOUNT, first=True, **known)
    if near:
        called = f"arn:aws:iam::{ACCOUNT}:role/{platform}-{name}"
        own = replace(own, plan_role=f"{called}-plan", apply_role=f"{called}-apply")
    return replace(site(types=TYPES, stages=(own,)), platform=platform)


@dataclass(frozen=True)
class Role:
    """A delivered role."""

    name: str
    policies: tuple[Named, ...]
    lesser: dict[str, Role] = field(default_factory=dict, compare=False)
    """The same role without a statement, by its label; each is read once."""

    def decision(self, question: Asked) -> Decision:
        """What IAM answers this role; the key policy of ours leaves it to IAM."""
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/run-1"
        arn = f"arn:aws:iam::{ACCOUNT}:role/{self.name}"
        context = {**question.context, "aws:principalarn": (arn,)}
        mine = replace(question, principal=session, context=context)
        on_key = ":kms:" in question.resource and ":key/" in question.resource
        where = {"resource": ACCOUNTS, "guard": Guard.KEY} if on_key else {}
        return decide(mine, Policies(self.policies, **where))

    def without(self, label: str) -> Role:
        """The same role, had it not this statement."""
        if label not in self.lesser:
            self.lesser[label] = self._without(label)
        return self.lesser[label]

    def _without(self, label: str) -> Role:
        name, _, number = label.partition("#")
        left = []
        for each in self.policies:
            if each.name != name:
                left.append(each)
                continue
            listed = list(each.document["Statement"])
            del listed[int(number)]
            left += [Named(each.name, {**each.document, "Statement": listed})] if listed else []
        return Role(self.name, tuple(left))

    @cached_property
    def actions(self) -> frozenset[tuple[str, str]]:
        """Every action of every statement."""
        return frozenset(
            (f"{each.name}#{number}", action.lower())
            for each in self.policies
            for number, statement in enumerate(each.document["Statement"])
            for action in statement["Action"]
        )

    def deciding(self, questions: Iterable[Asked]) -> set[tuple[str, str]]:
        """The actions of statements which alone decide one of the questions."""
        found = set()
        for each in questions:
            decision = self.decision(each)
            by = [label for label in decision.by if label[0].isdigit()]
            if len(by) == 1:
                other = self.without(by[0]).decision(each)
                if other.allowed != decision.allowed:
                    found |= {(by[0], it) for it in self.listed(by[0], each.action.lower())}
        return found

    def listed(self, label: str, action: str) -> set[str]:
        """What a statement has that an action is one of."""
        return {it for at, it in self.actions if at == label and fnmatchcase(action, it)}

    def refused(self, questions: Iterable[Asked]) -> list[tuple[str, str, Why]]:
        """The questions that are not answered with yes."""
        found = [(each, self.decision(each)) for each in questions]
        return [(each.action, each.resource, it.why) for each, it in found if not it.allowed]


ACCOUNTS = Named(
    "key policy",
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    },
)


@cache
def _roles(name: str, platform: str, more: tuple[tuple[str, Any], ...]) -> dict[str, Role]:
    return delivered(everything(name, platform=platform, **dict(more)), name)


def role(kind: str, name: str = "dev", *, platform: str = "acme", **more: Any) -> Role:
    """The plan or apply role of an environment with every type."""
    made = _roles(name, platform, tuple(sorted(more.items())))
    near = f"{platform}-{name}" if more.get("near") else f"moorline-{name}"
    return made[f"{near}-{kind}"]


def delivered(where: Site, name: str) -> dict[str, Role]:
    """The roles that a stack makes for an environment."""
    text = roles.template(where, api.load()["github"].trust(where))
    made = resolve.policies(text, name, ACCOUNT, REGION, GIVEN)
    return {
        key: Role(key, tuple(Named(str(n), each) for n, each in enumerate(it.policies)))
        for key, it in made.items()
    }


# -- what is asked


@dataclass(frozen=True)
class Sent:
    """A call that was sent, and all that IAM was asked because of it."""

    service: str
    method: str
    questions: tuple[Asked, ...]

    @property
    def reads(self) -> bool:
        return self.method.startswith(READS)

    def __str__(self) -> str:
        return f"{self.service}.{self.method}"


@dataclass
class Known(Offline):
    """What AWS knows after the calls so far."""

    tagged: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)

    def role(self, _name: str, _account: str) -> str:
        return ""

    def questions(self, call: Call) -> tuple[Asked, ...]:
        return (*asked(call, self), *demanded(call, self), *handled(call, self))

    def learn(self, call: Call, questions: Iterable[Asked], answer: Mapping[str, Any]) -> None:
        """Tags that the request carried, aliases, and what keys encrypt."""
        for each in questions:
            tags = {k.removeprefix(_TAG): v[0] for k, v in each.context.items() if _TAG in k}
            at = each.resource
            if NEW_ID in at and call.operation == "CreateKey":
                at = answer["KeyMetadata"]["Arn"]
            if tags and at != "*" and ":s3:" not in at:
                self.tagged.setdefault(at, {}).update(tags)
        if call.operation == "CreateAlias":
            key = next(each.resource for each in questions if ":key/" in each.resource)
            self.keys[call.params["AliasName"]] = key
            self.named[key] = (*self.named.get(key, ()), call.params["AliasName"])
        if call.operation == "DeleteAlias":
            key = self.keys.pop(call.params["AliasName"])
            self.named[key] = tuple(n for n in self.named[key] if n != call.params["AliasName"])
        if call.operation == "CreateEndpointConfig" and call.get("KmsKeyId"):
            self.sealed[questions[0].resource] = str(call.get("KmsKeyId"))


class Recording:
    """Clients that note what is asked of IAM for every call, when it is sent."""

    def __init__(self, known: Known | None = None) -> None:
        self.known = known or Known()
        self.sent: list[Sent] = []

    def client(self, service: str) -> Any:
        return _Client(platform.client(service), service, self)

    def note(self, service: str, method: str, operation: str, params: Any) -> tuple[Call, Sent]:
        name = service.partition("@")[0]
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/somebody/run-1"
        call = Call(name, operation, params, REGION, ACCOUNT, session)
        sent = Sent(name, method, self.known.questions(call))
        self.sent.append(sent)
        return call, sent


class _Client:
    def __init__(self, inner: Any, service: str, book: Recording) -> None:
        self._inner, self._service, self._book = inner, service, book

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name in _NOT_CALLS:
            return method
        operation = self._inner.meta.method_to_api_mapping[name]

        def call(**params: Any) -> Any:
            made, sent = self._book.note(self._service, name, operation, params)
            answer = method(**params)
            self._book.known.learn(made, sent.questions, answer)
            return answer

        return call


def one(service: str, operation: str, known: Known | None = None, /, **params: Any) -> Sent:
    """A call that nothing here sends, and what would be asked."""
    return Recording(known).note(service, xform_name(operation), operation, params)[1]


# -- calls of samples: everything that a resource file can say

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0d3b4a2e-0000-4000-8000-000000000000"
GROUP = "sg-00000000000000001"
OURS = {"moorline:platform": "acme", "moorline:environment": "test"}


def samples() -> Iterator[Sent]:
    """The calls of every type's sample, in an environment that is called `test`."""
    for type_, sample in SAMPLES.items():
        resource = resources.load()[type_]
        if resource.packed:
            continue  # an object of one folder: test_assets
        parent, _, leaf = sample.name.rpartition("/")
        names = {**dict.fromkeys(resource.outputs, sample.name), **PLACE,
                 "name": sample.name, "parent": parent, "leaf": leaf}  # fmt: skip
        inner = SAMPLE_PLACE.slots(sample.name)
        names |= {each: inner[each] for each in ("above", "between", "namespace")}
        names |= {"GroupId": GROUP} if "GroupId" in resource.outputs else {}
        at = str(resources.fill(resource.arn, {**names, "KeyId": KEY[-36:]}))
        known = Known(tagged={at: OURS, KEY: OURS}, keys={"alias/acme-test-data": KEY})
        known.named = {KEY: ("alias/acme-test-data",)}
        client = platform.client(resource.service)
        for method in sorted(methods(resource)[0]):
            key = {"AlarmNames": [sample.name]} if method == "describe_alarms" else resource.key
            slots = {**names, "KeyId": KEY, "PrimaryIdentifier": sample.name}
            tags = resource.tags.read.params if resource.tags else {}
            params = dict(resources.fill({**key, **tags}, slots))
            yield one(resource.service, client.meta.method_to_api_mapping[method], known, **params)
        for call in emitted(sample, resource):
            operation = client.meta.method_to_api_mapping[call.method]
            told = {**dict.fromkeys(("ResourceArn", "ResourceARN", "TopicArn"), at),
                    "SubscriptionArn": f"{at}:1", "Name": sample.name,
                    "GroupId": GROUP, "Resources": GROUP}  # fmt: skip
            params = _told(call.params, told)
            new = call.method == resource.create.method
            known.tagged = {KEY: OURS} if new and at != KEY else {KEY: OURS, at: OURS}
            yield one(call.service, operation, known, **params)


PLACE = {"partition": "aws", "region": REGION, "account": ACCOUNT}


def _told(value: Any, arns: Mapping[str, str], name: str = "") -> Any:
    """A request with what would be known: ARNs of its resource, its key, its role."""
    if isinstance(value, Mapping):
        return {key: _told(item, arns, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item, arns, name) for item in value]
    if name == "DesiredState" and isinstance(value, JsonText):
        return orjson.dumps(_told(value.document, arns)).decode()
    unknown = isinstance(value, Ref | Join | JsonText) or (
        isinstance(value, str) and len(value) > 30 and set(value.replace("-final-", "")) == {"x"}
    )
    if not unknown:
        return value
    if name.endswith(("KeyId", "KmsKey")):
        return KEY
    return arns.get(name) or arns["Name"]
