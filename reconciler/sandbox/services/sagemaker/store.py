"""Where SageMaker resources live: records per kind inside moto's backend of account and region.

Living in the backend makes moto's reset, its accounts and our snapshots cover them for free.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

ATTRIBUTE = "moorline_records"


@dataclass(slots=True)
class Record:
    """One resource: what describe shows (`data`), its tags, and what is still going on."""

    kind: str
    name: str
    arn: str
    data: dict[str, Any]
    tags: dict[str, str]
    created: float
    modified: float
    number: int
    pending: Any = None  # a kind's own description of the change under way
    extra: dict[str, Any] = field(default_factory=dict)  # a kind's own memory, never shown

    def touch(self) -> None:
        """Set the modification time to now."""
        self.modified = WORLD.clock.now()

    def shown(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (members of any shape)
        """A copy of the data with `more`, without members that are None."""
        found = deepcopy(self.data) | more
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the backend of its account and region, and its checked parameters."""

    backend: Any  # moto's SageMakerModelBackend
    params: dict[str, Any]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        """A required parameter."""
        return self.params[name]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """An optional parameter."""
        return self.params.get(name, default)

    def pick(self, *names: str) -> dict[str, Any]:
        """Copies of those parameters that were given."""
        return {name: deepcopy(self.params[name]) for name in names if name in self.params}

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a resource in this account and region."""
        where = self.backend
        region, account = where.region_name, where.account_id
        return f"arn:{where.partition}:sagemaker:{region}:{account}:{kind}/{name}"

    def records(self, kind: str) -> dict[str, Record]:
        """The records of a kind, by name."""
        return records(self.backend, kind)

    def add(self, kind: str, name: str, data: dict[str, Any], *, arn: str = "") -> Record:
        """Store a new record made now, with the request's tags."""
        now = WORLD.clock.now()
        record = Record(
            kind=kind,
            name=name,
            arn=arn or self.arn(kind, name),
            data=data,
            tags={tag["Key"]: tag["Value"] for tag in self.get("Tags") or []},
            created=now,
            modified=now,
            number=WORLD.next_number(),
        )
        self.records(kind)[name] = record
        return record


def records(backend: Any, kind: str) -> dict[str, Record]:  # noqa: ANN401  (moto's backend)
    """The records of a kind in a backend, by name."""
    kinds: dict[str, dict[str, Record]] = backend.__dict__.setdefault(ATTRIBUTE, {})
    return kinds.setdefault(kind, {})


def all_records(backend: Any) -> list[Record]:  # noqa: ANN401  (moto's backend)
    """Every record of a backend, in order of creation."""
    kinds: dict[str, dict[str, Record]] = backend.__dict__.get(ATTRIBUTE, {})
    found = [record for of_kind in kinds.values() for record in of_kind.values()]
    return sorted(found, key=lambda record: record.number)


def created_at(record: Record) -> Any:  # noqa: ANN401  (datetime, but shapes take Any)
    """The creation time as AWS shows it."""
    return moment(record.created)


def modified_at(record: Record) -> Any:  # noqa: ANN401  (datetime, but shapes take Any)
    """The modification time as AWS shows it."""
    return moment(record.modified)
