"""Tags: AddTags, ListTags and DeleteTags on our kinds and moto's, and what the tagging API sees.

AWS replaces the value of an existing key where moto appends a second entry; one model card makes
bare moto's tagging API crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.core.resource_tagging import TaggedResource
from moto.sagemaker.models import SageMakerModelBackend

from reconciler.sandbox.found import declared
from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.services.sagemaker.runs import going
from reconciler.sandbox.services.sagemaker.store import all_records, records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.sagemaker.store import Call, Record

MOST_TAGS = 50
PAGE = 50  # ListTags takes MaxResults from 50 on

_moto_iter = SageMakerModelBackend.iter_tagged_resources


def _settle(backend: Any) -> None:  # noqa: ANN401  (moto's backend)
    for due in declared("due", "reconciler.sandbox.services.sagemaker"):
        due(backend)


def _record(backend: Any, arn: str) -> Record | None:  # noqa: ANN401  (moto's backend)
    _settle(backend)
    kind, _, name = arn.rpartition(":")[2].partition("/")
    found = records(backend, kind).get(name) or records(backend, going.KIND).get(arn)
    return found if found is not None and found.arn == arn else None


def of(backend: Any, arn: str) -> dict[str, str]:  # noqa: ANN401  (moto's backend)
    """The tags of a resource, ours or moto's; ValidationException when there is none."""
    record = _record(backend, arn)
    if record is not None:
        return record.tags
    return {tag["Key"]: tag["Value"] for tag in _foreign(backend, arn).tags or []}


def put(backend: Any, arn: str, tags: dict[str, str]) -> dict[str, str]:  # noqa: ANN401
    """Set the tags of a resource, whole."""
    if len(tags) > MOST_TAGS:
        text = f"A resource can have {MOST_TAGS} tags at most; {arn} would have {len(tags)}."
        raise Refused("ResourceLimitExceeded", text)
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("Tag keys beginning with aws: are reserved.")
    record = _record(backend, arn)
    if record is not None:
        record.tags = tags
    else:
        _foreign(backend, arn).tags = [{"Key": k, "Value": v} for k, v in tags.items()]
    return tags


def _foreign(backend: Any, arn: str) -> Any:  # noqa: ANN401  (any moto resource)
    try:
        found = backend._get_resource_from_arn(arn)  # noqa: SLF001  (moto has no public lookup)
    except Exception:  # noqa: BLE001  (moto raises KeyError, TypeError... for what it lacks)
        found = None
    if isinstance(found, list):
        found = found[-1] if found else None
    if found is None:
        kind, _, name = arn.rpartition(":")[2].partition("/")
        raise invalid(f'Could not find {kind.replace("-", " ")} "{name}".')
    return found


def add(call: Call) -> dict[str, Any]:
    """AddTags: a new value replaces the old one of the same key."""
    arn = call["ResourceArn"]
    given = {tag["Key"]: tag["Value"] for tag in call["Tags"]}
    tags = put(call.backend, arn, of(call.backend, arn) | given)
    return {"Tags": _shown(tags)}


def delete(call: Call) -> dict[str, Any]:
    """DeleteTags: absent keys are no error."""
    arn = call["ResourceArn"]
    gone = set(call["TagKeys"])
    put(call.backend, arn, {k: v for k, v in of(call.backend, arn).items() if k not in gone})
    return {}


def list_(call: Call) -> dict[str, Any]:
    """ListTags, in pages of at least 50."""
    tags = _shown(of(call.backend, call["ResourceArn"]))
    page_token = call.get("NextToken")
    start = int(listing.content_of(page_token)) if page_token else 0
    end = start + int(call.get("MaxResults") or PAGE)
    more = {"NextToken": listing.token(end)} if end < len(tags) else {}
    return {"Tags": tags[start:end], **more}


def _shown(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tagged(backend: Any) -> Iterator[TaggedResource]:  # noqa: ANN401  (moto's backend)
    """Every SageMaker resource for the tagging API: ours, then moto's other kinds."""
    _settle(backend)
    for record in all_records(backend):
        yield TaggedResource(record.arn, dict(record.tags), f"sagemaker:{record.kind}")
    cards, backend.model_cards = backend.model_cards, {}
    try:
        others = list(_moto_iter(backend))
    finally:
        backend.model_cards = cards
    yield from others
    for versions in cards.values():
        card = versions[-1]
        tags = {tag["Key"]: tag["Value"] for tag in card.tags or []}
        yield TaggedResource(card.arn, tags, "sagemaker:model-card")


OPERATIONS = {"AddTags": add, "DeleteTags": delete, "ListTags": list_}
