"""Who owns the instance counts of an endpoint's variants, and what an update does to them.

A variant with a scalable target belongs to its autoscaler: the live count is
retained, whatever the new config starts with. Without one the config's count holds.
Weights come from the config in either case; captures are not retained by
SageMaker at all (AWS_FACTS 1.3, 1.7).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.change import Change, Effect, FieldChange, Observed, Status
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Props
from reconciler.resources.api import absent
from reconciler.resources.review import Asking, Look, Objection
from reconciler.resources.sagemaker import contest, trial

CONFIG = "EndpointConfigName"
COUNT, INITIAL = "DesiredInstanceCount", "InitialInstanceCount"
DIMENSION = f"sagemaker:variant:{COUNT}"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
GONE = (absent("ValidationException", r"^Could not find endpoint configuration\b"),)


def context(change: Change) -> Asking:
    """Which variants have an autoscaler; only then, which instance types are live."""
    if not change.touches(CONFIG):
        return {}
    owned = yield from scaled(change)
    if not owned:
        return {}
    name = {CONFIG: change.live[CONFIG]}
    config = yield Look("sagemaker", "describe_endpoint_config", name, absent=GONE)
    types = {each["VariantName"]: each.get("InstanceType") for each in variants(config)}
    return {"scaled": owned, "types": types}


def scaled(change: Change) -> Generator[Look, Json, list[str]]:
    """Ask which live variants have an autoscaler."""
    prefix = f"endpoint/{change.address.name}/variant/"
    ids = [f"{prefix}{name}" for name in live(change.observed)]
    if not ids:
        return []
    asked = {"ServiceNamespace": "sagemaker", "ResourceIds": ids, "ScalableDimension": DIMENSION}
    targets = yield Look(
        "application-autoscaling", "describe_scalable_targets", asked, "ScalableTargets"
    )
    return sorted(target["ResourceId"].removeprefix(prefix) for target in targets)


def decide(change: Change) -> Props:
    """What to retain: counts as soon as an autoscaler owns one, weights while a test goes on."""
    owned, tested = bool(change.context.get("scaled")), contest.goes_on(change)
    if not owned and not tested:
        return {}
    found: dict[str, Json] = {"RetainAllVariantProperties": True}
    fresh = [*((COUNT,) if not owned else ()), *(("DesiredWeight",) if not tested else ())]
    if fresh:
        found["ExcludeRetainedVariantProperties"] = [{"VariantPropertyType": it} for it in fresh]
    return found


def review(change: Change) -> Iterator[FieldChange | Objection]:
    """Counts that go down, and what SageMaker would refuse or do differently without a word."""
    yield from _elsewhere(change)
    wanted = {each["VariantName"]: each for each in variants(change.targets.get(CONFIG))}
    if not (change.touches(CONFIG) and wanted and change.observed):
        return
    shown = live(change.observed)
    yield from _serverless(change, shown, wanted)
    yield from _kept(change, shown, wanted)
    if trial.announced(change.desired) is None:  # a rollout by weights takes no instances away
        yield from _counts(change, shown, wanted)
    yield from _types(change, wanted)
    differ = wanted.keys() ^ shown.keys()
    guarded = _guarded(change.desired.get("DeploymentConfig"))
    if differ and guarded and not trial.only(change, differ):
        yield _renamed(change, sorted(shown), sorted(wanted))


def _counts(
    change: Change, shown: Mapping[str, Props], wanted: Mapping[str, Props]
) -> Iterator[FieldChange | Objection]:
    owned = change.context.get("scaled") or ()
    for name in sorted(shown.keys() & wanted.keys() - {*owned}):
        before, after = shown[name].get(COUNT), wanted[name].get(INITIAL)
        if before is None or after is None or before == after:
            continue
        if owned:
            yield Objection(
                "PLAN007",
                f"variant {name!r} of {str(change.address)!r} stays at {before} instances, not "
                f"{after}: an autoscaler owns another variant, and SageMaker retains all or none",
                "set its count by hand after the update, or register a scalable target for it",
                Severity.WARNING,
            )
        elif after < before:
            path = ("ProductionVariants", name, COUNT)
            yield FieldChange(path, before, after, Effect.IN_PLACE)


def _serverless(
    change: Change, shown: Mapping[str, Props], wanted: Mapping[str, Props]
) -> Iterator[Objection]:
    """Instances cannot become serverless, and serverless cannot come back (AWS_FACTS 1.6)."""
    for name in sorted(shown.keys() & wanted.keys()):
        serverless = "ServerlessConfig" in wanted[name]
        if serverless and shown[name].get(COUNT) is not None:
            yield Objection(
                "MODE009",
                f"SageMaker does not make variant {name!r} of {str(change.address)!r}, which has"
                " instances, serverless",
                "use another `awsName`, or another Rollout, and move the callers",
            )
        elif "InstanceType" in wanted[name] and shown[name].get("CurrentServerlessConfig"):
            yield Objection(
                "MODE008",
                f"variant {name!r} of {str(change.address)!r} gets instances: SageMaker takes no"
                " way back to serverless, so a rollback of this update is not possible",
                "make another endpoint and move the callers; or approve the loss of traffic",
                Severity.WARNING,
            )


def _kept(
    change: Change, shown: Mapping[str, Props], wanted: Mapping[str, Props]
) -> Iterator[Objection]:
    """Which counts stay, whatever the new configuration begins with."""
    for name in sorted({*(change.context.get("scaled") or ())} & shown.keys() & wanted.keys()):
        live, begins = shown[name].get(COUNT), wanted[name].get(INITIAL)
        if live is not None and live != begins:
            yield Objection(
                "MODE010",
                f"{live} instances of variant {name!r} are kept (autoscaled): the new configuration"
                f" of {str(change.address)!r} begins with {begins}",
                "`autoscale` has the bounds",
                Severity.NOTE,
            )


def _types(change: Change, wanted: Mapping[str, Props]) -> Iterator[Objection]:
    """A variant that its autoscaler holds; a target of ours goes before, and comes back."""
    marks = trial.announced(change.desired)
    for name in change.context.get("scaled") or ():
        resource = f"endpoint/{change.address.name}/variant/{name}"
        before = change.context["types"].get(name)
        last = marks.candidate if marks and name == marks.stable else name  # it stays at the end
        if last not in wanted:
            yield Objection(
                "PLAN005",
                f"variant {name!r} of {str(change.address)!r} goes, and its scalable target stays:"
                " SageMaker refuses that",
                "first apply a spec that differs by `autoscale` alone, without it; a target that no"
                f" spec made: deregister {resource!r}. Then change the variant, and scale it",
            )
        elif before and wanted[last].get("InstanceType") != before:
            after = wanted[last].get("InstanceType") or "another kind"
            yield Objection(
                "PLAN005",
                f"SageMaker refuses to move the autoscaled variant {name!r} of "
                f"{str(change.address)!r} from {before} to {after}",
                "first apply a spec that differs by `autoscale` alone, without it; a target that no"
                f" spec made: deregister {resource!r}, apply, then register it again",
                around=Address(TARGET, f"{resource}/{DIMENSION}"),
            )


def _renamed(change: Change, live: list[str], wanted: list[str]) -> Objection:
    before, after = ", ".join(live), ", ".join(wanted)
    return Objection(
        "PLAN006",
        f"variants of {str(change.address)!r} change from {before} to {after}, so SageMaker would "
        "move all traffic at once, without steps, bake or alarms",
        "keep the variant names; or say so for this one change, with `strategy: {allAtOnce: {}}`"
        " and `onFailure: none`",
    )


def _elsewhere(change: Change) -> Iterator[Objection]:
    """An endpoint that looks as desired and is on its way to another config."""
    observed = change.observed
    if observed is None or observed.status is not Status.BUSY or change.touches(CONFIG):
        return
    pending = observed.outputs.get("PendingDeployment")
    coming = pending.get(CONFIG) if isinstance(pending, Mapping) else None
    if coming and coming != change.desired.get(CONFIG):
        yield Objection(
            "PLAN002",
            f"{str(change.address)!r} is busy (AWS is moving it to {coming!r})",
            "`apply` waits for it; or plan again when it has settled",
            Severity.WARNING,
        )


def _guarded(deployment: Json) -> bool:
    """Whether somebody relies on the steps, the bake or the alarms of a deployment."""
    if not isinstance(deployment, Mapping):
        return False
    policy = deployment.get("BlueGreenUpdatePolicy") or {}
    routing = policy.get("TrafficRoutingConfiguration") or {}
    steps = routing.get("Type", "ALL_AT_ONCE") != "ALL_AT_ONCE"
    watched = bool(deployment.get("AutoRollbackConfiguration"))
    return steps or watched or bool(routing.get("WaitIntervalInSeconds"))


def live(observed: Observed | None) -> dict[str, Props]:
    """Live variants by name."""
    shown = observed.outputs.get("ProductionVariants") if observed else None
    known = shown if isinstance(shown, list | tuple) else ()
    return {each["VariantName"]: each for each in known}


def variants(config: Json) -> list[Props]:
    """The variants of a config."""
    found = config.get("ProductionVariants") if isinstance(config, Mapping) else None
    return list(found or ())
