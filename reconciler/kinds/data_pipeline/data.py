"""Named data of steps: where it is, who may touch it, and how a job is told.

A step reads what an earlier one writes, or what a DataSource or the history of a FeatureGroup
holds. Everything else follows from these names: parameters, permissions and lineage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.kinds.api import Path, Problem, Role, Scope
from reconciler.kinds.data_pipeline.api import STEPS, Place, Read, Site, Step, Write, all_steps
from reconciler.kinds.data_pipeline.template import PATHS, Template, TemplateError
from reconciler.kinds.terms.location import inside
from reconciler.kinds.terms.permissions import allow_find
from reconciler.kinds.terms.text import text
from reconciler.model.value import Json

_WRITES = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)
"""Spark writes beside the place, renames and removes what it has written."""
Known = Mapping[str, Write]


def every_read(step: Step) -> Iterator[tuple[Path, str, Read]]:
    """What a step reads: under `reads`, and where its own kind says so."""
    for name, read in step.reads.items():
        yield ("reads", name), name, read
    for path, name, read in STEPS[step.kind].reads(step.said):
        yield (step.kind, *path), name, read


def outputs(steps: Iterable[Step]) -> dict[str, Write]:
    """What steps write, as ``STEP.NAME``."""
    return {
        f"{step.name}.{name}": write
        for _, step, _ in all_steps(steps)
        for name, write in step.writes.items()
    }


def problems(steps: Iterable[Step], parameters: Mapping[str, Json]) -> Iterator[Problem]:
    """Reads of what nothing has produced, and places that cannot be."""
    steps, known = [*steps], {*parameters}
    for path, step, _ in all_steps(steps):
        named = step.said.parameter if step.kind == "map" else None
        if named is not None and not isinstance(parameters.get(named), list | tuple):
            text_ = f"there is no parameter {named!r} that is a list"
            help_ = f"add `parameters: {{{named}: [\u2026]}}`"
            yield Problem((*path, "map", "parameter"), text_, help_)
    writers = {
        f"{step.name}.{name}": path for path, step, _ in all_steps(steps) for name in step.writes
    }
    for path, step, _ in all_steps(steps):
        for below, _, read in every_read(step):
            yield from _read_problems(read, path, below, writers)
        places = [("writes", name, write.path) for name, write in step.writes.items()]
        places += [("reads", name, read.path or "") for name, read in step.reads.items()]
        said: list[tuple[Path, str]] = [
            ((where, name, "path"), written) for where, name, written in places
        ]
        said += [((step.kind, *at), it) for at, it in STEPS[step.kind].texts(step.said)]
        for below, written in said:
            yield from placeholders(written, known, (*path, *below), inner=in_map(path))


def in_map(path: Path) -> bool:
    """Whether a step is one of those that run for each item."""
    return "map" in path[2:3]


def _earlier(writer: Path, reader: Path) -> bool:
    """Whether one step has ended before another one starts; both by their paths."""
    if writer[:2] != reader[:2]:
        return int(writer[1]) < int(reader[1])
    return writer[:-1] == reader[:-1] and int(writer[-1]) < int(reader[-1])


def _read_problems(
    read: Read, step: Path, below: Path, writers: Mapping[str, Path]
) -> Iterator[Problem]:
    path = (*step, *below)
    given = [each for each in (read.from_, read.source, read.feature_group) if each is not None]
    if len(given) != 1:
        yield Problem(path, "give one of 'from', 'source' and 'featureGroup'")
        return
    if read.path is not None and read.source is None:
        yield Problem((*path, "path"), "'path' belongs to 'source'", "remove it")
    if read.from_ is None:
        return
    writer = writers.get(read.from_)
    if writer is not None and _earlier(writer, step):
        return
    before = ", ".join(sorted(name for name, at in writers.items() if _earlier(at, step)))
    help_ = f"written before it: {before or 'nothing'}; a DataSource is read with 'source'"
    said = f"no step writes {read.from_!r}"
    if writer is not None:
        said = f"{read.from_!r} is written by a step that has not ended before this one starts"
    yield Problem((*path, "from"), said, help_, code="PIPE001")


def placeholders(
    written: str, parameters: set[str], path: Path, *, inner: bool
) -> Iterator[Problem]:
    """What is wrong with the placeholders of a text."""
    try:
        found = Template.read(written)
    except TemplateError as error:
        yield Problem(path, str(error), "a brace itself is written twice")
        return
    for each in sorted(found.names):
        name = each.removeprefix("$.settings.")
        if each != name and name not in parameters:
            known = ", ".join(sorted(parameters)) or "none"
            yield Problem(path, f"there is no parameter {name!r}", f"parameters are: {known}")
        if each == "$.item" and not inner:
            yield Problem(path, "'{item}' is known inside of 'map' only", "use another placeholder")


# -- places


def resolve(read: Read, known: Known, scope: Scope, *, item: bool) -> Place:
    """Where data is that a step reads; `item` says whether it runs for one item of several."""
    if read.from_ is not None:
        place = written(known[read.from_], scope)
        return place if item else _outside(place)
    if read.feature_group is not None:
        return _history(read.feature_group, scope)
    return _in(read.source or "", read.path or "", scope)


def written(write: Write, scope: Scope) -> Place:
    """Where data is that a step writes."""
    return _in(write.source, write.path, scope)


def _in(source: str, path: str, scope: Scope) -> Place:
    template = Template.read(path.rstrip("/"))
    whole = inside(scope, "DataSource", source)
    pattern = template.pattern()
    spot = inside(scope, "DataSource", source, str(pattern), tree=True)
    uri = template.after(whole.uri, "/" if path else "")
    return Place(uri, spot, "DataSource", source, path)


def _outside(place: Place) -> Place:
    """What was written for all items: the place above that of each."""
    item = PATHS["item"]
    if item not in place.uri.paths:
        return place
    at = place.uri.paths.index(item)
    return replace(place, uri=Template(place.uri.pieces[: at + 1], place.uri.paths[:at]))


def _history(group: str, scope: Scope) -> Place:
    spot = inside(scope, "FeatureGroup", group, tree=True)
    base = scope.export("FeatureGroup", group, "prefix")
    spot = spot._replace(objects=text(spot.bucket, f"/{base}*"))
    return Place(Template((spot.uri,)), spot, "FeatureGroup", group, "")


# -- permissions and parameters


def allow_data(role: Role, site: Site) -> None:
    """Read what is read, and write what is written."""
    for place in site.reads.values():
        allow_find(site.scope, role, place.spot)
    for place in site.writes.values():
        allow_output(role, place, site.scope)


def allow_output(role: Role, place: Place, scope: Scope, *, anew: bool = True) -> None:
    """Write a place, and `anew` over what is there, as Spark and tables of Iceberg do."""
    actions = [each for each in _WRITES if anew or each != "s3:DeleteObject"]
    scope.grant(role, actions, on=(place.spot.objects,))
    scope.grant(role, ("s3:GetBucketLocation", "s3:ListBucket"), on=(place.spot.bucket,))
    if place.spot.key is not None:
        scope.grant(role, ("kms:Decrypt", "kms:GenerateDataKey"), on=(place.spot.key,))


def arguments(site: Site) -> dict[str, Template]:
    """Where data is, by its name."""
    return {name: place.uri for name, place in {**site.reads, **site.writes}.items()}


def fields(given: Mapping[str, Template]) -> dict[str, Json]:
    """Members of a state's parameters from templates."""
    return {key: value for name, each in given.items() for key, value in each.field(name).items()}
