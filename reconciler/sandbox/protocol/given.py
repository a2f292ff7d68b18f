"""The parameters of a request as a client gave them: botocore's input, read back from the wire."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.parsers import RpcV2CBORParser
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

from reconciler.sandbox.protocol.requests import bucket_of

if TYPE_CHECKING:
    from reconciler.sandbox.protocol.requests import Sent

HOST = "http://localhost"


def given(service: str, operation: str, sent: Sent) -> dict[str, Any]:
    """The parameters by botocore's names.

    Raises:
        ValueError: the request is not one of this operation.
    """
    if "cbor" in sent.headers.get("smithy-protocol", ""):
        parser: Any = RpcV2CBORParser()
        return dict(parser.parse_data_item(io.BufferedReader(io.BytesIO(sent.body))))
    try:
        return _parsed(service, operation, sent)
    except Exception as cause:  # moto's parsers raise what comes up
        msg = f"{service} {operation}: {type(cause).__name__}: {cause}"
        raise ValueError(msg) from cause


def _parsed(service: str, operation: str, sent: Sent) -> dict[str, Any]:
    model = get_service_model(service)
    url = sent.url if "://" in sent.url else f"{HOST}{sent.url}"
    request = Request.from_primitives(sent.method, url, sent.headers, sent.body)
    protocol = determine_request_protocol(model, sent.headers.get("content-type"))
    parser = PROTOCOL_PARSERS[protocol](model.operation_model(operation))
    found: dict[str, Any] = parser.parse(
        {
            "method": sent.method,
            "values": request.values,
            "headers": request.headers,
            "body": sent.body,
            "url_path": request.path,
            "url_params": _in_path(service, request, sent) if protocol.startswith("rest") else {},
        }
    )
    shape = model.operation_model(operation).input_shape
    asked = dict(shape.members) if shape is not None else {}
    return {
        name: value
        for name, value in found.items()
        if value is not None and not (value == [] and _in_query(asked.get(name)))
    }


def _in_query(shape: Any) -> bool:  # noqa: ANN401  (botocore's shape, or nothing)
    """Whether a list stands in the query, where an absent one is an empty one to the parser."""
    return shape is not None and shape.serialization.get("location") == "querystring"


def _in_path(service: str, request: Request, sent: Sent) -> dict[str, Any]:
    """What the path holds; a bucket may be in the host."""
    if service != "s3":
        return dict(get_service_router(service).match(request)[1])
    name, in_host = bucket_of(sent)
    path = unquote(urlsplit(sent.url).path).lstrip("/")
    key = path if in_host else path.partition("/")[2]
    return {"Bucket": name, **({"Key": key} if key else {})}
