"""A further model at the endpoint of a rollout: what it is made of, and where its spec says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.kinds.api import Flow, Lookup, Problem, Role, Scope
from reconciler.kinds.rollout import together
from reconciler.kinds.rollout.artifact import FILE_TAG, file_lookup, file_of
from reconciler.kinds.rollout.container import container, lookup, model_props
from reconciler.kinds.rollout.spec import Packaged, Registered, Rollout
from reconciler.model.graph import Node
from reconciler.model.value import Path

MODEL = "AWS::SageMaker::Model"
Model = Registered | Packaged


def models(spec: Rollout) -> Iterator[tuple[Path, Model]]:
    """The models that tests and shadows bring, each with where the spec has it."""
    if spec.strategy is not None and spec.strategy.ab_test is not None:
        for name, each in spec.strategy.ab_test.variants.items():
            if each.model is not None:
                yield ("strategy", "abTest", "variants", name, "model"), each.model
    if spec.strategy is not None and spec.strategy.shadow is not None:
        yield ("strategy", "shadow", "model"), spec.strategy.shadow.model


def lookups(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    """What has to be asked of AWS before they can be compiled; each thing once."""
    own = {*_lookups(spec.model, scope)}
    found = (each for _, model in models(spec) for each in _lookups(model, scope))
    yield from dict.fromkeys(each for each in found if each not in own)


def _lookups(model: Model, scope: Scope) -> Iterator[Lookup]:
    if isinstance(model, Registered):
        yield lookup(model, scope)
    elif model.artifact is not None:
        yield file_lookup(model, scope)


def model_of(spec: Rollout, model: Model, path: Path, role: Role, scope: Scope) -> Node | None:
    """Its model, named by its content; nothing where it has to wait, which is said.

    Faults are told at `path`, where the spec has it.
    """
    inner = replace(scope, spans=lambda at: scope.spans(_below(path, at)))
    own = spec.model_copy(update={"model": model, "strategy": None})
    served = container(own, role, inner)
    file: str | None = ""
    if served is not None and isinstance(model, Packaged):
        file = file_of(model, inner)
    scope.deferred = scope.deferred or inner.deferred
    if served is None or file is None:
        return None
    together.report(own, served, inner)
    content = model_props(own, served, role)
    if file:
        content = {**content, "Tags": [{"Key": FILE_TAG, "Value": file}]}
    address = scope.versioned(MODEL, content)
    keep = spec.keep_revisions
    return scope.node(address, content, lines={("PrimaryContainer",): path}, keep=keep)


def _below(path: Path, at: Path) -> Path:
    return (*path, *at[1:]) if at[:1] == ("model",) else at


def flows(spec: Rollout) -> Iterator[Flow]:
    """Where they come from, for lineage."""
    for path, model in models(spec):
        if isinstance(model, Registered):
            yield Flow((*path, "registry"), "ModelRegistry", model.registry)
        elif (file := model.artifact) is not None and file.source is not None:
            yield Flow((*path, "artifact"), "DataSource", file.source, file.path or "")


def moved(problem: Problem, path: Path) -> Problem:
    """A problem of a model, told where the variant has it."""
    return problem._replace(path=_below(path, problem.path))
