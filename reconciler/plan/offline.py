"""A plan without AWS: the specs against what the last receipt says was left. Pure.

For where there are no credentials, such as the pull request of a fork. What changed since
that apply is not seen, and ids that AWS chose are known only where the receipt shows them
in use; the plan says so in its findings, and it is not meant to be applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import orjson

from reconciler.compile import check, compiler
from reconciler.compile.request import Request
from reconciler.kinds.rollout.artifact import FILE_TAG
from reconciler.kinds.scope import Lookup
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Diagnostic, Severity, ordered
from reconciler.model.graph import Graph
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, ResourceRecord
from reconciler.model.value import (
    UNKNOWN,
    Json,
    JsonText,
    Props,
    Ref,
    from_json,
    leaves,
    references,
    resolve,
)
from reconciler.plan import closing, order
from reconciler.plan.diff import TAGS
from reconciler.plan.live import Live, Orphan
from reconciler.plan.written import asked
from reconciler.resources import api as resources
from reconciler.resources.api import OWNERSHIP, REGION_TAG, Place, Resource

ASKED = "OFFLINE001"
LEFT_OUT = "OFFLINE002"
DEFERRED = "PLAN010"
_OPEN = "‹{output} of {name}›"
_ANY = re.compile(r"‹[^‹›]*›")


def plan(request: Request, last: Receipt | None) -> Plan:
    """What an apply would do if nothing had changed since the last receipt."""
    place = compiler.place_of(request.view)
    known = resources.load()
    graph, found = Graph(), list[Diagnostic]()
    if not request.destroy:
        facts = _recalled(compiler.questions(request.specs, request.view), last)
        graph, found = compiler.build(request.specs, request.view, facts)
        found += check.refusals(graph)
    found = [each for each in found if each.code != DEFERRED]
    found += [_left_out(request, id_) for id_ in sorted(graph.deferred)]
    draft = order.Draft()
    if not any(each.is_error for each in found):
        live = replace(_live(graph, last, place), sent=request.sent)
        terms = request.terms
        draft = order.plan(graph, live, known, place, terms)
        found += check.planned(graph, terms, closing.used(live, terms), asked=False)
    return Plan(
        waiting=graph.waiting,
        environment=request.view.name,
        platform=place.platform,
        account=place.account,
        region=place.region,
        steps=tuple(draft.steps),
        unchanged=draft.unchanged,
        diagnostics=tuple(ordered([*found, *draft.diagnostics, _not_asked(last)])),
        commit=request.commit,
    )


def _recalled(asked: Iterable[Lookup], last: Receipt | None) -> dict[Lookup, Json]:
    """What AWS would answer if nothing had changed: of model files, which are named by tags.

    A secret is there, in whichever version was sent: it is not compared.
    """
    kept = last.resources.items() if last else ()
    models = [_state(each) for at, each in kept if at.type == "AWS::SageMaker::Model"]
    found: dict[Lookup, Json] = {}
    for lookup in asked:
        if lookup.what == "secret":
            found[lookup] = lookup.offline
        if lookup.what == "object":
            given = dict(lookup.params)
            uri = f"s3://{given['bucket']}/{given['key']}"
            like = (each for each in models if _file(each) == uri)
            tags = next((each.get(TAGS) or {} for each in like), {})
            found[lookup] = {**lookup.offline, "etag": tags.get(FILE_TAG, "")}
    return found


def _file(model: Mapping[str, Json]) -> Json:
    return (model.get("PrimaryContainer") or {}).get("ModelDataUrl")


def _not_asked(last: Receipt | None) -> Diagnostic:
    if last is None:
        text = "AWS was not asked and there is no receipt: everything is shown as new"
    else:
        text = f"AWS was not asked: the specs are compared with what {last.id} left"
    help_ = "`moorline plan` without --offline asks AWS; only such a plan can be applied"
    return Diagnostic(ASKED, text, help=help_, severity=Severity.WARNING)


def _left_out(request: Request, id_: str) -> Diagnostic:
    at = next((spec.at(()) for spec in request.specs if spec.id == id_), None)
    text = f"{id_} is left out: what it makes depends on what AWS answers, such as a model"
    help_ = "plan it with credentials"
    return Diagnostic(LEFT_OUT, text, at, help_, Severity.WARNING)


# -- the receipt as the live state


def _live(graph: Graph, last: Receipt | None, place: Place) -> Live:
    known = resources.load()
    left = {at: kept for at, kept in (last.resources if last else {}).items() if at.type in known}
    outputs = _outputs(graph, left)
    seen: dict[Address, Observed | None] = {
        node.address: Observed({}, outputs.get(node.address, {})) if node.address in left else None
        for node in graph
    }
    first = Live(seen)
    for node in graph:
        if node.address in left:
            props = resolve(node.props, lambda ref: order.known(ref, first, known, place))
            resource, empty = known[node.address.type], outputs.get(node.address, {})
            seen[node.address] = _observed(props, left[node.address], resource, place, empty)
    orphans = (_orphan(at, kept, place) for at, kept in left.items() if at not in graph.nodes)
    return Live(seen, tuple(orphans))


def _outputs(graph: Graph, left: Mapping[Address, ResourceRecord]) -> dict[Address, dict[str, str]]:
    """Ids that AWS chose: as the receipt shows them in use, else a text that stands for them."""
    found: dict[Address, dict[str, str]] = {}
    for node in graph:
        for ref in references(node.props):
            if ref.target in left:
                said = _OPEN.format(output=ref.output, name=ref.target.name)
                found.setdefault(ref.target, {}).setdefault(ref.output, said)
    for node in graph:
        if node.address in left:
            for ref, value in _used(node.props, _state(left[node.address])):
                if ref.target in found:
                    found[ref.target][ref.output] = value
    return found


def _used(want: Json, have: Json) -> Iterator[tuple[Ref, str]]:
    """References of a spec, each with the text in its place in the receipt."""
    if isinstance(want, JsonText) and isinstance(have, str):
        yield from _used(want.document, _document(have))
    elif isinstance(want, Ref) and isinstance(have, str):
        yield want, have
    elif isinstance(want, Mapping) and isinstance(have, Mapping):
        for key in want.keys() & have.keys():
            yield from _used(want[key], have[key])
    elif isinstance(want, list | tuple) and isinstance(have, list) and len(want) == len(have) == 1:
        yield from _used(want[0], have[0])


def _observed(
    desired: Props, kept: ResourceRecord, resource: Resource, place: Place, outputs: Props
) -> Observed:
    """A resource as it was left; where that is what is desired, in the words of the specs."""
    left, want = _state(kept), asked(desired, resource)
    props = {
        key: desired[key] if key in want and _agrees(want[key], value) else from_json(value)
        for key, value in left.items()
        if key != TAGS
    }
    tags = _tags(left, place)
    for tag in desired.get(TAGS, ()):
        if _agrees(want[TAGS].get(tag["Key"]), tags.get(tag["Key"])):
            tags[tag["Key"]] = tag["Value"]
    return Observed(props, outputs, tags=tags)


def _orphan(at: Address, kept: ResourceRecord, place: Place) -> Orphan:
    left = _state(kept)
    tags = _tags(left, place)
    props = {key: from_json(value) for key, value in left.items() if key != TAGS}
    return Orphan(at, Observed(props, tags=tags), str(tags.get(OWNERSHIP[2], "")), kept.by)


def _state(kept: ResourceRecord) -> Mapping[str, Json]:
    """What was left: as asked for, and over it as it was read afterwards."""
    return {**kept.applied, **(kept.observed or {})}


def _tags(left: Mapping[str, Json], place: Place) -> dict[str, Json]:
    """Its tags. Receipts are of what is ours, also where a type cannot say so."""
    tags = left.get(TAGS) or {}
    ours = dict(zip(OWNERSHIP[:2], (place.platform, place.environment), strict=True))
    return {REGION_TAG: place.region, **tags, **ours}


def _agrees(want: Json, have: Json) -> bool:
    """Whether both are the same, what is not known agreeing with anything."""
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        if want == {"$mark": UNKNOWN.name.lower()}:
            return True
        return want.keys() == have.keys() and all(_agrees(want[key], have[key]) for key in want)
    if isinstance(want, list) and isinstance(have, list):
        return len(want) == len(have) and _paired(want, have)
    if isinstance(want, str) and isinstance(have, str) and want != have:
        one, other = _document(want), _document(have)
        if one is not None and other is not None:  # one in the order in which AWS wrote it
            return _agrees(one, other)
    if isinstance(want, str) and isinstance(have, str) and _ANY.search(want):
        return (
            re.fullmatch(".*".join(map(re.escape, _ANY.split(want))), have, re.DOTALL) is not None
        )
    return bool(want == have) or want == {"$mark": UNKNOWN.name.lower()}


def _document(text: str) -> Json:
    """What a text says as JSON; nothing where it is no object or list."""
    try:
        return orjson.loads(text) if text[:1] in ("{", "[") else None
    except orjson.JSONDecodeError:
        return None


def _paired(want: list[Json], have: list[Json]) -> bool:
    """Whether each has its like; in order, unless ids that are not known disturb it."""
    if all(_agrees(one, other) for one, other in zip(want, have, strict=True)):
        return True
    if not any(isinstance(leaf, str) and _ANY.search(leaf) for leaf in leaves(want)):
        return False
    rest = list(have)
    for one in want:
        like = next((other for other in rest if _agrees(one, other)), None)
        if like is None:
            return False
        rest.remove(like)
    return True
