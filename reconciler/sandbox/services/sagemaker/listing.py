"""List calls: filters, sorting and pages, the same for every kind.

A page token names the last item shown, not an offset, so a list stays right while others delete.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.sandbox.services.sagemaker.store import Call, Record

DEFAULT_PAGE = 10  # documented for ListModels and others: MaxResults defaults to 10
Key = tuple[Any, int]


def select(found: Iterable[Record], call: Call) -> list[Record]:
    """The records that pass NameContains and the time filters of the request."""
    name_part = str(call.get("NameContains") or "").lower()
    after = _epoch(call.get("CreationTimeAfter") or call.get("CreatedAfter"))
    before = _epoch(call.get("CreationTimeBefore") or call.get("CreatedBefore"))
    changed_after = _epoch(call.get("LastModifiedTimeAfter"))
    changed_before = _epoch(call.get("LastModifiedTimeBefore"))
    return [
        record
        for record in found
        if name_part in record.name.lower()
        and (after is None or record.created > after)
        and (before is None or record.created < before)
        and (changed_after is None or record.modified > changed_after)
        and (changed_before is None or record.modified < changed_before)
    ]


def page(  # noqa: PLR0913  (what differs between the list calls)
    found: Iterable[Record],
    call: Call,
    *,
    key: str,
    shown: Callable[[Record], dict[str, Any]],
    descending: bool = True,
    sort_keys: dict[str, Callable[[Record], Any]] | None = None,
) -> dict[str, Any]:
    """One page of `found` under `key`, with a NextToken when there is more."""
    sort_by = call.get("SortBy") or "CreationTime"
    value = ({**SORT_KEYS, **(sort_keys or {})}).get(sort_by, SORT_KEYS["CreationTime"])
    keyed = sorted(((value(record), record.number), record.number, record) for record in found)
    if str(call.get("SortOrder") or ("Desc" if descending else "Asc")).startswith("Desc"):
        keyed.reverse()
    ordered = [(position, record) for position, _, record in keyed]
    start = _start([position for position, _ in ordered], call.get("NextToken"))
    size = int(call.get("MaxResults") or DEFAULT_PAGE)
    chosen = ordered[start : start + size]
    answer: dict[str, Any] = {key: [shown(record) for _, record in chosen]}
    if start + size < len(ordered):
        answer["NextToken"] = token([*chosen[-1][0], _falls(ordered)])
    return answer


def token(content: Any) -> str:  # noqa: ANN401  (any JSON value)
    """An opaque page token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def content_of(page_token: str) -> Any:  # noqa: ANN401  (any JSON value)
    """What `token` was given; raises ValidationException for a foreign token."""
    try:
        return json.loads(base64.urlsafe_b64decode(page_token.encode()))
    except ValueError:
        message = "Invalid pagination token."
        raise invalid(message) from None


SORT_KEYS: dict[str, Callable[[Record], Any]] = {
    "CreationTime": lambda record: record.created,
    "LastModifiedTime": lambda record: record.modified,
    "Name": lambda record: record.name,
}


def _falls(ordered: list[tuple[Key, Record]]) -> bool:
    return len(ordered) > 1 and ordered[0][0] > ordered[-1][0]


def _start(positions: list[Key], page_token: str | None) -> int:
    if not page_token:
        return 0
    value, number, falls = content_of(page_token)
    last: Key = (value, number)
    for index, position in enumerate(positions):
        if (position < last) if falls else (position > last):
            return index
    return len(positions)


def _epoch(value: Any) -> float | None:  # noqa: ANN401  (datetime or number, by protocol)
    if value is None:
        return None
    return float(value.timestamp()) if hasattr(value, "timestamp") else float(value)
