"""A connection of Glue to a database, and a crawler that writes what it finds to the catalog.

The crawler's role may read exactly the secret of that database, and write to exactly the catalog
database that it fills. Source: managed policy AWSGlueServiceRole, narrowed; Glue developer guide,
"Storing connection credentials in AWS Secrets Manager".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.facts import schedule
from reconciler.kinds.api import Maybe, Role, Scope, Section
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

CONNECTION, CRAWLER = "AWS::Glue::Connection", "AWS::Glue::Crawler"
DATABASE = "AWS::Glue::Database"
GLUE = "glue.amazonaws.com"
CRAWLED = "crawled"
_EYES = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
)
_TABLES = (
    "glue:BatchCreatePartition",
    "glue:BatchGetPartition",
    "glue:BatchUpdatePartition",
    "glue:CreatePartition",
    "glue:CreateTable",
    "glue:DeleteTable",
    "glue:GetDatabase",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)


def _cron(said: str) -> str:
    try:
        schedule.parse(said)
    except schedule.ScheduleError as error:
        raise PydanticCustomError("schedule", "{why}", {"why": str(error)}) from None
    if not said.startswith("cron("):
        why = "a crawler starts by cron(…) only"
        raise PydanticCustomError("schedule", "{why}", {"why": why})
    return said


Cron = Annotated[
    str,
    Field(pattern=r"^(cron|rate|at)\(.*\)$", examples=["cron(15 2 * * ? *)"]),
    AfterValidator(_cron),
]
"""When something starts, in UTC."""


class Crawl(Section):
    """What of the database goes into the catalog, and when somebody looks again."""

    include: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)] = ("%",)
    """Paths below the database, such as ``public/orders%``; ``%`` stands for any text."""
    exclude: tuple[str, ...] = ()
    """Patterns of tables that are left out, such as ``public/tmp*``."""
    schedule: Maybe[Cron] = None
    """When it looks again, as ``cron(…)`` in UTC. Without it, when somebody starts it."""
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,50}$")] = ""
    """What the names of tables in the catalog begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A database as Glue reaches it."""

    url: Json
    """The JDBC URL."""
    secret: Json
    """The ARN of the secret with user and password; of one by name a pattern."""
    named: str = ""
    """What a spec calls it, where it is not the ARN."""
    where: Props
    """``PhysicalConnectionRequirements``."""
    database: str
    """Its name, which paths of a crawler begin with."""
    key: Json = None
    """The ARN of the KMS key of the secret, where it is not Secrets Manager's own."""


def connection_address(scope: Scope) -> Address:
    """The connection."""
    return scope.address(CONNECTION)


def nodes(source: Source, crawl: Crawl | None, scope: Scope, path: Path) -> Iterator[Node]:
    """The connection; and the crawler with its catalog database and its role."""
    connection = connection_address(scope)
    yield scope.node(
        connection,
        {
            "ConnectionInput": {
                "ConnectionType": "JDBC",
                "Description": f"{scope.kind} {scope.name}",
                "ConnectionProperties": {
                    "JDBC_CONNECTION_URL": source.url,
                    "JDBC_ENFORCE_SSL": "true",
                    "SECRET_ID": source.named or source.secret,
                },
                "PhysicalConnectionRequirements": source.where,
            },
        },
        lines={(): path},
    )
    if crawl is None:
        return
    here = (*path, "crawl")
    catalog, role = scope.address(DATABASE, CRAWLED), scope.role("crawler", GLUE)
    yield scope.node(
        catalog,
        {"DatabaseInput": {"Description": f"What is in {scope.kind} {scope.name}"}},
        lines={(): here},
    )
    allow(source, connection, catalog, scope, role)
    below = [
        each if each.startswith(f"{source.database}/") else f"{source.database}/{each}"
        for each in crawl.include
    ]
    target = {"ConnectionName": Ref(connection, "Name")}
    excluded = {"Exclusions": list(crawl.exclude)} if crawl.exclude else {}
    yield scope.node(
        scope.address(CRAWLER),
        {
            "Role": role.arn,
            "DatabaseName": Ref(catalog, "DatabaseName"),
            "Description": f"{scope.kind} {scope.name}",
            "Targets": {"JdbcTargets": [{**target, "Path": each, **excluded} for each in below]},
            "Schedule": {"ScheduleExpression": crawl.schedule} if crawl.schedule else {},
            "TablePrefix": crawl.prefix,
            "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "LOG"},
        },
        lines={
            (): here,
            ("Schedule",): (*here, "schedule"),
            ("TablePrefix",): (*here, "prefix"),
            ("Targets",): (*here, "include"),
        },
    )


def allow(source: Source, connection: Address, catalog: Address, scope: Scope, role: Role) -> None:
    """What a crawler may do: reach the database, and write to its part of the catalog."""
    scope.grant(
        role,
        ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
        on=(source.secret,),
    )
    if source.key is not None:
        scope.grant(role, ("kms:Decrypt",), on=(source.key,))
    own = scope.arn("glue", f"connection/{connection.name}")
    scope.grant(role, ("glue:GetConnection",), on=(scope.arn("glue", "catalog"), own))
    tables = [f"database/{catalog.name}", f"table/{catalog.name}/*", "catalog"]
    scope.grant(role, _TABLES, on=[scope.arn("glue", each) for each in tables])
    allow_interfaces(scope, role)
    logs = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    groups = [f"log-group:/aws-glue/crawlers{rest}:*" for rest in ("", "-role/*")]
    scope.grant(role, logs, on=[scope.arn("logs", each) for each in groups])
    scope.grant(
        role,
        ("cloudwatch:PutMetricData",),
        on=("*",),
        when={"StringEquals": {"cloudwatch:namespace": "Glue"}},
    )


def allow_interfaces(scope: Scope, role: Role) -> None:
    """Attach to a network, and mark what was made for it. The calls take no narrower resource."""
    scope.grant(
        role, (*_EYES, "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"), on=("*",)
    )
    scope.grant(
        role,
        ("ec2:CreateTags", "ec2:DeleteTags"),
        on=(scope.arn("ec2", "network-interface/*"),),
        when={"ForAllValues:StringEquals": {"aws:TagKeys": ["aws-glue-service-resource"]}},
    )


def exported(source: Source, scope: Scope, crawl: Crawl | None) -> Mapping[str, Json]:
    """What jobs need: the connection, the secret, and where the catalog has the tables."""
    return {
        "connection": connection_address(scope).name,
        "secretArn": source.secret,
        "jdbcUrl": source.url,
        "catalogDatabase": scope.address(DATABASE, CRAWLED).name if crawl else "",
    }


def url(scheme: str, host: Json, port: Json, database: str) -> Json:
    """A JDBC URL."""
    return text(f"jdbc:{scheme}://", host, ":", port, f"/{database}")
