"""AWS::CloudWatch::Alarm.

Everything but the name changes in place. A put replaces the whole alarm, so an
update always sends all that is desired, and what no spec mentions as it is; tags have
calls of their own, because a put ignores them on an alarm that exists (AWS_FACTS 6.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change
from reconciler.model.value import Json
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, first
from reconciler.resources.keeping import kept

NAME = {"AlarmName": "{name}"}
ARN = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
TAGGED = {"ResourceARN": ARN}
KIND = {"AlarmTypes": ["MetricAlarm"]}


CARRIED = frozenset(
    {
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "DatapointsToAlarm",
        "EvaluateLowSampleCountPercentile",
        "InsufficientDataActions",
        "OKActions",
        "TreatMissingData",
        "Unit",
    }
)
"""A put without them resets them. Source: PutMetricAlarm."""
NEEDS = {"EvaluateLowSampleCountPercentile": "ExtendedStatistic", "Unit": "MetricName"}
"""What means something only beside another member."""
POINTS, PERIODS = "DatapointsToAlarm", "EvaluationPeriods"


def _read(alarm: Json) -> Json:
    """An alarm that does not say how many of its periods must breach wants all of them to."""
    if not isinstance(alarm, Mapping) or PERIODS not in alarm:
        return alarm
    return {POINTS: alarm[PERIODS], **alarm}


READ = Codec(_read)


def update(change: Change) -> Iterator[Request]:
    """The whole alarm, as soon as anything but its tags differs."""
    body = {key: value for key, value in change.desired.items() if key != "Tags"}
    if change.touches(*body):
        yield Request("put_metric_alarm", kept(change.live, body, _carried(change)))


def _carried(change: Change) -> Iterator[str]:
    """Live members that still mean something beside those that are desired."""
    live, wanted = change.live, change.desired
    for name in sorted(CARRIED):
        if name == POINTS and wanted.get(PERIODS) != live.get(PERIODS):
            continue
        if NEEDS.get(name, name) in wanted or name not in NEEDS:
            yield name


register(
    Resource(
        type="AWS::CloudWatch::Alarm",
        service="cloudwatch",
        aside=Aside(
            needs={"put_metric_alarm": ("cloudwatch:TagResource",)},
            set_by={"ActionsEnabled": ("enable_alarm_actions", "disable_alarm_actions")},
        ),
        reach=Reach.REGIONAL,
        name="AlarmName",
        key=NAME,
        read=Op("describe_alarms", {"AlarmNames": ["{name}"], **KIND}),
        whole=Whole(
            items="MetricAlarms",
            each=members("AlarmArn", "AlarmName", "StateValue"),
            each_same={"AlarmNames": "AlarmName"},
        ),
        create=Op("put_metric_alarm", NAME),
        delete=Op("delete_alarms", {"AlarmNames": ["{name}"]}),
        together="AlarmNames",  # a name that is wrong keeps no other one (DeleteAlarms)
        absent=(absent("ResourceNotFound"),),
        outputs={"Arn": ("AlarmArn",)},
        predict={"Arn": ARN},
        arn=ARN,
        limit=255,
        upsert=True,
        root=first("MetricAlarms").then(READ),
        listings=(
            Listing(
                method="describe_alarms",
                at="MetricAlarms",
                name="AlarmName",
                params={"AlarmNamePrefix": "{prefix}", "MaxRecords": 100, **KIND},
                codec=READ,
                created="AlarmConfigurationUpdatedTimestamp",
                complete=True,
                absence=True,  # it is the operation that reads one
            ),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
        ),
        keyed={"Metrics": "Id"},
        sets=frozenset(
            {
                "AlarmActions",
                "Dimensions",
                "InsufficientDataActions",
                "Metrics.MetricStat.Metric.Dimensions",
                "OKActions",
            }
        ),
        told_by={"Dimensions": "Name", "Metrics.MetricStat.Metric.Dimensions": "Name"},
        defaults={
            "ActionsEnabled": True,
            "Metrics.ReturnData": True,
            "TreatMissingData": "missing",
        },
        # whoever lets an alarm roll something back relies on when it fires, not on who is told
        apart=frozenset(
            {
                "ActionsEnabled",
                "AlarmActions",
                "AlarmDescription",
                "InsufficientDataActions",
                "OKActions",
            }
        ),
        carried=CARRIED,
        refers=(
            "AWS::Lambda::Function",
            "AWS::SNS::Topic",
        ),
        update=update,
    )
)
