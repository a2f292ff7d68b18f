"""Values that no file holds: the key their digests are made with, and putting them into a plan.

A plan file says where such a value stands, not what it is. It is taken from the specs, and only
if it is the one that was reviewed, which its keyed digest tells.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from reconciler.compile import compiler
from reconciler.compile.request import Request
from reconciler.model.address import Address
from reconciler.model.change import Call
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.plan import Plan, Step
from reconciler.model.receipt import Receipt
from reconciler.model.value import Hidden, Json, JsonText, hidden
from reconciler.secret.sent import VARIABLE, Sent

CODE = "RES009"
_AGAIN = "make the plan again with `moorline plan -o FILE` from these specs, and apply that file"


def key() -> bytes:
    """The secret of the environment variable; empty where there is none."""
    return os.environb.get(VARIABLE.encode(), b"").strip()


def sent(last: Receipt | None) -> Sent:
    """What is known of hidden values: the key, and the digests of the last receipt."""
    known = {at: left.sent for at, left in last.resources.items() if left.sent} if last else {}
    return Sent(key(), known)


def needed(plan: Plan) -> bool:
    """Whether a plan sends values that its file does not hold."""
    return any(True for step in plan.steps for _ in hidden(step.desired))


def filled(plan: Plan, request: Request) -> tuple[Plan, list[Diagnostic]]:
    """The plan of a file with its hidden values, or why they are not those that were reviewed."""
    graph, found = compiler.build(request.specs, request.view)
    known = Sent(key())
    values = {(each.owner, each.path): each.value for node in graph for each in hidden(node.props)}
    found = [each for each in found if each.is_error]
    found += [wrong for step in plan.steps if (wrong := _wrong(step, graph, known))]
    return replace(plan, steps=tuple(_step(step, values) for step in plan.steps)), found


def _wrong(step: Step, graph: Graph, known: Sent) -> Diagnostic | None:
    """What keeps the values of a step from being those of its file."""
    wanted = {".".join(each.path) for each in hidden(step.desired)}
    if not wanted:
        return None
    if not known.key or wanted - step.sent.keys():
        where = "here" if not known.key else "where the plan was made"
        why = f"{VARIABLE} was not set {where}"
        help_ = f"set {VARIABLE} to the same secret for `plan` and `apply`"
    else:
        node = graph.nodes.get(step.address)
        now = known.of(node) if node else {}
        if all(now.get(path) == step.sent[path] for path in wanted):
            return None
        why, help_ = "the specs have others, or the key is another one", _AGAIN
    text = f"the values that nobody is shown of {str(step.address)!r} cannot be sent: {why}"
    return Diagnostic(CODE, text, step.at, help_, address=step.address)


def _step(step: Step, values: Mapping[tuple[Address, tuple[str, ...]], Json]) -> Step:
    calls = tuple(
        Call(each.service, each.method, _put(each.params, values), each.outputs)
        for each in step.calls
    )
    return replace(step, calls=calls, desired=_put(step.desired, values))


def _put(value: Json, values: Mapping[tuple[Address, tuple[str, ...]], Json]) -> Json:
    match value:
        case Hidden():
            return replace(value, value=values.get((value.owner, value.path)))
        case JsonText():
            return JsonText(_put(value.document, values))
        case Mapping():
            return {key: _put(item, values) for key, item in value.items()}
        case list() | tuple():
            return [_put(item, values) for item in value]
        case _:
            return value
