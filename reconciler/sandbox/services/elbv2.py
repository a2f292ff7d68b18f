"""Load balancers: listeners and rules that Cloud Control made are read and changed by ELB's calls.

Both show the same actions. Source: ELB API reference, ModifyRule, ModifyListener,
TargetGroupTuple (a weight is 0 to 999).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.responses import ELBV2Response

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import Record, cloudcontrol_backends
from reconciler.sandbox.state.world import WORLD

MOST = 999
NAMES = {"elbv2": frozenset({"ListenerArn", "ListenerArns", "RuleArn", "RuleArns"})}


@dataclass(frozen=True, slots=True)
class Kind:
    """How one of both is called."""

    type: str
    noun: str
    plural: str
    actions: str

    @property
    def arn(self) -> str:
        """The member that has the ARN."""
        return f"{self.noun}Arn"


RULE = Kind("AWS::ElasticLoadBalancingV2::ListenerRule", "Rule", "Rules", "Actions")
LISTENER = Kind("AWS::ElasticLoadBalancingV2::Listener", "Listener", "Listeners", "DefaultActions")


def install() -> None:
    """Let the calls find what Cloud Control made."""
    response: Any = ELBV2Response
    for kind, of in ((RULE, "ListenerArn"), (LISTENER, "LoadBalancerArn")):
        low = kind.noun.lower()
        describe, modify = f"describe_{low}s", f"modify_{low}"
        setattr(response, describe, _describing(kind, of, getattr(response, describe)))
        setattr(response, modify, _modifying(kind, getattr(response, modify)))


def _describing(kind: Kind, of: str, usual: Callable[..., ActionResult]) -> Callable[..., Any]:
    def describe(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        asked, parent = self._get_param(f"{kind.arn}s") or [], self._get_param(of)
        mine = [
            each
            for each in _made(self, kind)
            if each.arn in asked or (not asked and each.model.get(of) == parent)
        ]
        if not mine:
            return usual(self)
        if missing := set(asked) - {each.arn for each in mine}:
            raise Refused(f"{kind.noun}NotFound", f"One or more {low(kind)} not found: {missing}")
        return ActionResult({kind.plural: [_shown(kind, each) for each in mine]})

    return describe


def _modifying(kind: Kind, usual: Callable[..., ActionResult]) -> Callable[..., Any]:
    def modify(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        arn = self._get_param(kind.arn)
        record = next((each for each in _made(self, kind) if each.arn == arn), None)
        if record is None:
            return usual(self)
        if actions := self._get_param(kind.actions):
            _check(actions)
            record.model[kind.actions] = [_declared(each) for each in actions]
            record.modified = WORLD.clock.now()
        return ActionResult({kind.plural: [_shown(kind, record)]})

    return modify


def low(kind: Kind) -> str:
    """Its name in a sentence."""
    return kind.plural.lower()


def _made(self: Any, kind: Kind) -> Iterator[Record]:  # noqa: ANN401  (moto's response)
    backend = cloudcontrol_backends[self.current_account][self.region]
    return (each for each in backend.of(kind.type).values() if each.ends is None)


def _check(actions: list[dict[str, Any]]) -> None:
    for action in actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
        weights = [int(each.get("Weight", 1)) for each in groups]
        if any(not 0 <= weight <= MOST for weight in weights):
            raise Refused("ValidationError", f"A weight is 0 to {MOST}, not {weights}")
        if groups and not sum(weights):
            raise Refused("ValidationError", "All target groups have the weight 0")
        if action.get("Type") == "forward" and not (groups or action.get("TargetGroupArn")):
            text = "A target group must be specified"
            raise Refused("ValidationError", text)


def _shown(kind: Kind, record: Record) -> dict[str, Any]:
    """As ELB describes it: a priority is a text, and each action has its order."""
    found = {**record.model, **record.made}
    found[kind.actions] = [_described(each, at) for at, each in enumerate(found[kind.actions], 1)]
    if kind is RULE:
        found |= {"Priority": str(found["Priority"]), "IsDefault": False}
    found.pop("Tags", None)
    return found


def _described(action: dict[str, Any], order: int) -> dict[str, Any]:
    return {**action, "Order": action.get("Order", order)}


def _declared(action: dict[str, Any]) -> dict[str, Any]:
    """An action as Cloud Control has it: numbers are numbers."""
    found = {**action, "Order": int(action["Order"])} if "Order" in action else dict(action)
    config = found.get("ForwardConfig")
    if config and config.get("TargetGroups"):
        groups = [{**each, "Weight": int(each.get("Weight", 1))} for each in config["TargetGroups"]]
        found["ForwardConfig"] = {**config, "TargetGroups": groups}
    return found
