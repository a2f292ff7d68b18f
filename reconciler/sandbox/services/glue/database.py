"""Databases of the catalog. Source: Glue API reference, CreateDatabase, DeleteDatabase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.glue.common import missing, page, sorted_records, there

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "database"
NAMES = {SERVICE: frozenset({"DatabaseName"})}
EVERYBODY = [
    {
        "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        "Permissions": ["ALL"],
    }
]


def find(call: Call, name: str) -> Record:
    """A database, in whatever case it is named."""
    record = call.records(KIND).get(name.lower())
    if record is None:
        raise missing(f"Database {name.lower()} not found.")
    return record


def create(call: Call) -> None:
    """CreateDatabase: names are kept in lower case."""
    given = call["DatabaseInput"]
    name = given["Name"].lower()
    if name in call.records(KIND):
        raise there("Database already exists.")
    data = {"CreateTableDefaultPermissions": EVERYBODY, **given, "Name": name}
    call.add(KIND, name, call.arn(f"database/{name}"), data, **(call.get("Tags") or {}))


def _shown(call: Call, record: Record) -> dict[str, Any]:
    return {
        **record.data,
        "CatalogId": call.backend.account_id,
        "CreateTime": round(record.created, 3),
    }


def get(call: Call) -> dict[str, Any]:
    """GetDatabase."""
    return {"Database": _shown(call, find(call, call["Name"]))}


def list_(call: Call) -> dict[str, Any]:
    """GetDatabases: all of each."""
    found = (_shown(call, each) for each in sorted_records(call.records(KIND)))
    return page(call, found, "DatabaseList")


def update(call: Call) -> None:
    """UpdateDatabase replaces what is there."""
    record = find(call, call["Name"])
    record.data = {
        "CreateTableDefaultPermissions": EVERYBODY,
        **call["DatabaseInput"],
        "Name": record.name,
    }


def delete(call: Call) -> None:
    """DeleteDatabase: all that is in it goes too."""
    record = find(call, call["Name"])
    tables = call.records("table")
    for name in [each for each in tables if each.startswith(f"{record.name}/")]:
        del tables[name]
    del call.records(KIND)[record.name]


OPERATIONS = {
    "CreateDatabase": create,
    "GetDatabase": get,
    "GetDatabases": list_,
    "UpdateDatabase": update,
    "DeleteDatabase": delete,
}
