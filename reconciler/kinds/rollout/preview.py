"""A shadow as the step before a canary: the new version gets copies of requests, and no request.

The endpoint then has a configuration with the version before and its shadow. `moorline:shadow` says
from which configuration it came, and which one is on trial: the canary that follows goes back to
that one. Once the shadow was good, which whoever drives it marks, the next apply begins the canary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.kinds.api import Scope, Severity, percent, seconds
from reconciler.kinds.rollout.config import lines
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import CONFIG, Standing
from reconciler.kinds.terms.canary import PATH
from reconciler.kinds.terms.shadow import NAME, FirstShadow
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props
from reconciler.rollout.mirror import FIRST, Mirror, passed

PASSING = [{"Key": "moorline:passing", "Value": "until the canary begins"}]
WHOLE = 100
"""The weight of the production variant: the shadow's is its share in per cent."""


def shadow_of(spec: Rollout) -> FirstShadow | None:
    """The shadow before a canary, if its spec asks for one."""
    canary = spec.strategy.canary if spec.strategy is not None else None
    return canary.shadow if canary is not None else None


def mark(base: str, target: str) -> Mapping[str, str]:
    """The tag that says what the shadow is beside, and what it is of."""
    return {FIRST: f"{base} {target}"}


def over(seen: Standing) -> Standing:
    """A live shadow as what it is beside: the configuration from which it came."""
    base = str(seen.fact["tags"].get(FIRST, "")).partition(" ")[0]
    content = seen.fact["content"]
    if not base or seen.running is not None or not content:
        return seen
    if not content.get("ShadowProductionVariants"):
        return seen
    alone = {key: each for key, each in content.items() if key != "ShadowProductionVariants"}
    return replace(seen, fact={**seen.fact, "base": base, "content": alone})


def needed(
    spec: Rollout, config: Address, props: Props, seen: Standing, scope: Scope
) -> Node | None:
    """The configuration with the shadow, where the canary may not begin yet.

    What was tried and went back is not tried in the shadow again.
    """
    shadow = shadow_of(spec)
    tried = seen.last is not None and seen.last.ended and seen.last.target == config.name
    if shadow is None or tried or seen.running is not None:
        return None
    content = _content(shadow, props, seen)
    address = scope.versioned(CONFIG, content, NAME)
    if seen.config == address.name and passed(seen.fact["tags"], address.name):
        return None
    _told(shadow, address, seen, scope)
    return scope.node(address, content, lines=lines(spec))


def _content(shadow: FirstShadow, props: Props, seen: Standing) -> Props:
    stable = {**seen.fact["content"]["ProductionVariants"][0], "InitialVariantWeight": WHOLE}
    new: Props = props["ProductionVariants"][0]
    copy: dict[str, Json] = {
        **new,
        "VariantName": NAME,
        "InitialInstanceCount": shadow.instances or new["InitialInstanceCount"],
        "InitialVariantWeight": percent(shadow.sampling),
    }
    both = {"ProductionVariants": [stable], "ShadowProductionVariants": [copy]}
    return {**props, **both, "Tags": PASSING}


def _told(shadow: FirstShadow, address: Address, seen: Standing, scope: Scope) -> None:
    runs = seen.config == address.name
    begins = "gets" if runs else "will get"
    scope.problem(
        (*PATH, "shadow"),
        f"the new version {begins} copies of {shadow.sampling} of the requests for {shadow.for_},"
        " and no request of its own: the canary begins with the first `apply` after it was good",
        help=f"`moorline rollout status {scope.name}` compares the two",
        code="SHADOW002",
        severity=Severity.NOTE,
    )


def asked(spec: Rollout) -> Mirror | None:
    """What is asked of the shadow, as values."""
    shadow = shadow_of(spec)
    if shadow is None:
        return None
    return Mirror(
        production=fleet_of(spec).variant,
        shadow=NAME,
        sampling=percent(shadow.sampling) / 100,
        requests=shadow.requests,
        longest=float(seconds(shadow.for_)),
        first=True,
    )
