"""Parameters that a rule or a schedule hands to a SageMaker pipeline.

EventBridge takes fewer names than SageMaker does, and neither looks whether the pipeline has such a
parameter: the run fails, or goes on with its defaults. Source: EventBridge API, PutTargets,
SageMakerPipelineParameter; EventBridge Scheduler API, the same; SageMaker API,
StartPipelineExecution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path, Ref, references
from reconciler.policy.api import Rule, register
from reconciler.policy.tree import PIPELINE, definition

CODE = Code(
    "SAGE002",
    "parameter that does not reach its pipeline",
    "EventBridge hands parameters to a pipeline by name. A rule takes names of letters, digits and"
    " single hyphens only, a schedule underscores too, and a value has 1,024 characters at most. A"
    " parameter that the pipeline does not have fails the run; one without a default that nobody"
    " hands over does so too.",
    "Name the parameter as the pipeline does, in letters, digits and hyphens.",
)
RULE, SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
_NAMES = {
    RULE: (re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"), "letters, digits and hyphens inside"),
    SCHEDULE: (re.compile(r"[A-Za-z0-9_-]+"), "letters, digits, hyphens and underscores"),
}
_LONGEST, _VALUE, _MOST = 256, 1024, 200
_HOLDER, _LIST = "SageMakerPipelineParameters", "PipelineParameterList"


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each parameter that does not get there."""
    pipelines = {node.address: node for node in graph if node.address.type == PIPELINE}
    for node in graph:
        for path, target in _targets(node):
            to = next((pipelines[it] for it in _ends(target) if it in pipelines), None)
            if to is not None or _HOLDER in target:
                yield from _target(node, path, target, to)


register(Rule(CODE, check))


def _targets(node: Node) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if node.address.type == RULE:
        for index, each in enumerate(node.props.get("Targets") or ()):
            yield ("Targets", str(index)), each
    elif node.address.type == SCHEDULE and isinstance(node.props.get("Target"), Mapping):
        yield ("Target",), node.props["Target"]


def _ends(target: Mapping[str, Any]) -> Iterator[Any]:
    """The addresses that a target leads to."""
    arn = target.get("Arn")
    for ref in [arn] if isinstance(arn, Ref) else references(arn):
        yield ref.target


def _target(
    node: Node, path: Path, target: Mapping[str, Any], to: Node | None
) -> Iterator[Diagnostic]:
    given = (target.get(_HOLDER) or {}).get(_LIST)
    here = (*path, _HOLDER, _LIST)
    if given is None:
        if node.address.type == SCHEDULE:
            text = f"a schedule of a pipeline has {_HOLDER}, an empty list if need be"
            yield _finding(node, path, text, "add it")
        given = ()
    if len(given) > _MOST:
        yield _finding(node, here, f"{len(given)} parameters", f"AWS takes {_MOST}")
    has = {each["Name"]: each for each in definition(to).get("Parameters") or ()} if to else None
    for index, each in enumerate(given):
        yield from _parameter(node, (*here, str(index)), each, has)
    for name, each in (has or {}).items():
        if "DefaultValue" not in each and name not in {it.get("Name") for it in given}:
            text = f"the pipeline needs {name!r}, which has no default"
            yield _finding(node, here, text, "hand it over, or give it a default")


def _parameter(
    node: Node, path: Path, given: Mapping[str, Any], has: Mapping[str, Any] | None
) -> Iterator[Diagnostic]:
    name, value = given.get("Name"), given.get("Value")
    form, words = _NAMES[node.address.type]
    if not isinstance(name, str):
        return
    if form.fullmatch(name) is None or len(name) > _LONGEST:
        text = f"EventBridge cannot pass a parameter called {name!r}"
        yield _finding(node, path, text, f"a name has {words}")
    if has is not None and name not in has:
        close = get_close_matches(name, has, 1, 0.6)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        text = f"the pipeline has no parameter {name!r}{hint}"
        yield _finding(node, path, text, f"it has {', '.join(has) or 'none'}")
    if isinstance(value, str):
        yield from _value(node, path, name, value, (has or {}).get(name))


def _value(
    node: Node, path: Path, name: str, value: str, declared: Mapping[str, Any] | None
) -> Iterator[Diagnostic]:
    least = 1 if node.address.type == SCHEDULE else 0
    if not least <= len(value) <= _VALUE:
        text = f"the value of {name!r} has {len(value):,} characters, and AWS takes {_VALUE:,}"
        yield _finding(node, path, text, "give it as a file")
    allowed: Json = (declared or {}).get("EnumValues")
    if allowed and not value.startswith("$") and value not in [str(each) for each in allowed]:
        text = f"{value!r} is none of the values of {name!r}"
        yield _finding(node, path, text, f"it may be {', '.join(map(str, allowed))}")


def _finding(node: Node, path: Path, text: str, help_: str) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    return Diagnostic(CODE.code, text, at, help_, address=node.address)
