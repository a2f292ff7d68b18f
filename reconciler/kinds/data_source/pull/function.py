"""A function that asks for pages in the place of HTTP tasks, and the states that ask it.

It is code of Moorline's own (`reconciler.jobs.pull`). It reads the credential itself, so there is
no connection and no copy of it; it knows its host by its own settings, so that nobody who may
invoke it can have the credential sent elsewhere. The machine around it is the same one: what an
answer says of the next page comes under short names, and a failure under the name that it has with
an HTTP task.

Sources: Step Functions developer guide, "Handling transient Lambda service exceptions",
"Error names" (names that begin with ``States.`` are its own; a timeout is ``Sandbox.Timedout``);
Secrets Manager API, DescribeSecret (``KmsKeyId``); Lambda API, PutFunctionConcurrency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from reconciler.kinds.api import Role, Scope, seconds
from reconciler.kinds.data_source.pull.auth import Auth
from reconciler.kinds.data_source.pull.connection import connection
from reconciler.kinds.data_source.pull.spec import GraphPages, Pages, Pull, site_of
from reconciler.kinds.data_source.pull.states import (
    ANSWER,
    BODY,
    HTTP,
    STEP,
    Asked,
    Onward,
    Shape,
    fault,
    placed,
)
from reconciler.kinds.terms.asset import own
from reconciler.kinds.terms.credential import known
from reconciler.kinds.terms.location import inside
from reconciler.kinds.terms.machine import FAULT, LOGS, fallen, integration, retry
from reconciler.kinds.terms.permissions import allow_write
from reconciler.model.asset import Form
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref, canonical

FUNCTION = "AWS::Lambda::Function"
SUFFIX, RUNTIME = "pull", "python3.13"
ROOM = 60
"""Seconds beside the answer: for a cold start, the credential, and landing."""
PASSING = (
    *(f"Http.StatusCode.{code}" for code in HTTP),
    "Http.Socket",
    "Moorline.NotLanded",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Sandbox.Timedout",
    "States.Timeout",
)
_LOGS_KEPT = 90
_OURS = ("Http.*", "Moorline.*")
"""Failures of the function itself, of which Lambda gives the words as JSON."""
P = TypeVar("P", Pages, GraphPages)


def caller(pull: Pull, scope: Scope, at: Path, at_once: int = 1) -> Iterator[Node]:
    """What calls are made with: a connection, or the function; nothing while the secret lacks."""
    if pull.land.by == "machine":
        yield from connection(pull, scope, at)
        return
    name = pull.auth.secret_name
    fact = known(name, scope)
    if fact is None:
        return
    role, logs = scope.role(SUFFIX, "lambda.amazonaws.com"), scope.address(LOGS, SUFFIX)
    stream = (scope.arn("logs", f"log-group:{logs.name}:*"),)
    scope.grant(role, ("logs:CreateLogStream", "logs:PutLogEvents"), on=stream)
    spot = inside(scope, "DataSource", pull.land.to, pull.land.path.strip("/"), tree=True)
    allow_write(scope, role, spot, large=False)
    _allow_secret(name, fact, scope, role)
    code, place = own(scope, SUFFIX, Form.ZIP, at=(*at, "land", "by")), placed(pull, scope)
    settings = {"auth": _auth(pull.auth, str(fact["arn"] or name)), "host": site_of(pull.url)}
    yield scope.node(logs, {"RetentionInDays": _LOGS_KEPT})
    yield scope.node(
        scope.address(FUNCTION, SUFFIX),
        {
            "Description": f"Pulls {scope.name}, code {code.digest[:12]}",
            "Role": role.arn,
            "PackageType": "Zip",
            "Code": {"S3Bucket": code.bucket, "S3Key": code.key},
            "Handler": f"{SUFFIX}.handler",
            "Runtime": RUNTIME,
            "MemorySize": pull.land.mebibytes,
            "Timeout": seconds(pull.timeout) + ROOM,
            "ReservedConcurrentExecutions": at_once if at_once > 1 else ...,
            "Environment": {
                "Variables": {
                    "PULL": canonical(settings).decode(),
                    "BUCKET": place.bucket,
                    "PREFIX": place.prefix,
                }
            },
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": Ref(logs, "LogGroupName")},
        },
        lines={
            (): (*at, "land", "by"),
            ("Environment",): (*at, "auth"),
            ("MemorySize",): (*at, "land", "memory"),
            ("ReservedConcurrentExecutions",): (*at, "pages", "number", "parallel"),
            ("Timeout",): (*at, "timeout"),
        },
        depends_on=code.needs,
    )


def _allow_secret(name: str, fact: Json, scope: Scope, role: Role) -> None:
    """Read one secret, and use the key that it is encrypted with, through Secrets Manager alone."""
    arn = str(fact["arn"] or name)
    if not arn.startswith("arn:"):  # AWS puts a hyphen and six characters behind a name
        arn = scope.arn("secretsmanager", f"secret:{arn}-??????")
    scope.grant(role, ("secretsmanager:GetSecretValue",), on=(arn,))
    key = str(fact["key"])
    if not key:
        return
    via = {"kms:ViaService": f"secretsmanager.{scope.place.region}.amazonaws.com"}
    when: dict[str, Json] = {"StringEquals": via}
    if ":alias/" in key or key.startswith("alias/"):
        alias = f"alias/{key.rpartition('alias/')[2]}"
        when["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": alias}
        key = scope.arn("kms", "key/*")
    elif not key.startswith("arn:"):
        key = scope.arn("kms", f"key/{key}")
    scope.grant(role, ("kms:Decrypt",), on=(key,), when=when)


def _auth(auth: Auth, secret: str) -> Props:
    """What the function is told of `auth`: where the credential is, and how it signs."""
    told: dict[str, Json] = {"secret": secret}
    if tls := auth.mutual_tls:
        return {**told, "mutualTls": {"certificate": tls.certificate, "key": tls.key}}
    told["member"] = auth.credential.member or ""
    if key := auth.api_key:
        return {**told, "apiKey": {"header": key.header}}
    if basic := auth.basic:
        return {**told, "basic": {"username": basic.username}}
    oauth = auth.oauth
    if oauth is None:
        raise TypeError(auth)
    known = {"endpoint": oauth.endpoint, "clientId": oauth.client_id, "body": dict(oauth.body)}
    return {**told, "oauth": {**known, "method": oauth.method.upper()}}


# -- what the machine learns of an answer


def wanted(pages: Pages | GraphPages) -> dict[str, str]:
    """By short name, where in an answer is what leads to the next one."""
    found: dict[str, str] = {}
    if pages.cursor is not None:
        found["next"] = pages.cursor.next
        found |= {"more": pages.cursor.has_next} if pages.cursor.has_next else {}
    if isinstance(pages, Pages):
        found |= {"next": pages.link.next} if pages.link else {}
        found |= {"last": pages.number.last} if pages.number and pages.number.last else {}
    return found


def seen(pull: Pull, pages: P) -> P:
    """The rules of paging as the machine sees them: of a function's answer, by short names."""
    if pull.land.by == "machine":
        return pages
    short = {name: f"$.{name}" for name in wanted(pages)}
    found: dict[str, object] = {}
    if pages.cursor is not None:
        more = {"has_next": short["more"]} if "more" in short else {}
        found["cursor"] = pages.cursor.model_copy(update={"next": short["next"], **more})
    if isinstance(pages, Pages):
        if pages.link is not None:
            found["link"] = pages.link.model_copy(update={"next": short["next"]})
        if pages.number is not None and pages.number.last is not None:
            found["number"] = pages.number.model_copy(update={"last": short["last"]})
    return pages.model_copy(update=found)


# -- the states


def asking(  # noqa: PLR0913 - what the kind decides
    scope: Scope,
    asked: Asked,
    onward: Onward,
    shape: Shape,
    wants: Mapping[str, str],
    *,
    many: bool,
) -> dict[str, Json]:
    """States from asking for a page to knowing that it is landed, or why it is not."""
    after = "has it records" if onward.empty_ends else "is there another"
    told = {
        "items": shape.items,
        "columns": [[name, type_] for name, type_ in shape.columns.items()],
        "partial": shape.errors,
        "wants": dict(wants),
        "must": [],
        "emptyEnds": onward.empty_ends,
        "seconds": asked.timeout,
        "page.$": "$.page",
        "day.$": "$.run.day",
        "run.$": "$.run.name",
    }
    following = {**told, "wants": {}} if many else told
    first = {**told, "must": ["last"]} if many else told

    def fetch(call: Props, payload: Props) -> Props:
        return _fetch(scope, asked, {**payload, "call": call}, after)

    states: dict[str, Json] = {"ask for the first page": fetch(asked.first, first)}
    if onward.next:
        states["ask for the next page"] = fetch(asked.following, following)
    if onward.empty_ends:
        none = {"Variable": f"{BODY}.records", "NumericEquals": 0, "Next": "come to its end"}
        states[after] = {"Type": "Choice", "Choices": [none], "Default": "is there another"}
    if many:  # the function has seen to it
        text = "the number of the last page is not there"
        states["page is malformed"] = fault("Moorline.MalformedPage", text)
    return states | _named()


def _fetch(scope: Scope, asked: Asked, payload: Props, following: str) -> Props:
    name = Ref(scope.address(FUNCTION, SUFFIX), "Arn")
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "lambda:invoke"),
        "Parameters": {"FunctionName": name, "Payload": payload},
        "ResultSelector": {"body.$": "$.Payload"},
        "ResultPath": ANSWER,
        "TimeoutSeconds": asked.timeout + 2 * ROOM,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": FAULT, "Next": "who says so"}],
        "Next": following,
    }
    if asked.retries:
        state["Retry"] = [retry(*PASSING, times=asked.retries)]
    return state


def _named() -> dict[str, Json]:
    """A failure of the function by the name and in the words that it has with an HTTP task."""
    ours = [
        {"Variable": f"{FAULT}.Error", "StringMatches": each, "Next": "read what it says"}
        for each in _OURS
    ]
    of_call = {"Variable": f"{FAULT}.Error", "StringMatches": _OURS[0]}
    cause = {"Cause.$": f"{FAULT}.said.errorMessage"}

    def said(parameters: Props, following: str) -> Props:
        made = {"Type": "Pass", "Parameters": parameters, "ResultPath": FAULT}
        return {**made, "Next": following}

    error = f"{FAULT}.Error"
    words = {"Error.$": error, "said.$": f"States.StringToJson({FAULT}.Cause)"}
    return {
        "who says so": {"Type": "Choice", "Choices": ours, "Default": fallen(STEP)},
        "read what it says": said(words, "is it of the call"),
        "is it of the call": {
            "Type": "Choice",
            "Choices": [{**of_call, "Next": "name it as a call"}],
            "Default": "name it",
        },
        "name it as a call": said(
            {"Error.$": f"States.Format('States.{{}}', {error})", **cause}, fallen(STEP)
        ),
        "name it": said({"Error.$": error, **cause}, fallen(STEP)),
    }
