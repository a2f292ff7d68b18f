"""The registries of an environment: their groups, their policies, and what deploys from them. Pure.

A spec of any kind deploys from a registry if it refers to one and exports an endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.compile import compiler
from reconciler.compile.spec import Spec
from reconciler.kinds.api import Lacking
from reconciler.model.value import Json, Path
from reconciler.specs.overlay import EnvironmentView

KIND = "ModelRegistry"
VERSION = "version"


@dataclass(frozen=True, slots=True)
class Deployer:
    """A spec that serves versions of a registry."""

    spec: Spec
    endpoint: str
    path: Path
    """Where in its `spec` the registry and the version are said: ``("model",)``."""
    version: int | str
    """What it serves: a number, or ``latest-approved``."""


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry of an environment."""

    name: str
    group: str
    policy: Mapping[str, Json] | None
    """As `registry.policy.read` takes it; nothing where the registry has none."""
    deployers: tuple[Deployer, ...] = ()
    keep: Mapping[str, Json] | None = None
    """As `registry.pruning` takes it; nothing where all versions stay."""


def registries(specs: Iterable[Spec], view: EnvironmentView) -> dict[str, Registry]:
    """The registries that the specs make, by name."""
    known = [*specs]
    exported = compiler.exported(known, view)
    found = {}
    for id_, about in exported.items():
        kind, _, name = id_.partition("/")
        group, policy = about.get("groupName"), about.get("policy")
        if kind == KIND and isinstance(group, str):
            stated = policy if isinstance(policy, Mapping) else None
            keep = about.get("keep")
            found[name] = Registry(
                name,
                group,
                stated,
                tuple(_deployers(name, known, exported)),
                keep if isinstance(keep, Mapping) else None,
            )
    return found


def _deployers(
    name: str, specs: Iterable[Spec], exported: Mapping[str, Mapping[str, Json | Lacking]]
) -> Iterator[Deployer]:
    for spec in specs:
        endpoint = exported.get(spec.id, {}).get("endpointName")
        for path, kind, target in spec.uses:
            if (kind, target) == (KIND, name) and isinstance(endpoint, str):
                here = path[:-1]
                yield Deployer(spec, endpoint, here, _version(spec, here))


def _version(spec: Spec, path: Path) -> int | str:
    found: object = spec.model
    for step in path:
        found = getattr(found, step, None)
    version = getattr(found, VERSION, "")
    return version if isinstance(version, int | str) else ""
