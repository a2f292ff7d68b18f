"""Values of the graph in CloudFormation's words: `Ref`, `Fn::GetAtt`, `Fn::Join`, parameters.

Which attributes a type has is data (`facts`); a value that CloudFormation
cannot give but that follows from a name is written out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.facts import Facts
from reconciler.model.address import Address
from reconciler.model.diagnostic import in_words
from reconciler.model.graph import Origin
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Join, Json, JsonText, Mark, Path, Props, Ref
from reconciler.render.cloudformation.spot import Spot, about
from reconciler.resources.api import Place, Resource, fill

__all__ = ["Intrinsics"]


@dataclass(slots=True)
class Intrinsics:
    """Translates values; `parameters` collects what nobody can know before a deployment."""

    ids: Mapping[Address, str]
    resources: Mapping[str, Resource]
    place: Place
    origins: Mapping[Address, Origin] = field(default_factory=dict)
    parameters: dict[str, Props] = field(default_factory=dict)

    def value(self, value: Json, spot: Spot) -> Json:  # noqa: PLR0911 - one for each form
        """A value where it stands; a document becomes text where the schema wants text."""
        if isinstance(value, JsonText):
            inside = value.document
            return self.value(inside, spot) if spot.takes("object", "array") else self.text(inside)
        if isinstance(value, Mapping | list | tuple) and spot.takes("string"):
            return self.text(value)
        match value:
            case Ref() | Mark():
                return self._mark(value, spot)
            case Hidden():
                return self.secret(value)
            case Secret():
                return str(value)
            case Join():
                return _joined(self._parts(value))
            case Mapping():
                return {key: self.value(item, spot.below(key)) for key, item in value.items()}
            case list() | tuple():
                return [self.value(item, spot) for item in value]
            case str() if spot.asked:
                return self._given(spot, spot.asked, value)
            case _:
                return value

    def _mark(self, value: Ref | Mark, spot: Spot | None) -> Json:
        if isinstance(value, Ref):
            return self.reference(value)
        if spot is None:
            return self.parameter("Document", "A value inside a document.")
        return self._given(spot, self._said(spot.path, spot.owner))

    def _said(self, path: Path, owner: Address) -> str:
        """What is asked for: the field of a spec that decides it, and the property."""
        origin = self.origins.get(owner)
        said = in_words(".".join(path), origin.line_of(path) if origin else None)
        return f"{said} of {owner}."

    def _given(self, spot: Spot, description: str, default: str | None = None) -> Json:
        name = f"{spot.owner.type.rpartition(':')[2]}-{spot.owner.name}-{spot.path[-1]}"
        return self.parameter(name, description, default)

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

    def parameter(
        self, name: str, description: str, default: str | None = None, *, secret: bool = False
    ) -> Json:
        """A value that whoever deploys the template gives."""
        id_ = "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))
        id_ = id_[:255] or "Value"
        given: dict[str, Json] = {"Type": "String", "Description": description}
        given |= {"NoEcho": True} if secret else {}
        self.parameters.setdefault(id_, given if default is None else {**given, "Default": default})
        return {"Ref": id_}

    def secret(self, value: Hidden) -> Json:
        """A value that stands in no template: whoever deploys it gives it."""
        what = self._said(value.path, value.owner)
        name = "-".join((value.owner.type.rpartition(":")[2], value.owner.name, *value.path))
        return self.parameter(name, what, secret=True)

    def text(self, document: Json) -> Json:
        """A document as JSON text, with references inside."""
        return _joined(self._json(document))

    def _parts(self, join: Join) -> Iterator[Json]:
        for part in join.parts:
            yield part if isinstance(part, str) else self.reference(part)

    def _json(self, value: Json) -> Iterator[Json]:
        match value:
            case Ref() | Mark():
                yield from _quoted([self._mark(value, None)])
            case Hidden():
                yield from _quoted([self.secret(value)])
            case Secret():
                yield from _quoted([str(value)])
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


def _attribute(output: str, schema: Facts) -> str | None:
    """The attribute that an output is; an ARN may be called ``TopicArn`` and so on."""
    path = tuple(output.split("."))
    if path in schema.read_only:
        return output
    arns = [name for (name,) in (it for it in schema.read_only if len(it) == 1) if "Arn" in name]
    return arns[0] if output == "Arn" and len(arns) == 1 and arns[0].endswith("Arn") else None


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
