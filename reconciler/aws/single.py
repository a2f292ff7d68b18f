"""Read one resource: its description, its parts, its tags, its state.

Used where a bulk listing is not enough, and before and after every step of an
apply. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.aws.errors import AwsError, Gone, Rejected, contradiction, incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.address import Address
from reconciler.model.change import Observed, Status
from reconciler.model.value import Json, Path, Props
from reconciler.resources.api import Lifecycle, Place, Resource, Tagging, fill
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
        params = dict(key) if key else _filled(resource.read.params, slots)
        try:
            raw = self._describe(reader, resource, params)
        except Gone:
            return None
        root = resource.root.decode(raw)
        if root is None:
            return None
        outputs = {name: value_at(root, path) for name, path in resource.outputs.items()}
        slots = self.slots(resource, address.name, outputs)
        try:
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
        if not lifecycle:
            return False
        if value_at(raw, tuple(lifecycle.field.split("."))) not in lifecycle.retired:
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
            if tags is None and resource.tags:
                tags = read_tags(reader, resource.tags, slots)
        except Gone as error:
            missing.append(error)
        if missing:
            raise missing[0]
        status, reason, word = state(resource.lifecycle, raw)
        home = resource.regions({**root, **props})
        return Observed(props, outputs, status, reason, tags, home=home, state=word)

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
    params = _filled(tagging.read.params, slots)
    try:
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
    settling = ""
    if lifecycle.settles:
        settling = str(value_at(raw, tuple(lifecycle.settles.split("."))) or "")
    why = f"{word}: {reason}" if reason else word
    if word in lifecycle.failed:
        return Status.FAILED, why, word
    if word in lifecycle.scheduled | lifecycle.stuck:
        return Status.READY, why, word
    if word in lifecycle.busy:
        return Status.BUSY, word, word
    if settling in lifecycle.settling:
        return Status.BUSY, settling, word
    if settling in lifecycle.settled_badly:
        return Status.READY, reason or settling, word
    if word and word not in lifecycle.ready:
        return Status.BUSY, word, word
    return Status.READY, reason, word


def value_at(body: Json, path: Path) -> Json:
    """The value at a path of an answer; nothing where the path ends early."""
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body
