"""What running a statement of Athena takes, besides the data: it runs as whoever asks for it.

Sources: Athena user guide, "Access to workgroups", "Configure access to databases and tables in the
AWS Glue Data Catalog"; Step Functions developer guide, "Run Athena queries with Step Functions".
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.api import Role, Scope

SEES = (
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
)
"""To read a table."""
CHANGES = (
    "glue:BatchCreatePartition",
    "glue:CreatePartition",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)
"""To write one."""
_RUN = ("athena:GetQueryExecution", "athena:StartQueryExecution", "athena:StopQueryExecution")


def allow_run(scope: Scope, role: Role, group: str) -> None:
    """Run statements in a workgroup, by its name, and end them."""
    scope.grant(role, _RUN, on=(scope.arn("athena", f"workgroup/{group}"),))
    catalogue = scope.arn("athena", "datacatalog/AwsDataCatalog")
    scope.grant(role, ("athena:GetDataCatalog",), on=(catalogue,))


def allow_table(
    scope: Scope, role: Role, database: str, table: str, actions: Iterable[str] = SEES
) -> None:
    """Actions on a table of the catalogue, which are asked for on all that it is in."""
    levels = ("catalog", f"database/{database}", f"table/{database}/{table}")
    scope.grant(role, actions, on=[scope.arn("glue", each) for each in levels])
