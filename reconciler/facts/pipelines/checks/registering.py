"""What is registered: a version of a group or a package with a name, and an artefact that is one.

Source: SageMaker API, CreateModelPackage (a version takes no tags and no name; a package without a
group says on which instances it runs), S3ModelDataSource (what S3DataType and CompressionType may
be together), OutputDataConfig (CompressionType NONE leaves a folder).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import Later, Step, is_reference, references, step_of, steps
from reconciler.model.value import Json

ORDER = 5
GROUP, NAME = "ModelPackageGroupName", "ModelPackageName"
RUNS = ("SupportedRealtimeInferenceInstanceTypes", "SupportedTransformInstanceTypes")
NO_NAME = frozenset({"CurrentDateTime", "StartDateTime", "PipelineExecutionId",
                     "PipelineExecutionArn"})  # fmt: skip
"""Execution variables with which the group would be another one in each execution."""


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """Faults of what is registered or made a model of."""
    known = {step.name: step for step in steps(definition)}
    for step in known.values():
        at = (*step.at, "Arguments")
        if step.type == "RegisterModel":
            for path, text, fix in package(step.arguments):
                yield Fault((*at, *path), text, fix=fix)
            yield from _group(step.arguments.get(GROUP), (*at, GROUP))
        if step.type in {"RegisterModel", "Model"}:
            yield from _artefacts(step.arguments, at, known)


def package(given: Mapping[str, Json]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What CreateModelPackage refuses: where, what, and what to do."""
    grouped, named = _said(given, GROUP), _said(given, NAME)
    if grouped and named:
        text = "a version of a group has a number and no name"
        yield (NAME,), text, "remove it, or remove the group"
    elif not grouped and not named:
        text = "it says neither its group nor its name"
        yield (), text, f"add {GROUP!r} for a version of a group"
    if grouped and given.get("Tags"):
        text = "a version has the tags of its group and none of its own"
        yield ("Tags",), text, "tag the group, and say it in 'CustomerMetadataProperties'"
    held = given.get("InferenceSpecification")
    if named and not grouped and isinstance(held, Mapping):
        for key in RUNS:
            if not _said(held, key):
                text = f"{key!r} is missing, which a package without a group has to say"
                yield ("InferenceSpecification",), text, "add it, or name a group"


def _said(given: Mapping[str, Json], key: str) -> bool:
    return bool(given.get(key)) or isinstance(given.get(key), Later)


def _group(name: Json, at: tuple[str, ...]) -> Iterator[Fault]:
    for each in references(name):
        if each.what == "Get" and str(each.given).removeprefix("Execution.") in NO_NAME:
            text = "the group has to be there, and this name is another one in each execution"
            yield Fault(at, text, refused=False, fix="name a group, or a parameter that does")


def _artefacts(value: Json, at: tuple[str, ...], known: Mapping[str, Step]) -> Iterator[Fault]:
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _artefacts(item, (*at, str(index)), known)
    if not isinstance(value, Mapping) or is_reference(value):
        return
    if "ModelDataUrl" in value and (why := _folder(value["ModelDataUrl"], known)):
        text = f"it is one archive (model.tar.gz), and {why} is a folder"
        fix = "name the file with Std:Join, or use 'ModelDataSource' with S3Prefix"
        yield Fault((*at, "ModelDataUrl"), text, refused=False, fix=fix)
    if isinstance(held := value.get("S3DataSource"), Mapping) and "CompressionType" in held:
        yield from _source(held, (*at, "S3DataSource"))
    for key, item in value.items():
        yield from _artefacts(item, (*at, str(key)), known)


def _source(held: Mapping[str, Json], at: tuple[str, ...]) -> Iterator[Fault]:
    if held.get("S3DataType") == "S3Prefix":
        if held.get("CompressionType") == "Gzip":
            text = "a folder (S3Prefix) is not compressed: Gzip is of one object (S3Object)"
            yield Fault((*at, "CompressionType"), text)
        uri = held.get("S3Uri")
        if isinstance(uri, str) and not uri.endswith("/"):
            yield Fault((*at, "S3Uri"), "the URI of a folder (S3Prefix) ends with a slash")


def _folder(value: Json, known: Mapping[str, Step]) -> str:
    """What of another step is a folder, in words; "" where it is none."""
    if not is_reference(value) or not (named := step_of(value.get("Get"))):
        return ""
    step, path = known.get(named[0]), named[1]
    if step is None:
        return ""
    if step.type == "Processing" and path.endswith(".S3Output.S3Uri"):
        return f"an output of step {step.name!r}"
    output = step.arguments.get("OutputDataConfig") if step.type == "Training" else None
    if isinstance(output, Mapping) and output.get("CompressionType") == "NONE":
        return f"what step {step.name!r} leaves, which it does not compress,"
    return ""
