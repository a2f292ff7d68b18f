"""kind: DataPipeline. Steps that turn raw data into features, when they run, and who is told.

It compiles to a Step Functions machine with a role of its own, and jobs with theirs. Runs are no
resources: a schedule, new data or `moorline run` starts them, and no plan ever does.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self, cast

from pydantic import ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.api import LEFT_OUT, Kind, Problem, Scope, register
from reconciler.kinds.data_pipeline import begin as beginning, data, flow, lineage, steps, trigger
from reconciler.kinds.data_pipeline.api import STEPS, Step, all_steps
from reconciler.kinds.data_pipeline.spec import Pipeline
from reconciler.kinds.terms.machine import MACHINE, begin, dead_letters, ending, finish
from reconciler.kinds.terms.name import named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path

for _module in pkgutil.iter_modules(steps.__path__):
    importlib.import_module(f"{steps.__name__}.{_module.name}")


def _model(name: str, *, nests: bool) -> type[Step]:
    """The model of a step, of those that may have steps of their own or not."""
    kinds = {each.name: each for each in STEPS.values() if nests or not each.nests}

    class Whole(Step):
        model_config = ConfigDict(
            json_schema_extra={
                "oneOf": [{"required": [k]} for k in kinds],
                **({} if nests else {"x-moorline-told": "Step"}),
            }
        )

        @model_validator(mode="after")
        def _one_kind(self) -> Self:
            given = [it.name for it in kinds.values() if getattr(self, it.field) is not None]
            if len(given) != 1:
                options = {"names": ", ".join(f"'{it}'" for it in sorted(kinds))}
                raise PydanticCustomError("step", "give exactly one of {names}", options)
            return self

    fields: dict[str, Any] = {
        each.field: (
            Annotated[each.model | None, LEFT_OUT],
            Field(None, description=each.summary, alias=each.name),
        )
        for each in kinds.values()
    }
    return create_model(name, __base__=Whole, __doc__=Step.__doc__, **fields)


_Inner = _model("InnerStep", nests=False)
for _each in STEPS.values():
    if _each.nests:
        _each.model.model_rebuild(force=True, _types_namespace={"Inner": _Inner})
_Step = _model("Step", nests=True)
_steps: dict[str, Any] = {
    "steps": (
        Annotated[tuple[_Step, ...], Field(min_length=1, max_length=50)],  # type: ignore[valid-type]
        Field(description="What is done, one after another."),
    )
}
DataPipeline: type[Pipeline] = create_model(
    "DataPipeline", __base__=Pipeline, __doc__=Pipeline.__doc__, **_steps
)
"""What a DataPipeline says."""


_TAKEN = frozenset({"failed", "machine", "overlap", "runs", "schedule", "trigger"})
"""What roles, log groups and queues beside those of steps are called. IAM ignores case."""


def check(spec: Pipeline) -> Iterator[Problem]:
    yield from trigger.check(spec)
    names: set[str] = set()
    for path, step, _ in all_steps(spec.steps):
        if step.name.casefold() in names:
            text = f"two steps are called {step.name!r}, in whichever case"
            yield Problem((*path, "name"), text, "rename one of them")
        if step.name in _TAKEN:
            text = f"{step.name!r} is what the pipeline calls something of its own"
            yield Problem((*path, "name"), text, "rename it")
        names.add(step.name.casefold())
        for problem in STEPS[step.kind].check(step.said, step):
            yield problem._replace(path=(*path, *problem.path))
    yield from data.problems(spec.steps, spec.parameters)


def exports(spec: Pipeline, scope: Scope) -> Mapping[str, Json]:
    machine = scope.address(MACHINE)
    return {
        "machineName": machine.name,
        "machineArn": scope.arn("states", f"stateMachine:{machine.name}"),
        "parameters": dict(spec.parameters),
        "steps": [step.name for step in spec.steps],
        "lineage": lineage.edges(spec),
        "standIns": lineage.stand_ins(spec, scope),
    }


def build(spec: Pipeline, scope: Scope) -> Iterator[Node]:
    machine = begin(scope)
    ground = flow.Ground(scope, machine, data.outputs(spec.steps), [])
    row = flow.flow(ground, spec.steps, beginning.DONE)
    yield from row.nodes
    yield dead_letters(machine, scope)
    topic, nodes = trigger.told(spec, scope)
    yield from nodes
    before = beginning.beginning(machine, scope, spec.parameters, spec.overlap, row.entries)
    states = {
        **before,
        **row.states,
        beginning.DONE: beginning.done(),
        **ending(machine, scope, topic=topic.arn, key=topic.key),
    }
    definition = {"Comment": f"{scope.name}: {scope.description}", "StartAt": beginning.BEGIN}
    yield from finish(
        machine,
        {**definition, "States": states},
        scope,
        lines=_lines(spec),
        depends_on=row.needs,
    )
    yield from trigger.build(spec, machine, scope)


def _lines(spec: Pipeline) -> Mapping[Path, Path]:
    """Lines of the definition's states: each to its step."""
    whole: Path = ("DefinitionString",)
    at: dict[Path, Path] = {whole: ("steps",)}
    for path, step, _ in all_steps(spec.steps):
        if len(path) == 2:  # noqa: PLR2004 - ``steps`` and a number
            at[(*whole, "States", step.name)] = path
    return at


register(
    Kind(
        name="DataPipeline",
        model=cast("type[Pipeline]", DataPipeline),
        summary="Steps that turn raw data into features, when they run, and who is told.",
        check=check,
        build=build,
        named=lambda spec: named(MACHINE, spec.aws_name),
        exports=exports,
        flows=lineage.flows,
        example="""\
trigger: {schedule: cron(15 2 * * ? *), timezone: Europe/Berlin}
overlap: skip
steps:
  - name: clean
    glue: {script: jobs/clean.py, version: "5.0"}
    reads: {in: {source: transactions}}
    writes: {out: {source: curated, path: clean}}
  - {name: load, ingest: {into: customer, from: clean.out, maxFailed: 0.1%}}
""",
    )
)
