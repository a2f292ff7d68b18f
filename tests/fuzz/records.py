"""Random types: what may be true of one, and the `Resource` record that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.change import Change, Effect
from reconciler.model.value import Json, Props, Ref
from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Place,
    Reach,
    Resource,
    Tagging,
    Whole,
    absent,
    codes,
)
from reconciler.resources.parts import Facet, Keyed, Members, Part, Reader, Request, Switch

PLACE = Place("123456789012", "eu-west-1", "acme", "dev")
SHAPES = ("facet", "mode", "switch", "members", "named")
NAME = {"Name": "{name}"}
ID = {"Id": "{Id}"}


@dataclass(frozen=True, slots=True, repr=False)
class Traits:
    """What is true of one made-up type. `slow` is how many seconds AWS works on it."""

    number: int
    listing: str = "none"
    slow: float = 0.0
    vanishes: bool = False
    content_named: bool = False
    found_by_tag: bool = False
    upsert: bool = False
    append: bool = False
    shapes: tuple[str, ...] = ()
    holds: str = ""
    refers: tuple[int, ...] = ()
    indexed: bool = True
    whole: bool = False

    def __repr__(self) -> str:
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        shown = {f.name: f.default for f in fields(self)}
        return f"Traits({', '.join(f'{k}={v!r}' for k, v in given.items() if shown[k] != v)})"

    @property
    def type(self) -> str:
        return f"Made::T{self.number}::Thing"

    @property
    def service(self) -> str:
        return f"made{self.number}"


@dataclass(frozen=True, slots=True)
class Alias:
    """What the KMS alias is to a key."""

    type: str
    prop: str = "Alias"
    last: bool = True
    reads: tuple[str, ...] = ("list_aliases",)
    writes: tuple[str, ...] = ("create_alias", "delete_alias")

    def read(self, reader: Reader, key: Props) -> Json:
        found = reader.pages("list_aliases", key, "Aliases")
        return found[0]["Alias"] if found else None

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        if after:
            own = Ref(Address(self.type, after.removeprefix("alias/")), "Id")
            yield Request("create_alias", {"Alias": after, "TargetId": own}, bare=True)
        if before:
            yield Request("delete_alias", {"Alias": before}, bare=True)


def unnamed(reader: Reader, tags: Mapping[str, str]) -> Props | None:
    """What was made with these tags and never got its alias, as for KMS keys."""
    named = {item["Id"] for item in reader.pages("list_aliases", {}, "Aliases")}
    every = {item["Id"] for item in reader.pages("list_keys", {}, "Keys")}
    for id_ in sorted(every - named):
        key = {"Id": id_}
        found = reader.maybe("list_tags", key, codes("NotFound")) or {}
        carried = {item["Key"]: item["Value"] for item in found.get("Tags", ())}
        state = reader.maybe("describe_it", key, codes("NotFound")) or {}
        if tags.items() <= carried.items() and state.get("Status") not in {"Waiting", None}:
            return key
    return None


PARTS: dict[str, Part] = {
    "facet": Facet(
        prop="Facet", stem="facet", answer="Value", request="Value", unset=codes("NoFacet")
    ),
    "mode": Facet(prop="Mode", stem="mode", answer="Mode", request="Mode", off={"State": "off"}),
    "switch": Switch(prop="On", get="describe_it", at="On", on="turn_on", off="turn_off"),
    "members": Members(
        prop="Members",
        list_="list_members",
        at="Members",
        field="Member",
        add="add_member",
        remove="remove_member",
        param="Member",
    ),
    "named": Keyed(
        prop="Named", stem="named", list_="list_named", at="Names", name="Item", value="Document"
    ),
}


def update(change: Change) -> Iterator[Request]:
    """Items are added, the rest is set, each in a request of its own."""
    if added := change.appended("Items", key="Key"):
        yield Request("update_it", {"ItemAdditions": added})
    if wanted := change.wanted("Size", "Uses"):
        yield Request("update_it", wanted)


def record(traits: Traits) -> Resource:
    """The record of a made-up type."""
    tagged = traits.found_by_tag
    key = ID if tagged else NAME
    parts = tuple(PARTS[shape] for shape in traits.shapes)
    last = "{Id}" if tagged else "{name}"
    arn = f"arn:made:{traits.service}:{{account}}:{last}"
    listing = Listing(
        method="list_its", at="Its", name="Name", complete=traits.listing == "complete"
    )
    lifecycle = Lifecycle(
        field="Status",
        ready=codes("Ready"),
        busy=codes("Changing", "Deleting"),
        failed=codes("Failed", "Waiting"),
        retired=codes("Waiting"),
        poll=10.0,
        timeout=600.0,
    )
    return Resource(
        type=traits.type,
        service=traits.service,
        reach=Reach.REGIONAL,
        name="" if tagged else "Name",
        derived={"Alias": "alias/{name}"} if tagged else {},
        key=key,
        read=Op("describe_it", {"Id": "alias/{name}"} if tagged else NAME),
        whole=Whole(),
        create=Op("create_it", {} if tagged else NAME),
        delete=Op("delete_it", key),
        absent=(absent("NotFound"),),
        transient=(absent("ResourceInUse", "being changed"),),
        outputs={"Id": ("Id",), "Arn": ("Arn",)},
        created={"Id": ("Id",), "Arn": ("Arn",)},
        predict={} if tagged else {"Arn": arn},
        arn=arn,
        listings=(listing,) if traits.listing != "none" else (),
        tags=Tagging(
            add=Op("tag", key),
            remove=Op("untag", key),
            read=Op("list_tags", key),
            indexed=traits.indexed,
            whole=traits.whole,
        ),
        lifecycle=lifecycle if traits.slow or traits.vanishes or tagged else None,
        vanishes=traits.vanishes,
        parts=(*parts, *((Alias(traits.type),) if tagged else ())),
        defaults={"On": False},
        effects={
            "Fixed": Effect.REPLACE,
            "Needs": Effect.REPLACE,
            "Size": Effect.IN_PLACE,
            "Uses": Effect.IN_PLACE,
        },
        append_only={"Items": "Key"} if traits.append else {},
        keyed={"Items": "Key", "Named": "Item"},
        sets=frozenset({"Members"}),
        content_named=traits.content_named,
        upsert=traits.upsert,
        replace_first=traits.content_named,
        refers=tuple(f"Made::T{number}::Thing" for number in traits.refers),
        holds=traits.holds,
        found_by_tag=tagged,
        find=unnamed if tagged else None,
        update=update,
    )


@st.composite
def traits(draw: Any, number: int) -> Traits:
    """One type; it may use types with smaller numbers."""
    lower = [*range(number)]
    refers = tuple(sorted(draw(st.sets(st.sampled_from(lower), max_size=3)))) if lower else ()
    how = draw(st.sampled_from(["plain", "plain", "plain", "content", "tag", "upsert"]))
    if how == "content":
        return Traits(number, "names", content_named=True, refers=refers)
    holds = draw(st.sampled_from(["", "", "records", "traffic"]))
    shapes = tuple(sorted(draw(st.sets(st.sampled_from(SHAPES), max_size=3))))
    slow = draw(st.sampled_from([0.0, 0.0, 25.0]))
    vanishes = draw(st.booleans()) if slow else False
    append = draw(st.booleans())
    more: Any = {"shapes": shapes, "holds": holds, "refers": refers, "append": append}
    if how == "tag":
        return Traits(number, found_by_tag=True, slow=slow, **more)
    listing = draw(st.sampled_from(["none", "names"] if slow else ["none", "names", "complete"]))
    indexed = draw(st.booleans()) if listing != "none" else True
    upsert, whole = how == "upsert", draw(st.booleans())
    more |= {"upsert": upsert, "indexed": indexed, "whole": whole}
    return Traits(number, listing, slow, vanishes, **more)


@st.composite
def many_traits(draw: Any, most: int = 5) -> tuple[Traits, ...]:
    count = draw(st.integers(1, most))
    return tuple(draw(traits(number)) for number in range(count))
