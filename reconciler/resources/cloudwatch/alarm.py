"""AWS::CloudWatch::Alarm.

Everything but the name changes in place. A put replaces the whole alarm, so an
update always sends all that is desired; tags have calls of their own, because
a put ignores them on an alarm that exists (AWS_FACTS 6.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
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
from reconciler.resources.codecs import first

NAME = {"AlarmName": "{name}"}
ARN = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
TAGGED = {"ResourceARN": ARN}
KIND = {"AlarmTypes": ["MetricAlarm"]}


def update(change: Change) -> Iterator[Request]:
    """The whole alarm, as soon as anything but its tags differs."""
    body = {key: value for key, value in change.desired.items() if key != "Tags"}
    if change.touches(*body):
        yield Request("put_metric_alarm", body)


register(
    Resource(
        type="AWS::CloudWatch::Alarm",
        service="cloudwatch",
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
        absent=(absent("ResourceNotFound"),),
        outputs={"Arn": ("AlarmArn",)},
        predict={"Arn": ARN},
        arn=ARN,
        limit=255,
        upsert=True,
        root=first("MetricAlarms"),
        listings=(
            Listing(
                method="describe_alarms",
                at="MetricAlarms",
                name="AlarmName",
                params={"AlarmNamePrefix": "{prefix}", "MaxRecords": 100, **KIND},
                created="AlarmConfigurationUpdatedTimestamp",
                complete=True,
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
        defaults={"ActionsEnabled": True, "TreatMissingData": "missing"},
        refers=(
            "AWS::Lambda::Function",
            "AWS::SNS::Topic",
        ),
        update=update,
    )
)
