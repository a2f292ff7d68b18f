"""AWS::Events::Connection, by calls of its own.

AWS's handlers give back neither the state of a connection nor any of its parameters for calls, and
both are read here: a connection whose credentials AWS does not accept is there, and of no use; a
parameter that is no secret is compared. Credentials are never given back, and a copy of them is
AWS's own secret. Which version of which secret was sent stands in the description, so that a
rotation is a difference. What is deauthorized has no credentials any more: they are sent again.
Source: EventBridge API reference, DescribeConnection, UpdateConnection, DeauthorizeConnection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.model.change import Change, Observed
from reconciler.model.secret import Secret
from reconciler.model.value import Json, Path, Props
from reconciler.resources.api import (
    Codec,
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.whose import Marked

KEY = {"Name": "{name}"}
ARN = "arn:{partition}:events:{region}:{account}:connection/{name}"
"""As IAM has it; its own ARN has an id of AWS's behind it."""
AUTH, TEXT, NAMES = "AuthParameters", "Description", ("Header", "QueryString", "Body")
TAKEN = (
    "AuthorizationType",
    "AuthParameters",
    "Description",
    "InvocationConnectivityParameters",
    "KmsKeyIdentifier",
)
REFUSED = frozenset({"DEAUTHORIZED", "FAILED_CONNECTIVITY"})
"""It is there, and no call can be made with it."""
_SENT = re.compile(r"\s*\[sent ([^\]]*)\]")
_SINGLE: tuple[Path, ...] = (
    ("ApiKeyAuthParameters", "ApiKeyValue"),
    ("BasicAuthParameters", "Password"),
    ("OAuthParameters", "ClientParameters", "ClientSecret"),
)
_LISTS: tuple[Path, ...] = (
    ("InvocationHttpParameters",),
    ("OAuthParameters", "OAuthHttpParameters"),
)
LISTS = tuple(".".join((AUTH, *where, f"{name}Parameters")) for where in _LISTS for name in NAMES)


def places(auth: Props) -> Iterator[Path]:
    """Where values stand in the parameters of a connection that AWS never gives back, in order."""
    for path in _SINGLE:
        if isinstance(_at(auth, path[:-1]), Mapping):
            yield path
    for where in _LISTS:
        for name in NAMES:
            path = (*where, f"{name}Parameters")
            for index, item in enumerate(_at(auth, path) or ()):
                if item.get("IsValueSecret", True):
                    yield (*path, str(index), "Value")


def _at(value: Json, path: Path) -> Json:
    for key in path:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list | tuple):
            value = value[int(key)]
    return value


def _put(value: Json, path: Path, new: Json) -> Json:
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, list | tuple):
        return [_put(it, rest, new) if str(n) == head else it for n, it in enumerate(value)]
    return {**value, head: _put(value.get(head), rest, new)}


def _decode(answer: Props) -> Props:
    """An answer with, in the place of each value that it lacks, which one was sent."""
    text = str(answer.get(TEXT) or "")
    if not (said := _SENT.search(text)):
        return answer
    auth = answer.get(AUTH) or {}
    where, tokens = [*places(auth)], said[1].split()
    if len(where) == len(tokens) and answer.get("ConnectionState") not in REFUSED:
        for path, token in zip(where, tokens, strict=True):
            auth = _put(auth, path, Secret("", "", token))
    return {**answer, TEXT: _SENT.sub("", text), AUTH: auth}


def _encode(body: Props) -> Props:
    """A request whose description says which values are sent."""
    auth = body.get(AUTH) or {}
    values = [_at(auth, path) for path in places(auth)]
    tokens = [each.token for each in values if isinstance(each, Secret)]
    if not tokens:
        return body
    text, mark, rest = str(body.get(TEXT) or "").partition("[moorline ")
    said = f"{text.rstrip()} [sent {' '.join(tokens)}] {mark}{rest}".strip()
    return {**body, TEXT: said}


def update(change: Change) -> Iterator[Request]:
    """One call. The description says what was sent, so it goes with the credentials."""
    touched = {name for name in TAKEN if change.touches(name)}
    if not touched:
        return
    wanted = {name: change.desired[name] for name in TAKEN if name in change.desired}
    said = _encode(wanted)
    if AUTH in touched or "AuthorizationType" in touched:
        touched |= {AUTH, "AuthorizationType", TEXT}
    params = {name: said[name] for name in TAKEN if name in touched and name in said}
    yield Request("update_connection", params)


def verify(_: Props, live: Observed) -> str:
    """After a step: whether calls can be made with it."""
    if live.state not in REFUSED:
        return ""
    reason = f": {live.reason}" if live.reason else ""
    return f"AWS does not accept the credentials, the connection is {live.state}{reason}"


register(
    Resource(
        type="AWS::Events::Connection",
        service="events",
        aside=Aside(
            set_by={AUTH: ("deauthorize_connection",)},
            verified="AWS accepts the credentials",
        ),
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("describe_connection", KEY),
        whole=Whole(
            has=members("AuthorizationType", "ConnectionArn", "ConnectionState", "Name"),
            same={"Name": ("Name",)},
        ),
        create=Op("create_connection", KEY),
        delete=Op("delete_connection", KEY),
        absent=(absent("ResourceNotFoundException"),),
        outputs={"Arn": ("ConnectionArn",), "SecretArn": ("SecretArn",)},
        created={"Arn": ("ConnectionArn",)},
        predict={"ArnForPolicy": ARN},
        arn=ARN,
        root=Codec(_decode, _encode),
        listings=(
            Listing(
                method="list_connections",
                at="Connections",
                name="Name",
                params={"Limit": 100},
                absence=True,
            ),
        ),
        whose=Marked(),
        lifecycle=Lifecycle(
            field="ConnectionState",
            ready=codes("AUTHORIZED", "ACTIVE", *sorted(REFUSED)),
            busy=codes("CREATING", "UPDATING", "AUTHORIZING", "DEAUTHORIZING", "DELETING"),
            reason="StateReason",
            poll=5.0,
            timeout=600.0,
        ),
        vanishes=True,
        keyed=dict.fromkeys(LISTS, "Key"),
        limit=64,
        refers=("AWS::KMS::Key",),
        update=update,
        verify=verify,
    )
)
