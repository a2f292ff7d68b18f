"""A table with two indexes."""

from __future__ import annotations

from typing import Any

from .sample import Props, Sample


def attributes(*names: str) -> list[Props]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def index(name: str, key: str, **more: Any) -> Props:
    keys = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}, **more}


table = Sample(
    "AWS::DynamoDB::Table",
    "acme-test-customers",
    minimal={
        "AttributeDefinitions": attributes("id"),
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    full={
        "AttributeDefinitions": attributes("id", "mail", "town"),
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [index("by-mail", "mail"), index("by-town", "town")],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True},
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "DeletionProtectionEnabled": False,
    },
    edits=(
        {
            "AttributeDefinitions": attributes("id", "name", "zip"),
            "GlobalSecondaryIndexes": [index("by-name", "name"), index("by-zip", "zip")],
        },
        {
            "AttributeDefinitions": attributes("id", "mail", "age"),
            "GlobalSecondaryIndexes": [index("by-mail", "age"), index("by-town", "mail")],
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        },
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}},
        {"StreamSpecification": {"StreamViewType": "KEYS_ONLY"}},
    ),
    breaks=(
        {
            "AttributeDefinitions": attributes("number", "mail", "town"),
            "KeySchema": [{"AttributeName": "number", "KeyType": "HASH"}],
        },
    ),
)
