"""The scalable target of each thing that scales, its policies, and the alarms of step policies.

They come after the endpoint, and a target that goes takes its policies with it. The alarms of
policies that follow a figure are AWS's own. Source: Application Auto Scaling API reference,
RegisterScalableTarget, PutScalingPolicy (StepAdjustment, TargetTrackingScalingPolicyConfiguration);
SageMaker developer guide, "Autoscale an asynchronous endpoint".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.kinds.api import Scope, percent, seconds
from reconciler.kinds.rollout.autoscale import Autoscale, Custom, Stepped, Target, Wake
from reconciler.kinds.rollout.autoscale.called import WOKEN, followed, named, stepped
from reconciler.kinds.rollout.autoscale.figures import (
    COMPONENT,
    DIMENSIONS,
    ENDPOINT,
    FIGURES,
    WAITING,
    WAKES,
    Figure,
)
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.scaling import HELD_TAG
from reconciler.model.value import Json, Path, Ref

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
SERVICE = "sagemaker"
AT: Path = ("autoscale",)
_COOLDOWN = 300


@dataclass(frozen=True, slots=True)
class Scaled:
    """One thing that scales, and by what CloudWatch knows it."""

    resource: str
    """The autoscaler's id of it."""
    after: Address
    """The endpoint or the component."""
    mode: str
    endpoint: str
    variant: str
    component: str = ""
    name: str = ""
    """Its own name in a spec that has several; "" where there is one."""

    @property
    def target(self) -> Address:
        """Its scalable target."""
        return Address(TARGET, f"{self.resource}/{DIMENSIONS[self.mode]}")

    def dimensions(self, figure: Figure) -> list[Json]:
        """A metric's, by whose it is."""
        named = {"EndpointName": self.endpoint, "VariantName": self.variant}
        if figure.of == ENDPOINT:
            named = {"EndpointName": self.endpoint}
        elif figure.of == COMPONENT:
            named = {"InferenceComponentName": self.component}
        return [{"Name": name, "Value": value} for name, value in named.items()]


def build(spec: Autoscale, scaled: Scaled, scope: Scope, *, held: bool = False) -> Iterator[Node]:
    """Everything for one thing that scales; what is `held` gets no fewer."""
    yield _target(spec, scaled, scope, held=held)
    for index, each in enumerate(spec.targets):
        yield _followed(each, index, scaled, scope)
    for index, step in enumerate(spec.steps):
        yield from _stepped(step, index, scaled, scope)
    if spec.wake is not None:
        yield from _woken(spec.wake, scaled, scope)


def _woken(rule: Wake, scaled: Scaled, scope: Scope) -> Iterator[Node]:
    """Whatever follows a figure adds nothing to none; an alarm on those who wait does."""
    at, length = (*AT, "wake"), seconds(rule.for_)
    steps: list[Json] = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": rule.add}]
    config = _steps(steps, _COOLDOWN, "Average")
    node = _policy(WOKEN, "StepScaling", config, scaled, at, scope)
    yield node
    metric, figure = WAITING[scaled.mode], WAKES[scaled.mode]
    props = _alarm(metric, "average", 1, "GreaterThanOrEqualTo", length, figure, scaled)
    props |= {"TreatMissingData": "missing", "AlarmActions": [Ref(node.address, "Arn")]}
    props["AlarmDescription"] = f"Brings {scope.name} back from zero"
    yield scope.node(_address(ALARM, WOKEN, scaled, scope), props, lines={(): at})


def _target(spec: Autoscale, scaled: Scaled, scope: Scope, *, held: bool) -> Node:
    actions: list[Json] = []
    for name, each in sorted(spec.schedules.items()):
        bounds = {"MinCapacity": each.at_least, "MaxCapacity": each.at_most}
        action: dict[str, Json] = {
            "ScheduledActionName": name,
            "Schedule": each.schedule,
            "Timezone": each.timezone or "UTC",
            "ScalableTargetAction": {key: it for key, it in bounds.items() if it is not None},
        }
        actions.append(action)
    props: dict[str, Json] = {
        "ServiceNamespace": SERVICE,
        "ResourceId": scaled.resource,
        "ScalableDimension": DIMENSIONS[scaled.mode],
        "MinCapacity": spec.at_least,
        "MaxCapacity": spec.at_most,
        "ScheduledActions": actions,
        # said in either case: what is left out would stay suspended
        "SuspendedState": {
            "DynamicScalingInSuspended": held,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
    }
    if held:  # who suspended it, and that its policies wait
        props["Tags"] = [{"Key": HELD_TAG, "Value": "while a new version takes over"}]
    lines = {
        (): AT,
        ("MinCapacity",): (*AT, "atLeast"),
        ("MaxCapacity",): (*AT, "atMost"),
        ("ScheduledActions",): (*AT, "schedules"),
    }
    return scope.node(scaled.target, props, lines=lines, depends_on=(scaled.after,))


def _followed(rule: Target, index: int, scaled: Scaled, scope: Scope) -> Node:
    at = (*AT, "targets", str(index))
    figure = _figure(rule.metric, scaled)
    value: Json = rule.value
    if isinstance(rule.value, str):
        value = (
            percent(rule.value)
            if figure.namespace != "AWS/SageMaker"
            else (percent(rule.value) / 100)
        )
    config: dict[str, Json] = {
        "TargetValue": float(value),
        "ScaleInCooldown": seconds(rule.in_cooldown) if rule.in_cooldown else _COOLDOWN,
        "ScaleOutCooldown": seconds(rule.out_cooldown) if rule.out_cooldown else _COOLDOWN,
    }
    if not rule.scale_in:
        config["DisableScaleIn"] = True
    if figure.predefined:
        config["PredefinedMetricSpecification"] = {"PredefinedMetricType": figure.predefined}
    else:
        metric = {
            "MetricName": named(rule.metric),
            "Namespace": figure.namespace,
            "Statistic": (rule.statistic or "average").capitalize(),
        }
        dimensions = _dimensions(rule.metric, figure, scaled)
        more = {"Dimensions": dimensions} if dimensions else {}
        config["CustomizedMetricSpecification"] = {**metric, **more}
    return _policy(followed(rule), "TargetTrackingScaling", config, scaled, at, scope)


def _figure(metric: str | Custom, scaled: Scaled) -> Figure:
    if isinstance(metric, Custom):
        return Figure(namespace=metric.namespace)
    return FIGURES[scaled.mode][metric]


def _dimensions(metric: str | Custom, figure: Figure, scaled: Scaled) -> list[Json]:
    if isinstance(metric, Custom):
        return [{"Name": key, "Value": value} for key, value in metric.dimensions.items()]
    return scaled.dimensions(figure)


def _stepped(rule: Stepped, index: int, scaled: Scaled, scope: Scope) -> Iterator[Node]:
    at = (*AT, "steps", str(index))
    up = rule.above is not None
    bounds = [each.beyond for each in rule.steps]
    steps: list[Json] = []
    for each, following in zip(rule.steps, [*bounds[1:], None], strict=True):
        near, far = ("Lower", "Upper") if up else ("Upper", "Lower")
        sign = 1 if up else -1
        step: dict[str, Json] = {f"MetricInterval{near}Bound": sign * each.beyond or 0}
        if following is not None:
            step[f"MetricInterval{far}Bound"] = sign * following
        steps.append({**step, "ScalingAdjustment": each.add})
    cooldown = seconds(rule.cooldown) if rule.cooldown else _COOLDOWN
    together = rule.statistic.capitalize() if rule.statistic != "sum" else None
    name = stepped(rule)
    config = _steps(steps, cooldown, together)
    node = _policy(name, "StepScaling", config, scaled, at, scope)
    yield node
    figure = _figure(rule.metric, scaled)
    comparison = "GreaterThanOrEqualTo" if up else "LessThanOrEqualTo"
    level = rule.above if rule.above is not None else rule.below
    length = seconds(rule.for_)
    props = _alarm(named(rule.metric), rule.statistic, level, comparison, length, figure, scaled)
    if isinstance(rule.metric, Custom):
        props["Dimensions"] = _dimensions(rule.metric, figure, scaled)
    props |= {"TreatMissingData": "ignore", "AlarmActions": [Ref(node.address, "Arn")]}
    props["AlarmDescription"] = f"Scales {scope.name} by {named(rule.metric)}"
    yield scope.node(_address(ALARM, name, scaled, scope), props, lines={(): at})


def _steps(steps: list[Json], cooldown: int, together: str | None) -> dict[str, Json]:
    config: dict[str, Json] = {
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": cooldown,
        "StepAdjustments": steps,
    }
    return {**config, "MetricAggregationType": together} if together else config


def _alarm(  # noqa: PLR0913 - an alarm has this many parts
    metric: str,
    statistic: str,
    level: Json,
    comparison: str,
    length: int,
    figure: Figure,
    scaled: Scaled,
) -> dict[str, Json]:
    periods = max(1, length // 60)
    return {
        "ActionsEnabled": True,
        "Namespace": figure.namespace,
        "MetricName": metric,
        "Dimensions": scaled.dimensions(figure),
        "Statistic": statistic.capitalize(),
        "Period": 60,
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": periods,
        "Threshold": level,
        "ComparisonOperator": f"{comparison}Threshold",
        "OKActions": [],
        "InsufficientDataActions": [],
    }


def _address(type_: str, what: str, scaled: Scaled, scope: Scope) -> Address:
    return scope.address(type_, "-".join(filter(None, ("scale", scaled.name, what))))


def _policy(  # noqa: PLR0913 - a policy, and where it comes from
    what: str, type_: str, config: dict[str, Json], scaled: Scaled, at: Path, scope: Scope
) -> Node:
    leaf = _address(POLICY, what, scaled, scope).name
    return scope.node(
        Address(POLICY, f"{scaled.target.name}/{leaf}"),
        {
            "PolicyName": leaf,
            "PolicyType": type_,
            "ServiceNamespace": SERVICE,
            "ResourceId": scaled.resource,
            "ScalableDimension": DIMENSIONS[scaled.mode],
            f"{type_}PolicyConfiguration": config,
        },
        lines={(): at},
        depends_on=(scaled.target,),
    )
