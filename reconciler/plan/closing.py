"""What services that AWS closed to new accounts ask of a plan. Pure.

A step that AWS may refuse comes first among the steps of its spec, so that a refusal leaves
nothing half-built. Deleting the last object of such a service may lose the right to use it: AWS
counts use by account, for some services only that of the last twelve months.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.facts.availability import table
from reconciler.model.address import Address
from reconciler.model.availability import Asked, Row, Standing
from reconciler.model.change import Action, Reason, Status
from reconciler.model.loss import Destruction, Loss
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.plan.live import Live

MAKES = frozenset({Action.CREATE, Action.REPLACE, Action.UPDATE, Action.ADOPT})


def used(live: Live, policy: Policy) -> frozenset[str]:
    """Names of the services of which something is live: the account is let in, or was."""
    rows = table(policy.services).rows.values()
    seen = _seen(live).values()
    return frozenset(
        row.name
        for row in rows
        if any(count and row.owns(type_) for type_, count in live.counts.items())
        or any(row.proven(each) for each in seen)
    )


def _seen(live: Live) -> dict[Address, Asked]:
    """Everything live that says something of the account; what failed was perhaps refused."""
    found = ((at, observed) for at, observed in live.found.items() if observed)
    orphans = ((each.address, each.observed) for each in (*live.orphans, *live.unclaimed))
    return {
        at: Asked(at.type, observed.props)
        for at, observed in (*found, *orphans)
        if observed.status is not Status.FAILED
    }


# -- first in its group


def first(steps: Iterable[Step], policy: Policy) -> list[Step]:
    """The steps, with those of the same spec after each one that AWS may refuse."""
    by_id = {step.id: step for step in steps}
    known = table(policy.services)
    risky = [
        step.id
        for step in by_id.values()
        if step.action in MAKES
        and step.spec
        and known.restricted(step.address.type, step.desired, policy.today)
    ]
    for id_ in sorted(risky):
        before = _before(id_, by_id)
        for step in by_id.values():
            if step.spec == by_id[id_].spec and step.id != id_ and step.id not in before:
                needs = tuple(sorted({*step.needs, id_}))
                by_id[step.id] = replace(step, needs=needs)
    return list(by_id.values())


def _before(id_: str, steps: Mapping[str, Step]) -> set[str]:
    """Ids of all steps that are done before one, by way of steps and of types."""
    by_type: dict[str, list[str]] = {}
    for step in steps.values():
        by_type.setdefault(step.address.type, []).append(step.id)
    found: set[str] = set()
    todo = [id_]
    while todo:
        step = steps[todo.pop()]
        needs = [*step.needs, *(each for type_ in step.after for each in by_type.get(type_, ()))]
        more = {each for each in needs if each in steps} - found
        found |= more
        todo += more
    return found


# -- the last of them


def last(steps: Iterable[Step], live: Live, policy: Policy) -> list[Step]:
    """The steps, with the loss of access where the last object of a closed service goes."""
    steps = [*steps]
    seen = _seen(live)
    gone = {step.address for step in steps if step.action is Action.DELETE}
    by_id = {step.id: step for step in steps}
    rows = [*_guarded(policy)]
    return [_judged(step, rows, seen, gone, by_id, live) for step in steps]


def _guarded(policy: Policy) -> Iterator[Row]:
    """Rows of services by which an account may be kept out again."""
    for row in table(policy.services).guards:
        if not row.version and row.standing(policy.today) is Standing.CLOSED:
            yield row


def _judged(  # noqa: PLR0913 - a step, and all that says whether something is left
    step: Step,
    rows: Iterable[Row],
    seen: Mapping[Address, Asked],
    gone: set[Address],
    steps: Mapping[str, Step],
    live: Live,
) -> Step:
    asked = seen.get(step.address)
    if step.action is not Action.DELETE or step.reason is Reason.FAILED or asked is None:
        return step
    losses = {
        Loss(str(Destruction.SERVICE), _says(row, live))
        for row in rows
        if row.proven(asked)
        and not _left(row, seen, gone, live)
        and not _made_before(row, step, steps)
    }
    ordered = sorted(losses, key=lambda loss: loss.says)
    return replace(step, losses=(*step.losses, *ordered)) if losses else step


def _left(row: Row, seen: Mapping[Address, Asked], gone: set[Address], live: Live) -> bool:
    """Whether something of the service stays, ours or not, as far as was seen."""
    if any(at not in gone and row.proven(each) for at, each in seen.items()):
        return True
    return any(
        row.owns(type_) and count > sum(at.type == type_ for at in gone)
        for type_, count in live.counts.items()
    )


def _made_before(row: Row, step: Step, steps: Mapping[str, Step]) -> bool:
    """Whether another one is made, and AWS has let it be made, before this one goes."""
    before = (steps[id_] for id_ in _before(step.id, steps))
    made = (each for each in before if each.action in {Action.CREATE, Action.REPLACE})
    return any(row.proven(Asked(each.address.type, each.desired)) for each in made)


def _says(row: Row, live: Live) -> str:
    known = row.types and row.types <= live.counts.keys()
    what = "it is the last" if known else "it may be the last"
    return f"{what} of {row.title} here, and AWS may not let this account use that again"
