"""The alias of a key: its name, and what frees that name when the key goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.value import Json, Props, Ref
from reconciler.resources.api import Request, Whole, members
from reconciler.resources.parts import Reader
from reconciler.resources.review import Asking, Look

TYPE = "AWS::KMS::Key"
PREFIX = "alias/"


def context(change: Change) -> Asking:
    """Which key has the alias now, where this one has lost it or never had it."""
    name = change.desired.get("AliasName")
    if not (name and change.touches("AliasName")):
        return {}
    found = yield Look("kms", "list_aliases", {}, "Aliases")
    other = next((item.get("TargetKeyId") for item in found if item["AliasName"] == name), None)
    return {"target": other} if other else {}


def held(change: Change) -> str:
    """Somebody has pointed the alias at another key, which is in use under that name now."""
    other = change.context.get("target")
    own = change.observed.outputs.get("KeyId") if change.observed else None
    if not other or other == own or not change.touches("AliasName"):
        return ""
    return (
        f"'{change.desired['AliasName']}' is the alias of the key {other} now and is not taken "
        f"from it; point it at {own} by hand, or delete it, if that key is not the right one"
    )


@dataclass(frozen=True, slots=True)
class Alias:
    """The first alias of a key: ``alias/`` and the name of the key's address."""

    prop: str = "AliasName"
    last: bool = True
    reads: tuple[str, ...] = ("list_aliases",)
    writes: tuple[str, ...] = ("create_alias", "delete_alias")

    @property
    def wholes(self) -> Mapping[str, Whole]:
        return {"list_aliases": Whole(items="Aliases", each=members("AliasName"))}

    def read(self, reader: Reader, key: Props) -> Json:
        found = reader.pages("list_aliases", key, "Aliases")
        born = [(str(item.get("CreationDate", "")), item["AliasName"]) for item in found]
        return min(born)[1] if born else None

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        if after:
            own = Ref(Address(TYPE, after.removeprefix(PREFIX)), "KeyId")
            yield Request("create_alias", {"AliasName": after, "TargetKeyId": own}, bare=True)
        if before:
            yield Request("delete_alias", {"AliasName": before}, bare=True)
