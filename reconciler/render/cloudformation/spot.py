"""Places in a template's properties, and what CloudFormation's schemas say about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.facts import Facts, UnknownType, facts
from reconciler.model.address import Address
from reconciler.model.value import Json, Path

ASKED: Mapping[tuple[str, Path], str] = {
    ("AWS::SageMaker::Model", ("PrimaryContainer", "ModelPackageName")): "Model version to serve.",
    ("AWS::SageMaker::Model", ("Containers", "ModelPackageName")): "Model version to serve.",
}
"""Properties whose value AWS was asked for, or would be; a deployment may give another."""


class Spot(NamedTuple):
    """A place in the properties of a resource, and what is known of its type."""

    owner: Address
    schema: Facts | None
    path: Path

    def below(self, key: str) -> Spot:
        """The place of a member."""
        return self._replace(path=(*self.path, key))

    @property
    def asked(self) -> str:
        """What is asked for here, "" when nothing is."""
        return ASKED.get((self.owner.type, self.path), "")

    def takes(self, *types: str) -> bool:
        """Whether the schema says that only these types stand here."""
        shape = self.schema.shape_at(self.path) if self.schema else None
        if shape is None:
            return False
        found: set[str] = set()
        for each in shape.schemas:
            declared = each.get("type", ())
            found |= {declared} if isinstance(declared, str) else set(declared)
        return bool(found) and found <= set(types)

    @property
    def document(self) -> bool:
        """Whether the schema leaves open what stands in the object here: it is a document."""
        shape = self.schema.shape_at(self.path) if self.schema else None
        return shape is not None and any(each.get("format") == "json" for each in shape.schemas)


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
