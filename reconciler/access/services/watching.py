"""Topics, alarms and metrics, budgets, logs. Source: Service Authorization Reference."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, plain, tags

TOPIC = (
    "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic", "SetTopicAttributes",
    "PublishBatch",
)  # fmt: skip
BUDGETS = {
    "budgets:ViewBudget": (
        "DescribeBudget", "DescribeBudgets", "DescribeNotificationsForBudget",
        "DescribeSubscribersForNotification",
    ),
    "budgets:ModifyBudget": (
        "CreateBudget", "CreateNotification", "CreateSubscriber", "DeleteBudget",
        "DeleteNotification", "DeleteSubscriber", "UpdateBudget", "UpdateNotification",
        "UpdateSubscriber",
    ),
}  # fmt: skip
"""Two actions stand for all. Source: Service Authorization Reference, AWS Budget Service."""
GROUP = ("CreateLogGroup", "DescribeLogStreams", "FilterLogEvents", "PutRetentionPolicy")
STREAM = ("CreateLogStream", "GetLogEvents", "PutLogEvents")


def topic(call: Call, _world: World) -> Iterable[Want]:
    """An operation on a topic; a batch is asked for as a publication."""
    action = "Publish" if call.operation == "PublishBatch" else call.operation
    yield Want(f"sns:{action}", str(call.need("TopicArn")))


def create_topic(call: Call, _world: World) -> Iterable[Want]:
    """Source: CreateTopic, "Tags"."""
    given = tags(call.get("Tags"))
    at = arn(call, "sns", "topic", str(call.need("Name")))
    yield Want("sns:CreateTopic", at, {}, given)
    if given:
        yield Want("sns:TagResource", at, {}, given)


def publish(call: Call, _world: World) -> Iterable[Want]:
    yield Want("sns:Publish", str(call.get("TopicArn") or call.need("TargetArn")))


def subscribe(call: Call, _world: World) -> Iterable[Want]:
    keys = {"sns:Endpoint": call.get("Endpoint"), "sns:Protocol": call.get("Protocol")}
    yield Want("sns:Subscribe", str(call.need("TopicArn")), keys)


def subscription(call: Call, _world: World) -> Iterable[Want]:
    """A subscription is no resource: its topic is, whose ARN its own begins with."""
    yield Want(f"sns:{call.operation}", str(call.need("SubscriptionArn")).rsplit(":", 1)[0])


def tagging(call: Call, _world: World) -> Iterable[Want]:
    """Tags of whatever has an ARN."""
    at = next(
        str(call.get(name))
        for name in ("ResourceARN", "ResourceArn", "resourceArn")
        if call.get(name)
    )
    given = tags(call.get("Tags") or call.get("ResourceTags") or call.get("tags"))
    untag = tuple(call.get("TagKeys") or call.get("ResourceTagKeys") or call.get("tagKeys") or ())
    yield Want(f"{call.service}:{call.operation}", at, {}, given, untag)


def alarms(call: Call, _world: World) -> Iterable[Want]:
    """Each alarm that is named; else all that there are, whatever the prefix.

    Composite alarms need the action on ``*``, whose ARN is any. Source: DescribeAlarms.
    """
    for name in call.get("AlarmNames") or ["*"]:
        yield Want(f"cloudwatch:{call.operation}", arn(call, "cloudwatch", "alarm", str(name)))


def put_alarm(call: Call, _world: World) -> Iterable[Want]:
    """Source: PutMetricAlarm, "Tags"."""
    at = arn(call, "cloudwatch", "alarm", str(call.need("AlarmName")))
    given = tags(call.get("Tags"))
    actions = [
        *(call.get("AlarmActions") or ()),
        *(call.get("OKActions") or ()),
        *(call.get("InsufficientDataActions") or ()),
    ]
    yield Want("cloudwatch:PutMetricAlarm", at, {"cloudwatch:AlarmActions": actions}, given)
    if given:
        yield Want("cloudwatch:TagResource", at, {}, given)


def metric(call: Call, _world: World) -> Iterable[Want]:
    yield Want("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": call.need("Namespace")})


def budget(call: Call, _world: World) -> Iterable[Want]:
    """All budgets are listed under the pattern that stands for any of them."""
    action = next(name for name, each in BUDGETS.items() if call.operation in each)
    name = call.get("BudgetName") or call.get("Budget.BudgetName")
    at = arn(call, "budgets", "budget", str(name or call.get("NewBudget.BudgetName") or "*"))
    yield Want(action, at)
    if given := tags(call.get("ResourceTags")):
        yield Want("budgets:TagResource", at, {}, given)


def group(call: Call, _world: World) -> Iterable[Want]:
    """A group's ARN as it is asked for ends in `:log-stream:`, so a policy needs `:*` behind it."""
    name = str(call.get("logGroupName") or call.need("logGroupIdentifier"))
    stream = str(call.get("logStreamName") or "") if call.operation in STREAM else ""
    action, given = f"logs:{call.operation}", tags(call.get("tags"))
    if name.startswith("arn:"):
        name = name.split(":log-group:", 1)[1].removesuffix(":*")
    at = f"{arn(call, 'logs', 'log-group', name)}:log-stream:{stream}"
    yield Want(action, at, {}, given)
    if given:
        yield Want("logs:TagResource", arn(call, "logs", "log-group", name), {}, given)


OPERATIONS: dict[str, dict[str, Derive]] = {
    "budgets": {
        **{operation: budget for each in BUDGETS.values() for operation in each},
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), tagging),
    },
    "cloudwatch": {
        **plain("cloudwatch", {"": "GetMetricData GetMetricStatistics ListMetrics"}),
        **dict.fromkeys(("DescribeAlarms", "DeleteAlarms"), alarms),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), tagging),
        "PutMetricAlarm": put_alarm,
        "PutMetricData": metric,
    },
    "logs": {
        **plain("logs", {"": "DescribeLogGroups"}),
        **dict.fromkeys((*GROUP, *STREAM), group),
    },
    "sns": {
        **plain("sns", {"": "ListTopics"}),
        **dict.fromkeys(TOPIC, topic),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), tagging),
        **dict.fromkeys(("GetSubscriptionAttributes", "Unsubscribe"), subscription),
        "CreateTopic": create_topic,
        "Publish": publish,
        "Subscribe": subscribe,
    },
}
