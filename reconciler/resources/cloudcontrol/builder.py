"""The record of a type from what AWS says of it, and from a short declaration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from reconciler.facts import Facts, UnknownType, facts
from reconciler.model.change import Change
from reconciler.model.value import Json, JsonText, Path
from reconciler.resources import api
from reconciler.resources.api import Op, Reach, Request, Resource, Tagging
from reconciler.resources.cloudcontrol import events, off, words
from reconciler.resources.cloudcontrol.compare import Comparison
from reconciler.resources.cloudcontrol.document import TAGS, desired, parsed, tags_of, written
from reconciler.resources.cloudcontrol.identity import Identity, identity
from reconciler.resources.cloudcontrol.off import Off
from reconciler.resources.cloudcontrol.patch import patch, tag_patch
from reconciler.resources.cloudcontrol.paths import pointer
from reconciler.resources.cloudcontrol.repair import Unrepairable
from reconciler.resources.cloudcontrol.seek import Search
from reconciler.resources.cloudcontrol.undeclared import Undeclared
from reconciler.resources.codecs import Codec
from reconciler.resources.generic import IDENTIFIER, PRIMARY, Generic, model_of

SERVICE = "cloudcontrol"
OWN = "@Identifier"
"""Where the decoded answer of a read has the identifier: no property is called so."""
GLOBAL = frozenset({"CloudFront", "IAM", "Organizations", "Route53"})
"""Services with one for all regions of an account. Source: AWS General Reference, "Global
services"."""


def declare(type_: str, **more: Any) -> Resource:  # noqa: ANN401 - the fields of `Resource`
    """Register a type that AWS's own handlers serve.

    `more` is what no schema says: `holds`, `refers`, `narrows`, `apart`, and any other field of
    `Resource`; besides, `name` (the property that is its name), `unread` and `ordered` (dotted
    paths of what AWS never gives back, and of lists whose order means something), `offs` (blocks
    of which absent and off are the same), `untagged` (it takes no tags, whatever the schema says),
    `by` (what its listing is told besides what the schema asks for) and `tells` (what no two have
    in common, where AWS chooses the id: of the same parent where it takes no tags, else of one
    region and account, so that a stranger's is seen before AWS refuses ours).

    Raises:
        ValueError: AWS's handlers do not serve the type.
    """
    about = facts(type_)
    if not about.served:
        msg = f"Cloud Control does not serve {type_}"
        raise ValueError(msg)
    return api.register(record(about, **more))


@cache
def served(type_: str) -> Resource | None:
    """The record of a type from its schema alone; nothing where AWS's handlers do not serve it.

    What it may use is not known, so all that has a record of its own counts, and does not use it:
    it goes before that.
    """
    try:
        about = facts(type_)
    except UnknownType:
        return None
    if not about.served:
        return None
    refers = tuple(sorted(set(api.load()) - _users(type_)))
    return record(about, refers=refers, declared=False)


def _users(type_: str) -> set[str]:
    """The type, and all that may use it or what uses it: none of them can go after it."""
    known, found, grown = api.load(), {type_}, True
    while grown:
        more = {each for each in known if found & {*known[each].refers}} - found
        found |= more
        grown = bool(more)
    return found


def record(  # noqa: PLR0913 - what a file says of a type
    about: Facts,
    *,
    name: str | None = None,
    unread: Iterable[str] = (),
    ordered: Iterable[str] = (),
    offs: tuple[Off, ...] = (),
    untagged: bool = False,
    by: tuple[str, ...] = (),
    tells: tuple[str, ...] = (),
    declared: bool = True,
    **more: Any,  # noqa: ANN401 - the fields of `Resource`
) -> Resource:
    """The record of a type, whether or not anybody declares it."""
    about = replace(about, tagging=None) if untagged else about
    own = identity(about, name)
    comparison = Comparison(about, _paths(unread), _paths(ordered), offs)
    search = Search(about, own, comparison, by, tells)
    key = {"TypeName": about.type, IDENTIFIER: f"{{{PRIMARY}}}"}
    fixed = words.fixed_tags(about)
    fields: dict[str, Any] = {
        "type": about.type,
        "service": SERVICE,
        "reach": Reach.GLOBAL if about.type.split("::")[1] in GLOBAL else Reach.REGIONAL,
        "name": own.name,
        "key": key,
        "read": Op(events.READ, key),
        "whole": events.READING,
        "answers": {
            events.LIST: events.LISTING,
            events.POLL: events.POLLING,
            events.REQUESTS: events.PENDING,
        },
        "create": Op(events.CREATE, {"TypeName": about.type}),
        "delete": Op(events.DELETE, key),
        "absent": events.GONE,
        "outputs": _outputs(about, own),
        "predict": {PRIMARY: "{name}"} if own.predictable else {},
        "root": Codec(decode=_read),
        "tags": _tagging(key, about),
        "limit": _limit(about, own),
        "fix": partial(_fitting, _pattern(about, own)),
        "unread": frozenset(unread),
        "update": partial(_update, about, fixed, offs),
        "operation": events.operation(about),
        "asks": frozenset({events.LIST, events.REQUESTS}),
        "generic": Generic(
            make=partial(_make, about, offs),
            judge=comparison.judge,
            form=comparison.form,
            key=search.key,
            by_arn=search.by_arn,
            seek=search.seek,
            found=search.way,
            proves=search.proves,
            undeclared=Undeclared(about, comparison).of,
            single=len(own.parts) == 1,
            lacks=search.lacks,
            mark=search.mark,
            tags=partial(tags_of, facts=about),
            fixed_tags=fixed,
            says=words.says(about, search.way),
            blocked=partial(_blocked, about, fixed, offs),
            declared=declared,
        ),
    }
    return Resource(**{**fields, **more})


def _read(answer: Json) -> Json:
    """The document of a resource, and its identifier."""
    found = answer["ResourceDescription"]
    return {**parsed(found["Properties"]), OWN: found[IDENTIFIER]}


def _outputs(about: Facts, own: Identity) -> dict[str, Path]:
    """What only AWS sets, what identifies, and the identifier as a whole."""
    paths = {path for path in about.read_only if len(path) <= 2}  # noqa: PLR2004 - as GetAtt has them
    paths |= set(own.parts)
    found = {".".join(path): path for path in sorted(paths)} | {PRIMARY: (OWN,)}
    return {IDENTIFIER: (OWN,)} | found


def _tagging(key: Mapping[str, Json], about: Facts) -> Tagging | None:
    tagging = about.tagging
    if tagging is None or not tagging.taggable:
        return None
    create = ".".join(tagging.property) if tagging.on_create else ""
    return Tagging(
        add=Op(events.UPDATE, key), read=Op(events.READ, key), create=create, inside=True
    )


def _make(about: Facts, offs: tuple[Off, ...], change: Change) -> Iterator[Request]:
    """One call; and one for the tags, where the first does not take them."""
    tagging, tags = about.tagging, change.desired.get(TAGS) or []
    later = bool(tagging and not tagging.on_create)
    props = {k: v for k, v in change.desired.items() if k != TAGS} if later else change.desired
    document = JsonText(desired(off.written(props, {}, offs), about))
    yield Request(events.CREATE, {"TypeName": about.type, "DesiredState": document}, bare=True)
    if later and tagging and not words.fixed_tags(about) and (found := written(tags, about)):
        add = {"op": "add", "path": pointer(tagging.property), "value": found}
        yield Request(events.UPDATE, {"PatchDocument": JsonText([add])})


def _operations(
    about: Facts, fixed: str, offs: tuple[Off, ...], change: Change
) -> list[dict[str, Json]]:
    """The patch of a change.

    Raises:
        Unrepairable: AWS would refuse what it reads itself.
    """
    model = {key: item for key, item in model_of(change.observed).items() if key != OWN}
    more: list[dict[str, Json]] = []
    if change.touches(TAGS) and not fixed:
        want = {tag["Key"]: tag["Value"] for tag in change.desired.get(TAGS) or ()}
        live = dict((change.observed.tags or {}) if change.observed else {})
        more = tag_patch(want, live, about, model)
    changed = [each.path for each in change.fields if each.path[0] != TAGS]
    told = off.written(change.desired, model, offs)
    untagged = {key: item for key, item in told.items() if key != TAGS}
    return patch(changed, desired(untagged, about, hollow=True), model, about, more=more)


def _update(about: Facts, fixed: str, offs: tuple[Off, ...], change: Change) -> Iterator[Request]:
    try:
        operations = _operations(about, fixed, offs, change)
    except Unrepairable:
        return  # `blocked` says so
    if operations:
        yield Request(events.UPDATE, {"PatchDocument": JsonText(operations)})


def patches(type_: str, change: Change) -> Iterator[Request]:
    """The request of a change, for a type that adds something to it."""
    about = facts(type_)
    yield from _update(about, words.fixed_tags(about), (), change)


def _blocked(about: Facts, fixed: str, offs: tuple[Off, ...], change: Change) -> str:
    try:
        _operations(about, fixed, offs, change)
    except Unrepairable as error:
        return str(error)
    return ""


def _paths(dotted: Iterable[str]) -> frozenset[Path]:
    return frozenset(tuple(text.split(".")) for text in dotted)


# -- names


def _schemas(about: Facts, own: Identity) -> tuple[Mapping[str, Any], ...]:
    shape = about.shape_at((own.name,)) if own.name else None
    return shape.schemas if shape else ()


def _limit(about: Facts, own: Identity) -> int:
    """The longest name that the schema takes; 63 where it says none."""
    said = [it["maxLength"] for it in _schemas(about, own) if "maxLength" in it]
    return min([*said, 255]) if said else 63


def _pattern(about: Facts, own: Identity) -> str:
    return next((it["pattern"] for it in _schemas(about, own) if "pattern" in it), "")


def _fitting(pattern: str, name: str) -> str:
    """A name without hyphens, where the type takes none."""
    return name if _fits(pattern, name) else _other(pattern, name)


def _other(pattern: str, name: str) -> str:
    tried: tuple[Callable[[str], str], ...] = (
        lambda text: text.replace("-", "_"),
        lambda text: text.replace("-", ""),
    )
    return next((made for each in tried if _fits(pattern, made := each(name))), name)


def _fits(pattern: str, name: str) -> bool:
    try:
        return not pattern or re.search(pattern, name) is not None
    except re.error:
        return True
