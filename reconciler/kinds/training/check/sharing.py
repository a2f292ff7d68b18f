"""Several instances share their work in a way that framework, version and type have.

Without one each of them would train the whole model, and one result would overwrite the other.
Source: `facts.distribution`; SageMaker Python SDK, fw_utils.validate_torch_distributed_distribution
(a Python script) and warn_if_parameter_server_with_multi_gpu.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.distribution import Verdict, judge, launcher, ways
from reconciler.facts.image_tags import ImageError
from reconciler.facts.images import made_of
from reconciler.kinds.api import Path, Problem, Scope
from reconciler.kinds.terms.image import Custom
from reconciler.kinds.training.check.names import builtin
from reconciler.kinds.training.compute import typed
from reconciler.kinds.training.distribution import Distribution, way
from reconciler.kinds.training.spec import Training
from reconciler.model.diagnostic import Severity

_NEEDS_SEVERAL = frozenset({"parameterServer", "multiWorkerMirrored", "own"})
_ONE_GPU = ("p2.xlarge", "p3.2xlarge")


def check(spec: Training) -> Iterator[Problem]:
    """Instances that share nothing, and ways that the table refuses."""
    shared, known = spec.compute.distribution, builtin(spec)
    path = ("compute", "distribution")
    if shared is None:
        if spec.compute.instances > 1 and known is None:
            yield _alone(spec)
        return
    if known is not None:
        yield Problem(path, f"{known.name} shares its work by itself", "remove it")
        return
    here = (*path, way(shared))
    for at, verdict in _verdicts(spec, shared):
        if verdict.why and verdict.known:
            yield Problem(at, verdict.why, _instead(spec, verdict))
    if shared.torchrun is not None and spec.code and not spec.code.entry_point.endswith(".py"):
        yield Problem(here, "torchrun starts Python alone", "name a .py as 'entryPoint'")
    library = shared.model_parallel
    if library is not None and _starts(spec) == "torchrun":
        for name in ("processes", "options"):
            if getattr(library, name) is not None:
                text = "torchrun starts this version of the library, not MPI"
                yield Problem((*here, name), text, "remove it")


def report(spec: Training, scope: Scope) -> None:
    """What nobody knows, and what is idle."""
    shared = spec.compute.distribution
    if shared is None or builtin(spec) is not None:
        return
    name, path = way(shared), ("compute", "distribution")
    for at, verdict in _verdicts(spec, shared):
        if verdict.why and not verdict.known:
            help_ = verdict.table or "try it first"
            scope.problem(at, verdict.why, help=help_, severity=Severity.WARNING)
    if spec.compute.instances == 1 and name in _NEEDS_SEVERAL:
        scope.problem(
            path,
            f"one instance has nobody to share with by {name}",
            help="raise 'instances', or remove it",
            code="SPEC040",
            severity=Severity.WARNING,
        )
    if name == "parameterServer":
        for at, each in typed(spec.compute):
            size = each.removeprefix("ml.")
            if size.startswith("p") and size not in _ONE_GPU:
                text = f"a parameter server uses one GPU of {each}"
                help_ = "use mpi, or a type with one GPU"
                scope.problem(at, text, help=help_, severity=Severity.WARNING)


def _alone(spec: Training) -> Problem:
    text = f"nothing says how {spec.compute.instances} instances share the work"
    path = ("compute", "instances")
    if isinstance(spec.algorithm, Custom):
        help_ = "add `distribution: {own: {}}` if the image does so by itself, or another one"
        return Problem(path, text, help_)
    framework, _ = _made_of(spec)
    some = ", ".join(ways(framework))
    if not some:
        text = f"{framework} trains on one instance: the table has no row for it"
        return Problem(path, text, "write `instances: 1`")
    return Problem(path, text, f"add 'distribution'; {framework} has {some}")


def _verdicts(spec: Training, shared: Distribution) -> Iterator[tuple[Path, Verdict]]:
    """What the table says, for each type that a job may have; of own images nobody knows."""
    if isinstance(spec.algorithm, Custom):
        return
    framework, version = _made_of(spec)
    if not version:
        return
    name = way(shared)
    for index, (at, each) in enumerate(typed(spec.compute)):
        verdict = judge(name, framework, version, each)
        yield (("compute", "distribution", name) if index == 0 else at), verdict


def _made_of(spec: Training) -> tuple[str, str]:
    """The framework of the container and its whole version; of what is unknown only its name."""
    if isinstance(spec.algorithm, Custom):
        return "", ""
    try:
        return made_of(spec.algorithm.framework, spec.algorithm.version)
    except ImageError:  # which is said where the image is looked up
        return spec.algorithm.framework, ""


def _starts(spec: Training) -> str:
    """What starts the model parallel library; of an own image nobody knows."""
    return "" if isinstance(spec.algorithm, Custom) else launcher(_made_of(spec)[0])


def _instead(spec: Training, verdict: Verdict) -> str:
    framework, _ = _made_of(spec)
    if not verdict.rows:
        some = ", ".join(ways(framework))
        return f"{framework} has {some}" if some else "write `instances: 1`, and remove it"
    return verdict.table
