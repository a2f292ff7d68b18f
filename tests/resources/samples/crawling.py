"""A connection into a network, and a crawler that goes through it."""

from __future__ import annotations

from reconciler.model.value import Ref

from .catalog import database
from .network import SUBNETS
from .sample import Sample, trust

INPUT = {
    "ConnectionType": "JDBC",
    "ConnectionProperties": {
        "JDBC_CONNECTION_URL": "jdbc:postgresql://orders.example.com:5432/orders",
        "SECRET_ID": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-abcdef",
    },
}
NAMED = {"Name": "acme-test-orders", **INPUT}
connection = Sample(
    "AWS::Glue::Connection",
    "acme-test-orders",
    minimal={"ConnectionInput": NAMED, "CatalogId": "123456789012"},
    full={
        "CatalogId": "123456789012",
        "ConnectionInput": {
            **NAMED,
            "Description": "Orders.",
            "PhysicalConnectionRequirements": {
                "SubnetId": SUBNETS[0],
                "AvailabilityZone": "eu-west-1a",
                "SecurityGroupIdList": ["sg-0a1b2c3d"],
            },
        },
    },
    edits=(
        {"ConnectionInput": {**NAMED, "Description": ""}},
        {
            "ConnectionInput": {
                **NAMED,
                "ConnectionProperties": {
                    **INPUT["ConnectionProperties"],
                    "JDBC_ENFORCE_SSL": "true",
                },
            }
        },
    ),
    costly=True,
)
TRUST = {"AssumeRolePolicyDocument": trust("glue.amazonaws.com")}
NEEDED = {"role": Sample("AWS::IAM::Role", "acme-test-orders-crawler", TRUST, TRUST)}
"""Not the sample of its type."""
LEAST = {
    "Role": Ref(NEEDED["role"].address, "Arn"),
    "DatabaseName": Ref(database.address, "DatabaseName"),
    "Targets": {
        "JdbcTargets": [{"ConnectionName": Ref(connection.address, "Name"), "Path": "orders/%"}]
    },
}
crawler = Sample(
    "AWS::Glue::Crawler",
    "acme-test-orders",
    minimal=LEAST,
    full={
        **LEAST,
        "Description": "Orders.",
        "TablePrefix": "orders_",
        "Schedule": {"ScheduleExpression": "cron(15 2 * * ? *)"},
        "Configuration": '{"Version": 1.0, "Grouping": {"TableLevelConfiguration": 2}}',
        "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
        "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    },
    edits=(
        {"TablePrefix": ""},
        {"Description": "", "Schedule": {}},
        {"Configuration": ""},
        {"SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "DELETE_FROM_DATABASE"}},
    ),
    needs=(NEEDED["role"], database, connection),
    costly=True,
)
