"""The form: members of the definition, of its parameters and of its steps; names, and limits.

Members of steps are those that the SageMaker Python SDK writes. Steps of a type that is not known
here are taken as they are. Limits: SageMaker API, PipelineDefinition, StepName,
PipelineParameterName; developer guide, "Retry policy for pipeline steps", "Caching pipeline steps".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import orjson

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import BRANCHES, CONDITION, VERSION, Step, is_reference, steps
from reconciler.model.value import Json

ORDER = 0
TOP = frozenset({
    "Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps", "MlflowConfig",
})  # fmt: skip
USUAL = frozenset({"Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description"})
RETRIED = USUAL | {"CacheConfig", "RetryPolicies"}
CHECKED = frozenset({
    "CheckType", "ModelPackageGroupName", "SkipCheck", "FailOnViolation", "RegisterNewBaseline",
    "SuppliedBaselineConstraints", "CacheConfig",
})  # fmt: skip
OUTPUTS = frozenset({"OutputParameters", "CacheConfig"})
STEPS: Mapping[str, frozenset[str]] = {
    "AutoML": RETRIED,
    "Callback": USUAL | OUTPUTS | {"SqsQueueUrl"},
    "ClarifyCheck": USUAL | CHECKED | {"ModelName"},
    CONDITION: USUAL,
    "EMR": USUAL | {"CacheConfig"},
    "Fail": USUAL,
    "Lambda": USUAL | OUTPUTS | {"FunctionArn"},
    "Model": USUAL | {"RetryPolicies"},
    "Processing": RETRIED | {"PropertyFiles"},
    "QualityCheck": USUAL | CHECKED | {"SuppliedBaselineStatistics"},
    "RegisterModel": USUAL | {"RetryPolicies"},
    "Training": RETRIED,
    "Transform": RETRIED,
    "Tuning": RETRIED,
}
"""By type, the members that a step may have."""
PARAMETERS: Mapping[str, type | tuple[type, ...]] = {
    "String": str, "Integer": int, "Float": (int, float), "Boolean": bool,
}  # fmt: skip
NAME = re.compile(r"[A-Za-z0-9_-]+")
LONGEST, STEP_NAME, PARAMETER_NAME, MOST_PARAMETERS = 1_048_576, 64, 256, 200
AGE = re.compile(r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+S)?)?", re.IGNORECASE)
RETRIES = frozenset({
    "Step.SERVICE_FAULT", "Step.THROTTLING", "SageMaker.JOB_INTERNAL_ERROR",
    "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT",
})  # fmt: skip
BETWEEN: Mapping[str, tuple[int, int | None]] = {
    "MaxAttempts": (1, 20), "ExpireAfterMin": (1, 14_400), "IntervalSeconds": (0, None),
    "BackoffRate": (0, None),
}  # fmt: skip
LEAKED = re.compile(
    r"(?:Parameter(?:String|Integer|Float|Boolean)|Properties(?:List|Map)?|ExecutionVariable)\("
    r"|<class '|<[\w.]+ object at 0x[0-9a-f]+>"
)
"""What Python shows of an object of the SDK: somebody has made a text of a reference."""


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """Faults of form."""
    if definition.get("Version") != VERSION:
        yield Fault(("Version",), f"the version of a definition is {VERSION!r}")
    for key in definition.keys() - TOP:
        yield Fault((key,), _meant(key, TOP))
    size = len(orjson.dumps(definition, default=str))
    if size > LONGEST:
        yield Fault((), f"a definition has {LONGEST} characters at most, not {size}")
    yield from _parameters(definition.get("Parameters"))
    if not isinstance(definition.get("Steps"), list | tuple) or not definition["Steps"]:
        yield Fault(("Steps",), "a definition has a list of steps, one at least")
    seen: dict[str, Step] = {}
    for step in steps(definition):
        yield from _step(step)
        if step.name and step.name in seen:
            yield Fault((*step.at, "Name"), f"there are two steps called {step.name!r}")
        seen[step.name] = step
    yield from _leaks(definition, ())


def _parameters(found: Json) -> Iterator[Fault]:
    if found is None:
        return
    if not isinstance(found, list | tuple):
        yield Fault(("Parameters",), "parameters are a list")
        return
    if len(found) > MOST_PARAMETERS:
        text = f"an execution takes {MOST_PARAMETERS} parameters at most, here are {len(found)}"
        yield Fault(("Parameters",), text)
    seen = set()
    for index, each in enumerate(found):
        at = ("Parameters", str(index))
        if not isinstance(each, Mapping):
            yield Fault(at, "a parameter is an object")
            continue
        yield from _parameter(each, at)
        if (name := str(each.get("Name"))) in seen:
            yield Fault((*at, "Name"), f"there are two parameters called {name!r}")
        seen.add(name)


def _parameter(each: Mapping[str, Json], at: tuple[str, ...]) -> Iterator[Fault]:
    allowed = frozenset({"Name", "Type", "DefaultValue", "EnumValues", "Description"})
    for key in each.keys() - allowed:
        yield Fault((*at, key), _meant(key, allowed))
    yield from _named(each.get("Name"), PARAMETER_NAME, (*at, "Name"))
    fits = PARAMETERS.get(str(each.get("Type")))
    if fits is None:
        yield Fault((*at, "Type"), f"a parameter is of type {', '.join(PARAMETERS)}")
        return
    values: list[tuple[tuple[str, ...], Json]] = []
    if "DefaultValue" in each:
        values.append((("DefaultValue",), each["DefaultValue"]))
    enum = each.get("EnumValues") or ()
    values += [(("EnumValues", str(index)), value) for index, value in enumerate(enum)]
    for path, value in values:
        wrong = isinstance(value, bool) and each["Type"] != "Boolean"
        if wrong or not isinstance(value, fits):
            yield Fault((*at, *path), f"{value!r} is no {each['Type']}")
    if enum and "DefaultValue" in each and each["DefaultValue"] not in enum:
        yield Fault((*at, "DefaultValue"), f"{each['DefaultValue']!r} is none of EnumValues")


def _step(step: Step) -> Iterator[Fault]:
    yield from _named(step.body.get("Name"), STEP_NAME, (*step.at, "Name"))
    allowed = STEPS.get(step.type)
    if not step.type:
        yield Fault((*step.at, "Type"), "a step has a type")
    elif allowed is not None:
        for key in step.body.keys() - allowed:
            text = _meant(key, allowed)
            yield Fault((*step.at, key), f"a step of type {step.type}: {text}")
        if not isinstance(step.arguments, Mapping):
            yield Fault((*step.at, "Arguments"), "a step has an object of arguments")
    elif close := get_close_matches(step.type, STEPS, 1):
        text = f"there is no step of type {step.type!r}; did you mean {close[0]!r}?"
        yield Fault((*step.at, "Type"), text)
    yield from _cache(step)
    yield from _retries(step)
    if step.type == CONDITION and isinstance(step.arguments, Mapping):
        yield from _branches(step)
    if step.type == "Fail" and isinstance(step.arguments, Mapping):
        told = step.arguments.get("ErrorMessage")
        if set(step.arguments) != {"ErrorMessage"} or not (
            isinstance(told, str) or is_reference(told)
        ):
            yield Fault((*step.at, "Arguments"), "a step of type Fail has an 'ErrorMessage' alone")


def _branches(step: Step) -> Iterator[Fault]:
    at, allowed = (*step.at, "Arguments"), frozenset({"Conditions", *BRANCHES})
    for key in step.arguments.keys() - allowed:
        yield Fault((*at, key), _meant(key, allowed))
    for branch in BRANCHES:
        if not isinstance(step.arguments.get(branch, []), list | tuple):
            yield Fault((*at, branch), "a branch is a list of steps")
    if not any(step.arguments.get(branch) for branch in BRANCHES):
        yield Fault(at, "a condition has steps in one branch at least")


def _cache(step: Step) -> Iterator[Fault]:
    held, at = step.body.get("CacheConfig"), (*step.at, "CacheConfig")
    if held is None:
        return
    if not isinstance(held, Mapping) or held.keys() - {"Enabled", "ExpireAfter"}:
        yield Fault(at, "it has 'Enabled' and 'ExpireAfter' alone")
        return
    if not isinstance(held.get("Enabled"), bool):
        yield Fault((*at, "Enabled"), "it is true or false")
    after = held.get("ExpireAfter")
    if after is not None and not (isinstance(after, str) and AGE.fullmatch(after)):
        yield Fault((*at, "ExpireAfter"), f"{after!r} is no ISO 8601 duration, such as 'P30D'")


def _retries(step: Step) -> Iterator[Fault]:
    policies = step.body.get("RetryPolicies") or ()
    for index, each in enumerate(policies if isinstance(policies, list | tuple) else ()):
        at = (*step.at, "RetryPolicies", str(index))
        if not isinstance(each, Mapping):
            yield Fault(at, "a retry policy is an object")
            continue
        for key in each.keys() - {"ExceptionType", *BETWEEN}:
            yield Fault((*at, key), _meant(key, frozenset({"ExceptionType", *BETWEEN})))
        kinds = each.get("ExceptionType") or ()
        wrong = [kind for kind in kinds if kind not in RETRIES]
        if wrong or not kinds:
            text = f"{wrong[0]!r} is no exception that is tried again" if wrong else "none is named"
            yield Fault((*at, "ExceptionType"), f"{text}: {', '.join(sorted(RETRIES))}")
        if ("MaxAttempts" in each) == ("ExpireAfterMin" in each):
            yield Fault(at, "it has one of 'MaxAttempts' and 'ExpireAfterMin'")
        for key, (least, most) in BETWEEN.items():
            value = each.get(key)
            if isinstance(value, int | float) and (value < least or (most and value > most)):
                over = f" to {most}" if most else " or more"
                yield Fault((*at, key), f"it is {least}{over}, not {value:g}")


def _named(name: Json, most: int, at: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield Fault(at, f"{name!r} is no name: letters, digits, hyphens and underscores")
    elif len(name) > most:
        yield Fault(at, f"a name has {most} characters at most, not {len(name)}")


def _meant(key: str, options: frozenset[str]) -> str:
    close = get_close_matches(key, options, 1)
    return f"there is no {key!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _leaks(value: Json, at: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaks(item, (*at, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaks(item, (*at, str(index)))
    elif isinstance(value, str) and {"(", "<"} & {*value} and (found := LEAKED.search(value)):
        text = f"{found[0]!r} is what Python shows of an object: a reference was made a text"
        yield Fault(at, text, refused=False)
