"""The prepare phase: a script that makes the data of the training and of its evaluation."""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.training.channel import Origin
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.origin import PREPARING, Mount, mount
from reconciler.kinds.training.phases import Prepare
from reconciler.kinds.training.places import PREPARE
from reconciler.kinds.training.processing import CODE, Work, processing
from reconciler.kinds.training.scripts import arguments, begun, environment, lines
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.model.value import Path

AT: Path = ("prepare",)


def step(spec: Training, prepare: Prepare, job: Job, scope: Scope) -> tuple[Step, Asset]:
    """The step, and its script."""
    asset, image, entry = begun(prepare, spec, scope, AT)
    given = _given(spec, prepare)
    reads = {CODE: Mount(asset.uri, asset.spot)}
    reads |= {name: mount(spec, at, origin, scope) for name, (at, origin) in given.items()}
    work = Work(
        name=PREPARING,
        purpose=PREPARE,
        at=AT,
        worker=prepare,
        image=image,
        entry=entry,
        arguments=arguments(prepare),
        reads=reads,
        writes={name: (name,) for name in prepare.outputs},
        environment=environment(prepare),
        lines=lines(AT, [(*AT, "code"), *(at for at, _ in given.values())]),
    )
    made, _ = processing(work, spec, job, scope)
    return made, asset


def _given(spec: Training, prepare: Prepare) -> dict[str, tuple[Path, Origin]]:
    """What it says that it reads, or else every input that does not come from it."""
    if prepare.reads:
        return {name: ((*AT, "reads", name), it) for name, it in prepare.reads.items()}
    return {name: (("inputs", name), it) for name, it in spec.inputs.items() if it.from_ is None}
