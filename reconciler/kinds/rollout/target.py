"""What a spec asks its endpoint to have: a model, and the configuration that serves it.

Both are named by their content, so their names are what is asked for. A plan makes them, and
whoever drives a rollout compares their names with what is on trial: from the same look-ups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.api import Lookup, Role, Scope
from reconciler.kinds.rollout import ab, shadow, together
from reconciler.kinds.rollout.artifact import FILE_TAG, file_lookup, file_of
from reconciler.kinds.rollout.config import config_props
from reconciler.kinds.rollout.container import container, frozen, lookup, model_props, version_of
from reconciler.kinds.rollout.spec import LATEST, Packaged, Registered, Rollout
from reconciler.kinds.rollout.standing import CONFIG
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Path, Props

MODEL = "AWS::SageMaker::Model"
_LINES: Mapping[Path, Path] = {
    ("PrimaryContainer",): ("model",),
    ("PrimaryContainer", "Environment"): ("model", "environment"),
    ("PrimaryContainer", "Image"): ("model", "image"),
    ("PrimaryContainer", "ModelDataUrl"): ("model", "artifact"),
    ("VpcConfig",): ("network",),
}


@dataclass(frozen=True, slots=True)
class Served:
    """The model of a rollout."""

    node: Node
    role: Role
    version: str
    """Group and number; "" where it is of no registry."""

    @property
    def model(self) -> Address:
        return self.node.address


@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration that is asked for, with what else it is made of."""

    config: Address
    content: Props
    models: tuple[Node, ...]
    marks: Mapping[str, str]


def lookups(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    """What has to be asked of AWS before the model has a name."""
    if isinstance(spec.model, Registered):
        yield lookup(spec.model, scope)
    elif spec.model.artifact is not None and spec.serve.multi_model is None:
        yield file_lookup(spec.model, scope)  # many files have no ETag


def on_trial(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    """The same while a rollout runs, which `latest-approved` stays with: how that one stands."""
    if isinstance(spec.model, Registered) and spec.model.version == LATEST:
        kept = frozen(spec, spec.model, scope)
        yield lookup(spec.model, scope, kept["version"] if kept else None)
    else:
        yield from lookups(spec, scope)


def served(spec: Rollout, scope: Scope) -> Served | None:
    """The model; nothing where it has to wait, which is said."""
    role = scope.role("hosting", "sagemaker.amazonaws.com", (scope.arn("sagemaker", "*"),))
    inner = container(spec, role, scope)
    if inner is None:
        return None
    together.report(spec, inner, scope)
    file: str | None = ""
    if isinstance(spec.model, Packaged) and spec.serve.multi_model is None:
        file = file_of(spec.model, scope)
    if file is None:
        return None
    content = model_props(spec, inner, role)
    if file:
        content = {**content, "Tags": [{"Key": FILE_TAG, "Value": file}]}
    address = scope.versioned(MODEL, content)
    node = scope.node(address, content, lines=_LINES, keep=spec.keep_revisions)
    return Served(node, role, version_of(inner))


def configured(spec: Rollout, found: Served, scope: Scope) -> Configured | None:
    """The configuration, with the variants of a test or with a shadow.

    Nothing where a model of those has to wait, which is said.
    """
    content = config_props(spec, found.model, found.role, scope)
    tested = ab.tested(spec, content, found.role, scope)
    if tested is None:
        return None
    mirrored = shadow.mirrored(spec, tested.content, found.role, scope)
    if mirrored is None:
        return None
    models = (*tested.models, *mirrored.models)
    config = scope.versioned(CONFIG, mirrored.content)
    return Configured(config, mirrored.content, models, tested.marks)
