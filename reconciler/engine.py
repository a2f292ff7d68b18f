"""The whole way from documents to a plan, for every command that needs one.

It owns the order of the passes and when to stop; each pass lives elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from reconciler.aws import again, buckets, evidence, foreseen, homeless, offered
from reconciler.aws.context import look_closer, who_moved
from reconciler.aws.lookups import answer
from reconciler.aws.observe import observe
from reconciler.aws.registry import arriving as arrivals
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.aws.survey import Progress
from reconciler.compile import check, compiler, evolution
from reconciler.compile.lineage import lineage
from reconciler.compile.registries import registries
from reconciler.compile.request import Request
from reconciler.drift import cause
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity, ordered
from reconciler.model.graph import Graph
from reconciler.model.just import Just
from reconciler.model.lineage import Reach, reached
from reconciler.model.plan import Plan, Step
from reconciler.model.receipt import Receipt
from reconciler.plan import closing, offline, order
from reconciler.plan.live import Live
from reconciler.plan.overwritten import overwritten
from reconciler.resources import api as resources

BUSY = "PLAN002"


def make_plan(request: Request, session: Session, progress: Progress) -> Plan:
    """Look things up, build the graph, observe, compare, order.

    A plan with errors has no steps for what they concern and must not be applied.
    """
    before = session.total
    place = compiler.place_of(request.view)
    terms = request.terms
    graph, found = _graph(request, session)
    plan = Plan(
        waiting=graph.waiting,
        environment=request.view.name,
        platform=place.platform,
        account=place.account,
        region=place.region,
        commit=request.commit,
    )
    if not any(each.is_error for each in found):
        live, problems = _observed(graph, request, session, place, progress)
        waiting = order.pending(graph, live, resources.load(), place)
        live = replace(live, sent=request.sent)
        live, more = look_closer(session, live, waiting, resources.load(), Single(session, place))
        draft = order.plan(graph, live, resources.load(), place, terms)
        used, whole = evidence.used(session, graph, terms, closing.used(live, terms))
        ruled = check.planned(graph, terms, used, asked=whole)
        problems = [*offered.lined(problems, graph)]
        more += offered.look(session, draft.steps, graph, resources.load())
        draft.steps, noted = foreseen.look(session, draft.steps, graph, resources.load())
        draft.steps, baseless = homeless.look(session, draft.steps)
        more += [*noted, *baseless]
        arriving, held = arrivals.look(session, draft.steps, _sources(request))
        more += held
        told = evolution.named(draft.diagnostics, graph, lineage(request.specs))
        found = [*found, *problems, *more, *told, *ruled]
        plan = replace(plan, steps=tuple(draft.steps), unchanged=draft.unchanged, same=draft.same)
        plan = replace(plan, beside=draft.beside, versions=arriving)
        plan = replace(plan, reaches=_reaches(request, plan.steps))
        plan = replace(plan, moving=tuple(draft.moving), staying=tuple(draft.staying))
        found += overwritten(draft.steps)
        named = request.policy.adopt | request.policy.retry
        known = graph.nodes.keys() | {orphan.address for orphan in live.unclaimed}
        found += [_unknown(address) for address in named - known]
    found += buckets.look(session, graph)
    calls = session.total - before
    return replace(plan, diagnostics=tuple(ordered(found)), observed_calls=calls)


def plan_offline(request: Request, last: Receipt | None) -> Plan:
    """What an apply would do if nothing had changed since the last receipt; asks nobody."""
    plan = offline.plan(request, last)
    plan = replace(plan, reaches=_reaches(request, plan.steps))
    return cause.explain(plan, last, resources.load())


def _reaches(request: Request, steps: Iterable[Step]) -> tuple[Reach, ...]:
    """Which models and endpoints the steps reach."""
    return reached(lineage(request.specs), {step.spec for step in steps})


def drifted(plan: Plan, session: Session) -> tuple[Plan, tuple[Step, ...]]:
    """What of a plan is drift, and what only its owner moves at run time.

    Asks AWS who owns a difference only where there is one.
    """
    told, problems = who_moved(session, plan.moving, resources.load())
    plan, owned = cause.apart(plan, told)
    diagnostics = tuple(ordered([*plan.diagnostics, *problems]))
    return replace(plan, diagnostics=diagnostics, observed_calls=session.total), owned


def _sources(request: Request) -> dict[str, arrivals.Source]:
    """Where specs take versions of models from."""
    if request.destroy:
        return {}
    known = registries(request.specs, request.view).values()
    return {
        each.spec.id: arrivals.Source(it.name, it.group, each.endpoint, it.policy)
        for it in known
        for each in it.deployers
    }


def _observed(
    graph: Graph, request: Request, session: Session, place: resources.Place, progress: Progress
) -> tuple[Live, list[Diagnostic]]:
    """What is live, looked at again while it contradicts what was just applied."""
    look = partial(
        observe,
        session,
        graph,
        resources.load(),
        place,
        progress=progress,
        left=_asked_for(request.left),
        applied=request.applied,
        begun=request.begun,
        going=_going(request),
    )

    def doubts(found: tuple[Live, list[Diagnostic]]) -> dict[Address, Just]:
        return again.doubtful(request.just, graph, found[0], resources.load(), place)

    return again.settled(look, doubts, session.clock)


def _asked_for(left: frozenset[Address]) -> frozenset[Address]:
    """What of an earlier apply is looked for: what is nobody's is never left over."""
    known = resources.load()
    return frozenset(it for it in left if (of := known.get(it.type)) is None or not of.packed)


def _graph(request: Request, session: Session) -> tuple[Graph, list[Diagnostic]]:
    if request.destroy:
        return Graph(), []
    lookups = compiler.questions(request.specs, request.view)
    facts, found = answer(session, lookups)
    graph, problems = compiler.build(request.specs, request.view, facts)
    return graph, [*found, *problems, *check.refusals(graph)]


def _going(request: Request) -> Graph:
    """What specs declare and is to be destroyed: no tag tells how some of it is addressed."""
    if not request.destroy:
        return Graph()
    return compiler.build(request.specs, request.view)[0]


def _unknown(address: Address) -> Diagnostic:
    text = f"no spec makes {str(address)!r}, so it cannot be adopted or retried"
    return Diagnostic("CLI002", text, help="copy the address from the plan", address=address)


def busy(plan: Plan) -> tuple[Diagnostic, ...]:
    """Resources that AWS is still working on: how they end is not known yet."""
    return tuple(found for found in plan.diagnostics if found.code == BUSY)


def settled(plan: Plan) -> Plan:
    """The plan with busy resources as errors, for commands that do not wait for them."""
    diagnostics = tuple(
        replace(found, severity=Severity.ERROR) if found.code == BUSY else found
        for found in plan.diagnostics
    )
    return replace(plan, diagnostics=diagnostics)
