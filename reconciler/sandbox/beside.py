"""A type that moto lacks, as one file: operations over records, asked before moto is.

A file in a folder of `services` that has no `register` says its `SERVICE` (the boto3 client) and
its `OPERATIONS`: by name, a function from a `Call` to the members of the answer. Records live in a
backend as moto's own do, so resets, accounts, regions, snapshots and the tagging API cover them.
Requests are checked by botocore's shapes. Answers are JSON; a service of another protocol needs a
`register` of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import ServiceException
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

from reconciler.facts.partitions import partitions
from reconciler.sandbox.found import modules
from reconciler.sandbox.iam import principals
from reconciler.sandbox.protocol import shapes, wire
from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.protocol.own import SERVICES
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.state.world import WORLD

REGIONS = [region for each in partitions() for region in sorted(each.known)]
ACCOUNT = "123456789012"
"""Moto's own account, where nothing says another."""


@dataclass(slots=True)
class Record:
    """One resource: what its operations keep, its tags, and when it was made."""

    name: str
    arn: str
    data: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    created: float = 0.0
    number: int = 0


class Backend(BaseBackend, TaggableResourcesMixin):
    """What an account has in a region of all such types."""

    SERVICE_NAMESPACE = "moorline-beside"

    def __init__(self, region_name: str, account_id: str) -> None:
        """Empty."""
        super().__init__(region_name, account_id)
        self.records: dict[tuple[str, str], dict[str, Record]] = {}
        self.runs: dict[tuple[str, str], dict[str, Any]] = {}

    def of(self, service: str, kind: str) -> dict[str, Record]:
        """The records of a kind, by name."""
        return self.records.setdefault((service, kind), {})

    def kept(self, service: str, kind: str) -> dict[str, Any]:
        """What is no resource of its own, such as runs and rows: it has no tags."""
        return self.runs.setdefault((service, kind), {})

    def state(self, service: str) -> dict[str, Any]:
        """What there is of one service, for `as_of`."""
        return {
            table: {key: kept for key, kept in content.items() if key[0] == service}
            for table, content in self._tables().items()
        }

    def as_of(self, service: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """All that is kept here, with one service as `state` said that it was."""
        then = {
            table: {key: kept for key, kept in content.items() if key[0] != service}
            | state.get(table, {})
            for table, content in self._tables().items()
        }
        return {**self.__dict__, **then}

    def _tables(self) -> dict[str, dict[tuple[str, str], Any]]:
        return {"records": self.records, "runs": self.runs}

    def _all(self) -> Iterator[Record]:
        for found in self.records.values():
            yield from found.values()

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """For the tagging API; its word for a type is the service and what its ARN says."""
        for record in self._all():
            service, resource = record.arn.split(":", 5)[2], record.arn.split(":", 5)[5]
            noun = resource.replace(":", "/").partition("/")[0]
            yield TaggedResource(record.arn, dict(record.tags), f"{service}:{noun}")

    def owns_arn(self, arn: str) -> bool:
        """Whether an ARN is of one of these."""
        return any(record.arn == arn for record in self._all())

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """TagResources of the tagging API."""
        for record in self._all():
            if record.arn == arn:
                record.tags |= tags

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """UntagResources of the tagging API."""
        for record in self._all():
            if record.arn == arn:
                record.tags = {k: v for k, v in record.tags.items() if k not in tag_keys}


backends = BackendDict(
    Backend, "moorline-beside", use_boto3_regions=False, additional_regions=REGIONS
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: where it came in, and its checked parameters."""

    service: str
    backend: Backend
    params: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        """A required parameter."""
        return self.params[name]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """An optional parameter."""
        return self.params.get(name, default)

    def records(self, kind: str) -> dict[str, Record]:
        """The records of a kind, by name."""
        return self.backend.of(self.service, kind)

    def kept(self, kind: str) -> dict[str, Any]:
        """What is no resource of its own, by name."""
        return self.backend.kept(self.service, kind)

    def arn(self, resource: str) -> str:
        """An ARN here, such as of ``trigger/nightly``."""
        where = self.backend
        return (
            f"arn:{where.partition}:{self.service}:{where.region_name}:"
            f"{where.account_id}:{resource}"
        )

    def add(self, kind: str, name: str, arn: str, data: dict[str, Any], **tags: str) -> Record:
        """Keep a new record, made now."""
        now, number = WORLD.clock.now(), WORLD.next_number()
        record = Record(name, arn, data, tags, now, number)
        self.records(kind)[name] = record
        return record

    def run(self, kind: str, name: str, arn: str, data: dict[str, Any], **tags: str) -> Record:
        """Keep a run of something, begun now."""
        record = Record(name, arn, data, tags, WORLD.clock.now(), WORLD.next_number())
        self.kept(kind)[name] = record
        return record


Operation = Callable[[Call], Mapping[str, Any] | None]


def install(package: str) -> None:
    """Let the operations of each file of a package answer, before moto is asked."""
    for module in modules(package):
        told = vars(module)
        if "SERVICE" not in told or "OPERATIONS" not in told:
            continue
        service, found = told["SERVICE"], dict(told["OPERATIONS"])
        _TABLES.setdefault(service, {}).update(found)
        SERVICES[service] = (frozenset(_TABLES[service]), partial(_answer, service))


_TABLES: dict[str, dict[str, Operation]] = {}


def _answer(service: str, operation: str, sent: Sent) -> wire.Answer:
    """What an operation answers. The caller holds the sandbox's lock."""
    who = principals.of(sent.access_key)
    home = sent.headers.get("x-moto-account-id") or os.environ.get("MOTO_ACCOUNT_ID", ACCOUNT)
    backend = backends[who.account if who else home][sent.region]
    protocol = wire.protocol_of(service, sent.headers)
    try:
        params = given(service, operation, sent)
        shapes.check(service, operation, params)
        found = _TABLES[service][operation](Call(service, backend, params))
    except ServiceException as refused:
        return wire.error(protocol, refused.code, refused.message, 400)
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "sandbox"}
    return 200, headers, json.dumps(found or {}, default=str)
