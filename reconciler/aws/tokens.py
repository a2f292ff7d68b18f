"""The tokens by which AWS knows a request again, filled in when it is sent.

A token says which request of which run this is, and what it asks. So a try that is repeated in the
same run is carried out once, and the same change in another run, such as to make again what was
deleted, is not answered from what AWS remembers. A plan holds none: it is the same file every time.

Which members are tokens, botocore's models say; no type declares one.
"""

from __future__ import annotations

from typing import Any

from botocore.model import ServiceModel

from reconciler.model.value import Props, digest

LENGTH = 32
"""Hexadecimal digits. Source: botocore's models, in which the shortest maximum is 36 and the
longest minimum 32."""
NAMES = frozenset(
    {"callerreference", "clientrequesttoken", "clienttoken", "creatorrequestid", "idempotencytoken"}
)
"""Members that are tokens where the model does not say so, in lower case."""


def filled(client: Any, method: str, params: Props, of: str) -> Props:  # noqa: ANN401 - boto3's
    """The parameters with a token in every member for one that has no value.

    `of` names the run and its step.
    """
    meta: Any = getattr(client, "meta", None)
    model = getattr(meta, "service_model", None)
    if not isinstance(model, ServiceModel):  # no client of botocore: it fills in nothing either
        return params
    names = members(model, meta.method_to_api_mapping[method])
    if not names:
        return params
    return {**dict.fromkeys(names, digest([of, method, params], LENGTH)), **params}


def members(model: ServiceModel, operation: str) -> tuple[str, ...]:
    """The members of an operation's input that are tokens."""
    shape = model.operation_model(operation).input_shape
    return tuple(
        name
        for name, member in (shape.members if shape else {}).items()
        if member.type_name == "string"
        and (member.metadata.get("idempotencyToken") or name.lower() in NAMES)
    )
