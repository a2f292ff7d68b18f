"""AWS::RedshiftServerless::Workgroup, by calls of its own: what computes on a namespace.

AWS's handlers never give back parameters, subnets and groups, so no change of them would be seen.
"You can't update multiple parameters in one request" (UpdateWorkgroup): each is sent alone and
awaited, of the two capacities first the one that makes room. A read has all parameters; those that
no spec mentions are the service's, but for limits of queries, which nobody has by default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec
from reconciler.resources.redshiftserverless import service
from reconciler.resources.stages import Apart, Stages
from reconciler.resources.untaken import untaken

TYPE = "AWS::RedshiftServerless::Workgroup"
NAME = {"workgroupName": "{name}"}
BASE, MOST, CONFIG = "BaseCapacity", "MaxCapacity", "ConfigParameters"
KEY, VALUE = "ParameterKey", "ParameterValue"
SIMPLE = (
    BASE,
    MOST,
    "EnhancedVpcRouting",
    "Port",
    "PricePerformanceTarget",
    "PubliclyAccessible",
    "SecurityGroupIds",
    "SubnetIds",
    "TrackName",
)
LIMITS = frozenset(
    {
        "max_join_row_count",
        "max_nested_loop_join_row_count",
        "max_query_blocks_read",
        "max_query_cpu_time",
        "max_query_cpu_usage_percent",
        "max_query_execution_time",
        "max_query_queue_time",
        "max_query_temp_blocks_to_disk",
        "max_return_row_count",
        "max_scan_row_count",
    }
)
"""Parameters that nobody has by default. Source: UpdateWorkgroup, configParameters."""
UNSET = "-1"
"""Takes a limit away: a key that is left out stays. Seen on AWS (console's requests)."""
NO_LIMIT = -1


def _read(answer: Json) -> Json:
    found = answer.get("workgroup") if isinstance(answer, Mapping) else None
    if not found:
        return None
    props = service.upper(found)
    end = props.get("Endpoint") or {}
    if props.get(MOST) == NO_LIMIT:
        del props[MOST]
    config = [each for each in props.get(CONFIG) or () if each.get(VALUE) != UNSET]
    port = props.get("Port") or end.get("Port")
    ends = {
        "Workgroup.Endpoint.Address": end.get("Address"),
        "Workgroup.Endpoint.Port": str(port) if port else None,
    }
    return {**props, "Port": port, CONFIG: config, **ends}


def _body(props: Json) -> Json:
    taken = ("NamespaceName", CONFIG, *SIMPLE)
    return service.lower({key: props[key] for key in taken if props.get(key) not in (None, "", [])})


def config(wanted: Json, live: Json, _: Props) -> Json:
    """What is declared, with what the service has besides; a limit that nobody declares goes."""
    said = {each[KEY] for each in wanted}
    return [*wanted, *(it for it in live if it[KEY] not in said and it[KEY] not in LIMITS)]


def _changed(change: Change) -> list[Props]:
    """The parameters that differ; a limit that goes is unset."""
    live = {each[KEY]: each[VALUE] for each in change.live.get(CONFIG) or ()}
    want = {each[KEY]: each[VALUE] for each in change.desired.get(CONFIG) or ()}
    new = {key: value for key, value in want.items() if live.get(key) != value}
    gone = dict.fromkeys((live.keys() - want.keys()) & LIMITS, UNSET)
    return [{KEY: key, VALUE: value} for key, value in sorted({**new, **gone}.items())]


def update(change: Change) -> Iterator[Request]:
    """One parameter, as the stages of the change have it."""
    body: dict[str, Json] = {}
    for name in SIMPLE:
        if change.touches(name):
            value = change.desired.get(name)
            if name == MOST and value in (None, 0):
                value = NO_LIMIT
            body |= {} if value is None else {name: value}
    if change.touches(CONFIG) and (differs := _changed(change)):
        body[CONFIG] = differs
    if body:
        yield Request("update_workgroup", service.lower(body))


def turn(live: Props, desired: Props) -> Sequence[str]:
    """The base is never above the most: that goes first which makes room."""
    have, want = (_most(each.get(MOST)) for each in (live, desired))
    return (MOST, BASE) if want > have else (BASE, MOST)


def _most(value: Json) -> float:
    return float("inf") if value in (None, 0, NO_LIMIT) else float(value)


ALONE = (BASE, MOST, CONFIG, *SIMPLE[2:])
register(
    Resource(
        type=TYPE,
        service=service.SERVICE,
        aside=Aside(
            needs={"create_workgroup": ("redshift-serverless:TagResource",)},
        ),
        reach=Reach.REGIONAL,
        name="WorkgroupName",
        key=NAME,
        read=Op("get_workgroup", NAME),
        whole=Whole(
            has=members("workgroup.workgroupArn", "workgroup.workgroupId", "workgroup.status"),
            same={"workgroupName": ("workgroup.workgroupName",)},
        ),
        create=Op("create_workgroup", NAME),
        delete=Op("delete_workgroup", NAME),
        absent=service.GONE,
        # each of the two capacities is held against the other, which may not show yet
        transient=(*service.BUSY, absent("ValidationException", r"greater than maxCapacity")),
        outputs={
            "Workgroup.Endpoint.Address": ("Workgroup.Endpoint.Address",),
            "Workgroup.Endpoint.Port": ("Workgroup.Endpoint.Port",),
            "Workgroup.WorkgroupArn": ("WorkgroupArn",),
            "WorkgroupId": ("WorkgroupId",),
        },
        created={
            "Workgroup.WorkgroupArn": ("workgroup", "workgroupArn"),
            "WorkgroupId": ("workgroup", "workgroupId"),
        },
        arn=service.arn("workgroup", "WorkgroupId"),
        limit=64,
        fix=str.lower,
        root=Codec(decode=_read),
        body=Codec(encode=_body),
        lifecycle=Lifecycle(
            field="workgroup.status",
            ready=service.READY,
            busy=service.AT_WORK,
            poll=10.0,
            timeout=3600.0,
            usual=240.0,
        ),
        vanishes=True,
        tags=service.tagging("workgroup", "WorkgroupId"),
        stages=Stages(
            apart=tuple(Apart(props=frozenset({each}), seconds=90.0) for each in ALONE), turn=turn
        ),
        effects=untaken(TYPE, {*SIMPLE, CONFIG, "NamespaceName", "WorkgroupName"}),
        keyed={CONFIG: KEY},
        sets=frozenset({"SecurityGroupIds", "SubnetIds"}),
        defaults={
            BASE: 128,
            MOST: NO_LIMIT,
            "EnhancedVpcRouting": False,
            "Port": 5439,
            "PubliclyAccessible": False,
            "TrackName": "current",
        },
        adapts={CONFIG: config},
        holds="traffic",
        refers=("AWS::EC2::SecurityGroup", TYPE.replace("Workgroup", "Namespace")),
        update=update,
    )
)
