"""What AWS has of the versions now, where the spec has to know it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.kinds.api import Lookup, Scope, Severity
from reconciler.kinds.model_registry.spec import ModelRegistry
from reconciler.registry import Stage, Version, holders, version_of

LOOKUP = "model-versions"


class Known(NamedTuple):
    """The versions of the group; nothing where nobody looked, or there is no group yet."""

    versions: list[Version] | None = None


def lookups(spec: ModelRegistry, group: str) -> Iterator[Lookup]:
    """Only what is used is asked: a listing of the group's versions."""
    shown = spec.stages is not None or spec.existing is not None
    if shown or (spec.card is not None and spec.card.version is not None):
        yield Lookup(LOOKUP, (("group", group),))


def known(spec: ModelRegistry, group: str, scope: Scope) -> Known:
    """The answer."""
    for lookup in lookups(spec, group):
        found = scope.fact(lookup)
        if found is not None:
            return Known([version_of(each) for each in found])
    return Known()


def report(found: Known, scope: Scope) -> None:
    """Two versions in a stage that has one: whoever deploys by stage gets either."""
    for stage in (Stage.PRODUCTION,):
        both = [str(each.number) for each in holders(found.versions or (), stage)]
        if len(both) > 1:
            scope.problem(
                ("stages",),
                f"versions {' and '.join(both)} are both in {stage}",
                help=f"run `moorline registry promote` for the one that stays in {stage}",
                code="MODEL004",
                severity=Severity.WARNING,
            )
    foreign = [each for each in found.versions or () if each.stage is None]
    for each in foreign:
        scope.problem(
            ("stages",),
            f"version {each.number} is in stage {each.said_stage!r}, which is none of"
            f" {', '.join(Stage)}",
            help="set its stage to one of these",
            code="MODEL004",
            severity=Severity.WARNING,
        )
