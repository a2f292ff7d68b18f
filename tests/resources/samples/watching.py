"""A topic, an alarm and a budget."""

from __future__ import annotations

from .sample import TOPIC, Sample, resource_policy

topic = Sample(
    "AWS::SNS::Topic",
    "acme-test-alerts",
    minimal={},
    full={
        "DisplayName": "alerts",
        "KmsMasterKeyId": "alias/acme-test-data",
        "TopicPolicy": resource_policy("sns:Publish", TOPIC),
        "Subscription": [
            {"Protocol": "email", "Endpoint": "fraud@example.com"},
            {"Protocol": "https", "Endpoint": "https://example.com/alerts"},
        ],
    },
    edits=(
        {"DisplayName": "pages"},
        {"TopicPolicy": resource_policy("sns:GetTopicAttributes", TOPIC)},
        {
            "Subscription": [
                {"Protocol": "email", "Endpoint": "fraud@example.com"},
                {"Protocol": "https", "Endpoint": "https://example.com/pages"},
            ]
        },
    ),
    beyond={
        "TracingConfig": "Active",
        "FifoTopic": True,
        "ContentBasedDeduplication": True,
        "FifoThroughputScope": "MessageGroup",
        "SignatureVersion": "2",
        "MaximumMessageSize": 65536,
        "ArchivePolicy": {"MessageRetentionPeriod": "30"},
    },
)

alarm = Sample(
    "AWS::CloudWatch::Alarm",
    "acme-test-latency",
    minimal={
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "ModelLatency",
        "Namespace": "AWS/SageMaker",
        "Period": 60,
        "Statistic": "Average",
        "Threshold": 250000,
    },
    full={
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "AlarmDescription": "Slow.",
        "ComparisonOperator": "GreaterThanThreshold",
        "DatapointsToAlarm": 2,
        "Dimensions": [
            {"Name": "VariantName", "Value": "blue"},
            {"Name": "EndpointName", "Value": "acme-test-fraud"},
        ],
        "EvaluationPeriods": 3,
        "ExtendedStatistic": "p99",
        "MetricName": "ModelLatency",
        "Namespace": "AWS/SageMaker",
        "Period": 60,
        "Threshold": 250000.0,
        "TreatMissingData": "notBreaching",
    },
    edits=(
        {"Threshold": 300000},
        {"AlarmActions": []},
        {"AlarmDescription": "Too slow."},
    ),
)
NOTIFICATIONS = [
    {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 80,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [
            {"SubscriptionType": "EMAIL", "Address": "fraud@example.com"},
            {"SubscriptionType": "SNS", "Address": TOPIC},
        ],
    },
    {
        "Notification": {
            "NotificationType": "FORECASTED",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 100,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "fraud@example.com"}],
    },
]
LIMIT = {
    "BudgetName": "acme-test-month",
    "BudgetLimit": {"Amount": 1000, "Unit": "USD"},
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
}
PLATFORM = {"Key": "moorline:platform", "Values": ["acme"], "MatchOptions": ["EQUALS"]}
FILTER = {"FilterExpression": {"Tags": PLATFORM}, "Metrics": ["UnblendedCost"]}
COUNTED = {"CostFilters": {"Service": ["Amazon SageMaker"]}}
budget = Sample(
    "AWS::Budgets::Budget",
    "acme-test-month",
    minimal={"Budget": LIMIT},
    full={
        "Budget": {**LIMIT, **FILTER},
        "NotificationsWithSubscribers": NOTIFICATIONS,
    },
    edits=(
        {
            "Budget": {
                **LIMIT,
                "BudgetLimit": {"Amount": 1200.5, "Unit": "USD"},
                **FILTER,
            }
        },
        {"Budget": {**LIMIT, **COUNTED}},
        {
            "NotificationsWithSubscribers": [
                {**NOTIFICATIONS[0], "Subscribers": NOTIFICATIONS[1]["Subscribers"]},
                NOTIFICATIONS[1],
            ]
        },
        {"NotificationsWithSubscribers": NOTIFICATIONS[:1]},
    ),
)
