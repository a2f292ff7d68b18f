"""What a request says, whatever its protocol: who signed it, for which region, with what."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.parsers import RpcV2CBORParser

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/")
REGION = "us-east-1"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SECRET = re.compile(r"(?i)secret|password|token|^(DesiredState|PatchDocument|ResourceModel)$")
"""The last three are Cloud Control's, whose model marks them as sensitive."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came in; names of headers are lower case."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    @property
    def access_key(self) -> str:
        """Who signed it, "" for nobody."""
        found = SCOPE.search(self.headers.get("authorization", ""))
        return found["key"] if found else ""

    @property
    def region(self) -> str:
        """The region it was signed for."""
        found = SCOPE.search(self.headers.get("authorization", ""))
        return found["region"] if found else REGION

    @property
    def agent(self) -> str:
        """What sent it."""
        return self.headers.get("user-agent", "")


def parameters(service: str, sent: Sent) -> dict[str, Any]:
    """The parameters as CloudTrail shows them: names in lower camel case, secrets hidden."""
    try:
        given = _given(service, sent)
    except (ValueError, KeyError, TypeError):
        given = {}
    found: dict[str, Any] = _shown(given)
    return found


def _given(service: str, sent: Sent) -> dict[str, Any]:
    if service == "s3":
        return _bucket(sent)
    kind = sent.headers.get("content-type", "")
    if "cbor" in sent.headers.get("smithy-protocol", ""):
        parser: Any = RpcV2CBORParser()
        found = parser.parse_data_item(io.BufferedReader(io.BytesIO(sent.body)))
        return dict(found)
    if "x-www-form-urlencoded" in kind:
        return _form(sent.body.decode())
    found = json.loads(sent.body) if sent.body else {}
    return found if isinstance(found, dict) else {}


def _form(body: str) -> dict[str, Any]:
    """The fields of a query request; the items of a list together."""
    out: dict[str, Any] = {}
    for key, value in parse_qsl(body, keep_blank_values=True):
        name, _, inner = key.partition(".")
        if not inner:
            out[name] = value
        elif re.fullmatch(r"member\.\d+", inner):
            out.setdefault(name, []).append(value)
    return {key: value for key, value in out.items() if key not in {"Action", "Version"}}


def bucket_of(sent: Sent) -> tuple[str, bool]:
    """The bucket of an S3 request, by path or by host; and whether it is in the host."""
    parts = urlsplit(sent.url)
    host = (sent.headers.get("host") or parts.hostname or "").partition(":")[0]
    virtual = re.match(r"(?P<bucket>.+)\.s3[.-]", host)
    if virtual:
        return virtual["bucket"], True
    return unquote(parts.path.lstrip("/").partition("/")[0]), False


def _bucket(sent: Sent) -> dict[str, Any]:
    query = urlsplit(sent.url).query
    aspects = {key: "" for key, _ in parse_qsl(query, keep_blank_values=True)}
    return {"bucketName": bucket_of(sent)[0], **aspects}


def _shown(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(value, dict):
        return {_camel(str(key)): _item(str(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _item(key: str, value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    return HIDDEN if isinstance(value, str) and _SECRET.search(key) else _shown(value)


def _camel(name: str) -> str:
    return name[:3].lower() + name[3:] if name[:3] == "ARN" else name[:1].lower() + name[1:]
