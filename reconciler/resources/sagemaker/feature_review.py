"""What a feature group cannot do, what it meets when it is made, and what stays when it goes.

Sources: SageMaker API, UpdateFeatureGroup, DeleteFeatureGroup, OfflineStoreConfig; developer
guide, "Throughput modes"; Glue API, GetTable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.change import Action, Change, Effect, FieldChange
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json
from reconciler.resources.answers import absent
from reconciler.resources.review import Foreseeing, Look, Objection

FEATURES, ONLINE, OFFLINE = "FeatureDefinitions", "OnlineStoreConfig", "OfflineStoreConfig"
CATALOG, NONE = "DataCatalogConfig", "DisableGlueTableCreation"
_NO_TABLE = (absent("EntityNotFoundException"),)
_NO_GROUP = (absent("ResourceNotFound"),)
_DEFAULT = "AwsDataCatalog"
_MANY = 3


def review(change: Change) -> Iterable[FieldChange | Objection]:
    """What stands against a change of a live group, and what it does once only."""
    yield from _features(change)
    before = (change.live.get("ThroughputConfig") or {}).get("ThroughputMode")
    after = (change.desired.get("ThroughputConfig") or {}).get("ThroughputMode")
    if (before, after) == ("Provisioned", "OnDemand"):
        text = f"{change.address.name!r} goes back to capacity on demand: AWS lets it once a day"
        help_ = "if it did so within 24 hours, AWS refuses it; apply again after them"
        yield Objection("FEATURE004", text, help_, Severity.WARNING)


def _features(change: Change) -> Iterator[Objection]:
    """Features that went or changed: they stay as they are, whatever is allowed."""
    touched = [
        each for each in change.fields if each.path[0] == FEATURES and each.effect is Effect.REPLACE
    ]
    if not touched:
        return
    have = {each["FeatureName"]: each for each in change.live.get(FEATURES) or ()}
    want = {each["FeatureName"]: each for each in change.desired.get(FEATURES) or ()}
    gone = sorted(have.keys() - want.keys())
    other = sorted(name for name in have.keys() & want.keys() if have[name] != want[name])
    said = []
    if gone:
        said.append(f"has {_listed(gone)}, which the spec has not")
    if other:
        said.append(f"has another type for {_listed(other)}")
    text = f"{change.address.name!r} {' and '.join(said)}; a feature cannot be removed or retyped"
    help_ = (
        "say it in the spec as it is live; or raise 'version' for a new group, and keep this one"
        " under 'earlier' until nobody uses it"
    )
    yield Objection("FEATURE001", text, help_)


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_MANY])
    return shown if len(names) <= _MANY else f"{shown} and {len(names) - _MANY} more"


def foresee(step: Step, graph: Graph) -> Foreseeing:
    """Reads what a creation meets in the Glue catalog, or what a deletion leaves."""
    if step.action is Action.DELETE:
        return (yield from _left(step))
    store = step.desired.get(OFFLINE) or {}
    named = store.get(CATALOG)
    if not named:
        return ()
    table, database = str(named["TableName"]), str(named["Database"])
    params = {"DatabaseName": database, "Name": table}
    if named.get("Catalog", _DEFAULT) != _DEFAULT:
        params["CatalogId"] = str(named["Catalog"])
    found = yield Look("glue", "get_table", params, absent=_NO_TABLE)
    own = bool(store.get(NONE))
    if found is None and own and not _declared(graph, database, table):
        text = f"there is no table {database}.{table}, and the group makes none"
        help_ = "make the table first, or write 'glueTable: true'"
        return (Objection("FEATURE002", text, help_),)
    if found is not None and not own:
        text = f"there is a table {database}.{table} already, and the group cannot make it again"
        help_ = (
            "name another table; or drop that one if nothing needs it (the files stay), or take it"
            " with 'glueTable: false' and 'format: glue'"
        )
        return (Objection("FEATURE002", text, help_),)
    return ()


def _declared(graph: Graph, database: str, table: str) -> bool:
    """Whether the platform itself makes the table."""
    for node in graph:
        if node.address.type == "AWS::Glue::Table":
            made = node.props.get("TableInput") or {}
            names = (made.get("Name"), node.address.name.rpartition("/")[2])
            if table in names and _text(node.props.get("DatabaseName")) in {database, ""}:
                return True
    return False


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _left(step: Step) -> Foreseeing:
    """What of a group stays when it is deleted, by name."""
    key = {"FeatureGroupName": step.address.name}
    live = yield Look("sagemaker", "describe_feature_group", key, absent=_NO_GROUP)
    if live is None:
        return ()
    stays = [*_stays(live.get(OFFLINE) or {})]
    online = (live.get(ONLINE) or {}).get("EnableOnlineStore")
    lost = "the records of its online store go at once" if online else "it has no online store"
    text = f"{step.address.name!r}: {lost}; {' and '.join(stays) or 'nothing'} stays"
    help_ = "what stays is not deleted with the group; delete it yourself if nobody needs it"
    return (Objection("FEATURE003", text, help_, Severity.NOTE),)


def _stays(offline: Mapping[str, Json]) -> Iterator[str]:
    storage = offline.get("S3StorageConfig") or {}
    if uri := storage.get("ResolvedOutputS3Uri") or storage.get("S3Uri"):
        yield str(uri)
    if named := offline.get(CATALOG):
        yield f"the table {named.get('Database')}.{named.get('TableName')}"
