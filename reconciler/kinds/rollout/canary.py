"""What a rollout by weights makes of a new version: a configuration with both, and what comes next.

At rest an endpoint has one variant. A new version is put beside it with no traffic, in a
configuration that is only there until the rollout is over; who drives it moves the weights, and at
the end the endpoint gets the configuration that the spec asks for. Source: AWS_FACTS 1.3, 1.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.kinds.api import Scope
from reconciler.kinds.rollout import preview, told
from reconciler.kinds.rollout.anew import anew
from reconciler.kinds.rollout.asked import Between, begun
from reconciler.kinds.rollout.config import lines
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import CONFIG, MIDDLE, Standing, standing
from reconciler.kinds.terms.canary import NAME, Canary, steps_of
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref
from reconciler.rollout.marks import encode
from reconciler.rollout.values import Doing, Marks

PASSING_TAG = "moorline:passing"
"""On what is there for a while only: no revision to go back to, and none to compare with."""
REVERTED = "the spec asks for the version before again"
ALL = 100
"""The weight of the version before, beside 0: shares are weights by their sum."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where the endpoint is to be now, and what it is marked with before it goes there."""

    config: Json
    nodes: tuple[Node, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Address, ...] = ()
    retains: bool = False
    """Whether counts of variants stay, whatever the configuration starts with."""

    @property
    def watched(self) -> Address | None:
        """The configuration with both versions, where the endpoint has or gets it."""
        return self.nodes[0].address if self.nodes else None

    def props(self) -> Props:
        """Properties of the endpoint that follow."""
        found: dict[str, Json] = {
            "EndpointConfigName": self.config,
            "RetainAllVariantProperties": self.retains,
        }
        if self.retains:  # weights are the rollout's own
            found["ExcludeRetainedVariantProperties"] = [{"VariantPropertyType": "DesiredWeight"}]
        if self.marks:
            found["Tags"] = [{"Key": key, "Value": text} for key, text in self.marks.items()]
        return found


def course(
    spec: Rollout, config: Address, props: Props, version: str, scope: Scope
) -> Course | None:
    """Where the endpoint goes; `config` is the configuration that the spec asks for.

    Nothing where the spec has to wait, which is said.
    """
    whole = Course(Ref(config, "EndpointConfigName"))
    try:
        seen = standing(spec, scope)
    except LookupError as error:
        scope.defer(*told.unasked(str(error)))
        return None
    if seen is None:
        return whole
    if seen.running is None:
        at_rest = config.name in {seen.config, seen.pending}
        return whole if at_rest else _started(spec, config, props, version, seen, scope)
    return _under_way(spec, config, props, version, seen, seen.running, scope)


def _under_way(  # noqa: PLR0913 - what is asked for, what is live, and what runs there
    spec: Rollout,
    config: Address,
    props: Props,
    version: str,
    seen: Standing,
    marks: Marks,
    scope: Scope,
) -> Course | None:
    """A rollout runs: it goes on, or another one, or what was there before, takes its place."""
    if marks.fault and seen.alone:
        at_rest = config.name == seen.config
        told.leftover(scope, marks.fault, rests=at_rest)
        return Course(Ref(config, "EndpointConfigName")) if at_rest else None
    if marks.fault or seen.config not in {marks.base, marks.over, marks.middle}:
        told.ambiguous(scope, seen, marks)
        return None
    if config.name == marks.target:
        told.strange(scope, seen)
        return _kept(spec, props, seen, marks, scope)
    if seen.pending:
        told.busy(scope, seen)
        return None
    if seen.config == marks.middle and told.lacking(scope, marks, seen):
        return None
    whole = Course(Ref(config, "EndpointConfigName"))
    if config.name == marks.base:
        if seen.config == marks.base:
            return whole
        told.reverted(scope, marks)
        back = replace(marks, doing=Doing.SETTLE, word="abort", why=REVERTED)
        return replace(whole, marks=encode(back), retains=True)
    if seen.config != marks.base:
        told.superseded(scope, marks, config.name)
    return _started(spec, config, props, version, seen, scope)


def _canary(spec: Rollout) -> Canary:
    if spec.strategy is None or spec.strategy.canary is None:
        raise AssertionError
    return spec.strategy.canary


def _started(  # noqa: PLR0913 - what is asked for, and what is live
    spec: Rollout, config: Address, props: Props, version: str, seen: Standing, scope: Scope
) -> Course | None:
    """Put the new version beside the live one, from which it is gone back to."""
    if seen.pending or seen.fact["status"] == "Creating":
        told.busy(scope, seen)
        return None
    seen = preview.over(seen)
    base = str(seen.fact["base"])
    if seen.running is None and config.name == base:  # the shadow is given up
        return Course(Ref(config, "EndpointConfigName"))
    if why := _baseless(seen, props):
        told.baseless(scope, base, why, running=seen.running is not None)
        return None
    if (first_ := preview.needed(spec, config, props, seen, scope)) is not None:
        return Course(Ref(first_.address, "EndpointConfigName"), (first_,),
                      preview.mark(base, config.name), (config,))  # fmt: skip
    first = steps_of(_canary(spec), fleet_of(spec).instances)[0]
    content = _both(props, seen, first.count)
    middle = scope.versioned(CONFIG, content, MIDDLE)
    live: Props = seen.fact["content"]["ProductionVariants"][0]
    last = seen.last
    again = last is not None and last.target == config.name and last.base == base
    way = Between(
        base=base,
        middle=middle.name,
        target=config.name,
        version=version,
        stable=str(live["VariantName"]),
        count=int(live["InitialInstanceCount"]),
        over=seen.config if seen.config != base else "",
        attempt=last.attempt + 1 if last is not None and again else 1,
    )
    marks = begun(spec, way)
    told.started(scope, spec, marks, seen)
    return _beside(spec, config, middle, content, marks, scope)


def _kept(spec: Rollout, props: Props, seen: Standing, marks: Marks, scope: Scope) -> Course:
    """The rollout goes on, with the steps that it was started with.

    An apply that was stopped between its marks and its update is gone on with.
    """
    if seen.config == marks.middle:
        told.going_on(scope, spec, marks, seen)
    else:
        told.started(scope, spec, marks, seen)
        marks = replace(marks, since=0.0, seen=False)  # it begins when that is sent
    again = anew(props, seen, marks.base, lines(spec), scope) if seen.fact["lacks"] else ()
    stays = Course(marks.middle, again, encode(marks), retains=True)
    if _unfit(seen, props):
        return stays
    content = _both(props, seen, marks.steps[0].count)
    middle = scope.versioned(CONFIG, content, MIDDLE)
    if middle.name != marks.middle:  # made by another version of Moorline: it is left as it is
        return stays
    found = _beside(spec, Address(CONFIG, marks.target), middle, content, marks, scope)
    return replace(found, nodes=(*found.nodes, *again))


def _beside(  # noqa: PLR0913 - two configurations, and the marks between them
    spec: Rollout, config: Address, middle: Address, content: Props, marks: Marks, scope: Scope
) -> Course:
    node = scope.node(middle, content, lines=lines(spec))
    name = Ref(middle, "EndpointConfigName")
    return Course(name, (node,), encode(marks), (config,), retains=True)


def _both(props: Props, seen: Standing, count: int) -> Props:
    """The configuration with both: the version before as it is, the new one without traffic."""
    stable = {**seen.fact["content"]["ProductionVariants"][0], "InitialVariantWeight": ALL}
    candidate = {
        **props["ProductionVariants"][0],
        "VariantName": NAME,
        "InitialInstanceCount": count,
        "InitialVariantWeight": 0,
    }
    passing = [{"Key": PASSING_TAG, "Value": "until the rollout has ended"}]
    return {**props, "ProductionVariants": [stable, candidate], "Tags": passing}


def _baseless(seen: Standing, props: Props) -> str:
    """Why nobody can go back to what is live; "" when one can."""
    if seen.fact["status"] == "UpdateRollbackFailed":
        return "an update and its rollback failed, so it serves a mix of configurations"
    if seen.fact["lacks"]:
        return f"{seen.fact['lacks']} is gone"
    return _unfit(seen, props)


def _unfit(seen: Standing, props: Props) -> str:
    """Why nothing can be put beside the version before; "" when it can."""
    content = seen.fact["content"]
    if content is None:
        return "it is gone"
    if not seen.fact["ours"]:
        return "Moorline did not make it"
    variants = [*content["ProductionVariants"]]
    if len(variants) != 1:
        names = ", ".join(sorted(str(each["VariantName"]) for each in variants))
        return f"it has the variants {names}, and no marks say how far a rollout between them is"
    if variants[0]["VariantName"] == NAME:
        return f"its variant is called {NAME!r}, as the new one would be"
    if not variants[0].get("ModelName") or not variants[0].get("InitialInstanceCount"):
        return "it serves in another way than with a model on instances, which has no weights"
    if bool(content.get("AsyncInferenceConfig")) != bool(props.get("AsyncInferenceConfig")):
        return "it is asynchronous where the new one is not, or the other way round"
    return ""
