"""Combinations that SageMaker refuses. Limits: AWS_FACTS 2; SageMaker API, OfflineStoreConfig."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Path, Problem
from reconciler.kinds.feature_group.spec import Feature, FeatureGroup, at_version

RESERVED = frozenset({"is_deleted", "write_time", "api_invocation_time"})
"""Names that SageMaker adds to the offline store itself."""
_OWN = ("aws_name", "version", "earlier", "offline", "throughput", "share")
"""What an existing group does not take from its spec."""


def check(spec: FeatureGroup) -> Iterator[Problem]:
    yield from _check_version(spec, ())
    for number, old in spec.earlier.items():
        here = ("earlier", number)
        if int(number) >= spec.version:
            text = f"version {number} is not before version {spec.version}"
            yield Problem(here, text, "raise 'version', or correct the number", on_key=True)
        found = _check_version(at_version(spec, int(number)), here)
        yield from (each for each in found if _said(each.path, here, old.model_fields_set))
    if spec.existing is not None:
        yield from _check_existing(spec)
    if spec.aws_name is not None and {"version", "earlier"} & spec.model_fields_set:
        name = "version" if "version" in spec.model_fields_set else "earlier"
        help_ = f"remove {name!r}, or 'awsName'"
        yield Problem((name,), "a name of its own carries no version", help_)
    yield from _check_share(spec)


def _said(path: Path, here: Path, given: set[str]) -> bool:
    """Whether an earlier version says itself what is wrong in it, and not what it is like."""
    return path == here or path[2].lower() in {name.replace("_", "") for name in given}


def _check_version(spec: FeatureGroup, here: Path) -> Iterator[Problem]:
    for alias, name in (("recordId", spec.record_id), ("eventTime", spec.event_time)):
        if name not in spec.features:
            help_ = f"add {name!r} to 'features', or name one of them"
            path = (*here, "features") if here else (alias,)
            yield Problem(path, f"{name!r} is not one of the features", help_)
        elif spec.features[name].collection is not None:
            text = f"a {alias} has one value, and {name!r} is a {spec.features[name].collection}"
            yield Problem((*here, "features", name, "collection"), text, "remove 'collection'")
    time = spec.features.get(spec.event_time)
    if time is not None and time.type == "integral":
        help_ = "use string (ISO 8601) or fractional (seconds since 1970)"
        path = (*here, "features", spec.event_time)
        yield Problem(path, "an event time cannot be integral", help_)
    for name, feature in spec.features.items():
        path = (*here, "features", name)
        if name.lower() in RESERVED:
            text_ = f"{name!r} is a name that SageMaker uses itself"
            yield Problem(path, text_, "choose another name")
        yield from _check_collection(feature, spec, path)
    yield from _check_twins(spec, here)
    yield from _check_stores(spec, here)


def _check_collection(feature: Feature, spec: FeatureGroup, path: Path) -> Iterator[Problem]:
    """Source: SageMaker API, FeatureDefinition; developer guide, "Collection types"."""
    if feature.collection is None:
        if feature.dimension is not None:
            help_ = "add 'collection: vector', or remove it"
            yield Problem((*path, "dimension"), "only a vector has a dimension", help_)
        return
    if spec.existing is None and (spec.online is None or spec.online.storage != "inMemory"):
        text = f"a {feature.collection} needs an online store in memory"
        help_ = "write 'online: {storage: inMemory}', or keep it in a string"
        yield Problem((*path, "collection"), text, help_)
    if feature.collection == "vector":
        if feature.type != "fractional":
            yield Problem((*path, "type"), "a vector has fractions", "use fractional")
        if feature.dimension is None:
            yield Problem((*path, "collection"), "a vector has a dimension", "add 'dimension'")
    elif feature.dimension is not None:
        help_ = "use 'collection: vector', or remove it"
        yield Problem((*path, "dimension"), "only a vector has a dimension", help_)


def _check_twins(spec: FeatureGroup, here: Path) -> Iterator[Problem]:
    """The table of the history has its columns in small letters."""
    if spec.offline is None:
        return
    first: dict[str, str] = {}
    for name in spec.features:
        other = first.setdefault(name.lower(), name)
        if other != name:
            text = f"{name!r} and {other!r} are one column of the table, whose names are small"
            yield Problem((*here, "features", name), text, "rename one of them", on_key=True)


def _check_stores(spec: FeatureGroup, here: Path) -> Iterator[Problem]:
    online, offline = spec.online, spec.offline
    if online is None and offline is None and spec.existing is None:
        help_ = "add 'online: {}', 'offline: {}' or both"
        yield Problem(here, "a feature group needs a store", help_)
    if spec.throughput is not None and online is not None and online.storage == "inMemory":
        help_ = "remove 'throughput', or use standard storage"
        path = (*here, "throughput")
        yield Problem(path, "in-memory storage takes no provisioned capacity", help_)
    if offline is None:
        return
    if not offline.glue_table and offline.format == "iceberg":
        help_ = "write `format: glue`, or leave the table on"
        path = (*here, "offline", "glueTable")
        yield Problem(path, "an Iceberg table is in the Glue catalog", help_)
    if offline.path and offline.to is None:
        yield Problem((*here, "offline", "path"), "a path needs a DataSource", "add 'to'")


def _check_existing(spec: FeatureGroup) -> Iterator[Problem]:
    for name in (name for name in _OWN if name in spec.model_fields_set):
        alias = FeatureGroup.model_fields[name].alias or name
        help_ = "remove it, or remove 'existing' to let Moorline make a group"
        yield Problem((alias,), "Moorline does not manage an existing group", help_)


def _check_share(spec: FeatureGroup) -> Iterator[Problem]:
    share = spec.share
    if share is None:
        return
    if not (share.accounts or share.organizations or share.teams):
        help_ = "add 'accounts', 'organizations' or 'teams'"
        yield Problem(("share",), "it is shared with nobody", help_)
    for at, account in enumerate(share.accounts):
        if account in share.accounts[:at]:
            path = ("share", "accounts", str(at))
            yield Problem(path, f"account {account} is named twice", "remove one of them")
