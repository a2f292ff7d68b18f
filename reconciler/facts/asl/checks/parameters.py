"""Parameters of Tasks: those that the operation has, with values that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl import Unknown
from reconciler.facts.asl.checks import Fault
from reconciler.facts.asl.integrations import direct, integration
from reconciler.facts.asl.operations import problems
from reconciler.facts.asl.tree import language, states

ORDER = 50
HTTP = {"ApiEndpoint": True, "Method": True, "Authentication": False, "InvocationConfig": False,
        "Headers": False, "QueryParameters": False, "RequestBody": False,
        "Transform": False}  # fmt: skip
"""Parameters of an HTTP task, and whether each must be. Source: "Call HTTPS APIs"."""
METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"}
CONNECTIONS = ("Authentication", "InvocationConfig")


def find(definition: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of what Tasks give. What they take from their input is not looked at."""
    for at, state in states(definition):
        resource, given = state.get("Resource"), state.get("Parameters")
        if state.get("Type") != "Task" or not isinstance(resource, str):
            continue
        if (
            isinstance(resource, Unknown)
            or direct(resource)
            or language(definition, at) == "JSONata"
        ):
            continue
        try:
            what = integration(resource)
        except ValueError:
            continue  # `resources` says so
        where = (*at, "Parameters")
        if not isinstance(given, Mapping):
            if what.service == "http":
                yield Fault(at, "an HTTP task needs Parameters")
            continue
        if what.service == "http":
            yield from _http(where, given)
        else:
            for inner, text in problems(what, given):
                yield Fault((*where, *inner), text, refused=not what.sdk)


def _http(at: tuple[str, ...], given: Mapping[str, Any]) -> Iterator[Fault]:
    names = {key.removesuffix(".$") for key in given}
    for name in sorted(names - HTTP.keys()):
        yield Fault((*at, name), f"an HTTP task has no parameter {name!r}")
    for name, needed in HTTP.items():
        if needed and name not in names:
            yield Fault(at, f"an HTTP task needs {name}")
    if not names & set(CONNECTIONS):
        yield Fault(
            at, "an HTTP task needs InvocationConfig with the ConnectionArn of a connection"
        )
    for name in CONNECTIONS:
        held = given.get(name)
        if isinstance(held, Mapping) and not {"ConnectionArn", "ConnectionArn.$"} & held.keys():
            yield Fault((*at, name), f"{name} has a ConnectionArn")
    method, url = given.get("Method"), given.get("ApiEndpoint")
    if isinstance(method, str) and method.upper() not in METHODS:
        yield Fault((*at, "Method"), f"{method!r} is no method of an HTTP task")
    if isinstance(url, str) and url and not url.startswith("https://"):
        yield Fault((*at, "ApiEndpoint"), "an HTTP task calls https:// only")
