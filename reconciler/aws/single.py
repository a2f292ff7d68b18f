"""Read one resource: its description, its parts, its tags, its state.

Used where a bulk listing is not enough, and before and after every step of an
apply. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from reconciler.aws.errors import AwsError, Gone, Rejected, contradiction, incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.address import Address
from reconciler.model.change import Observed, Status
from reconciler.model.value import Json, Path, Props
from reconciler.resources.api import OWNERSHIP, Lifecycle, Place, Resource, Tagging, fill, lookup
from reconciler.resources.generic import MODEL, PRIMARY
from reconciler.resources.whole import every
from reconciler.resources.whose import Marked, Within, inherited, told, unsigned
from reconciler.secret.redact import redact


class Single:
    """Reads resources of a place through one session."""

    def __init__(self, session: Session, place: Place) -> None:
        self.session = session
        self.place = place

    def slots(self, resource: Resource, name: str, outputs: Props) -> dict[str, Json]:
        """Template slots of a live resource: the fixed ones, predictions and its outputs."""
        fixed = self.place.slots(name)
        predicted = {key: fill(text, fixed) for key, text in resource.predict.items()}
        return {**predicted, **outputs, **fixed}

    def read(
        self,
        resource: Resource,
        address: Address,
        wanted: Iterable[str] | None,
        *,
        tags: Mapping[str, str] | None = None,
        key: Props | None = None,
    ) -> Observed | None:
        """The live resource, with the properties in `wanted`; nothing when it is absent.

        Without `wanted` it has everything that its description says.

        `tags` are taken as given where known, else read. `key` addresses the
        resource where its name does not.

        Raises:
            AwsError: its state could not be found out.
        """
        reader = ReadOnly(self.session, resource.service, resource.absent)
        slots = self.slots(resource, address.name, {})
        if not key and resource.generic and PRIMARY not in slots:
            return None  # AWS chooses what addresses it, and nobody has found it
        params = dict(key) if key else _filled(resource.read.params, slots)
        try:
            raw = self._describe(reader, resource, params)
        except Gone:
            return None
        try:
            raw = self._detailed(reader, resource, raw, slots, wanted)
            if (root := resource.root.decode(raw)) is None:
                return None
            outputs = {name: value_at(root, path) for name, path in resource.outputs.items()}
            slots = self.slots(resource, address.name, outputs)
            if self._retired(reader, resource, raw, slots):
                return None
            return self._rest(reader, resource, wanted, root, outputs, slots, raw, tags)
        except Gone as error:
            if self._vanished(resource, params):
                return None
            raise contradiction(error.what, f"it is there, and {error.code} here") from error
        except Rejected:
            if self._vanished(resource, params):
                return None
            raise

    def _retired(
        self, reader: ReadOnly, resource: Resource, raw: Json, slots: Mapping[str, Json]
    ) -> bool:
        """Whether it was deleted by us and only waits for AWS to forget it."""
        lifecycle = resource.lifecycle
        at = tuple(lifecycle.field.split(".")) if lifecycle else ()
        if not lifecycle or value_at(raw, at) not in lifecycle.retired:
            return False
        last = {part.prop for part in resource.parts if part.last}
        return not any(self.parts(reader, resource, last, slots).values())

    def _vanished(self, resource: Resource, params: Props) -> bool:
        """Whether it went between its description and a later read of the same look."""
        reader = ReadOnly(self.session, resource.service, resource.absent)
        try:
            self._describe(reader, resource, params)
        except Gone:
            return True
        return False

    def _rest(  # noqa: PLR0913 - the pieces one description falls into
        self,
        reader: ReadOnly,
        resource: Resource,
        wanted: Iterable[str] | None,
        root: Json,
        outputs: Props,
        slots: Mapping[str, Json],
        raw: Json,
        tags: Mapping[str, str] | None,
    ) -> Observed:
        names = set(root) if wanted is None else {*wanted, *resource.carried}
        props = {prop: root[prop] for prop in names if prop in root}
        missing: list[Gone] = []
        props |= self.parts(reader, resource, names - props.keys(), slots, missing)
        try:
            if resource.generic:
                own = resource.generic.tags(root)
                tags = own or tags or own  # some handlers leave out what the index has
            elif tags is None and resource.tags:
                tags = read_tags(reader, resource.tags, slots)
            elif resource.whose:
                tags = self.whose(resource, str(slots["name"]), root, tags)
        except Gone as error:
            missing.append(error)
        if missing:
            raise missing[0]
        shown = unsigned(props, resource.whose)
        status, reason, word = state(resource.lifecycle, raw)
        home = resource.regions({**root, **props})
        context = {MODEL: root} if resource.generic else {}
        return Observed(
            shown, outputs, status, reason, tags, context=context, home=home, state=word
        )

    def going(self, resource: Resource, address: Address, seen: Observed) -> Observed:
        """A resource that is to be deleted, with the parts that must go before it.

        Raises:
            AwsError: they could not be read.
        """
        if not (last := {it.prop for it in resource.parts if it.last} - seen.props.keys()):
            return seen
        reader = ReadOnly(self.session, resource.service, resource.absent)
        found = self.parts(reader, resource, last, self.slots(resource, address.name, seen.outputs))
        return replace(seen, props={**seen.props, **found})

    def whose(
        self, resource: Resource, name: str, props: Props, tags: Mapping[str, str] | None
    ) -> Mapping[str, str] | None:
        """Tags, or what stands for them where a type takes none; see `resources.whose`.

        Raises:
            Gone: what it is in is not there.
            AwsError: they could not be read.
        """
        if isinstance(resource.whose, Marked):
            return told(props.get(resource.whose.prop))
        if tags or not isinstance(resource.whose, Within):
            return tags
        parent, name = lookup(resource.whose.type), name.rpartition("/")[0]
        if parent is None or parent.tags is None:
            msg = f"{resource.whose.type} has no tags that say whose it is"
            raise TypeError(msg)
        reader = ReadOnly(self.session, parent.service, parent.absent)
        if parent.told_by_tag:  # AWS chose what addresses its tags
            seen = self.read(parent, Address(parent.type, name), ())
            return inherited((seen.tags if seen else None) or {}, OWNERSHIP)
        return inherited(read_tags(reader, parent.tags, self.slots(parent, name, {})), OWNERSHIP)

    def _describe(self, reader: ReadOnly, resource: Resource, params: Props) -> Json:
        body: dict[str, Any] = dict(reader.call(resource.read.method, params))
        for member, token in resource.paged.items():
            seen: set[str] = set()
            while body.get(token):
                if body[token] in seen:
                    raise incomplete(resource.read.method, "it names a page that was read")
                seen.add(body[token])
                page = reader.call(resource.read.method, {**params, token: body[token]})
                body[member] = [*body[member], *page[member]]
                body[token] = page.get(token)
        return body

    def _detailed(
        self,
        reader: ReadOnly,
        resource: Resource,
        raw: Json,
        slots: Mapping[str, Json],
        wanted: Iterable[str] | None,
    ) -> Json:
        """A description with what takes further reads; see `Detail`."""
        for detail in resource.details:
            if detail.prop and wanted is not None and detail.prop not in wanted:
                continue
            named = {
                param: value_at(raw, (*path.split("."),)) for param, path in detail.takes.items()
            }
            if None in named.values():
                continue
            params = {**_filled(detail.params, slots), **named}
            answer = reader.maybe(detail.method, params, detail.unset)
            if answer is not None:
                found = value_at(answer, (*detail.at.split("."),)) if detail.at else answer
                raw = {**raw, detail.into: found}
        return raw

    def parts(
        self,
        reader: ReadOnly,
        resource: Resource,
        wanted: Iterable[str],
        slots: Mapping[str, Json],
        missing: list[Gone] | None = None,
    ) -> dict[str, Json]:
        """The wanted properties that have calls of their own.

        With `missing` all are read, and what says that nothing is there goes into it.

        Raises:
            Gone: the resource of one is not there, without `missing`.
        """
        names = set(wanted)
        parts = [part for part in resource.parts if part.prop in names]
        key = _filled(resource.key, slots) if parts else {}
        found: dict[str, Json] = {}
        for part in parts:
            try:
                found[part.prop] = part.read(reader, key)
            except Gone as error:
                if missing is None:
                    raise
                missing.append(error)
        return found


def _filled(templates: Mapping[str, Json], slots: Mapping[str, Json]) -> dict[str, Json]:
    return {name: fill(value, slots) for name, value in templates.items()}


def read_tags(reader: ReadOnly, tagging: Tagging, slots: Mapping[str, Json]) -> dict[str, str]:
    """A resource's tags from its own service.

    Raises:
        AwsError: they could not be read.
    """
    if tagging.inside:
        msg = "tags that are a property are read with the rest"
        raise ValueError(msg)
    params = _filled(tagging.read.params, slots)
    try:
        if tagging.mapped:
            return dict(reader.call(tagging.read.method, params).get(tagging.at) or {})
        found = reader.pages(tagging.read.method, params, tagging.at)
    except AwsError as error:
        if error.code in tagging.unset:
            return {}
        raise
    key, value = tagging.item
    return {tag[key]: tag[value] for tag in found}


def state(lifecycle: Lifecycle | None, raw: Json) -> tuple[Status, str, str]:
    """Whether a resource can be worked on, why not by AWS's words, and its word for the state."""
    if lifecycle is None:
        return Status.READY, "", ""
    word = str(value_at(raw, tuple(lifecycle.field.split("."))) or "")
    reason = redact(str(value_at(raw, tuple(lifecycle.reason.split("."))) or ""))
    elsewhere = [(each, str(w)) for each in lifecycle.settles for w in every(raw, each.path) if w]
    settling = next((told for each, told in elsewhere if told in each.busy), "")
    badly = next((told for each, told in elsewhere if told in each.failed), "")
    why = f"{word}: {reason}" if reason else word
    if word in lifecycle.failed:
        return Status.FAILED, why, word
    if word in lifecycle.scheduled | lifecycle.stuck:
        return Status.READY, why, word
    if word in lifecycle.busy:
        return Status.BUSY, word, word
    if settling:
        return Status.BUSY, settling, word
    if badly:
        return Status.READY, reason or badly, word
    if word and word not in lifecycle.ready:
        return Status.BUSY, word, word
    return Status.READY, reason, word


def value_at(body: Json, path: Path) -> Json:
    """The value at a path of an answer; nothing where it ends early. ``*`` is the first item."""
    for key in path:
        if key == "*" and isinstance(body, list | tuple):
            body = next(iter(body), None)
            continue
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body
