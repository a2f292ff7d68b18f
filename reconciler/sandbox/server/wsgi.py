"""The HTTP side of the sandbox: names each request's operation and hands it to moto's own app.

It answers programs on this machine only. A page in a browser can send requests to a port here;
its name for this host or its headers give it away.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from reconciler.sandbox.door.entry import admitted
from reconciler.sandbox.protocol import wire
from reconciler.sandbox.protocol.loopback import LOOPBACK
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.server.control import PREFIX, Control

if TYPE_CHECKING:
    from collections.abc import Iterable

Environ = dict[str, Any]
# signing names that are not the client's name
CLIENT_OF_SIGNING_NAME = {
    "cloudcontrolapi": "cloudcontrol",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
CLIENT_OF_PATH = {("sagemaker", "FeatureGroup"): "sagemaker-featurestore-runtime",
                  ("sagemaker", "BatchGetRecord"): "sagemaker-featurestore-runtime"}  # fmt: skip
"""By signing name and the first part of the path: clients that sign as another one does."""
UNSIGNED = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
"""What is asked without a signature, since the token says who asks. Source: STS API."""
REFUSAL = "The sandbox answers programs on this machine: loopback hosts, and no browser."
MISSING = re.compile(rb"<title>404 Not Found</title>")


class _Dispatcher(DomainDispatcherApplication):
    """Remembers the service of a host name; moto lists its own directory for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)  # type: ignore[method-assign]


class Application:
    """The WSGI application: the control API, and AWS."""

    def __init__(self, control: Control) -> None:
        """Serve AWS, steered through `control`."""
        self._control = control
        self._moto = _Dispatcher()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        """Answer one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ.get("HTTP_TRANSFER_ENCODING") == "chunked":
            body = environ["wsgi.input"].read()
            environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        status, headers, content = self._answer(environ, body)
        if status == wire.LOST[0]:
            return _cut(environ, start_response)
        data = content.encode() if isinstance(content, str) else content
        if not any(name.lower() == "content-length" for name in headers):
            headers["Content-Length"] = str(len(data))
        start_response(f"{status} Sandbox", list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else data]

    def _answer(self, environ: Environ, body: bytes) -> wire.Answer:
        if _foreign(environ):
            return 403, {"content-type": "text/plain"}, REFUSAL
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._controlled(environ, body)
        return self._aws(environ, body)

    def _controlled(self, environ: Environ, body: bytes) -> wire.Answer:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path != f"{PREFIX}status":
            self._control.used()
        status, found = self._control.answer(method, path, body)
        return status, {"content-type": "application/json"}, json.dumps(found)

    def _aws(self, environ: Environ, body: bytes) -> wire.Answer:
        self._control.used()
        service = _service(environ, body)
        operation = _operation(environ, service, body)
        protocol = wire.protocol_of(service, _headers(environ))
        url = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        sent = Sent(url, _headers(environ), body, environ["REQUEST_METHOD"])
        return admitted(
            service, operation, protocol, lambda: self._through_moto(environ, service, body), sent
        )

    def _through_moto(self, environ: Environ, service: str, body: bytes) -> wire.Answer | None:
        environ = {**environ, "wsgi.input": io.BytesIO(body)}  # it may be asked twice
        if self._moto.get_backend_for_host(_host(self._moto, environ)) is None:
            return None
        caught: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            caught[:] = [int(status.split(" ", 1)[0]), dict(headers)]

        chunks = self._moto(environ, start_response)
        content = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()
        status, headers = caught
        if status == 404 and service != "s3" and MISSING.search(content):  # noqa: PLR2004
            return None
        return status, headers, content


def _cut(environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
    """Close the connection: whoever asked is not told what became of it."""
    with contextlib.suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    start_response("200 Sandbox", [("Content-Length", "0")])
    return [b""]


def _foreign(environ: Environ) -> bool:
    """Whether a web page asks: by a name that it made point here, or in a browser's own words."""
    try:
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
    except ValueError:
        return True
    browser = "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ
    return browser or host not in LOOPBACK


def _host(moto: DomainDispatcherApplication, environ: Environ) -> str | None:
    return moto.infer_service_region_host(environ, environ["PATH_INFO"]) or "s3.amazonaws.com"


def _headers(environ: Environ) -> dict[str, str]:
    found = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return found | {"content-type": environ.get("CONTENT_TYPE", "")}


def _service(environ: Environ, body: bytes) -> str:
    """The client's name; of what nobody has signed it is told by the action, or is S3's."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    unsigned = "sts" if _action(environ, body) in UNSIGNED else "s3"
    name = scope.group(1) if scope else unsigned
    first = environ["PATH_INFO"].lstrip("/").partition("/")[0]
    name = CLIENT_OF_PATH.get((name, first), name)
    return CLIENT_OF_SIGNING_NAME.get(name, name)


def _operation(environ: Environ, service: str, body: bytes) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    if "/operation/" in environ["PATH_INFO"]:  # CBOR
        return str(environ["PATH_INFO"]).rpartition("/")[2]
    if action := _action(environ, body):
        return action
    try:
        found, _ = get_service_router(service).match(Request(environ.copy()))
    except Exception:  # noqa: BLE001  (an unknown service or path has no operation name)
        return "Unknown"
    return str(found.name)


def _action(environ: Environ, body: bytes) -> str:
    """The action of a query request, "" where it is none."""
    if "x-www-form-urlencoded" not in environ.get("CONTENT_TYPE", ""):
        return ""
    return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
