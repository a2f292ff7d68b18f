"""Tags of all that is in Glue, by ARN; what is moto's is asked of moto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.glue.models import glue_backends

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"


def _record(call: Call) -> Record | None:
    arn = call["ResourceArn"]
    every = (each for found in call.backend.records.values() for each in found.values())
    return next((each for each in every if each.arn == arn), None)


def _moto(call: Call) -> Any:  # noqa: ANN401 - moto's backend
    return glue_backends[call.backend.account_id][call.backend.region_name]


def get(call: Call) -> dict[str, Any]:
    """GetTags: an object."""
    record = _record(call)
    if record is not None:
        return {"Tags": dict(record.tags)}
    return {"Tags": _moto(call).get_tags(call["ResourceArn"])}


def tag(call: Call) -> None:
    """TagResource."""
    record = _record(call)
    if record is None:
        _moto(call).tag_resource(call["ResourceArn"], call["TagsToAdd"])
    else:
        record.tags |= call["TagsToAdd"]


def untag(call: Call) -> None:
    """UntagResource: absent keys are no error."""
    record, keys = _record(call), call["TagsToRemove"]
    if record is None:
        _moto(call).untag_resource(call["ResourceArn"], keys)
    else:
        record.tags = {key: value for key, value in record.tags.items() if key not in keys}


OPERATIONS = {"GetTags": get, "TagResource": tag, "UntagResource": untag}
