"""HTTP tasks: a connection's credentials, a server of this machine, and the limits that AWS has.

The sandbox reaches no network. A host of an API is reached where a test or a user has named the
local server that stands for it (`WORLD.machines.hosts`), and nowhere else.

Sources: developer guide, "Call HTTPS APIs in Step Functions workflows" (fields, merging with the
connection, unsupported responses, connection errors, permissions), "Quotas for HTTP Task". That a
body of type JSON that is none stays a text, and which error an answer over 256 KB is, are not
documented: a text, and States.DataLimitExceeded.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from moto.events.models import events_backends

from reconciler.access.model import Asked
from reconciler.facts.asl.integrations import Integration
from reconciler.sandbox import beside
from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.decision import decision, message
from reconciler.sandbox.services.stepfunctions.execution import PAYLOAD, Branch, Execution, Failure
from reconciler.sandbox.services.stepfunctions.handlers import Begun
from reconciler.sandbox.services.stepfunctions.handlers.reaching import asked
from reconciler.sandbox.state.world import WORLD

SERVICES = ("http",)
METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"}
FIELDS = {"ApiEndpoint", "Method", "Authentication", "InvocationConfig", "Headers",
          "QueryParameters", "RequestBody", "Transform"}  # fmt: skip
UNSUPPORTED = ("application/octet-stream", "image/", "video/", "audio/")
STATE = "Events.ConnectionResource.InvalidConnectionState"
DENIED = "Events.ConnectionResource.AccessDenied"


def start(run: Execution, _branch: Branch, _what: Integration, given: Any) -> Begun:  # noqa: ANN401
    """Send the request.

    Raises:
        Failure: the role may not, the connection is not usable, or the server does not answer well.
    """
    _check(given)
    connection = _connection(run, given)
    _allowed(run, given, connection)
    method, url = str(given["Method"]).upper(), str(given["ApiEndpoint"])
    headers = {"User-Agent": f"Amazon|StepFunctions|HttpInvoke|{run.region}",
               "Range": f"bytes=0-{PAYLOAD}"}  # fmt: skip
    headers |= {str(name): _text(each) for name, each in (given.get("Headers") or {}).items()}
    query = dict(given.get("QueryParameters") or {})
    body = given.get("RequestBody")
    for name, key, value in _invocation(connection):
        if name == "Header":
            headers[key] = value
        elif name == "QueryString":
            query[key] = value
        elif isinstance(body, Mapping) or body is None:
            body = {**(body or {}), key: value}
    headers |= _credentials(connection)
    return Begun(_sent(method, _with(url, query), headers, _encoded(given, headers, body)))


def _check(given: Any) -> None:  # noqa: ANN401
    if not isinstance(given, Mapping):
        raise Failure("States.Runtime", "The parameters of an HTTP task are no object.")
    if unknown := sorted(given.keys() - FIELDS):
        raise Failure("States.Runtime", f"An HTTP task has no parameter {unknown[0]!r}.")
    for name in ("ApiEndpoint", "Method"):
        if not isinstance(given.get(name), str):
            raise Failure("States.Runtime", f"An HTTP task needs {name}, a text.")
    if given["Method"].upper() not in METHODS:
        raise Failure("States.Runtime", f"An HTTP task has no method {given['Method']!r}.")
    if urlsplit(given["ApiEndpoint"]).scheme != "https":
        raise Failure("States.Runtime", "An HTTP task calls https:// only.")


def _arn(given: Mapping[str, Any]) -> str:
    for name in ("Authentication", "InvocationConfig"):
        if found := (given.get(name) or {}).get("ConnectionArn"):
            return str(found)
    raise Failure("States.Runtime", "An HTTP task needs the ConnectionArn of its connection.")


@dataclass(frozen=True, slots=True)
class Connection:
    """What an HTTP task needs of a connection."""

    arn: str
    secret: str
    state: str
    auth: Mapping[str, Any]


def _connection(run: Execution, given: Mapping[str, Any]) -> Connection:
    arn = _arn(given)
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "events" or parts[3] != run.region:  # noqa: PLR2004  (an ARN)
        raise Failure(STATE, f"Connection {arn} is not in {run.region}.")
    found = next((each for each in _connections(parts[4], parts[3]) if each.arn == arn), None)
    if found is None:
        raise Failure(STATE, f"Connection {arn} does not exist.")
    if found.state not in {"AUTHORIZED", "ACTIVE"}:
        raise Failure(STATE, f"Connection {arn} is {found.state}.")
    return found


def _connections(account: str, region: str) -> Iterator[Connection]:
    """Those of an account and region: of the sandbox's own records, or of moto."""
    now = WORLD.clock.now()
    for record in beside.backends[account][region].of("events", "connection").values():
        data = record.data
        state = (
            data["then"]
            if data["until"] <= now and data["state"].endswith("ING")
            else data["state"]
        )
        yield Connection(record.arn, data.get("secret", ""), state, data["auth"])
    for each in events_backends[account][region].connections.values():
        yield Connection(each.arn, each.secret_arn, each.state, each.auth_parameters or {})


def _allowed(run: Execution, given: Mapping[str, Any], connection: Connection) -> None:
    who = principals.acting(run.role)
    if WORLD.iam != "enforced" or who is None:
        return
    keys = {
        "states:httpendpoint": (str(given["ApiEndpoint"]),),
        "states:httpmethod": (str(given["Method"]).upper(),),
    }
    secret = connection.secret
    for action, at, context, error in (
        ("states:InvokeHTTPEndpoint", run.machine, keys, "States.Http.AccessDenied"),
        ("events:RetrieveConnectionCredentials", connection.arn, {}, DENIED),
        ("secretsmanager:GetSecretValue", secret, {}, DENIED),
        ("secretsmanager:DescribeSecret", secret, {}, DENIED),
    ):
        common = {"aws:requestedregion": (run.region,), **context}
        question = Asked(action, at, who.arn, run.account, run.account, common)
        found = decision(question, who)
        if not found.allowed:
            raise Failure(error, message(question, found))


def _invocation(connection: Connection) -> Iterator[tuple[str, str, str]]:
    held = connection.auth.get("InvocationHttpParameters") or {}
    for name in ("Header", "QueryString", "Body"):
        for each in held.get(f"{name}Parameters") or ():
            yield name, str(each["Key"]), str(each.get("Value", ""))


def _credentials(connection: Connection) -> dict[str, str]:
    held = connection.auth
    if key := held.get("ApiKeyAuthParameters"):
        return {str(key["ApiKeyName"]): str(key["ApiKeyValue"])}
    if basic := held.get("BasicAuthParameters"):
        pair = f"{basic['Username']}:{basic['Password']}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if oauth := held.get("OAuthParameters"):
        return {"Authorization": f"Bearer {_token(oauth)}"}
    return {}


def _token(oauth: Mapping[str, Any]) -> str:
    client = oauth.get("ClientParameters") or {}
    form = {
        "grant_type": "client_credentials",
        "client_id": client.get("ClientID", ""),
        "client_secret": client.get("ClientSecret", ""),
    }
    more = oauth.get("OAuthHttpParameters") or {}
    headers = {it["Key"]: it.get("Value", "") for it in more.get("HeaderParameters") or ()}
    query = {it["Key"]: it.get("Value", "") for it in more.get("QueryStringParameters") or ()}
    form |= {it["Key"]: it.get("Value", "") for it in more.get("BodyParameters") or ()}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    url = _with(str(oauth["AuthorizationEndpoint"]), query)
    try:
        found = _sent(str(oauth.get("HttpMethod", "POST")), url, headers, urlencode(form).encode())
    except Failure as refused:
        raise Failure(STATE, f"The authorization endpoint answered: {refused.error}") from None
    body = found["ResponseBody"]
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise Failure(STATE, "The authorization endpoint gave no access_token.")
    return str(body["access_token"])


def _with(url: str, query: Mapping[str, Any]) -> str:
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True)]
    for name, value in query.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(str(name), _text(each)) for each in values]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def _encoded(given: Mapping[str, Any], headers: dict[str, str], body: Any) -> bytes | None:  # noqa: ANN401
    if body is None:
        return None
    if (given.get("Transform") or {}).get("RequestBodyEncoding") == "URL_ENCODED":
        _default(headers, "application/x-www-form-urlencoded")
        return urlencode(dict(body), doseq=True).encode()
    _default(headers, "application/json")
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _default(headers: dict[str, str], kind: str) -> None:
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind


def _sent(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, Any]:
    limit = WORLD.machines.http_seconds
    return asked(method, url, headers, body, limit, lambda answer: _told(answer, _read(answer)))


def _read(answer: requests.Response) -> bytes:
    """The body, no more of it than AWS takes."""
    found = b""
    for chunk in answer.iter_content(65_536):
        found += chunk
        if len(found) > PAYLOAD:
            text = f"The HTTP response is larger than {PAYLOAD} bytes."
            raise Failure("States.DataLimitExceeded", text)
    return found


def _told(answer: requests.Response, content: bytes) -> dict[str, Any]:
    kind = answer.headers.get("Content-Type", "").lower()
    good = 200 <= answer.status_code < 300  # noqa: PLR2004  (HTTP's own classes)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Failure("States.Runtime", "The HTTP response is no text.") from None
    if not good:
        raise Failure(f"States.Http.StatusCode.{answer.status_code}", text)
    if kind.startswith(UNSUPPORTED):
        raise Failure("States.Runtime", f"An HTTP task takes no response of type {kind}.")
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    return {
        "Headers": headers,
        "ResponseBody": _parsed(kind, text),
        "StatusCode": answer.status_code,
        "StatusText": answer.reason or "",
    }


def _parsed(kind: str, text: str) -> Any:  # noqa: ANN401  (any JSON value)
    if "json" not in kind:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    return value if isinstance(value, str) else json.dumps(value)
