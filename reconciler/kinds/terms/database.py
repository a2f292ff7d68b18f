"""What databases have in common: one that is there already, and what is said of a managed one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Problem, Scope, Section
from reconciler.kinds.terms.network import Network
from reconciler.model.landing import APPLY, NOW, SKIP, SNAPSHOT
from reconciler.model.value import Json, Path, Props

SecretName = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}$",
        examples=["orders/reader"],
    ),
]
"""The name or the ARN of a secret in Secrets Manager; what is in it stands nowhere else."""
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")]
Port = Annotated[int, Field(ge=1, le=65535)]
DatabaseName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$", examples=["orders"])]
User = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
RESERVED = frozenset({"admin", "postgres", "rdsadmin", "root", "rdsrepladmin"})


class Existing(Section):
    """A database that Moorline must not manage: where it is, and which secret opens it."""

    host: Host
    """The name of its host, as clients connect to it."""
    port: Port
    """Its port."""
    database: DatabaseName
    """The name of the database in it."""
    secret_name: SecretName
    """The secret with `username` and `password`, by its name or ARN."""
    network: Network
    """Subnets and security groups from which it can be reached. One of the groups has to let in
    its own members by TCP, for AWS Glue."""


def secret_arn(name: str, scope: Scope) -> str:
    """The ARN of a secret; of one by name with the six characters that AWS adds to it."""
    if name.startswith("arn:"):
        return name
    return scope.arn("secretsmanager", f"secret:{name}-??????")


def words(*, at_once: bool = False, keep: bool = True) -> list[Props]:
    """Tags that say when changes land, and that a deletion keeps nothing."""
    found: list[Props] = []
    if at_once:
        found.append({"Key": APPLY, "Value": NOW})
    if not keep:
        found.append({"Key": SNAPSHOT, "Value": SKIP})
    return found


def tagged(props: Props, **said: bool) -> dict[str, Json]:
    """Properties with these words."""
    tags = words(**said)
    return {**props, "Tags": tags} if tags else dict(props)


def check_existing(given: Section, path: Path) -> Iterator[Problem]:
    """An existing one has nothing that only a managed one is told."""
    other = sorted(given.model_fields_set - {"crawl", "engine", "existing"})
    for name in other:
        alias = type(given).model_fields[name].alias or name
        help_ = "remove it, or remove 'existing' to let Moorline make a database"
        yield Problem((*path, alias), "Moorline does not manage an existing database", help_)


def check_user(user: str, path: Path) -> Iterator[Problem]:
    """Names that engines keep for themselves. Source: RDS user guide, "Master user"."""
    if user in RESERVED:
        yield Problem(
            path, f"{user!r} is a name that engines keep for themselves", "choose another"
        )


def check_named(aws_name: str | None, store: str) -> Iterator[Problem]:
    """A name in AWS is one of a bucket."""
    if aws_name is not None:
        text = f"'awsName' is the name of a bucket, and a store '{store}' has none"
        yield Problem(("awsName",), text, "remove it")
