"""Baselines: what the training data is like, in steps of the analysis runtime.

They are files that go with the model: a monitor compares what it sees with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.analysis import INPUT as PROGRAM, Runtime, arguments, runtime
from reconciler.kinds.terms.image import FrameworkImage, Wanted, framework_image
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.origin import Mount, given, mount
from reconciler.kinds.training.phases import BUILTIN, Baseline
from reconciler.kinds.training.places import joined, result
from reconciler.kinds.training.processing import INPUT, OUTPUT, Work, processing
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.model.address import Address
from reconciler.model.value import Json, Path, Props

QUALITY, BIAS, PURPOSE = "Quality", "Bias", "baseline"
DATA, TRAIN = "data", "train"
AT: Path = ("baseline",)
FORM = "application/json"


def steps(
    spec: Training, baseline: Baseline, job: Job, scope: Scope
) -> tuple[list[Step], tuple[Address, ...]]:
    """The steps, and what has to be there before the pipeline is."""
    made: list[Step] = []
    needs: list[Address] = []
    if baseline.quality is not None and baseline.quality.engine != BUILTIN:
        made.append(_monitored(spec, baseline, job, scope))
    for name, verb, config in _wanted(baseline):
        program = runtime(scope, baseline.instance_type, at=(*AT, name.lower()))
        needs += program.program.needs
        made.append(_step(name, arguments_of(verb, config, baseline, scope), program, spec, job,
                          scope))  # fmt: skip
    return made, tuple(needs)


def _monitored(spec: Training, baseline: Baseline, job: Job, scope: Scope) -> Step:
    """Model Monitor's own container, which a rule on closed services has a word about.

    Source: SageMaker developer guide, "Container contract inputs" of Model Monitor.
    """
    here = (*AT, QUALITY.lower())
    asked = FrameworkImage("model-monitor", None, None)
    wanted = Wanted("processing", baseline.instance_type)
    form = {"csv": {"header": not baseline.columns, "output_columns_position": "START"}}
    environment = {
        "dataset_format": json.dumps(form),
        "dataset_source": f"{INPUT}/{DATA}",
        "output_path": f"{OUTPUT}/{PURPOSE}",
        "publish_cloudwatch_metrics": "Disabled",
    }
    work = Work(
        name=QUALITY,
        purpose=PURPOSE,
        at=here,
        worker=baseline,
        image=framework_image(asked, wanted, scope, here),
        entry=(),
        reads={DATA: _data(spec, baseline, scope)},
        writes={PURPOSE: (QUALITY.lower(),)},
        environment=environment,
        lines={("Arguments", "AppSpecification", "ImageUri"): (*here, "engine")},
    )
    return processing(work, spec, job, scope)[0]


def _wanted(baseline: Baseline) -> Iterator[tuple[str, str, Mapping[str, Json]]]:
    if baseline.quality is not None and baseline.quality.engine == BUILTIN:
        yield QUALITY, "profile", {}
    if baseline.bias is not None:
        bias = baseline.bias
        facet = {"column": bias.facet, "favoured": [bias.favoured]}
        question = {"label": baseline.label, "positive": [bias.positive], "facets": [facet]}
        yield BIAS, "bias", {"question": question}


def arguments_of(
    verb: str, config: Mapping[str, Json], baseline: Baseline, scope: Scope
) -> tuple[str, ...]:
    """What the program is told."""
    data: dict[str, Json] = {"path": f"{INPUT}/{DATA}", "format": baseline.format}
    if baseline.columns:
        data["columns"] = [*baseline.columns]
    whole = {
        **config,
        "name": f"{scope.kind}/{scope.name}",
        "data": data,
        "output": f"{OUTPUT}/{PURPOSE}",
    }
    return tuple(arguments(verb, whole))


def _step(  # noqa: PLR0913 - one analysis, and all that it is about
    name: str,
    told: tuple[str, ...],
    program: Runtime,
    spec: Training,
    job: Job,
    scope: Scope,
) -> Step:
    here, baseline = (*AT, name.lower()), spec.baseline or Baseline()
    work = Work(
        name=name,
        purpose=PURPOSE,
        at=here,
        worker=baseline,
        image=program.image,
        entry=tuple(program.entrypoint),
        arguments=told,
        reads={
            PROGRAM: Mount(program.program.uri, program.program.spot),
            DATA: _data(spec, baseline, scope),
        },
        writes={PURPOSE: (name.lower(),)},
        lines={
            ("Arguments", "ProcessingResources"): AT,
            ("Arguments", "ProcessingInputs", "1"): (*AT, "data"),
        },
    )
    step, _ = processing(work, spec, job, scope)
    return step


def chosen(spec: Training) -> str:
    """The input that is looked at where nobody says; "" where there are several."""
    if TRAIN in spec.inputs:
        return TRAIN
    return next(iter(spec.inputs)) if len(spec.inputs) == 1 else ""


def _data(spec: Training, baseline: Baseline, scope: Scope) -> Mount:
    if baseline.data is not None:
        return mount(spec, (*AT, "data"), baseline.data, scope)
    return given(spec, chosen(spec) or next(iter(spec.inputs)), scope)


def metrics(baseline: Baseline) -> tuple[Props, Props]:
    """``ModelMetrics`` and ``DriftCheckBaselines`` of what is made."""
    told: dict[str, Json] = {}
    checked: dict[str, Json] = {}
    if baseline.quality is not None:
        both = {
            "Statistics": _file(QUALITY, "statistics.json"),
            "Constraints": _file(QUALITY, "constraints.json"),
        }
        told["ModelDataQuality"] = both
        checked["ModelDataQuality"] = both
    if baseline.bias is not None:
        report = _file(BIAS, "analysis.json")
        told["Bias"] = {"PreTrainingReport": report}
        checked["Bias"] = {"PreTrainingConstraints": report}
    return told, checked


def _file(step: str, name: str) -> Props:
    return {"ContentType": FORM, "S3Uri": joined(result(step, PURPOSE), name)}
