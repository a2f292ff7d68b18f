"""EventBridge's connections: what is secret is never given back, and is kept as AWS keeps it.

A connection is at work for a while. AWS puts its parameters into a secret of its own, from which an
HTTP task takes them (`EventBridge user guide`, "Connections for API targets": the secret's name
begins with ``events!connection/``). The token endpoint of an OAuth connection is not asked here; a
scripted outcome ``failed`` of the connection's name says that it refuses.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.world import WORLD

SERVICE, KIND = "events", "connection"
NAMES = {SERVICE: frozenset({"Name"})}
SECONDS = 10.0
"""Virtual seconds that AWS is at work on one."""
TYPES = {
    "API_KEY": "ApiKeyAuthParameters",
    "BASIC": "BasicAuthParameters",
    "OAUTH_CLIENT_CREDENTIALS": "OAuthParameters",
}
_SECRET = frozenset({"ApiKeyValue", "Password", "ClientSecret"})
_SHOWN = (
    "Name",
    "Description",
    "AuthorizationType",
    "InvocationConnectivityParameters",
    "KmsKeyIdentifier",
)


def _refused(reason: str) -> Refused:
    return Refused("ValidationException", reason)


def _find(call: Call) -> Record:
    _settle(call)
    found = call.records(KIND).get(call["Name"])
    if found is None:
        name = call["Name"]
        raise Refused("ResourceNotFoundException", f"Connection '{name}' does not exist.")
    return found


def _settle(call: Call) -> None:
    """Bring the connections of a place up to the clock."""
    records, now = call.records(KIND), WORLD.clock.now()
    for name, record in [*records.items()]:
        state = record.data["state"]
        if now < record.data["until"]:
            continue
        if state == "DELETING":
            del records[name]
        elif state.endswith("ING"):
            record.data["state"] = record.data["then"]


def _works(record: Record, state: str) -> None:
    """AWS is at it for a while; a script says how that ends."""
    ends = WORLD.outcomes.take(record.name)
    now = WORLD.clock.now()
    good = ends.mode == "ok"
    data = record.data
    data |= {"state": state, "until": now + SECONDS, "changed": now}
    data |= {"then": "AUTHORIZED" if good else "DEAUTHORIZED"}
    data |= {"reason": "" if good else ends.reason or "The authorization endpoint refused."}


def _checked(type_: str, auth: Mapping[str, Any]) -> None:
    """Parameters of the type that is said, and of no other."""
    given = {each for each in TYPES.values() if auth.get(each)}
    if given != {TYPES[type_]}:
        raise _refused(f"AuthParameters must be those of {type_} alone.")


def _keep(call: Call, record: Record) -> None:
    """AWS's own copy, a secret in the account that Secrets Manager knows as EventBridge's."""
    backend = secretsmanager_backends[call.backend.account_id][call.backend.region_name]
    text = json.dumps(record.data["auth"])
    name = f"events!connection/{record.name}/{record.data['id']}"
    if name in backend.secrets:
        backend.put_secret_value(name, text, "", str(uuid.uuid4()), ["AWSCURRENT"])
        return
    record.data["secret"] = backend.create_managed_secret(SERVICE, name, text).arn


def create(call: Call) -> dict[str, Any]:
    """CreateConnection."""
    _settle(call)
    name, auth = call["Name"], call["AuthParameters"]
    if name in call.records(KIND):
        raise Refused("ResourceAlreadyExistsException", f"Connection {name} already exists.")
    _checked(call["AuthorizationType"], auth)
    own = str(uuid.UUID(int=WORLD.next_number()))
    data = {key: call[key] for key in _SHOWN if call.get(key) is not None}
    data |= {"auth": _whole(auth), "id": own}
    record = call.add(KIND, name, call.arn(f"connection/{name}/{own}"), data)
    _works(record, "CREATING")
    _keep(call, record)
    return _brief(record)


def _whole(auth: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with what AWS adds: what does not say that it is no secret is one."""
    copy: dict[str, Any] = json.loads(json.dumps(auth))
    for item in _items(copy):
        item.setdefault("IsValueSecret", True)
    return copy


def _items(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any part of the parameters
    if isinstance(value, dict):
        if "Key" in value:
            yield value
        for each in value.values():
            yield from _items(each)
    elif isinstance(value, list):
        for each in value:
            yield from _items(each)


def _brief(record: Record) -> dict[str, Any]:
    data = record.data
    found = {
        "ConnectionArn": record.arn,
        "ConnectionState": data["state"],
        "CreationTime": record.created,
        "LastModifiedTime": data["changed"],
    }
    return found | ({"LastAuthorizedTime": data["until"]} if data["state"] == "AUTHORIZED" else {})


def describe(call: Call) -> dict[str, Any]:
    """DescribeConnection: no value of a secret is in it."""
    record = _find(call)
    if record.data["state"].endswith("ING"):
        WORLD.clock.polled()
    found = {key: record.data[key] for key in _SHOWN if key in record.data}
    found |= _brief(record) | {"AuthParameters": _masked(record.data["auth"])}
    if record.data["state"] == "DEAUTHORIZED":
        found["StateReason"] = record.data["reason"]
    if "secret" in record.data:
        found["SecretArn"] = record.data["secret"]
    return found


def _masked(value: Any) -> Any:  # noqa: ANN401 - any part of the parameters
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if not isinstance(value, dict):
        return value
    hides = "Key" in value and value.get("IsValueSecret", True)
    return {
        key: _masked(item)
        for key, item in value.items()
        if key not in _SECRET and not (hides and key == "Value")
    }


def update(call: Call) -> dict[str, Any]:
    """UpdateConnection: parameters that are given take the place of those that are there."""
    record = _find(call)
    _idle(record)
    data = record.data
    type_ = call.get("AuthorizationType") or data["AuthorizationType"]
    auth = call.get("AuthParameters")
    if auth:
        _checked(type_, auth)
        data["auth"] = _whole(auth)
    elif type_ != data["AuthorizationType"]:
        raise _refused(f"AuthParameters must be those of {type_} alone.")
    data |= {key: call[key] for key in _SHOWN if call.get(key) is not None}
    if auth:
        _works(record, "UPDATING")
        _keep(call, record)
    else:
        data["changed"] = WORLD.clock.now()
    return _brief(record)


def _idle(record: Record) -> None:
    if record.data["state"].endswith("ING"):
        text = f"Connection {record.name} is being updated concurrently: {record.data['state']}."
        raise Refused("ConcurrentModificationException", text)


def deauthorize(call: Call) -> dict[str, Any]:
    """DeauthorizeConnection takes the credentials out."""
    record = _find(call)
    _idle(record)
    data = record.data
    now = WORLD.clock.now()
    data |= {"state": "DEAUTHORIZING", "then": "DEAUTHORIZED", "until": now + SECONDS}
    data |= {"changed": now, "reason": "The connection was deauthorized."}
    _forget(call, record)
    return _brief(record)


def _forget(call: Call, record: Record) -> None:
    backend = secretsmanager_backends[call.backend.account_id][call.backend.region_name]
    arn = record.data.pop("secret", "")
    if arn and arn in backend.secrets:
        backend.secrets.pop(arn)


def delete(call: Call) -> dict[str, Any]:
    """DeleteConnection; its secret goes with it."""
    record = _find(call)
    _forget(call, record)
    record.data |= {"state": "DELETING", "until": WORLD.clock.now() + SECONDS, "then": ""}
    return _brief(record)


def list_(call: Call) -> dict[str, Any]:
    """ListConnections, in pages."""
    _settle(call)
    begins, most = call.get("NamePrefix") or "", call.get("Limit") or 100
    found = [each for name, each in sorted(call.records(KIND).items()) if name.startswith(begins)]
    after = call.get("NextToken") or ""
    rest = [each for each in found if each.name > after]
    page = rest[:most]
    items = [
        _brief(each) | {k: each.data[k] for k in ("Name", "AuthorizationType") if k in each.data}
        for each in page
    ]
    more = {"NextToken": page[-1].name} if len(rest) > most else {}
    return {"Connections": items, **more}


OPERATIONS = {
    "CreateConnection": create,
    "DescribeConnection": describe,
    "UpdateConnection": update,
    "DeleteConnection": delete,
    "DeauthorizeConnection": deauthorize,
    "ListConnections": list_,
}
