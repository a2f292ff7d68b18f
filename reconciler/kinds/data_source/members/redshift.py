"""redshift: tables of Redshift Serverless, or of a warehouse that exists already.

A managed one is private: a namespace with what it holds, a workgroup that computes, an admin
password that AWS makes and keeps, a connection of AWS Glue and a crawler. Changes of it land with
the apply: Redshift Serverless has no maintenance window.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Lacking, Lookup, Maybe, Problem, Scope, Section
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.terms import crawl, database as db, private
from reconciler.kinds.terms.crawl import Crawl
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

NAMESPACE = "AWS::RedshiftServerless::Namespace"
WORKGROUP = "AWS::RedshiftServerless::Workgroup"
PORT, ZONES = 5439, 3
UNLIMITED = -1
Parameter = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]


class Capacity(Section):
    """How much computes, in Redshift processing units (16 GiB each)."""

    base: Annotated[int, Field(ge=4)] = 8
    """What a query begins with."""
    at_most: Maybe[Annotated[int, Field(ge=4)]] = None
    """What it scales to. By default there is no limit."""


class Redshift(Section):
    """A serverless warehouse of its own, or one that exists already."""

    needs = ("existing", "network")

    existing: Maybe[db.Existing] = None
    """A warehouse that Moorline must not manage. By default it makes one."""
    database: db.DatabaseName = "main"
    """The name of the database that it is made with."""
    user: db.User = "moorline"
    """The admin. AWS makes its password and keeps it in Secrets Manager."""
    capacity: Capacity = Field(default_factory=Capacity)
    """How much computes."""
    parameters: dict[Parameter, str] = Field(
        default_factory=dict, examples=[{"max_query_execution_time": "14400"}]
    )
    """Parameters of the workgroup, such as limits of queries. A limit that is taken out is lifted;
    what is not named is as Redshift has it."""
    network: Maybe[private.Private] = None
    """Where it stands. Redshift Serverless wants subnets of three zones."""
    key: Maybe[KeyUse] = None
    """The key that encrypts it. By default one of AWS's own."""
    logs: tuple[Literal["connectionlog", "useractivitylog", "userlog"], ...] = ()
    """Which logs go to CloudWatch."""
    final_snapshot: bool = True
    """Whether a deletion takes a last snapshot."""
    crawl: Maybe[Crawl] = Field(default_factory=Crawl)
    """Which tables go into the catalog."""


def check(redshift: Redshift, spec: Source) -> Iterator[Problem]:
    here = ("redshift",)
    yield from db.check_named(spec.aws_name, "redshift")
    if redshift.existing is not None:
        yield from db.check_existing(redshift, here)
        return
    if redshift.network is None:
        help_ = "add 'network' with a vpc and subnets of three zones, or name an 'existing' one"
        yield Problem(here, "a managed warehouse needs a network", help_)
    else:
        yield from private.check(redshift.network, (*here, "network"))
        if len(redshift.network.subnets) < ZONES:
            path = (*here, "network", "subnets")
            yield Problem(path, "Redshift Serverless wants three subnets or more", "add one")
    yield from db.check_user(redshift.user, (*here, "user"))
    size = redshift.capacity
    if size.at_most is not None and size.at_most < size.base:
        text = f"at most {size.at_most} is less than the base of {size.base}"
        yield Problem((*here, "capacity", "atMost"), text, "raise it, or lower 'base'")


def lookups(redshift: Redshift, _: Source, __: Scope) -> Iterator[Lookup]:
    if network := redshift.network:
        yield private.lookup(network)
    elif redshift.existing:
        yield private.where(redshift.existing.network)


def _source(redshift: Redshift, scope: Scope) -> crawl.Source:
    if there := redshift.existing:
        return crawl.Source(
            url=crawl.url("redshift", there.host, str(there.port), there.database),
            secret=db.secret_arn(there.secret_name, scope),
            named=there.secret_name,
            where=private.reached(there.network, scope),
            database=there.database,
        )
    _, access = private.groups(scope)
    network = redshift.network
    where = private.requirements(network, scope, [Ref(access, "GroupId")]) if network else {}
    host = Ref(scope.address(WORKGROUP), "Workgroup.Endpoint.Address")
    return crawl.Source(
        url=crawl.url("redshift", host, str(PORT), redshift.database),
        secret=Ref(scope.address(NAMESPACE), "AdminPasswordSecretArn"),
        where=where,
        database=redshift.database,
    )


def exports(redshift: Redshift, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    return crawl.exported(_source(redshift, scope), scope, redshift.crawl)


def build(redshift: Redshift, _: Source, scope: Scope) -> Iterator[Node]:
    here = ("redshift",)
    if redshift.network is not None:
        report_missing(redshift.key, scope, (*here, "key"))
        private.report(redshift.network, scope, (*here, "network"), ZONES)
        yield from private.group_nodes(redshift.network, scope, PORT, (*here, "network"))
        yield _namespace(redshift, scope)
        yield _workgroup(redshift, redshift.network, scope)
    yield from crawl.nodes(_source(redshift, scope), redshift.crawl, scope, here)


def _namespace(redshift: Redshift, scope: Scope) -> Node:
    props: Props = {
        "AdminUsername": redshift.user,
        "ManageAdminPassword": True,
        "DbName": redshift.database,
        "KmsKeyId": key_arn(redshift.key, scope) or ...,
        "LogExports": sorted(redshift.logs),
    }
    return scope.node(
        scope.address(NAMESPACE),
        db.tagged(props, keep=redshift.final_snapshot),
        lines={
            (): ("redshift",),
            ("AdminUsername",): ("redshift", "user"),
            ("DbName",): ("redshift", "database"),
            ("KmsKeyId",): ("redshift", "key"),
            ("LogExports",): ("redshift", "logs"),
            ("Tags", "moorline:final-snapshot"): ("redshift", "finalSnapshot"),
        },
    )


def _workgroup(redshift: Redshift, network: private.Private, scope: Scope) -> Node:
    own, _ = private.groups(scope)
    said = sorted(redshift.parameters.items())
    return scope.node(
        scope.address(WORKGROUP),
        {
            "NamespaceName": Ref(scope.address(NAMESPACE), "NamespaceName"),
            "BaseCapacity": redshift.capacity.base,
            "MaxCapacity": redshift.capacity.at_most or UNLIMITED,
            "ConfigParameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in said],
            "EnhancedVpcRouting": True,
            "Port": PORT,
            "PubliclyAccessible": False,
            "SecurityGroupIds": [Ref(own, "GroupId")],
            "SubnetIds": sorted(network.subnets),
        },
        lines={
            (): ("redshift",),
            ("BaseCapacity",): ("redshift", "capacity", "base"),
            ("MaxCapacity",): ("redshift", "capacity", "atMost"),
            ("ConfigParameters",): ("redshift", "parameters"),
            **{("ConfigParameters", key): ("redshift", "parameters", key) for key, _ in said},
            ("SubnetIds",): ("redshift", "network", "subnets"),
        },
    )


register(
    Member(
        name="redshift",
        model=Redshift,
        summary="Tables of Redshift Serverless, or of a warehouse that exists already.",
        store=True,
        check=check,
        lookups=lookups,
        build=build,
        exports=exports,
    )
)
