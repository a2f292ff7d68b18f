"""Numbers that an autoscaler owns where one is registered, for any type, as data. Pure.

A resource does not say whether it is scaled, so it is asked for, once a number differs and only
then. Source: Application Auto Scaling API reference, DescribeScalableTargets (50 ids at most).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.model.change import Cause, Change
from reconciler.model.value import Props
from reconciler.resources.owner import CONTEXT, Owner
from reconciler.resources.review import Asking, Look, Pending

SERVICE, METHOD = "application-autoscaling", "describe_scalable_targets"
LOOKS = (f"{SERVICE}:DescribeScalableTargets",)
"""What plans of such a type ask besides; for `Aside.looks`."""
SCALED = "scaled"
"""Where the context of a change has the dimensions that have a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalable:
    """`dimensions` has, by dotted property path, the autoscaler's word for it.

    `resource` comes before the name in the autoscaler's id, such as ``table/``.
    """

    namespace: str
    resource: str
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def owners(self) -> tuple[Owner, ...]:
        """For `Resource.owners`."""
        return tuple(
            Owner(path=path, who=Cause.AUTOSCALER, when=_has(dimension), asked=True)
            for path, dimension in self.dimensions.items()
        )

    @property
    def pending(self) -> Pending:
        """For `Resource.pending`."""
        return Pending(context=self._context)

    def _context(self, change: Change) -> Asking:
        """Which of its numbers have a target; asked only when one of them differs."""
        if not change.touches(*(path.partition(".")[0] for path in self.dimensions)):
            return {}
        ids = [f"{self.resource}{change.address.name}"]
        asked = {"ServiceNamespace": self.namespace, "ResourceIds": ids}
        found = yield Look(SERVICE, METHOD, asked, "ScalableTargets")
        return {SCALED: sorted(each["ScalableDimension"] for each in found)}


def _has(dimension: str) -> Callable[[Props], bool]:
    return lambda live: dimension in (live.get(CONTEXT, {}).get(SCALED) or ())
