"""A graph as a CloudFormation template.

The graph already speaks CloudFormation; what is left is to name resources, turn
references into intrinsic functions, give properties of ours their own resources
and keep what holds data when the stack goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.facts import Facts
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity, ordered
from reconciler.model.given import stated
from reconciler.model.graph import Graph, Node
from reconciler.model.loss import GONE
from reconciler.model.value import Json, Path, Props
from reconciler.render.cloudformation.companion import beside, filled, nested
from reconciler.render.cloudformation.intrinsic import Intrinsics
from reconciler.render.cloudformation.logical import ids
from reconciler.render.cloudformation.spot import Spot, about, used
from reconciler.resources.api import HOLDS_TAG, Companion, Place, Resource

__all__ = ["template"]

MOST = 500
"""Resources that CloudFormation takes in one template."""
TAGS = "Tags"


def template(
    graph: Graph, resources: Mapping[str, Resource], place: Place
) -> tuple[dict[str, Json], list[Diagnostic]]:
    """The template, and what it cannot say. Resources are sorted by type and name."""
    return _Template(graph, resources, place).make()


@dataclass(slots=True)
class _Template:
    graph: Graph
    resources: Mapping[str, Resource]
    place: Place
    found: list[Diagnostic] = field(default_factory=list)
    words: Intrinsics = field(init=False)
    extra: dict[Address, list[Address]] = field(default_factory=dict)
    """The companions of each resource."""

    def make(self) -> tuple[dict[str, Json], list[Diagnostic]]:
        nodes = sorted(self.graph, key=lambda node: node.address)
        self.found += [_to_put(node) for node in nodes if node.asset]
        nodes = [node for node in nodes if node.asset is None]
        for node in nodes:
            made = [beside(node, each) for each in self._companions(node)]
            self.extra[node.address] = [address for address in made if address not in self.graph]
        every = [address for node in nodes for address in (node.address, *self.extra[node.address])]
        origins = {node.address: node.origin for node in nodes if node.origin}
        self.words = Intrinsics(ids(every), self.resources, self.place, origins)
        written = {id_: body for node in nodes for id_, body in self._written(node)}
        if len(written) > MOST:
            self.found.append(_too_many(len(written)))
        out: dict[str, Json] = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": f"{self.place.platform} in {self.place.environment}, by Moorline",
        }
        if self.words.parameters:
            out["Parameters"] = dict(sorted(self.words.parameters.items()))
        return {**out, "Resources": written}, ordered(self.found)

    def _companions(self, node: Node) -> tuple[Companion, ...]:
        """Properties of a node that become resources of their own."""
        resource = self.resources.get(node.address.type)
        every = resource.companions if resource else ()
        return tuple(each for each in every if node.props.get(each.prop))

    def _written(self, node: Node) -> Iterator[tuple[str, Props]]:
        resource = self.resources.get(node.address.type)
        apart = {each.prop for each in resource.companions} if resource else set()
        given = stated(node.props) if resource and resource.generic else node.props
        props = nested({key: value for key, value in given.items() if key not in apart})
        body: dict[str, Json] = {"Type": node.address.type}
        if resource and (resource.holds or _holds(node)):
            body |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        if node.origin:
            at = node.origin.at
            said = {"Spec": node.origin.spec, "At": f"{at.file}:{at.line}"}
            body["Metadata"] = {"Moorline": said}
        properties = self._properties(node, props)
        needed = {id_ for address in node.needs for id_ in self._ids(address)}
        yield self._finished(node.address, {**body, "Properties": properties}, needed)
        for companion in self._companions(node):
            if (address := beside(node, companion)) not in self.graph:
                yield self._companion(node, companion, address)

    def _ids(self, address: Address) -> Iterator[str]:
        """A resource and its companions: all of them are there before a user of it is made."""
        for each in (address, *self.extra.get(address, ())):
            if each in self.words.ids:
                yield self.words.ids[each]

    def _finished(
        self, address: Address, body: dict[str, Json], needed: Iterable[str]
    ) -> tuple[str, Props]:
        """Leaves empty properties out and names what is needed and not referred to."""
        id_ = self.words.ids[address]
        if waits := sorted(set(needed) - set(used(body["Properties"])) - {id_}):
            body["DependsOn"] = waits
        return id_, {key: value for key, value in body.items() if value != {}}

    def _companion(self, node: Node, companion: Companion, address: Address) -> tuple[str, Props]:
        own = self.resources[node.address.type]
        slots = self.place.slots(node.address.name)
        value, schema = node.props[companion.prop], about(companion.type)
        props = {}
        for key, form in companion.props.items():
            given = filled(form, value, own, slots, node.address)
            props[key] = self.words.value(given, Spot(address, schema, (key,)))
        body = {"Type": companion.type, "Properties": props}
        return self._finished(address, body, [self.words.ids[node.address]])

    def _properties(self, node: Node, props: Props) -> Props:
        schema = about(node.address.type)
        out: dict[str, Json] = {}
        if schema is None:
            self._warn(node, (), "CloudFormation has no such type")
        for key, value in props.items():
            if key == TAGS and schema is not None:
                out |= self._tags(node, value, schema)
                continue
            kept = self._known(node, value, schema, (key,))
            if kept is not ...:
                out[key] = self.words.value(kept, Spot(node.address, schema, (key,)))
        return out

    def _known(self, node: Node, value: Json, schema: Facts | None, path: Path) -> Json:
        """The part of a value that CloudFormation has properties for; `...` for none of it."""
        if schema is None:
            return value
        unset = value is None or (value == "" and len(path) == 1)
        if path in schema.read_only or unset:
            return ...
        if path in schema.api_only or not schema.knows(path):
            self._warn(node, path, f"CloudFormation has no property {'.'.join(path)!r}")
            return ...
        spot = Spot(node.address, schema, path)
        if spot.takes("string") or spot.document:
            return value  # a document, which becomes text or stays one
        if isinstance(value, Mapping):
            inside = {k: self._known(node, v, schema, (*path, k)) for k, v in value.items()}
            kept = {key: item for key, item in inside.items() if item is not ...}
            return kept if kept or (not value and len(path) > 1) else ...
        if isinstance(value, list | tuple):
            many = [self._known(node, item, schema, path) for item in value]
            return [item for item in many if item is not ...] or ...
        return value

    def _tags(self, node: Node, tags: Json, schema: Facts) -> Props:
        """Tags under the name and in the form that the type has them."""
        if not tags:
            return {}
        if schema.tag_property is None or len(schema.tag_property) > 1:
            self._warn(node, (TAGS,), "CloudFormation cannot tag this type", Severity.NOTE)
            return {}
        shape = schema.shape_at(schema.tag_property)
        if shape is not None and not shape.is_list:
            return {schema.tag_property[0]: {tag["Key"]: tag["Value"] for tag in tags}}
        return {schema.tag_property[0]: [dict(tag) for tag in tags]}

    def _warn(
        self, node: Node, path: Path, message: str, severity: Severity = Severity.WARNING
    ) -> None:
        at = node.origin.line_of(path) if node.origin else None
        message = f"{at.field}: {message}" if at and at.field else message
        help_ = "the template does without it; `moorline apply` sets it"
        self.found.append(Diagnostic("EXPORT001", message, at, help_, severity, node.address))


def _holds(node: Node) -> bool:
    """Whether the spec says that something is lost with it."""
    tags = {tag["Key"]: tag["Value"] for tag in node.props.get(TAGS) or ()}
    return tags.get(HOLDS_TAG) in set(map(str, GONE))


def _too_many(number: int) -> Diagnostic:
    return Diagnostic(
        "EXPORT002",
        f"the template has {number} resources and CloudFormation takes {MOST}",
        None,
        "compile fewer specs at a time, or split the template into nested stacks",
        Severity.WARNING,
    )


def _to_put(node: Node) -> Diagnostic:
    """CloudFormation puts no objects: what a stack's resources read has to be there before."""
    asset = node.asset
    path = asset.path if asset else ""
    return Diagnostic(
        "ASSET010",
        f"{path!r} is read from s3://{node.address.name}, which no template can put there",
        node.origin.at if node.origin else None,
        "apply once with Moorline, or put it there before the stack is made",
        Severity.WARNING,
        address=node.address,
    )
