"""What a shadow makes: a model, and a configuration with the production variant and the shadow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.api import Problem, Role, Scope, Severity, percent, seconds
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.variant import model_of
from reconciler.kinds.terms import shadow as terms
from reconciler.kinds.terms.shadow import PATH, Shadow
from reconciler.model.graph import Node
from reconciler.model.value import Path, Props, Ref
from reconciler.rollout.mirror import Mirror

WHOLE = 100
"""The weight of the production variant: the shadow's is its share in per cent."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The content of the configuration, and the model in the shadow."""

    content: Props
    models: tuple[Node, ...] = ()


def shadow_of(spec: Rollout) -> Shadow | None:
    """The shadow of a rollout, if it has one."""
    return spec.strategy.shadow if spec.strategy is not None else None


def check(spec: Rollout) -> Iterator[Problem]:
    """Faults between a shadow and the rest of its spec."""
    shadow = shadow_of(spec)
    if shadow is None:
        return
    fleet = fleet_of(spec)
    yield from terms.problems(shadow, fleet.variant)
    if fleet.instance_type.startswith("ml.inf1."):
        text = "SageMaker has no shadow variants on Inf1"
        yield Problem(("serve", "realtime", "instanceType"), text, "use Inf2", "SHADOW001")
    if spec.autoscale is not None:
        text = "an autoscaler changes one fleet, and then the two are not comparable"
        yield Problem(("autoscale",), text, "remove it while the shadow runs", "AB002")
    if spec.capture is None:
        text = "nothing keeps the answers: only latencies and errors are compared"
        help_ = "add `capture`: it keeps the answers of both variants"
        yield Problem(PATH, text, help_, "SHADOW003", Severity.WARNING, on_key=True)


def mirrored(spec: Rollout, content: Props, role: Role, scope: Scope) -> Mirrored | None:
    """The content with its shadow; nothing where its model has to wait."""
    shadow = shadow_of(spec)
    if shadow is None:
        return Mirrored(content)
    node = model_of(spec, shadow.model, (*PATH, "model"), role, scope)
    if node is None:
        return None
    base: Props = content["ProductionVariants"][0]
    copy = {
        **base,
        "VariantName": shadow.variant,
        "ModelName": Ref(node.address, "ModelName"),
        "InitialInstanceCount": shadow.instances or base["InitialInstanceCount"],
        "InitialVariantWeight": percent(shadow.sampling),
    }
    production = {**base, "InitialVariantWeight": WHOLE}
    scope.problem(
        PATH,
        f"{shadow.variant!r} gets copies of {shadow.sampling} of the requests of"
        f" {base['VariantName']!r}, which gives all answers;"
        f" {copy['InitialInstanceCount']} more instances are paid for",
        help=f"`moorline rollout status {scope.name}` compares the two",
        code="SHADOW002",
        severity=Severity.NOTE,
    )
    both = {"ProductionVariants": [production], "ShadowProductionVariants": [copy]}
    models = () if node.address == base["ModelName"].target else (node,)
    return Mirrored({**content, **both}, models)


def lines(spec: Rollout, found: Mapping[Path, Path]) -> Mapping[Path, Path]:
    """Which field is behind which property of the configuration."""
    if shadow_of(spec) is None:
        return found
    at = ("ShadowProductionVariants",)
    return {
        **found,
        at: PATH,
        (*at, "0", "ModelName"): (*PATH, "model"),
        (*at, "0", "InitialVariantWeight"): (*PATH, "sampling"),
        (*at, "0", "InitialInstanceCount"): (*PATH, "instances"),
    }


def asked(spec: Rollout) -> Mirror | None:
    """What is asked of a shadow, as values."""
    shadow = shadow_of(spec)
    if shadow is None:
        return None
    return Mirror(
        production=fleet_of(spec).variant,
        shadow=shadow.variant,
        sampling=percent(shadow.sampling) / 100,
        requests=shadow.requests,
        longest=float(seconds(shadow.for_)),
    )
