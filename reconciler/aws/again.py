"""What applies of minutes ago did, looked at again where AWS shows it otherwise.

AWS is eventually consistent, and each reading of it follows in its own time: a bucket is there
with its tags, and its policy is not. A plan from the middle of that would do again, or take
back, what was just done. So a look that contradicts a receipt of minutes ago is repeated, all of
it, since one thing that is not seen hides others. What contradicts still is shown as it is, for
somebody may have changed it. A receipt delays a plan, and is no answer itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from reconciler.aws import lag
from reconciler.aws.clock import Clock
from reconciler.drift.cause import of_field
from reconciler.model.address import Address
from reconciler.model.change import Cause, Observed
from reconciler.model.graph import Graph, Node
from reconciler.model.just import Just
from reconciler.model.receipt import ResourceRecord
from reconciler.model.value import resolve
from reconciler.plan.diff import compare, scheduled
from reconciler.plan.live import Live
from reconciler.plan.order import known
from reconciler.plan.written import asked, seen
from reconciler.resources.api import Place, Resource

MOVED = frozenset({Cause.HAND, Cause.BOTH})
"""Causes of a difference for which the live value is not the one that was left."""
T = TypeVar("T")


def settled(
    look: Callable[[], T], doubts: Callable[[T], Mapping[Address, Just]], clock: Clock
) -> T:
    """What a look shows, repeated while it contradicts what was just done, for `lag.AGAIN`.

    A pause counts as long as it was meant, however fast the clock lets it pass.
    """
    found, waited = look(), 0.0
    for pause in lag.pauses():
        longest = max((each.seconds for each in doubts(found).values()), default=0.0)
        left = min(longest, lag.AGAIN.seconds) - waited
        if left <= 0:
            break
        clock.sleep(min(pause, left))
        waited += pause
        found = look()
    return found


def doubtful(
    just: Mapping[Address, Just],
    graph: Graph,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
) -> dict[Address, Just]:
    """What was just done and a look contradicts; where it is not known, nothing does."""
    others = (*live.orphans, *live.unclaimed)
    shown = {**live.found, **{each.address: each.observed for each in others}}
    return {
        address: each
        for address, each in just.items()
        if address.type in resources
        and address not in live.unknown
        and _contradicts(address, each, graph, shown, live, resources, place)
    }


def _contradicts(  # noqa: PLR0913 - what was done, and all that is known now
    address: Address,
    just: Just,
    graph: Graph,
    shown: Mapping[Address, Observed | None],
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
) -> bool:
    resource, observed = resources[address.type], shown.get(address)
    if just.left is None:
        return observed is not None and not scheduled(observed, resource)
    node = graph.nodes.get(address)
    if node is None:  # it is to go; where nothing shows it there is nothing to delete
        return observed is None
    if observed is None:
        return True
    return any(_moved(node, just.left, observed, resource, live, resources, place))


def _moved(  # noqa: PLR0913 - as above
    node: Node,
    left: ResourceRecord,
    observed: Observed,
    resource: Resource,
    live: Live,
    resources: Mapping[str, Resource],
    place: Place,
) -> Iterator[bool]:
    """Of each difference whether it is from what was left, and of each new wish that is there."""
    desired = resolve(node.props, lambda ref: known(ref, live, resources, place))
    change = compare(node.address, desired, observed, resource)
    wanted, now = asked(desired, resource), seen(desired, observed, resource)
    before = left.applied if left.observed is None else left.observed
    moved = {key for key in {*now, *before} if now.get(key) != before.get(key)}
    for field in change.fields:
        yield field.path[0] in moved and of_field(field, left, resource) in MOVED
    differing = {field.path[0] for field in change.fields}
    for key in () if observed.proven else moved - differing:
        yield key in left.applied and key in wanted and wanted[key] != left.applied[key]
