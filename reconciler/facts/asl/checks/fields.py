"""Fields: those that a state must have, may have, and cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts.asl.checks import Fault
from reconciler.facts.asl.tree import language, machines, states
from reconciler.model.value import Json

ORDER = 0
TOP = {"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}
INNER = {"Comment", "StartAt", "States", "ProcessorConfig", "QueryLanguage"}
COMMON = {"Type", "Comment", "QueryLanguage"}
FLOW = {"Next", "End"}
PATHS = {"InputPath", "OutputPath"}
RESULT = {"ResultPath", "ResultSelector", "Parameters"}
FAILING = {"Retry", "Catch"}
JSONATA = {"Arguments", "Output"}
PATH_ONLY = {
    *PATHS, *RESULT, "SecondsPath", "TimestampPath", "ItemsPath", "ErrorPath", "CausePath",
    "TimeoutSecondsPath", "HeartbeatSecondsPath", "MaxConcurrencyPath",
    "ToleratedFailureCountPath", "ToleratedFailurePercentagePath",
}  # fmt: skip
TIMES = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"}
FIELDS: Mapping[str, set[str]] = {
    "Pass": {*FLOW, *PATHS, "Result", "ResultPath", "Parameters", "Assign", "Output"},
    "Choice": {*PATHS, "Choices", "Default", "Assign", "Output"},
    "Wait": {*FLOW, *PATHS, "Seconds", "SecondsPath", "Timestamp", "TimestampPath", "Assign",
             "Output"},
    "Succeed": {*PATHS, "Output"},
    "Fail": {"Error", "ErrorPath", "Cause", "CausePath"},
    "Task": {*FLOW, *PATHS, *RESULT, *FAILING, *TIMES, *JSONATA, "Resource", "Credentials",
             "Assign"},
    "Parallel": {*FLOW, *PATHS, *RESULT, *FAILING, *JSONATA, "Branches", "Assign"},
    "Map": {*FLOW, *PATHS, *RESULT, *FAILING, "Output", "ItemProcessor", "Iterator", "ItemsPath",
            "Items", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "Label",
            "MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailureCount",
            "ToleratedFailureCountPath", "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath", "Assign"},
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    "Choice": ("Choices",), "Task": ("Resource",), "Parallel": ("Branches",),
}  # fmt: skip
WHOLE = {"TimeoutSeconds": 1, "HeartbeatSeconds": 1, "Seconds": 0, "MaxConcurrency": 0,
         "ToleratedFailureCount": 0, "ToleratedFailurePercentage": 0}  # fmt: skip
LONGEST = 99_999_999
NAME = 80


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:  # noqa: C901  (one line a fault)
    """Faults of form."""
    for at, machine in machines(definition):
        for name in ("StartAt", "States"):
            if name not in machine:
                yield Fault(at, f"a machine needs {name}")
        allowed = INNER if at else TOP
        for name in sorted(machine.keys() - allowed):
            yield Fault((*at, name), f"a machine has no field {name!r}")
        held = machine.get("States")
        if not isinstance(held, Mapping):
            if held is not None:
                yield Fault((*at, "States"), "States is an object")
            continue
        if not held:
            yield Fault((*at, "States"), "there is no state")
        for name, state in held.items():
            if not isinstance(state, Mapping):
                yield Fault((*at, "States", name), "a state is an object")
            if len(name) > NAME:
                yield Fault((*at, "States", name), f"a name has {NAME} characters at most")
    for at, state in states(definition):
        yield from _state(definition, at, state)


def _state(
    definition: Mapping[str, Json], at: tuple[str, ...], state: Mapping[str, Json]
) -> Iterator[Fault]:
    kind = str(state.get("Type"))
    if kind not in FIELDS:
        yield Fault((*at, "Type"), f"{kind!r} is no type of state: {', '.join(FIELDS)}")
        return
    jsonata = language(definition, at) == "JSONata"
    for name in sorted(state.keys() - FIELDS[kind] - COMMON):
        yield Fault((*at, name), f"a {kind} state has no field {name!r}")
    foreign = PATH_ONLY if jsonata else {*JSONATA, "Items"}
    other = "JSONPath" if jsonata else "JSONata"
    for name in sorted(state.keys() & foreign & FIELDS[kind]):
        yield Fault((*at, name), f"{name} is of {other}, and this state queries with the other")
    for name in NEEDED.get(kind, ()):
        if name not in state:
            yield Fault(at, f"a {kind} state needs {name}")
    if "Next" in FIELDS[kind]:
        yield from _onward(at, state)
    yield from _numbers(at, state, jsonata=jsonata)
    yield from _kind(at, kind, state, jsonata=jsonata)


def _onward(at: tuple[str, ...], state: Mapping[str, Json]) -> Iterator[Fault]:
    ends = state.get("End")
    if ends is not None and not isinstance(ends, bool):
        yield Fault((*at, "End"), "End is true or false")
    if ("Next" in state) == (ends is True):
        yield Fault(at, "a state has either Next or End, and just one of them")


def _numbers(at: tuple[str, ...], state: Mapping[str, Json], *, jsonata: bool) -> Iterator[Fault]:
    for name, least in WHOLE.items():
        value = state.get(name)
        if value is None or (jsonata and isinstance(value, str)):
            continue
        whole = isinstance(value, int) or (name.endswith("Percentage") and isinstance(value, float))
        if isinstance(value, bool) or not whole or not least <= value <= LONGEST:
            yield Fault((*at, name), f"{name} is a number from {least}")
        elif name.endswith("Percentage") and value > 100:  # noqa: PLR2004
            yield Fault((*at, name), f"{name} is 100 at most")
        if f"{name}Path" in state:
            yield Fault((*at, f"{name}Path"), f"{name} and {name}Path cannot both be")
    timeout, beat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(beat, int) and beat >= timeout:
        yield Fault((*at, "HeartbeatSeconds"), "HeartbeatSeconds is less than TimeoutSeconds")


def _kind(  # noqa: C901  (one line a fault)
    at: tuple[str, ...], kind: str, state: Mapping[str, Json], *, jsonata: bool
) -> Iterator[Fault]:
    if kind == "Wait":
        given = state.keys() & {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
        if len(given) != 1:
            yield Fault(
                at, "a Wait state has one of Seconds, SecondsPath, Timestamp, TimestampPath"
            )
    elif kind == "Fail":
        for name in ("Error", "Cause"):
            if name in state and f"{name}Path" in state:
                yield Fault((*at, f"{name}Path"), f"{name} and {name}Path cannot both be")
    elif kind == "Choice":
        yield from _choices(at, state.get("Choices"), jsonata=jsonata)
    elif kind == "Parallel":
        if not isinstance(state.get("Branches"), list) or not state["Branches"]:
            yield Fault((*at, "Branches"), "Branches is a list with one machine at least")
    elif kind == "Map":
        if ("ItemProcessor" in state) == ("Iterator" in state):
            yield Fault(at, "a Map state has either ItemProcessor or Iterator")
        yield from _distributed(at, state)


def _distributed(at: tuple[str, ...], state: Mapping[str, Json]) -> Iterator[Fault]:
    processor = state.get("ItemProcessor")
    held = processor.get("ProcessorConfig") if isinstance(processor, Mapping) else None
    config = held if isinstance(held, Mapping) else {}
    mode = config.get("Mode", "INLINE")
    if mode not in {"INLINE", "DISTRIBUTED"}:
        yield Fault((*at, "ItemProcessor", "ProcessorConfig", "Mode"), f"{mode!r} is no mode")
    if mode == "DISTRIBUTED":
        if config.get("ExecutionType") not in {"STANDARD", "EXPRESS"}:
            where = (*at, "ItemProcessor", "ProcessorConfig")
            yield Fault(where, "a distributed Map needs the ExecutionType STANDARD or EXPRESS")
        return
    for name in ("ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailureCount",
                 "ToleratedFailureCountPath", "ToleratedFailurePercentage",
                 "ToleratedFailurePercentagePath"):  # fmt: skip
        if name in state:
            yield Fault((*at, name), f"{name} is for a distributed Map")


def _choices(  # noqa: C901  (one line a fault)
    at: tuple[str, ...], rules: Json, *, jsonata: bool
) -> Iterator[Fault]:
    from reconciler.facts.asl.choice import COMBINED, OPERATORS  # noqa: PLC0415

    if not isinstance(rules, list) or not rules:
        yield Fault((*at, "Choices"), "Choices is a list with one rule at least")
        return

    def one(  # noqa: C901  (one line a fault)
        where: tuple[str, ...], rule: Json, *, top: bool
    ) -> Iterator[Fault]:
        if not isinstance(rule, Mapping):
            yield Fault(where, "a rule is an object")
            return
        if top and not isinstance(rule.get("Next"), str):
            yield Fault(where, "a rule needs Next")
        if not top and "Next" in rule:
            yield Fault((*where, "Next"), "only the outermost rule has Next")
        if jsonata:
            if "Condition" not in rule:
                yield Fault(where, "a rule of JSONata needs Condition")
            return
        operators = rule.keys() & {*OPERATORS, *COMBINED}
        unknown = rule.keys() - {*OPERATORS, *COMBINED, "Variable", "Next", "Comment", "Assign"}
        for name in sorted(unknown):
            yield Fault((*where, name), f"a rule has no field {name!r}")
        if len(operators) != 1:
            yield Fault(where, f"a rule has one comparison, not {len(operators)}")
            return
        (name,) = operators
        if name in {"And", "Or"}:
            if not isinstance(rule[name], list) or not rule[name]:
                yield Fault((*where, name), f"{name} is a list of rules")
                return
            for number, each in enumerate(rule[name]):
                yield from one((*where, name, str(number)), each, top=False)
        elif name == "Not":
            yield from one((*where, name), rule[name], top=False)
        elif "Variable" not in rule:
            yield Fault(where, "a comparison needs Variable")

    for number, rule in enumerate(rules):
        yield from one((*at, "Choices", str(number)), rule, top=True)
