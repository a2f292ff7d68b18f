"""Where Cloud Control's resources and requests live: a backend as moto's own services have one.

So moto's reset, its accounts and regions, the tagging API and our snapshots cover them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

from reconciler.facts import facts
from reconciler.sandbox.services.cloudcontrol import paths, types
from reconciler.sandbox.services.cloudcontrol.paths import Json

SERVICE = "cloudcontrol"
TOKEN_LIFE = 36 * 3600
"""Seconds for which a client token is known. Source: the service model, ClientToken."""
KEPT = 7 * 86400
"""Seconds for which a request can be looked at. Source: user guide, resource requests."""
EVERYWHERE, HOME = frozenset({"CloudFront", "Organizations", "Route53"}), "us-east-1"
"""Services that are one for all regions. Source: AWS General Reference, "Global services"."""


@dataclass(slots=True)
class Record:
    """One resource."""

    type: str
    parts: tuple[str, ...]
    """The identifier, in the schema's order."""
    model: dict[str, Json]
    """The true model: what was asked for last, write-only values included."""
    made: dict[str, Json]
    """What AWS made: values of read-only properties, by name."""
    arn: str
    account: str
    region: str
    number: int
    created: float
    modified: float
    reads: int = 0
    unseen: int = 0
    """Reads that do not find it yet."""
    unlisted: int = 0
    stale: int = 0
    """Reads that still show `before`."""
    before: dict[str, Json] = field(default_factory=dict)
    ends: float | None = None
    """When it is gone altogether, once it is deleted."""
    half: bool = False
    """Whether a failed creation left it."""

    @property
    def identifier(self) -> str:
        """In AWS's text form."""
        return "|".join(self.parts)


@dataclass(slots=True)
class Request:
    """One write that was accepted."""

    token: str
    type: str
    operation: str
    """``create``, ``update`` or ``delete``."""
    number: int
    began: float
    starts: float
    """Until then it is pending."""
    ends: float
    parts: tuple[str, ...] = ()
    """What it is about, as far as that is known before the work is done."""
    desired: dict[str, Json] = field(default_factory=dict)
    touched: tuple[str, ...] = ()
    done: bool = False
    """Whether the work is done, and the handler waits for it to settle."""
    fault: Any = None
    status: str = "PENDING"
    at: float = 0.0
    """When it came into its last status."""
    identifier: str = ""
    model: str = ""
    code: str = ""
    message: str | None = None
    hooks: list[dict[str, Json]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self.status in {"SUCCESS", "FAILED", "CANCEL_COMPLETE"}


class CloudControlBackend(BaseBackend, TaggableResourcesMixin):
    """What an account has in a region."""

    SERVICE_NAMESPACE = SERVICE

    def __init__(self, region_name: str, account_id: str) -> None:
        """Empty."""
        super().__init__(region_name, account_id)
        self.records: dict[str, dict[str, Record]] = {}
        self.requests: dict[str, Request] = {}
        self.tokens: dict[str, tuple[str, str, float]] = {}
        """By client token: the request, a digest of what was asked, and when."""
        self.aside: dict[str, dict[str, Any]] = {}
        """By ARN or id: what a service knows of one and its handlers do not."""
        self.held: dict[tuple[str, str], float] = {}
        """Names that are taken still, and until when."""

    def of(self, type_: str) -> dict[str, Record]:
        """The resources of a type, by identifier."""
        if type_.split("::")[1] in EVERYWHERE and self.region_name != HOME:
            return cloudcontrol_backends[self.account_id][HOME].of(type_)
        return self.records.setdefault(type_, {})

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """For the tagging API."""
        for type_, found in self.records.items():
            where = None if types.native(type_) else facts(type_).tag_property
            for record in found.values():
                if where and record.ends is None:
                    tags = paths.tags(record.model, where)
                    yield TaggedResource(record.arn, tags, _noun(record.arn))

    def owns_arn(self, arn: str) -> bool:
        """Whether an ARN is of one of these resources."""
        return self._by_arn(arn) is not None

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """TagResources of the tagging API."""
        self._retag(arn, tags, [])

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """UntagResources of the tagging API."""
        self._retag(arn, {}, tag_keys)

    def _by_arn(self, arn: str) -> Record | None:
        mine = (found for type_, found in self.records.items() if not types.native(type_))
        every = (record for found in mine for record in found.values())
        return next((record for record in every if record.arn == arn), None)

    def _retag(self, arn: str, put: dict[str, str], gone: list[str]) -> None:
        record = self._by_arn(arn)
        where = facts(record.type).tag_property if record else None
        if record is None or where is None:
            return
        now = paths.tags(record.model, where)
        tags = {k: v for k, v in {**now, **put}.items() if k not in gone}
        tagging = facts(record.type).tagging
        value: Json = tags
        if tagging and tagging.shape == "list":
            value = [{"Key": k, "Value": v} for k, v in tags.items()]
        for holder in paths.holders(record.model, where):
            holder[where[-1]] = value


cloudcontrol_backends = BackendDict(CloudControlBackend, SERVICE)


def all_records(type_: str) -> Iterator[Record]:
    """The resources of a type in all accounts and regions."""
    for regions in cloudcontrol_backends.values():
        for backend in regions.values():
            yield from backend.records.get(type_, {}).values()


def _noun(arn: str) -> str:
    """The resource type of the tagging API, such as ``kinesis:stream``."""
    parts = [*arn.split(":", 5), *[""] * 5]  # some patterns of ARNs have fewer parts
    noun = parts[5].replace(":", "/").partition("/")
    return f"{parts[2]}:{noun[0]}" if noun[1] else parts[2]
