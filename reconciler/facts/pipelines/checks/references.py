"""References: parameters, execution variables, steps and their properties, functions.

Source: SageMaker developer guide, "Pipelines execution variables", "Data dependency - property
reference", "Condition step" (JsonGet), and the properties of each step in the Python SDK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import Reference, Step, is_reference, references, step_of, steps
from reconciler.facts.pipelines.shapes import gives
from reconciler.model.value import Json

ORDER = 2
VARIABLES = (
    "CurrentDateTime",
    "PipelineArn",
    "PipelineExecutionArn",
    "PipelineExecutionId",
    "PipelineName",
    "ProcessingJobName",
    "StartDateTime",
    "TrainingJobName",
)
FUNCTIONS: Mapping[str, tuple[frozenset[str], ...]] = {
    "Std:Join": (frozenset({"On", "Values"}),),
    "Std:JsonGet": (frozenset({"PropertyFile", "Path"}), frozenset({"S3Uri", "Path"})),
}
"""By name, what a function takes: one of these sets."""
FILES, OUTPUTS = ".PropertyFiles.", ".OutputParameters"


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """Faults of references."""
    known = {step.name: step for step in steps(definition)}
    given = definition.get("Parameters") or ()
    parameters = [str(each.get("Name")) for each in given if isinstance(each, Mapping)]
    outer = {key: value for key, value in definition.items() if key != "Steps"}
    for each in references(outer):
        yield from _reference(each, parameters, known)
    for step in known.values():
        yield from _files(step)
        for each in references(step.body, step.at):
            yield from _reference(each, parameters, known)


def _reference(
    each: Reference, parameters: list[str], known: Mapping[str, Step]
) -> Iterator[Fault]:
    if each.what != "Get":
        yield from _function(each)
        return
    kind, _, rest = str(each.given).partition(".") if isinstance(each.given, str) else ("", "", "")
    if kind == "Parameters":
        if rest not in parameters:
            yield Fault(each.at, _unknown("parameter", rest, parameters))
    elif kind == "Execution":
        if rest not in VARIABLES:
            yield Fault(each.at, _unknown("execution variable", rest, VARIABLES))
    elif named := step_of(each.given):
        yield from _property(each, *named, known)
    else:
        text = f"{each.given!r} is no path: it begins with Parameters, Execution or Steps"
        yield Fault(each.at, text)


def _property(each: Reference, name: str, path: str, known: Mapping[str, Step]) -> Iterator[Fault]:
    step = known.get(name)
    if step is None:
        yield Fault(each.at, _unknown("step", name, known))
    elif path.startswith(FILES):
        files = [str(it.get("PropertyFileName")) for it in step.body.get("PropertyFiles") or ()]
        if path.removeprefix(FILES) not in files:
            what = f"property file of step {name!r}"
            yield Fault(each.at, _unknown(what, path.removeprefix(FILES), files))
    elif path.startswith(OUTPUTS) and step.type in {"Lambda", "Callback"}:
        outputs = [str(it.get("OutputName")) for it in step.body.get("OutputParameters") or ()]
        found = path.removeprefix(OUTPUTS).removeprefix("['").removesuffix("']")
        if found not in outputs:
            yield Fault(each.at, _unknown(f"output of step {name!r}", found, outputs))
    elif path and (why := gives(step.type, path)):
        yield Fault(each.at, f"{each.given!r}: {why}")


def _function(each: Reference) -> Iterator[Fault]:
    taken = FUNCTIONS.get(each.what)
    if taken is None:
        yield Fault(each.at, _unknown("function", each.what, FUNCTIONS))
        return
    at = (*each.at, each.what)
    if not isinstance(each.given, Mapping) or frozenset(each.given) not in taken:
        forms = " or ".join(" and ".join(sorted(form)) for form in taken)
        yield Fault(at, f"{each.what} takes {forms}")
        return
    if each.what == "Std:Join":
        yield from _join(each.given, at)
    elif not isinstance(each.given["Path"], str):
        text = "the path is a text that the definition has: no execution puts it in"
        fix = "compare what each path gives in a condition of its own, or fix the path"
        yield Fault((*at, "Path"), text, fix=fix)
    elif "PropertyFile" in each.given:
        held = each.given["PropertyFile"]
        named = step_of(held.get("Get")) if is_reference(held) else None
        if named is None or not named[1].startswith(FILES):
            yield Fault((*at, "PropertyFile"), "it names a property file of a step")


def _join(given: Mapping[str, Json], at: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(given["On"], str):
        yield Fault((*at, "On"), "what stands between is a text")
    if not isinstance(given["Values"], list | tuple):
        yield Fault((*at, "Values"), "what is put together is a list")
        return
    for index, value in enumerate(given["Values"]):
        if not (isinstance(value, str | int | float) or is_reference(value)):
            yield Fault((*at, "Values", str(index)), "it is a text, a number or a reference")


def _files(step: Step) -> Iterator[Fault]:
    """Property files lie at outputs that the step has."""
    config = step.arguments.get("ProcessingOutputConfig") if step.type == "Processing" else None
    outputs = (config or {}).get("Outputs") or () if isinstance(config, Mapping) else ()
    names = [str(it.get("OutputName")) for it in outputs if isinstance(it, Mapping)]
    for index, each in enumerate(step.body.get("PropertyFiles") or ()):
        at = (*step.at, "PropertyFiles", str(index))
        needed = {"PropertyFileName", "OutputName", "FilePath"}
        if not isinstance(each, Mapping) or set(each) != needed:
            yield Fault(at, f"a property file has {', '.join(sorted(needed))}")
        elif each["OutputName"] not in names:
            what = f"output of step {step.name!r}"
            yield Fault((*at, "OutputName"), _unknown(what, str(each["OutputName"]), names))


def _unknown(what: str, name: str, options: object) -> str:
    known = [str(each) for each in options]  # type: ignore[attr-defined]
    close = get_close_matches(name, known, 1)
    more = f"; did you mean {close[0]!r}?" if close else ""
    if not close and known:
        more = f": there is {', '.join(sorted(known))}"
    return f"there is no {what} {name!r}{more}"
