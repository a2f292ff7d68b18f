"""The comparison with the version in production, when an execution comes to it.

A condition of a pipeline compares values of its own steps, and which version is in production may
change between a plan and an execution: a step looks it up, and writes by how much the new model is
better.
"""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.permissions import allow_find
from reconciler.kinds.training import tools
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.metrics import goal
from reconciler.kinds.training.origin import Mount
from reconciler.kinds.training.places import below, result
from reconciler.kinds.training.processing import CODE, INPUT, OUTPUT, Work, processing
from reconciler.kinds.training.registering import Register, When
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.kinds.training.steps import evaluate
from reconciler.model.value import Json, Path

NAME, PURPOSE, SCRIPT = "Compare", "compare", "compare.py"
FOUND, FILE, PROPERTIES = "comparison", "comparison.json", "Comparison"
READ = {"PropertyFileName": PROPERTIES, "OutputName": FOUND, "FilePath": FILE}


def wanted(register: Register) -> list[When]:
    """The conditions that compare."""
    return [each for each in register.when if each.not_worse_than is not None]


def step(spec: Training, register: Register, job: Job, scope: Scope) -> tuple[Step, Asset]:
    """The step, and its script. It is never found in the cache: production may have changed."""
    first = next(n for n, it in enumerate(register.when) if it.not_worse_than is not None)
    at: Path = ("register", "when", str(first))
    asset, entry = tools.script(scope, SCRIPT, at)
    metrics = dict.fromkeys(f"{it.metric}={goal(it)}" for it in wanted(register))
    group = scope.export("ModelRegistry", register.registry, "group")
    own = below(spec, scope, evaluate.PURPOSE)
    work = Work(
        name=NAME,
        purpose=PURPOSE,
        at=at,
        worker=tools.SMALL,
        image=tools.image(scope, tools.SMALL, at),
        entry=entry,
        arguments=(
            "--group", group,
            "--evaluation", f"{INPUT}/{evaluate.OUTPUT}/{evaluate.FILE}",
            "--to", f"{OUTPUT}/{FOUND}/{FILE}",
            *(word for metric in metrics for word in ("--metric", metric)),
        ),
        reads={
            CODE: tools.mounted(asset),
            evaluate.OUTPUT: Mount(result(evaluate.NAME, evaluate.OUTPUT), own),
        },
        writes={FOUND: ()},
        calls=True,
        fresh=True,
        files=(READ,),
    )  # fmt: skip
    made, role = processing(work, spec, job, scope)
    versions = scope.export("ModelRegistry", register.registry, "packageArns")
    scope.grant(role, ("sagemaker:DescribeModelPackage",), on=(versions,))
    scope.grant(role, ("sagemaker:ListModelPackages",), on=("*",))
    allow_find(scope, role, own)
    return made, asset


def margin(name: str) -> Json:
    """By how much a metric is better than that of the version in production."""
    read = {"PropertyFile": {"Get": f"Steps.{NAME}.PropertyFiles.{PROPERTIES}"}}
    return {"Std:JsonGet": {**read, "Path": f"metrics.{name}.margin"}}
