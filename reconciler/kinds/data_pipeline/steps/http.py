"""http: one request to an API, with the credentials of a connection.

An answer has at most 256 KB and comes within 60 seconds. Source: Step Functions developer guide,
"Call HTTPS APIs in Step Functions workflows".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Reference, Section, seconds
from reconciler.kinds.data_pipeline.api import Built, Doing, Site, Step, register
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.terms.machine import integration, pattern, retry
from reconciler.model.value import Json, Path

LONGEST = 60
_BUSY = tuple(f"States.Http.StatusCode.{code}" for code in (429, 500, 502, 503, 504))


class Http(Section):
    """One request to an API that a DataSource with ``rest`` or ``graphql`` describes."""

    source: Annotated[str, Reference("DataSource")]
    """The DataSource whose address and credentials are used."""
    path: Maybe[Annotated[str, Field(pattern=r"^/[A-Za-z0-9._~!&'()+,;=:@%/{}-]*$")]] = Field(
        None, examples=["/v1/exports"]
    )
    """What follows the address, from a slash on, so that the host stays what it is. May hold
    placeholders."""
    method: Literal["get", "post", "put", "patch", "delete"] = "post"
    """The method of the request."""
    query: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)
    """Parameters of the query. They may hold placeholders."""
    body: Annotated[dict[str, str], Field(max_length=100)] = Field(default_factory=dict)
    """The body, as a JSON object of texts. They may hold placeholders."""


def check(http: Http, step: Step) -> Iterator[Problem]:
    if step.timeout is not None and seconds(step.timeout) > LONGEST:
        yield Problem(("timeout",), "an HTTP call takes 60s at most", "use a 'lambda' step instead")
    for group in ("reads", "writes"):
        for name in getattr(step, group):
            text_ = "an HTTP call reads and writes no data of its own"
            yield Problem((group, name), text_, "remove it; a 'lambda' step can do that")
    if http.body and http.method in {"get", "delete"}:
        yield Problem(("http", "body"), f"'{http.method}' has no body", "use 'query' instead")


def texts(http: Http) -> Iterator[tuple[Path, str]]:
    """Texts that may hold placeholders."""
    if http.path is not None:
        yield ("path",), http.path
    for name, given in (("query", http.query), ("body", http.body)):
        for key, value in given.items():
            yield (name, key), value


def build(http: Http, _: Step, site: Site) -> Built:
    scope, role = site.scope, site.machine.role
    source = http.source

    def get(what: str) -> Json:
        return scope.export("DataSource", source, what)

    connection, secret = get("connectionArn"), get("connectionSecretArn")
    endpoint = Template.read(http.path or "").after(get("endpoint"))
    method = http.method.upper()
    called = {
        "StringEquals": {"states:HTTPMethod": method},
        "StringLike": {"states:HTTPEndpoint": endpoint.pattern()},
    }
    scope.grant(
        role,
        ("states:InvokeHTTPEndpoint",),
        on=(pattern(site.machine.address, scope),),
        when=called,
    )
    scope.grant(role, ("events:RetrieveConnectionCredentials",), on=(connection,))
    reads = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    scope.grant(role, reads, on=(secret,))
    parameters: dict[str, Json] = {
        **endpoint.field("ApiEndpoint"),
        "Method": method,
        "Authentication": {"ConnectionArn": connection},
        **({"Headers": headers} if (headers := get("headers")) else {}),
    }
    for name, given in (("QueryParameters", http.query), ("RequestBody", http.body)):
        if given:
            parts: dict[str, Json] = {}
            for key, value in given.items():
                parts |= Template.read(value).field(key)
            parameters[name] = parts
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "http:invoke"),
        "Parameters": parameters,
        "ResultSelector": {"status.$": "$.StatusCode"},
    }
    return Built(
        state,
        retry=(retry(*_BUSY, "States.Http.Socket", times=6),),
        failures=("States.TaskFailed",),
        longest=LONGEST,
    )


register(
    Doing(
        name="http",
        model=Http,
        summary="One request to an API.",
        check=check,
        texts=texts,
        build=build,
    )
)
