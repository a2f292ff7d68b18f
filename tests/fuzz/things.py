"""What lives in the made-up cloud, and the two forms its answers take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from reconciler.resources.api import OWNERSHIP

from .records import PLACE, Traits

PAGE = 2


@dataclass(slots=True)
class Thing:
    """One live resource."""

    traits: Traits
    id: str
    name: str
    props: dict[str, Any]
    tags: dict[str, str]
    born: float
    ready_at: float = 0.0
    gone_at: float | None = None
    broken: bool = False
    title: str = ""
    """The name it was made under, which outlives its tags."""
    values: dict[str, Any] = field(default_factory=dict)
    """What has calls of its own: facets, switches, members, named items, the alias."""

    @property
    def arn(self) -> str:
        last = self.id if self.traits.found_by_tag else self.name
        return f"arn:made:{self.traits.service}:{PLACE.account}:{last}"

    @property
    def label(self) -> str:
        return f"{self.traits.type}/{self.title}"

    @property
    def ours(self) -> bool:
        want = (PLACE.platform, PLACE.environment)
        mine = (self.tags.get(OWNERSHIP[0]), self.tags.get(OWNERSHIP[1])) == want
        return mine and not self.waits

    @property
    def waits(self) -> bool:
        """Whether it was deleted and is only kept for a while, with its tags, as a KMS key is."""
        return self.gone_at is not None and self.traits.found_by_tag

    @property
    def uses(self) -> set[str]:
        return {*self.props.get("Uses", ()), *self.props.get("Needs", ())}


def page(found: list[Any], at: str, params: Mapping[str, Any]) -> dict[str, Any]:
    start = int(params.get("NextToken") or 0)
    end = start + PAGE
    token = {"NextToken": str(end)} if end < len(found) else {}
    return {at: found[start:end], **token}


def refusal(code: str, message: str = "", *, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")
