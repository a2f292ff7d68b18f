"""What the budgets service remembers, its errors and its pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import JsonRESTError


@dataclass(slots=True)
class Notification:
    """A threshold and those who hear about it."""

    details: dict[str, Any]
    subscribers: list[dict[str, str]]


@dataclass(slots=True)
class Budget:
    """A budget with its sub-resources."""

    data: dict[str, Any]
    notifications: list[Notification] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


def missing(text: str) -> JsonRESTError:
    """NotFoundException."""
    return JsonRESTError("NotFoundException", text)


def duplicate(text: str) -> JsonRESTError:
    """DuplicateRecordException."""
    return JsonRESTError("DuplicateRecordException", text)


def find(budgets: dict[str, Budget], name: str, doing: str) -> Budget:
    """The budget, or the documented NotFoundException."""
    if name not in budgets:
        raise missing(f"Unable to {doing}: {name} - the budget doesn't exist.")
    return budgets[name]


def page(found: list[Any], params: dict[str, Any], key: str, default: int) -> dict[str, Any]:
    """One page of `found` under `key`."""
    start = int(params.get("NextToken") or 0)
    end = start + int(params.get("MaxResults") or default)
    more = {"NextToken": str(end)} if end < len(found) else {}
    return {key: found[start:end], **more}
