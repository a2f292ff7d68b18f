"""AWS::Glue::Crawler, by calls of its own.

While it runs nothing about it changes: an update waits until it is ready, and nothing stops it.
How its last run ended is nobody's state: a failed one stands in no plan's way. What an update does
not have stays as it is, so what a spec takes away is sent as empty. Source: Glue API reference,
UpdateCrawler; what a read adds to a crawler that says little was seen on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from reconciler.model.change import Change
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Lifecycle,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, rename
from reconciler.resources.glue.service import GONE, TAG, arn, tagging

NAME = {"Name": "{name}"}
ORDINARY = {"Version": 1.0}
"""What a configuration that says nothing is."""
USUAL = (ORDINARY, {**ORDINARY, "CreatePartitionIndex": True})
"""Configurations that AWS writes where none is given."""
CLEARED: Props = {
    "Classifiers": [],
    "Configuration": json.dumps(ORDINARY),
    "CrawlerSecurityConfiguration": "",
    "Description": "",
    "Schedule": "",
    "TablePrefix": "",
}
"""What takes a property away. Source: UpdateCrawler keeps a member that is not sent."""
TAKEN = (
    *CLEARED,
    "DatabaseName",
    "LakeFormationConfiguration",
    "RecrawlPolicy",
    "Role",
    "SchemaChangePolicy",
    "Targets",
)
STOPPED = "NOT_SCHEDULED"
SCANS = rename(scanAll="ScanAll", scanRate="ScanRate")


def _read(answer: Json) -> Json:
    found = answer.get("Crawler") if isinstance(answer, Mapping) else None
    if not found:
        return None
    schedule = found.get("Schedule") or {}
    when = schedule.get("ScheduleExpression") if schedule.get("State") != STOPPED else None
    targets = SCANS.decode(found.get("Targets") or {})
    return {
        **found,
        "Schedule": {"ScheduleExpression": when} if when else {},
        "Targets": {name: [*map(_plain, items)] for name, items in targets.items() if items},
    }


def _plain(target: Props) -> Props:
    """A target without what AWS adds to it as empty."""
    return {key: item for key, item in target.items() if item not in (None, "", [])}


def _body(props: Json) -> Json:
    """A request: schedule and configuration are texts there."""
    found = {key: props[key] for key in TAKEN if key in props}
    if "Schedule" in found:
        found["Schedule"] = (found["Schedule"] or {}).get("ScheduleExpression") or ""
    if isinstance(found.get("Configuration"), Mapping):
        found["Configuration"] = json.dumps(found["Configuration"])
    if "Targets" in found:
        found["Targets"] = SCANS.encode(found["Targets"])
    return found


def _made(props: Json) -> Json:
    return {key: item for key, item in _body(props).items() if item not in ("", [])}


def update(change: Change) -> Iterator[Request]:
    """What differs; what is to be empty is sent as that."""
    changed = {each.path[0] for each in change.fields} & {*TAKEN}
    if not changed:
        return
    wanted = {key: change.desired.get(key) for key in changed}
    body = _body({key: item for key, item in wanted.items() if item not in (None, "", {})})
    gone = {key: CLEARED[key] for key in changed - body.keys() if key in CLEARED}
    yield Request("update_crawler", {**body, **gone})


def role(wanted: Json, live: Json, _: Props) -> Json:
    """A role is read back by its name, with its path or without."""
    both = (wanted, live)
    if not all(isinstance(each, str) for each in both):
        return wanted
    return live if len({each.rpartition("/")[2] for each in both}) == 1 else wanted


def configured(wanted: Json, live: Json, _: Props) -> Json:
    """What says nothing is what AWS writes by itself."""
    plain = _parsed(wanted) in (None, "", {}, *USUAL) and _parsed(live) in USUAL
    return live if plain else wanted


def _parsed(value: Json) -> Json:
    try:
        return json.loads(value) if isinstance(value, str) and value else value
    except ValueError:
        return value


register(
    Resource(
        type="AWS::Glue::Crawler",
        service="glue",
        aside=Aside(
            needs={
                "create_crawler": (TAG, "iam:PassRole"),
                "update_crawler": ("iam:PassRole",),
            },
            set_by={"Schedule": ("update_crawler_schedule", "start_crawler_schedule")},
        ),
        reach=Reach.REGIONAL,
        name="Name",
        key=NAME,
        read=Op("get_crawler", NAME),
        whole=Whole(has=members("Crawler.Name", "Crawler.State"), same={"Name": ("Crawler.Name",)}),
        create=Op("create_crawler", NAME),
        delete=Op("delete_crawler", NAME),
        absent=GONE,
        transient=(
            absent("CrawlerRunning"),
            absent("SchedulerTransitioning"),
            absent("InvalidInput", r"(?i)is (currently |still )?running"),
            absent("InvalidInput", r"(?i)unable to assume provided role"),
        ),
        predict={"Name": "{name}"},
        arn=arn("crawler"),
        limit=255,
        root=Codec(decode=_read),
        body=Codec(encode=_made),
        lifecycle=Lifecycle(
            field="Crawler.State",
            ready=codes("READY"),
            busy=codes("RUNNING", "STOPPING"),
            in_use=codes("RUNNING", "STOPPING"),
            poll=20.0,
            timeout=5400.0,
        ),
        tags=tagging("crawler"),
        documents=frozenset({"Configuration"}),
        sets=frozenset({"Classifiers"}),
        defaults={
            "LakeFormationConfiguration.UseLakeFormationCredentials": False,
            "RecrawlPolicy.RecrawlBehavior": "CRAWL_EVERYTHING",
            "SchemaChangePolicy.DeleteBehavior": "DEPRECATE_IN_DATABASE",
            "SchemaChangePolicy.UpdateBehavior": "UPDATE_IN_DATABASE",
        },
        adapts={"Configuration": configured, "Role": role},
        refers=(
            "AWS::DynamoDB::Table",
            "AWS::Glue::Connection",
            "AWS::Glue::Database",
            "AWS::Glue::Table",
            "AWS::IAM::Role",
            "AWS::S3::Bucket",
        ),
        update=update,
    )
)
