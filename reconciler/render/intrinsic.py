"""Values of the graph in CloudFormation's words: `Ref`, `Fn::GetAtt`, `Fn::Join`, parameters.

Which attributes a type has is data (`facts`); a value that CloudFormation
cannot give but that follows from a name is written out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.facts import Facts, UnknownType, facts
from reconciler.model.address import Address
from reconciler.model.value import Join, Json, JsonText, Mark, Path, Props, Ref
from reconciler.resources.api import Place, Resource, fill

__all__ = ["Intrinsics", "about", "takes", "used"]


@dataclass(slots=True)
class Intrinsics:
    """Translates values; `parameters` collects what nobody can know before a deployment."""

    ids: Mapping[Address, str]
    resources: Mapping[str, Resource]
    place: Place
    parameters: dict[str, Props] = field(default_factory=dict)

    def value(self, value: Json, schema: Facts | None, path: Path) -> Json:
        """A value where the schema has `path`; a document becomes text where text is due."""
        if isinstance(value, JsonText) and takes(schema, path, "object", "array"):
            return self.value(value.document, schema, path)
        if isinstance(value, Mapping | list | tuple) and takes(schema, path, "string"):
            return self.text(value)
        match value:
            case Ref() | Mark():
                return self._mark(value, path)
            case Join():
                return _joined(self._parts(value))
            case JsonText():
                return self.text(value.document)
            case Mapping():
                return {key: self.value(item, schema, (*path, key)) for key, item in value.items()}
            case list() | tuple():
                return [self.value(item, schema, path) for item in value]
            case _:
                return value

    def _mark(self, value: Ref | Mark, path: Path) -> Json:
        if isinstance(value, Ref):
            return self.reference(value)
        return self.parameter("-".join(path), f"Value of {'.'.join(path)}.")

    def reference(self, ref: Ref) -> Json:
        """An output of another resource."""
        target, resource = ref.target, self.resources.get(ref.target.type)
        id_, schema = self.ids.get(target), about(target.type)
        if id_ is not None and schema is not None:
            if (attribute := _attribute(ref.output, schema)) is not None:
                return {"Fn::GetAtt": [id_, attribute]}
            if schema.identity == ((ref.output,),):
                return {"Ref": id_}
        slots = self.place.slots(target.name)
        for follows in (resource.named, resource.predict) if resource else ():
            if ref.output in follows:
                return fill(follows[ref.output], slots)
        said = f"{ref.output} of {target}."
        return self.parameter(f"{target.type.rpartition(':')[2]}-{target.name}-{ref.output}", said)

    def parameter(self, name: str, description: str) -> Json:
        """A value that whoever deploys the template has to give."""
        id_ = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))
        id_ = id_[:255] or "Value"
        self.parameters.setdefault(id_, {"Type": "String", "Description": description})
        return {"Ref": id_}

    def text(self, document: Json) -> Json:
        """A document as JSON text, with references inside."""
        return _joined(self._json(document))

    def _parts(self, join: Join) -> Iterator[Json]:
        for part in join.parts:
            yield part if isinstance(part, str) else self.reference(part)

    def _json(self, value: Json) -> Iterator[Json]:
        match value:
            case Ref() | Mark():
                yield from _quoted([self._mark(value, ("Document",))])
            case Join():
                yield from _quoted(self._parts(value))
            case JsonText():
                yield from _quoted(self._json(value.document))
            case Mapping():
                yield "{"
                for index, (key, item) in enumerate(value.items()):
                    yield f"{',' if index else ''}{json.dumps(str(key))}:"
                    yield from self._json(item)
                yield "}"
            case list() | tuple():
                yield "["
                for index, item in enumerate(value):
                    yield "," if index else ""
                    yield from self._json(item)
                yield "]"
            case _:
                yield json.dumps(value)


def about(type_: str) -> Facts | None:
    """What is known of a type; nothing when CloudFormation has no such type."""
    try:
        return facts(type_)
    except UnknownType:
        return None


def used(value: Json) -> Iterator[str]:
    """Every logical id that a translated value refers to."""
    if isinstance(value, Mapping):
        if len(value) == 1 and isinstance(value.get("Ref"), str):
            yield value["Ref"]
        elif len(value) == 1 and "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        else:
            for item in value.values():
                yield from used(item)
    elif isinstance(value, list):
        for item in value:
            yield from used(item)


def _attribute(output: str, schema: Facts) -> str | None:
    """The attribute that an output is; an ARN may be called ``TopicArn`` and so on."""
    path = tuple(output.split("."))
    if path in schema.read_only:
        return output
    arns = [name for (name,) in (it for it in schema.read_only if len(it) == 1) if "Arn" in name]
    return arns[0] if output == "Arn" and len(arns) == 1 and arns[0].endswith("Arn") else None


def takes(schema: Facts | None, path: Path, *types: str) -> bool:
    """Whether the schema says that only these types stand at a path."""
    shape = schema.shape_at(path) if schema else None
    if shape is None:
        return False
    found: set[str] = set()
    for each in shape.schemas:
        declared = each.get("type", ())
        found |= {declared} if isinstance(declared, str) else set(declared)
    return bool(found) and found <= set(types)


def _quoted(parts: Iterable[Json]) -> Iterator[Json]:
    """Parts of a string inside a JSON document."""
    yield '"'
    for part in parts:
        yield json.dumps(part)[1:-1] if isinstance(part, str) else part
    yield '"'


def _joined(parts: Iterable[Json]) -> Json:
    """A text, or an `Fn::Join` of as few parts as possible."""
    out: list[Json] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part != "":
            out.append(part)
    if not out:
        return ""
    if len(out) == 1:
        return out[0]
    return {"Fn::Join": ["", out]}
