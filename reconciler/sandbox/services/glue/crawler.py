"""Crawlers. Source: Glue API reference, CreateCrawler, UpdateCrawler, StartCrawler and others.

A crawl takes its time and finds nothing: what a database holds is not here. How one ends can be
scripted by the crawler's name (`failed`). While it runs, changes of it are refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.glue import connection, database
from reconciler.sandbox.services.glue.common import (
    missing,
    now,
    page,
    sorted_records,
    there,
    wrong,
)
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "crawler"
NAMES = {SERVICE: frozenset({"CrawlerName", "CrawlerNames"})}
SECONDS = 120.0
"""How long a crawl takes."""
TARGETS = (
    "CatalogTargets",
    "DeltaTargets",
    "DynamoDBTargets",
    "HudiTargets",
    "IcebergTargets",
    "JdbcTargets",
    "MongoDBTargets",
    "S3Targets",
)
ADDED: dict[str, dict[str, Any]] = {
    "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "SchemaChangePolicy": {
        "UpdateBehavior": "UPDATE_IN_DATABASE",
        "DeleteBehavior": "DEPRECATE_IN_DATABASE",
    },
}
"""What a read has though nobody asked for it."""
GIVEN = (
    "Classifiers",
    "Configuration",
    "CrawlerSecurityConfiguration",
    "DatabaseName",
    "Description",
    "LakeFormationConfiguration",
    "LineageConfiguration",
    "RecrawlPolicy",
    "Role",
    "Schedule",
    "SchemaChangePolicy",
    "TablePrefix",
    "Targets",
)
UNSEEN = (
    ("glue.*Crawler", "iam", "InvalidInputException",
     "Service is unable to assume provided role. Please verify role's TrustPolicy"),
)  # fmt: skip


def find(call: Call, name: str) -> Record:
    """A crawler by its name, as the clock has it."""
    record = call.records(KIND).get(name)
    if record is None:
        raise missing(f"Crawler entry with name {name} does not exist")
    _settled(record)
    return record


def _settled(record: Record) -> None:
    run = record.data.get("run")
    if run and run["ends"] <= WORLD.clock.now():
        ended = {"StartTime": run["began"], "Status": run["status"]}
        record.data["last"] = {**ended, **({"ErrorMessage": run["why"]} if run["why"] else {})}
        del record.data["run"]


def _idle(record: Record) -> None:
    if record.data.get("run"):
        raise Refused("CrawlerRunningException", f"Crawler with name {record.name} is running")


def _checked(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """What a crawler names has to be there, and its configuration to be JSON."""
    targets = given.get("Targets") or {}
    if "Targets" in given and not any(targets.values()):
        raise wrong("Targets must have at least one target.")
    for each in targets.get("JdbcTargets") or ():
        if each.get("ConnectionName") not in call.records(connection.KIND):
            raise missing(f"Connection {each.get('ConnectionName')} not found.")
    if name := given.get("DatabaseName"):
        database.find(call, name)
    if text := given.get("Configuration"):
        try:
            json.loads(text)
        except ValueError:
            raise wrong("Crawler configuration is not valid JSON.") from None
    return {key: given[key] for key in GIVEN if key in given}


def create(call: Call) -> None:
    """CreateCrawler."""
    name = call["Name"]
    if name in call.records(KIND):
        raise there(f"Crawler with name {name} already exists")
    data = {**_checked(call, dict(call.params)), "Version": 1, "LastUpdated": now()}
    call.add(KIND, name, call.arn(f"crawler/{name}"), data, **(call.get("Tags") or {}))


def _shown(record: Record) -> dict[str, Any]:
    _settled(record)
    data, run = record.data, record.data.get("run")
    if run:
        WORLD.clock.polled()
    targets = data.get("Targets") or {}
    when = data.get("Schedule")
    shown = {
        "Name": record.name,
        "State": "RUNNING" if run else "READY",
        "CrawlElapsedTime": int((WORLD.clock.now() - run["began"]) * 1000) if run else 0,
        "CreationTime": round(record.created, 3),
        "LastUpdated": data["LastUpdated"],
        "Version": data["Version"],
        "Classifiers": data.get("Classifiers") or [],
        "Role": str(data["Role"]).partition(":role/")[2] or data["Role"],
        "Targets": {name: [_filled(each) for each in targets.get(name) or ()] for name in TARGETS},
        "Schedule": {"ScheduleExpression": when, "State": "SCHEDULED"} if when else None,
    }
    same = ("Configuration", "CrawlerSecurityConfiguration", "DatabaseName", "Description")
    shown |= {key: data[key] for key in (*same, "TablePrefix") if data.get(key)}
    for key, usual in ADDED.items():
        shown[key] = {**usual, **(data.get(key) or {})}
    if last := data.get("last"):
        shown["LastCrawl"] = last
    return {key: item for key, item in shown.items() if item is not None}


def _filled(target: dict[str, Any]) -> dict[str, Any]:
    return target if {"Tables", "scanAll"} & target.keys() else {"Exclusions": [], **target}


def get(call: Call) -> dict[str, Any]:
    """GetCrawler."""
    return {"Crawler": _shown(find(call, call["Name"]))}


def list_(call: Call) -> dict[str, Any]:
    """GetCrawlers: all of each."""
    return page(call, map(_shown, sorted_records(call.records(KIND))), "Crawlers")


def names(call: Call) -> dict[str, Any]:
    """ListCrawlers."""
    wanted = (call.get("Tags") or {}).items()
    every = sorted_records(call.records(KIND))
    return page(call, [it.name for it in every if wanted <= it.tags.items()], "CrawlerNames")


def batch(call: Call) -> dict[str, Any]:
    """BatchGetCrawlers."""
    known = call.records(KIND)
    asked = call["CrawlerNames"]
    return {
        "Crawlers": [_shown(known[each]) for each in asked if each in known],
        "CrawlersNotFound": [each for each in asked if each not in known],
    }


def update(call: Call) -> None:
    """UpdateCrawler: what it does not have stays."""
    record = find(call, call["Name"])
    _idle(record)
    record.data |= _checked(call, dict(call.params))
    record.data |= {"Version": record.data["Version"] + 1, "LastUpdated": now()}


def schedule(call: Call) -> None:
    """UpdateCrawlerSchedule."""
    record = find(call, call["CrawlerName"])
    record.data["Schedule"] = call.get("Schedule") or ""
    record.data["Version"] += 1


def delete(call: Call) -> None:
    """DeleteCrawler."""
    record = find(call, call["Name"])
    _idle(record)
    del call.records(KIND)[record.name]


def start(call: Call) -> None:
    """StartCrawler."""
    record = find(call, call["Name"])
    _idle(record)
    said = WORLD.outcomes.take(record.name)
    failed = said.mode != "ok"
    record.data["run"] = {
        "began": now(),
        "ends": WORLD.clock.now() + SECONDS,
        "status": "FAILED" if failed else "SUCCEEDED",
        "why": (said.reason or "Internal Service Exception") if failed else "",
    }


def stop(call: Call) -> None:
    """StopCrawler."""
    record = find(call, call["Name"])
    if not record.data.get("run"):
        raise Refused(
            "CrawlerNotRunningException", f"Crawler with name {record.name} isn't running"
        )
    record.data["run"] |= {"ends": WORLD.clock.now(), "status": "CANCELLED", "why": ""}


OPERATIONS = {
    "CreateCrawler": create,
    "GetCrawler": get,
    "GetCrawlers": list_,
    "ListCrawlers": names,
    "BatchGetCrawlers": batch,
    "UpdateCrawler": update,
    "UpdateCrawlerSchedule": schedule,
    "DeleteCrawler": delete,
    "StartCrawler": start,
    "StopCrawler": stop,
}
