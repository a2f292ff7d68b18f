"""The resources of a type in one account and region: made, found, changed and deleted.

What `types` says moto has as well is made there, and read there: an object is the same one by
whichever way it was made. Its write-only values are kept here.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.sandbox.services.cloudcontrol import identifiers, made, paths, types
from reconciler.sandbox.services.cloudcontrol.identifiers import Asked
from reconciler.sandbox.services.cloudcontrol.made import Place
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.schema import Kind
from reconciler.sandbox.services.cloudcontrol.store import CloudControlBackend, Record
from reconciler.sandbox.state.world import WORLD


@dataclass(frozen=True)  # not slotted: the native part is looked up once
class Shelf:
    """The resources of a type."""

    backend: CloudControlBackend
    kind: Kind

    @cached_property
    def native(self) -> Any:  # noqa: ANN401  (a file of `types`)
        """What makes it in moto, if it is made there."""
        return types.native(self.kind.name)

    @property
    def aws(self) -> Aws:
        """The rest of the sandbox, here."""
        where = self.backend
        return Aws(where.account_id, where.region_name, where.partition)

    @property
    def _records(self) -> dict[str, Record]:
        return self.backend.of(self.kind.name)

    def find(self, asked: Asked) -> Record | None:
        """What a call asks for, if it is there; deleted ones that linger are."""
        self._sweep()
        if self.native:
            return self._found(asked)
        if not asked.primary:
            return next((it for it in self._records.values() if self._has(it, asked)), None)
        if found := self._records.get(asked.text):
            return found
        if not self.kind.habits.short:
            return None
        alike = (it for it in self._records.values() if identifiers.alike(it.parts, asked.parts))
        return next(alike, None)

    def every(self) -> list[Record]:
        """All of them, in the order in which they were made."""
        self._sweep()
        if self.native:
            found = [self._seen(tuple(parts)) for parts in self.native.listed(self.aws)]
            return [record for record in found if record]
        return sorted(self._records.values(), key=lambda record: record.number)

    def taken(self, parts: tuple[str, ...]) -> bool:
        """Whether there is one of that name, or was one a moment ago."""
        name = "|".join(parts)
        held = self.backend.held.get((self.kind.name, name), 0.0)
        there = self.find(Asked(name, self.kind.identity, parts)) is not None
        return there or held > WORLD.clock.now()

    def place(self, number: int) -> Place:
        """Where a new one is made."""
        where = self.backend
        now = WORLD.clock.now()
        return Place(where.account_id, where.region_name, where.partition, number, now)

    def create(self, desired: dict[str, Json], number: int, parts: tuple[str, ...]) -> Record:
        """Make one.

        Raises:
            Broken: moto refuses it.
        """
        if self.native:
            made_parts = tuple(self.native.create(self.aws, deepcopy(desired)))
            return self._seen(made_parts, desired) or self._record(made_parts, desired, number)
        return self._record(parts, desired, number)

    def _record(self, parts: tuple[str, ...], desired: dict[str, Json], number: int) -> Record:
        place, model = self.place(number), deepcopy(desired)
        for path, part in zip(self.kind.identity, parts, strict=True):
            if path not in self.kind.facts.read_only:
                paths.fill(model, path, part)
        made.below(self.kind, model, place)
        record = Record(
            type=self.kind.name,
            parts=parts,
            model=model,
            made=made.values(self.kind, model, parts, place),
            arn=made.arn(self.kind, parts, place),
            account=place.account,
            region=place.region,
            number=number,
            created=place.now,
            modified=place.now,
        )
        self._records[record.identifier] = record
        return record

    def update(self, record: Record, desired: dict[str, Json]) -> None:
        """Let what is asked for take the place of all that was: what it leaves out is lost.

        Raises:
            Broken: moto refuses it.
        """
        model = {name: value for name, value in desired.items() if name not in record.made}
        if self.native:
            self.native.update(self.aws, record.parts, deepcopy(record.model), deepcopy(model))
        model = types.kept(self.kind.name, record.model, model)
        record.model, record.modified = deepcopy(model), WORLD.clock.now()
        made.below(self.kind, record.model, self.place(record.number))

    def delete(self, record: Record) -> None:
        """Take it away, at once or after it has lingered.

        Raises:
            Broken: moto refuses it.
        """
        habits, now = self.kind.habits, WORLD.clock.now()
        if self.native:
            self.native.delete(self.aws, record.parts)
        types.take_along(self.kind.name, record.parts, self.backend.of)
        if habits.held:
            self.backend.held[self.kind.name, record.identifier] = now + habits.held
        record.ends = now + habits.lingers
        self._sweep()

    def _sweep(self) -> None:
        now = WORLD.clock.now()
        for identifier, record in [*self._records.items()]:
            if record.ends is not None and record.ends <= now:
                del self._records[identifier]

    def _has(self, record: Record, asked: Asked) -> bool:
        both = {**record.model, **record.made}
        values = (next(paths.values_whole(both, path), None) for path in asked.paths)
        return all(str(v) == p for v, p in zip(values, asked.parts, strict=True))

    # -- what moto has

    def _found(self, asked: Asked) -> Record | None:
        if not asked.parts:
            return None
        if asked.primary:
            return self._seen(asked.parts)
        return next((it for it in self.every() if self._has(it, asked)), None)

    def _seen(
        self, parts: tuple[str, ...], desired: dict[str, Json] | None = None
    ) -> Record | None:
        """What moto shows now, with the write-only values that were last sent."""
        known = self._records.get("|".join(parts))
        if known is not None and known.ends is not None:
            return known
        shown = self.native.read(self.aws, parts)
        if shown is None:
            if self._records.pop("|".join(parts), None):
                types.take_along(self.kind.name, parts, self.backend.of)
            return None
        hidden = [path for path in self.kind.facts.write_only if path not in self.kind.identity]
        sent = desired if desired is not None else known.model if known else {}
        read_only = {path[0] for path in self.kind.facts.read_only if len(path) == 1}
        model = {name: value for name, value in shown.items() if name not in read_only}
        for path in hidden:
            _keep(model, sent, path)
        now = WORLD.clock.now()
        where = self.place(0)
        record = known or Record(
            type=self.kind.name,
            parts=parts,
            model={},
            made={},
            arn=made.arn(self.kind, parts, where),
            account=where.account,
            region=where.region,
            number=0,
            created=now,
            modified=now,
        )
        if known is None:
            record.number = WORLD.next_number()
        record.model = model
        record.made = {name: value for name, value in shown.items() if name in read_only}
        self._records[record.identifier] = record
        return record


def _keep(model: dict[str, Json], sent: dict[str, Json], path: paths.Path) -> None:
    """Put a write-only value that was sent back to where it belongs."""
    value = next(paths.values_whole(sent, path), None)
    if value is None:
        return
    here = model
    for name in path[:-1]:
        here = here.setdefault(name, {})
        if not isinstance(here, dict):
            return
    here[path[-1]] = deepcopy(value)
