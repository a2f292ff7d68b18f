"""The alias of a key: its name, and what frees that name when the key goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.value import Json, Props, Ref
from reconciler.resources.api import Request, Whole, members
from reconciler.resources.parts import Reader

TYPE = "AWS::KMS::Key"
PREFIX = "alias/"


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
