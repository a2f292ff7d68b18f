"""What handlers have against an update though the schema allows it."""

from __future__ import annotations

import json

from reconciler.sandbox.services.cloudcontrol import paths
from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.patch import same
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.reading import reading
from reconciler.sandbox.services.cloudcontrol.schema import Kind
from reconciler.sandbox.services.cloudcontrol.store import Record


def check(of: Kind, record: Record, desired: dict[str, Json]) -> None:
    """Hold a change to what the handler has against it.

    Raises:
        Broken: it is refused.
    """
    habits = of.habits
    if not _tags_may(of, record, desired):
        raise Broken("NotUpdatable", "Tags of this resource type cannot be changed.")
    for path, code in habits.refuses.items():
        now = [*paths.values({**record.model, **record.made}, paths.split(path))]
        if not same(now, [*paths.values(desired, paths.split(path))]):
            raise Broken(code, f"The property {path} cannot be changed.")
    for path in habits.adds:
        if paths.split(path)[0] not in desired:
            raise Broken("InvalidRequest", "The security token included in the request is invalid.")
    for half, other in habits.twins.items():
        for holder in paths.holders(desired, paths.split(half)):
            names = {paths.split(half)[-1], paths.split(other)[-1]}
            if names <= holder.keys():
                text = f"You must specify exactly one of {', '.join(sorted(names))}"
                raise Broken("GeneralServiceException", text)
    if habits.idle_refused and same(_bare(of, reading(of, record)), _bare(of, desired)):
        raise Broken("InvalidRequest", "No changes were made to the resource.")


def _tags_may(of: Kind, record: Record, desired: dict[str, Json]) -> bool:
    """Whether tags are as they were, or may be changed."""
    where, tagging = of.facts.tag_property, of.facts.tagging
    if tagging is None or tagging.updatable:
        return True
    return paths.tags(record.model, where) == paths.tags(desired, where)


def _bare(of: Kind, model: dict[str, Json]) -> Json:
    """A model by what it means and a read can show."""
    hidden = {path[0] for path in of.facts.write_only if len(path) == 1}
    return {name: _meant(value) for name, value in model.items() if name not in hidden}


def _meant(value: Json) -> Json:
    """JSON text parsed, and lists in some order."""
    if isinstance(value, dict):
        return {name: _meant(it) for name, it in value.items()}
    if isinstance(value, list):
        return sorted((_meant(it) for it in value), key=lambda it: json.dumps(it, sort_keys=True))
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return _meant(json.loads(value))
        except ValueError:
            return value
    return value
