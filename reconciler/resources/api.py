"""What a resource file needs in order to describe one CloudFormation type.

A `Resource` is data: which calls read, list, create and delete it, how its
answers map to CloudFormation names, what may be changed in place. Nothing here
talks to AWS; the planner turns a record and a change into calls.

Templates are strings with ``{name}``, ``{account}``, ``{region}``, ``{partition}``,
``{platform}``, ``{environment}``, ``{prefix}`` (of our names), ``{location}`` (the region where S3
wants it named) or ``{Output}``, one of its outputs; lists and objects of them are too.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from reconciler.model.change import Change, Effect, Observed
from reconciler.model.value import Json, Path, Props
from reconciler.resources import aside
from reconciler.resources.answers import Absent, absent, codes
from reconciler.resources.calendar import Calendar, nothing
from reconciler.resources.codecs import SAME, Codec
from reconciler.resources.generic import Generic
from reconciler.resources.narrow import Narrowing
from reconciler.resources.ops import (
    Companion,
    Detail,
    Lifecycle,
    Listing,
    Op,
    Operation,
    Settling,
    Tagging,
)
from reconciler.resources.owner import Owner
from reconciler.resources.parts import Part, Reader, Request
from reconciler.resources.place import Place, Reach, fill, regions_in
from reconciler.resources.registry import Registry
from reconciler.resources.review import NOTHING, Pending, untried
from reconciler.resources.stages import AT_ONCE, Stages
from reconciler.resources.whole import Whole, members
from reconciler.resources.whose import Marked, Nobodys, Within

__all__ = ["SAME", "Absent", "Codec", "Companion", "Detail", "Generic", "Keys", "Lifecycle"]
__all__ += ["Listing", "Narrowing", "Op", "Operation", "Place", "Reach", "Request", "Resource"]
__all__ += ["Settling", "Tagging", "Whole", "absent", "codes", "fill", "load", "lookup"]
__all__ += ["members", "register"]

REGISTRY: Registry[Resource] = Registry(lambda type_: served(type_))  # noqa: PLW0108 - it is below
REGION_TAG = "moorline:region"
OWNERSHIP = ("moorline:platform", "moorline:environment", "moorline:spec", REGION_TAG)
NAME_TAG = "moorline:name"
HOLDS_TAG = "moorline:holds"
TYPE_TAG = "moorline:type"  # what a resource is that has no ARN of a known form
MAKING_TAG = "moorline:making"  # on what several calls make, until the last; see `plan.calls`
STOPPED_TAG = "moorline:stopped"
"""Carried by what an apply has stopped for a change, until it is started again."""
Update: TypeAlias = Callable[[Change], Iterable[Request]]
Keys: TypeAlias = str | tuple[str, ...]
"""The member that identifies an item of a list, or all of those that do; dotted within it."""
Adapt: TypeAlias = Callable[[Json, Json, Props], Json]
Find: TypeAlias = Callable[[Reader, Mapping[str, str]], Props | None]


def _no_update(_: Change) -> Iterable[Request]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One AWS type. See the module docstring for templates."""

    type: str
    service: str
    """The boto3 client."""
    reach: Reach
    """How far its names reach; what is not regional belongs to one region by tag or by `home`."""
    name: str
    """The property that is the physical name."""
    key: Mapping[str, Json]
    """Templates of the parameters that address the resource in updates, parts and deletes."""
    read: Op
    whole: Whole
    """What a whole answer of `read` has; see `resources.whole`."""
    create: Op
    delete: Op
    absent: tuple[Absent, ...]
    aside: aside.Aside = aside.NOTHING
    """What IAM, CloudTrail, drift and reports have to know of it."""
    packed: str = ""
    """The parameter of its writing calls that gets the bytes of an asset."""
    together: str = ""
    """The parameter of `delete` by which one request deletes up to 100 of them."""
    outputs: Mapping[str, Path] = field(default_factory=dict)
    """Output name to its path in the decoded answer of `read`."""
    created: Mapping[str, Path] = field(default_factory=dict)
    """Output name to its path in the answer of `create`."""
    dated: str = ""
    """The output that says when AWS made it."""
    predict: Mapping[str, str] = field(default_factory=dict)
    """Outputs that follow from name, account and region: output name to template."""
    root: Codec = SAME
    """Maps the answer of `read` (decode) and the body of `create` (encode)."""
    body: Codec | None = None
    """The body of `create`, where it is not the inverse of `root`."""
    listings: tuple[Listing, ...] = ()
    paged: Mapping[str, str] = field(default_factory=dict)
    """Lists that `read` returns in pages: member name to token name."""
    details: tuple[Detail, ...] = ()
    """Further reads that its description takes."""
    tags: Tagging | None = None
    whose: Within | Marked | Nobodys | None = None
    """Of a type that takes no tags: what says whose one is."""
    lifecycle: Lifecycle | None = None
    vanishes: bool = False
    """Deletion takes time; a delete step waits until the resource is gone."""
    parts: tuple[Part, ...] = ()
    born: frozenset[str] = frozenset()
    """Properties with parts that the create call takes too; those parts are for changes alone."""
    companions: tuple[Companion, ...] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """What the adapter knows about top-level properties beyond `schemas/aws/`."""
    append_only: Mapping[str, str] = field(default_factory=dict)
    """Keyed lists that only grow: property to the key of its items."""
    keyed: Mapping[str, Keys] = field(default_factory=dict)
    """Dotted property path of a list to what identifies its items, lists passed through."""
    told_by: Mapping[str, Keys] = field(default_factory=dict)
    """Dotted paths of further lists to the members by which people know their items; a list that is
    not named is told by what is unique in it."""
    sets: frozenset[str] = frozenset()
    """Dotted property paths of lists whose order does not matter."""
    policies: frozenset[str] = frozenset()
    """Dotted property paths of IAM policy documents, lists passed through."""
    documents: frozenset[str] = frozenset()
    """Dotted property paths of documents: compared whole, a key the spec lacks is a difference."""
    defaults: Props = field(default_factory=dict)
    """Dotted property paths, lists passed through, to the value that AWS means where it has none,
    whether it fills it in or leaves it out: equal to absent when compared."""
    adapts: Mapping[str, Adapt] = field(default_factory=dict)
    """By top-level property: what is desired as AWS will have it, such as its live form."""
    unread: frozenset[str] = frozenset()
    """Dotted property paths, lists passed through, of what AWS takes and never gives back."""
    masked: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Dotted property paths of texts in which AWS hides a secret on reading, with how it does."""
    fading: Mapping[str, Callable[[Props], bool]] = field(default_factory=dict)
    """Dotted paths of keyed lists: which live items AWS itself removes, and nobody else can."""
    apart: frozenset[str] = frozenset()
    """Top-level properties that change nothing for those who use the resource: nobody who needs it
    waits for a change of them."""
    owners: tuple[Owner, ...] = ()
    """Whose live values are that others move at run time."""
    carried: frozenset[str] = frozenset()
    """Top-level properties that a put of the whole resets where they are not given: they are always
    read, and `update` sends the live value along."""
    content_named: bool = False
    """The name carries a digest of the content and the type cannot change."""
    upsert: bool = False
    """The create call overwrites what exists, so its absence is checked once more before it."""
    replace_first: bool = False
    """A replacement can be made before the old one is deleted; names do not collide."""
    refers: tuple[str, ...] = ()
    """Types whose resources this one may use. Deletion runs against this order."""
    holds: str = ""
    """What is lost with it: records, traffic, keys or history."""
    narrows: tuple[Narrowing, ...] = ()
    """Changes in place that lose something."""
    calendar: Calendar = nothing
    """What of it disappears by itself, and when."""
    found_by_tag: bool = False
    """Identity is the name tag, for types whose id AWS chooses."""
    find: Find | None = None
    """Asks the service for what carries these tags and was not named yet: the key of `read`."""
    beside: Mapping[tuple[str, str], Whole] = field(default_factory=dict)  # by client and method
    asks: frozenset[str] = frozenset()
    """The client methods that `find` calls, all of them reads."""
    answers: Mapping[str, Whole] = field(default_factory=dict)
    """What whole answers of further reads have, by client method."""
    arn: str = ""
    """Template of the ARN, to find a resource in the tagging API's pages."""
    derived: Mapping[str, str] = field(default_factory=dict)
    """Further properties that follow from the name: property to template."""
    home: tuple[str, ...] = ()
    """Of a type that is not regional: members of its answer that name its region, surest first."""
    limit: int = 63
    """The longest physical name AWS takes."""
    fix: Callable[[str], str] = str
    """Turns a conventional name into one the type accepts."""
    update: Update = _no_update
    remove: Callable[[Observed], Iterable[Request]] | None = None
    """The requests that delete it, where they follow from what is live; `delete` is the last."""
    stages: Stages = AT_ONCE
    """Which of its changes AWS takes one at a time only, or only while it does not run."""
    restore: Update = _no_update
    """Takes back a deletion that is only scheduled; see `Lifecycle.scheduled`."""
    verify: Callable[[Props, Observed], str] = untried
    """After a step: what is still not as desired, as a sentence; "" when all is well."""
    pending: Pending = NOTHING
    """What is to be read, decided and said about a change of the live resource."""
    operation: Operation | None = None
    """How its writes go on after they are answered."""
    generic: Generic | None = None
    """Of a type that AWS's own handlers serve: what takes the place of templates and parts."""
    transient: tuple[Absent, ...] = ()
    """Rejections that go away by themselves, such as a role that is still spreading."""

    @property
    def named(self) -> Mapping[str, str]:
        """Properties that follow from the name, with their templates."""
        return {self.name: "{name}", **self.derived} if self.name else self.derived

    @property
    def told_by_tag(self) -> bool:
        """Whether a tag has its name, which does not follow from its ARN."""
        return bool(self.found_by_tag or self.generic or (self.arn and "{name}" not in self.arn))

    @property
    def signed(self) -> bool:
        """Whether it carries tags, or what stands for them."""
        return self.tags is not None or isinstance(self.whose, Marked)

    @property
    def methods(self) -> frozenset[str]:
        """Every client method the record names outside `update`."""
        named = {self.read.method, self.create.method, self.delete.method}
        named |= (
            {it.method for it in self.listings} | {it.method for it in self.details} | self.asks
        )
        for part in self.parts:
            named |= {*part.reads, *part.writes}
        if self.tags:
            ops = (self.tags.add, self.tags.remove, self.tags.read)
            named |= {op.method for op in ops if op}
        return frozenset(named)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """What a whole answer has, by client method: of every read, and of the create call."""
        found: list[tuple[str, Whole]] = [(self.read.method, self.whole), *self.answers.items()]
        found += [(each.method, _page(each.at, *each.named)) for each in self.listings]
        found += [(each.method, each.answers) for each in self.details]
        found += [item for part in self.parts for item in part.wholes.items()]
        if self.tags and not self.tags.inside:
            found.append((self.tags.read.method, self.tags.answers))
        given = frozenset(".".join(path) for path in self.created.values())
        found.append((self.create.method, Whole(has=given)))
        out: dict[str, Whole] = {}
        for method, whole in found:
            out[method] = out[method] | whole if method in out else whole
        return out

    def regions(self, props: Props) -> frozenset[str]:
        """The regions that it says it belongs to; none where it does not say."""
        told = (regions_in(props.get(member)) for member in self.home)
        return next((found for found in told if found), frozenset())

    def part(self, prop: str) -> Part | None:
        """The part that owns a property."""
        return next((part for part in self.parts if part.prop == prop), None)


def _page(at: str, *each: str) -> Whole:
    return Whole(items=at, each=frozenset(each))


def register(resource: Resource) -> Resource:
    """Add a type to the registry.

    Raises:
        ValueError: the type is there already.
    """
    if REGISTRY.setdefault(resource.type, resource) is not resource:
        msg = f"{resource.type} is registered twice"
        raise ValueError(msg)
    return resource


def served(type_: str) -> Resource | None:
    """The record of a type that has no file, by its schema; nothing where none can be."""
    builder = importlib.import_module("reconciler.resources.cloudcontrol.builder")
    found: Resource | None = builder.served(type_)
    return found


@cache
def load() -> Mapping[str, Resource]:
    """Import every resource file once and return the registry."""
    package = importlib.import_module("reconciler.resources")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name.count(".") == 3:  # noqa: PLR2004 - reconciler.resources.<service>.<type>
            importlib.import_module(module.name)
    return REGISTRY


def lookup(type_: str) -> Resource | None:
    """The record of a type, if Moorline has an adapter for it."""
    return load().get(type_)
