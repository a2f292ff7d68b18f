"""What a new revision changes against the one that it takes the place of. Pure.

A type that is named after its content cannot change: a new resource is made and the old
one goes. For people that is one change, so the plan shows it as ``before → after``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.kinds.rollout.artifact import FILE_TAG
from reconciler.kinds.rollout.canary import PASSING_TAG
from reconciler.model.change import Action, Effect
from reconciler.model.graph import Graph
from reconciler.model.plan import Step
from reconciler.model.value import Props
from reconciler.plan.diff import TAGS, compare
from reconciler.plan.live import Live
from reconciler.resources.api import Resource


def compared(
    steps: Iterable[Step], graph: Graph, live: Live, resources: Mapping[str, Resource]
) -> Iterator[Step]:
    """The steps, with `Step.instead` where one makes the next revision of something live."""
    per = Counter(
        (node.address.type, node.origin.spec)
        for node in graph
        if node.origin and not _passing(node.props)
    )
    newest = {
        (orphan.address.type, orphan.spec): orphan
        for orphan in sorted(live.orphans, key=lambda orphan: (orphan.created, orphan.address))
        if PASSING_TAG not in (orphan.observed.tags or {})
    }
    for step in steps:
        resource, key = resources[step.address.type], (step.address.type, step.spec)
        last = newest.get(key)
        alone = per[key] == 1  # of several it is not known which follows which
        fresh = step.action is Action.CREATE and resource.content_named
        if not fresh or not (last and alone) or _passing(step.desired):
            yield step
            continue
        origin = graph.nodes[step.address].origin
        found = compare(step.address, step.desired, last.observed, resource, origin).fields
        shown = (each for each in found if each.path[0] != TAGS or FILE_TAG in each.path)
        yield replace(step, instead=tuple(replace(each, effect=Effect.NONE) for each in shown))


def _passing(props: Props) -> bool:
    """Whether it is there for a while only, as both versions of a rollout in one configuration."""
    return any(tag["Key"] == PASSING_TAG for tag in props.get(TAGS) or ())
