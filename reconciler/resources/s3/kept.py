"""What of a bucket disappears or moves when, by its lifecycle rules.

S3 acts once a day, at midnight UTC of the day after the last one, and bills as if it were on time.
Source: S3 user guide, "Expiring objects" and "Lifecycle configuration elements".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json, Props
from reconciler.resources.calendar import Day

_OLD = "it was replaced or deleted"


def calendar(props: Props) -> Iterator[Day]:
    """One entry for each thing that an enabled rule does."""
    rules = (props.get("LifecycleConfiguration") or {}).get("Rules") or ()
    for rule in rules:
        if isinstance(rule, Mapping) and rule.get("Status") == "Enabled":
            yield from _rule(rule)


def _rule(rule: Props) -> Iterator[Day]:
    where = _where(rule)
    for step in rule.get("Transitions") or ():
        if "TransitionInDays" in step:
            yield Day(f"objects{where}", step["TransitionInDays"], f"to {step['StorageClass']}")
    for step in rule.get("NoncurrentVersionTransitions") or ():
        if "TransitionInDays" in step:
            deed = f"to {step['StorageClass']}"
            yield Day(f"old versions{where}", step["TransitionInDays"], deed, _OLD)
    if (age := rule.get("ExpirationInDays")) is not None:
        yield Day(f"objects{where}", age)
    found = rule.get("NoncurrentVersionExpiration") or {}
    if (age := found.get("NoncurrentDays")) is not None:
        spared = found.get("NewerNoncurrentVersions")
        but = f" but the newest {spared}" if spared else ""
        yield Day(f"old versions{but}{where}", age, since=_OLD)
    uploads = rule.get("AbortIncompleteMultipartUpload") or {}
    if (age := uploads.get("DaysAfterInitiation")) is not None:
        yield Day(f"unfinished uploads{where}", age, since="they began")


def _where(rule: Props) -> str:
    tags = [f"{tag['Key']}={tag['Value']}" for tag in rule.get("TagFilters") or ()]
    words = [f" under '{rule['Prefix']}'" if rule.get("Prefix") else ""]
    words += [f" with the tag {', '.join(tags)}" if tags else ""]
    sizes: list[tuple[str, Json]] = [
        (" above", rule.get("ObjectSizeGreaterThan")),
        (" below", rule.get("ObjectSizeLessThan")),
    ]
    words += [f"{word} {size} bytes" for word, size in sizes if size]
    return "".join(words)
