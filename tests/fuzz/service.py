"""The methods of one service of the made-up cloud.

What is found by tag behaves as a KMS key: AWS chooses its id, a name of its own comes
later, and what is deleted waits for a month with its tags on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.resources.api import NAME_TAG

from .things import Thing, page as _page, refusal

if TYPE_CHECKING:
    from .cloud import Cloud

WAITS = 30 * 86400.0


class Service:
    """The methods of one service."""

    def __init__(self, cloud: Cloud, service: str) -> None:
        self.cloud = cloud
        self.service = service
        self.traits = next(t for t in cloud.types if t.service == service)

    # -- finding

    def _mine(self) -> Iterator[Thing]:
        return (t for t in self.cloud.things.values() if t.traits.service == self.service)

    def _get(self, name: str | None, id_: str | None) -> Thing:
        for thing in self._mine():
            if name is not None and thing.name == name:
                return thing
            if id_ is not None and id_ in {thing.id, thing.arn, thing.values.get("Alias")}:
                return thing
        raise refusal("NotFound", "it does not exist")

    def _there(self, name: str | None, id_: str | None) -> Thing:
        """What may be changed: nothing that waits for its deletion."""
        thing = self._get(name, id_)
        if thing.waits:
            raise refusal("InvalidState", "it waits for its deletion")
        return thing

    def _ready(self, Name: str | None, Id: str | None) -> Thing:
        thing = self._there(Name, Id)
        if thing.gone_at is not None or thing.ready_at > self.cloud.clock.now():
            raise refusal("ResourceInUse", "it is being changed")
        return thing

    def _check(self, props: Mapping[str, Any], who: str) -> None:
        live = [t for t in self.cloud.things.values() if t.gone_at is None and not t.broken]
        now = self.cloud.clock.now()
        known = {x for t in live if t.ready_at <= now for x in (t.id, t.arn)}
        for target in (*props.get("Uses", ()), *props.get("Needs", ())):
            if target not in known:
                self.cloud.violations.append(f"{who} refers to {target}, which is not there")
                raise refusal("ValidationException", f"{target} does not exist")

    def _wrote(self, method: str, thing: Thing) -> dict[str, Any]:
        self.cloud.log.append((method, thing.label))
        return {}

    # -- the resource

    def create_it(self, Tags: Any = (), **params: Any) -> dict[str, Any]:
        name = params.pop("Name", "")
        tags = {tag["Key"]: tag["Value"] for tag in Tags}
        props = dict(params)
        label = f"{self.traits.type}/{name or tags.get(NAME_TAG, '')}"
        there = next((t for t in self._mine() if name and t.name == name), None)
        if there and not self.traits.upsert:
            raise refusal("AlreadyExists", f"{name} exists")
        self._check(props, label)
        if there:
            if there.gone_at is not None:
                raise refusal("ResourceInUse", "it is being deleted")
            there.props, there.tags = props, tags or there.tags
            thing = there
            self.cloud._indexed(thing)
        else:
            thing = self.cloud._new(self.traits, name, props, tags)
        if self.cloud._next_breaks:
            self.cloud._next_breaks = False
            thing.broken = self.traits.slow > 0
        self._wrote("create_it", thing)
        return {"Id": thing.id, "Arn": thing.arn}

    def describe_it(self, Name: str | None = None, Id: str | None = None) -> dict[str, Any]:
        return self._shown(self._get(Name, Id))

    def _shown(self, thing: Thing) -> dict[str, Any]:
        now = self.cloud.clock.now()
        status = "Failed" if thing.broken else "Ready"
        status = "Changing" if thing.ready_at > now else status
        status = "Deleting" if thing.gone_at is not None else status
        status = "Waiting" if thing.waits else status
        on = {"On": bool(thing.values.get("On"))}
        return {**thing.props, **on, "Id": thing.id, "Arn": thing.arn, "Status": status}

    def list_its(self, **params: Any) -> dict[str, Any]:
        def item(thing: Thing) -> dict[str, Any]:
            head = {"Name": thing.name, "CreationTime": f"{thing.born:012.1f}{thing.id}"}
            return {**self._shown(thing), **head} if self.traits.listing == "complete" else head

        return _page([item(t) for t in self._mine()], "Its", params)

    def update_it(self, Name: str | None = None, Id: str | None = None, **new: Any) -> Any:
        thing = self._ready(Name, Id)
        self._check(new, thing.label)
        items = new.pop("ItemAdditions", [])
        have = {item["Key"] for item in thing.props.get("Items", [])}
        if any(item["Key"] in have for item in items):
            raise refusal("ValidationException", "the item is there already")
        if items:
            thing.props["Items"] = [*thing.props.get("Items", []), *items]
        thing.props |= new
        thing.ready_at = self.cloud.clock.now() + self.traits.slow
        return self._wrote("update_it", thing)

    def delete_it(self, Name: str | None = None, Id: str | None = None) -> Any:
        thing = self._there(Name, Id)
        if thing.gone_at is not None:
            raise refusal("NotFound" if not self.traits.vanishes else "ResourceInUse", "going")
        if thing.ready_at > self.cloud.clock.now():
            raise refusal("ResourceInUse", "it is being changed")
        users = self.cloud.users(thing)
        if users and thing.label not in self.cloud.moving:
            text = f"{thing.label} is used by {[each.label for each in users]}"
            self.cloud.violations.append(text)
            raise refusal("DeleteConflict", text)
        if any(thing.values.get(key) for key in ("Members", "Named", "Alias")):
            self.cloud.violations.append(f"{thing.label} still has parts")
            raise refusal("DeleteConflict", "it still has parts")
        if self.traits.found_by_tag:
            thing.gone_at = self.cloud.clock.now() + WAITS
            return self._wrote("delete_it", thing)
        if self.traits.vanishes:
            thing.gone_at = self.cloud.clock.now() + self.traits.slow + 1
        else:
            del self.cloud.things[thing.id]
        self.cloud._indexed(thing, gone=True)
        return self._wrote("delete_it", thing)

    # -- tags

    def list_tags(self, Name: str | None = None, Id: str | None = None) -> dict[str, Any]:
        tags = self._get(Name, Id).tags
        return {"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}

    def tag(self, Tags: Any, Name: str | None = None, Id: str | None = None) -> Any:
        thing = self._there(Name, Id)
        new = {tag["Key"]: tag["Value"] for tag in Tags}
        thing.tags = new if self.traits.whole else {**thing.tags, **new}
        self.cloud._indexed(thing)
        return self._wrote("tag", thing)

    def untag(self, TagKeys: Any, Name: str | None = None, Id: str | None = None) -> Any:
        thing = self._there(Name, Id)
        self._wrote("untag", thing)
        thing.tags = {k: v for k, v in thing.tags.items() if k not in TagKeys}
        self.cloud._indexed(thing)
        return {}

    # -- parts

    def _set(self, Name: str | None, Id: str | None, key: str, value: Any, method: str) -> Any:
        thing = self._ready(Name, Id)
        thing.values[key] = value
        return self._wrote(method, thing)

    def get_facet(self, Name: str | None = None, Id: str | None = None) -> Any:
        value = self._get(Name, Id).values.get("Facet")
        if not value:
            raise refusal("NoFacet")
        return {"Value": value}

    def put_facet(self, Value: Any, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "Facet", Value, "put_facet")

    def delete_facet(self, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "Facet", None, "delete_facet")

    def get_mode(self, Name: str | None = None, Id: str | None = None) -> Any:
        return {"Mode": self._get(Name, Id).values.get("Mode")}

    def put_mode(self, Mode: Any, Name: str | None = None, Id: str | None = None) -> Any:
        value = None if Mode == {"State": "off"} else Mode
        return self._set(Name, Id, "Mode", value, "put_mode")

    def turn_on(self, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "On", True, "turn_on")

    def turn_off(self, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "On", False, "turn_off")

    def list_members(self, Name: str | None = None, Id: str | None = None, **page: Any) -> Any:
        found = self._get(Name, Id).values.get("Members") or []
        return _page([{"Member": each} for each in found], "Members", page)

    def add_member(self, Member: str, Name: str | None = None, Id: str | None = None) -> Any:
        have = self._ready(Name, Id).values.get("Members") or []
        return self._set(Name, Id, "Members", sorted({*have, Member}), "add_member")

    def remove_member(self, Member: str, Name: str | None = None, Id: str | None = None) -> Any:
        have = self._ready(Name, Id).values.get("Members") or []
        if Member not in have:
            raise refusal("NotFound", "no such member")
        left = sorted({*have} - {Member})
        return self._set(Name, Id, "Members", left, "remove_member")

    def list_named(self, Name: str | None = None, Id: str | None = None, **page: Any) -> Any:
        found = self._get(Name, Id).values.get("Named") or {}
        return _page(sorted(found), "Names", page)

    def get_named(self, Item: str, Name: str | None = None, Id: str | None = None) -> Any:
        return {"Document": (self._get(Name, Id).values.get("Named") or {})[Item]}

    def put_named(
        self, Item: str, Document: Any, Name: str | None = None, Id: str | None = None
    ) -> Any:
        have = self._ready(Name, Id).values.get("Named") or {}
        return self._set(Name, Id, "Named", {**have, Item: Document}, "put_named")

    def delete_named(self, Item: str, Name: str | None = None, Id: str | None = None) -> Any:
        have = dict(self._ready(Name, Id).values.get("Named") or {})
        if Item not in have:
            raise refusal("NotFound", "no such item")
        del have[Item]
        return self._set(Name, Id, "Named", have, "delete_named")

    # -- the alias of what is found by tag

    def list_keys(self, **page: Any) -> Any:
        return _page([{"Id": thing.id} for thing in self._mine()], "Keys", page)

    def list_aliases(self, Id: str | None = None, **page: Any) -> Any:
        asked = [self._get(None, Id)] if Id else [*self._mine()]
        named = [{"Alias": t.values["Alias"], "Id": t.id} for t in asked if t.values.get("Alias")]
        return _page(named, "Aliases", page)

    def create_alias(self, Alias: str, TargetId: str) -> Any:
        thing = self._there(None, TargetId)
        holder = next((t for t in self._mine() if t.values.get("Alias") == Alias), None)
        if holder is thing:
            return {}
        if holder is not None:
            raise refusal("AlreadyExists", Alias)
        thing.values["Alias"] = Alias
        return self._wrote("create_alias", thing)

    def delete_alias(self, Alias: str) -> Any:
        thing = self._get(None, Alias)
        thing.values["Alias"] = None
        return self._wrote("delete_alias", thing)
