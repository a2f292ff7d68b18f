"""State machines that Step Functions would refuse, or whose runs would fail or never end.

The definition is judged as `facts.asl.checks` has it; a reference in it is a text that is not known
yet. Source: Amazon States Language; Step Functions developer guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeAlias

from reconciler.access import table
from reconciler.facts.asl import Unknown
from reconciler.facts.asl.checks import Fault, faults
from reconciler.facts.asl.needs import needs
from reconciler.model.availability import fits
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Hidden, Join, Json, JsonText, Path, Ref, references
from reconciler.policy.api import Grounds, Shared, register
from reconciler.resources import api as resources

TYPE = "AWS::StepFunctions::StateMachine"
TEXTS = ("DefinitionString", "Definition")
Allowed: TypeAlias = tuple[list[Json], list[Json] | None]
"""Patterns of actions, and the resources that they are allowed on; nothing where it is not told."""
REFUSED = Code(
    "MACHINE001",
    "state machine that Step Functions refuses",
    "The definition of a state machine is not one: a field that a state does not have, a state that"
    " is not there or that no way leads to, a path that cannot be read, an integration that AWS"
    " does not have, or a parameter that its operation does not take. AWS would refuse it in the"
    " middle of an apply.",
    "Change what is named; the finding says where in the definition it is.",
)
ENDLESS = Code(
    "MACHINE002",
    "run that fails or never ends",
    "Step Functions takes the definition, and a run of it goes on for ever or fails: from a state"
    " no way leads to an end, nobody gets the token that a task waits for, or an SDK integration is"
    " called with what its operation does not take.",
    "Change what is named; the finding says where in the definition it is.",
)
DENIED = Code(
    "MACHINE003",
    "state that its role may not do",
    "A state calls an operation, and no policy of the machine's role allows the action that IAM is"
    " asked for, or allows it on other resources than the one that the state names. The run would"
    " fail there. Waiting for a job (.sync) needs more than starting it.",
    "Add the action, on this resource, to the role, or let another role do it.",
)


class Machine(NamedTuple):
    """A state machine of the graph, its definition, and what is wrong with that."""

    node: Node
    definition: Mapping[str, Any]
    faults: Sequence[Fault]


def refused(_graph: Graph, found: Sequence[Machine]) -> Iterator[Diagnostic]:
    """What Step Functions itself refuses."""
    for node, _, wrong in found:
        for fault in wrong:
            if fault.refused:
                yield _finding(REFUSED, node, fault, Severity.ERROR)


def endless(_graph: Graph, found: Sequence[Machine]) -> Iterator[Diagnostic]:
    """What it takes, and what comes to nothing."""
    for node, _, wrong in found:
        for fault in wrong:
            if not fault.refused:
                yield _finding(ENDLESS, node, fault, Severity.ERROR)


def denied(graph: Graph, found: Sequence[Machine]) -> Iterator[Diagnostic]:
    """Actions that no statement of a role of the graph allows; one finding for each state."""
    for node, definition, wrong in found:
        if any(fault.refused for fault in wrong):
            continue  # that comes first
        allowed = _allowed(graph, node)
        if allowed is None:
            continue
        missing: dict[tuple[str, ...], list[str]] = {}
        for at, action in needs(definition):
            lacks = _lacks(action, allowed, _named(graph, node, at))
            if lacks and lacks not in missing.setdefault(at, []):
                missing[at].append(lacks)
        for at, actions in missing.items():
            if actions:
                text = f"its role may not {', '.join(actions)}"
                yield _finding(DENIED, node, Fault(at, text), Severity.ERROR)


def machines(graph: Graph, _grounds: Grounds) -> Iterator[Machine]:
    """Every state machine whose definition is known."""
    for node in graph:
        if node.address.type != TYPE:
            continue
        held = next((node.props[name] for name in TEXTS if node.props.get(name) is not None), None)
        found = _plain(held.document if isinstance(held, JsonText) else held)
        if isinstance(found, Mapping):
            yield Machine(node, found, [*faults(found)])


register(Shared(REFUSED, machines, refused))
register(Shared(ENDLESS, machines, endless))
register(Shared(DENIED, machines, denied))


def _plain(value: Json) -> Any:  # noqa: ANN401  (JSON without marks)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Join):
        parts = (each if isinstance(each, str) else "0" for each in value.parts)
        return Unknown("".join(parts))
    if isinstance(value, Ref | Hidden | JsonText):
        return Unknown("")
    return value


def _finding(code: Code, node: Node, fault: Fault, severity: Severity) -> Diagnostic:
    where: Path = ("DefinitionString", *fault.at)
    at = node.origin.line_of(where) if node.origin else None
    text = f"state machine {node.address.name!r}, {fault.pointer}: {fault.text}"
    return Diagnostic(code.code, text, at, code.fix, severity, node.address)


def _lacks(action: str, allowed: list[Allowed], named: list[Node]) -> str:
    """What of an action no statement allows, in words; "" where all is allowed."""
    fits = [on for patterns, on in allowed if any(_covers(each, action) for each in patterns)]
    if not fits:
        return action
    for target in named:
        if _is_asked(action, target) and not any(
            on is None or any(_is_of(each, target) for each in on) for on in fits
        ):
            return f"{action} on {target.address.name!r}"
    return ""


def _allowed(graph: Graph, node: Node) -> list[Allowed] | None:
    """What the machine's role may do, and where; nothing where that is not told."""
    ref = node.props.get("RoleArn")
    role = graph.nodes.get(ref.target) if isinstance(ref, Ref) else None
    if role is None or role.props.get("ManagedPolicyArns"):
        return None
    found: list[Allowed] = []
    for policy in role.props.get("Policies") or ():
        document = policy.get("PolicyDocument")
        document = document.document if isinstance(document, JsonText) else document
        if not isinstance(document, Mapping):
            return None
        for statement in document.get("Statement") or ():
            if statement.get("Effect") != "Allow":
                continue
            if "Action" not in statement:
                return None
            on = _listed(statement["Resource"]) if "Resource" in statement else None
            found.append((_listed(statement["Action"]), on))
    return found


def _listed(value: Json) -> list[Json]:
    return [*value] if isinstance(value, list | tuple) else [value]


def _covers(pattern: Json, action: str) -> bool:
    return fits(action.lower(), str(pattern).lower())


def _named(graph: Graph, node: Node, at: Path) -> list[Node]:
    """The resources of the platform that the parameters of a state name."""
    held = next((node.props[name] for name in TEXTS if node.props.get(name) is not None), None)
    state: Any = held.document if isinstance(held, JsonText) else held
    for part in at:
        state = state[int(part)] if isinstance(state, list | tuple) else state[part]
    given = [state.get(name) for name in ("Parameters", "Arguments")]
    targets = dict.fromkeys(ref.target for ref in references(given))
    return [graph.nodes[each] for each in targets if each in graph.nodes]


def _is_asked(action: str, target: Node) -> bool:
    """Whether IAM asks for the action on a resource of this type."""
    filled = {"{partition}": "aws", "{region}": "eu-west-1", "{account}": "0" * 12}
    arn = _arn(target).replace("{name}", target.address.name)
    for slot, value in filled.items():
        arn = arn.replace(slot, value)
    try:
        return bool(arn and table.fitting(action, arn))
    except table.UnknownActionError:
        return False


def _arn(target: Node) -> str:
    known = resources.load().get(target.address.type)
    return known.arn if known and "{name}" in known.arn else ""


def _is_of(place: Json, target: Node) -> bool:
    """Whether a resource of a statement may be this one, or something in it."""
    if not isinstance(place, str):
        return any(ref.target == target.address for ref in references(place))
    parts, own = place.split(":", 5), _arn(target).split(":", 5)
    if len(parts) < len(own):
        return "*" in place
    return fnmatchcase(own[5].replace("{name}", target.address.name), parts[5])
