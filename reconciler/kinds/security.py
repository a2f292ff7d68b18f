"""kind: Security. Encryption keys, and roles for people, pipelines and other services.

Roles of workloads are not written here: each kind compiles its own.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.principals import PRINCIPAL, apart, audience, vouched
from reconciler.kinds.api import (
    Choice,
    Duration,
    Kind,
    Maybe,
    Problem,
    Scope,
    Section,
    days,
    register,
    seconds,
)
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Account = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["123456789012"])]
Service = Annotated[str, Field(pattern=PRINCIPAL, examples=["lambda.amazonaws.com"])]
PolicyArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$")]
_ROTATION = (90, 2560)
_WINDOW = (7, 30)
_SESSION = (3600, 43200)


class KeyUsers(Section):
    """Who may use a key beside the roles of its own account."""

    accounts: tuple[Account, ...] = ()
    """Other accounts, whose administrators then decide by IAM policy."""
    services: tuple[Service, ...] = ()
    """AWS services that act without a role, such as CloudWatch on a topic. They may use it for
    this account only, as far as AWS documents that they say for whom they act."""


class Key(Section):
    """A symmetric KMS key with an alias."""

    description: str
    """What the key protects."""
    rotation: Duration = "365d"
    """How often new key material is made; old material keeps decrypting. 90 to 2560 days."""
    deletion_window: Duration = "30d"
    """How long a deletion can be taken back. 7 to 30 days."""
    users: KeyUsers = Field(default_factory=KeyUsers)


class Oidc(Section):
    """A workload outside AWS that proves who it is with a token, such as GitHub Actions."""

    provider: str = Field(examples=["token.actions.githubusercontent.com"])
    """The identity provider, without ``https://``. It must exist in the account."""
    subject: str = Field(examples=["repo:acme/ml-platform:ref:refs/heads/main"])
    """Which tokens are accepted; ``*`` matches any text."""
    audience: Maybe[str] = None
    """Whom the token has to be made out to. By default ``sts.amazonaws.com``, and in China
    ``sts.REGION.amazonaws.com.cn``."""


class AssumedBy(Choice):
    """Who may take a role: exactly one of these."""

    service: Maybe[Service] = None
    """An AWS service. It may take the role for this account only, as far as AWS documents that it
    says for whom it acts."""
    account: Maybe[Account] = None
    """An AWS account."""
    oidc: Maybe[Oidc] = None


class Statement(Section):
    """One statement of an IAM policy."""

    effect: Literal["Allow", "Deny"] = "Allow"
    """Whether it allows or forbids."""
    actions: Annotated[tuple[str, ...], Field(min_length=1)]
    """Actions such as ``sagemaker:StartPipelineExecution``."""
    resources: Annotated[tuple[str, ...], Field(min_length=1)]
    """ARNs; ``*`` matches any text."""
    conditions: dict[str, dict[str, str | tuple[str, ...]]] = Field(default_factory=dict)
    """IAM conditions: operator, then key, then value."""


class IamRole(Section):
    """An IAM role."""

    description: str
    """Who takes the role and for what."""
    assumed_by: AssumedBy
    managed_policies: tuple[PolicyArn, ...] = ()
    """Policies kept elsewhere."""
    statements: tuple[Statement, ...] = ()
    """What the role may do."""
    boundary: Maybe[PolicyArn] = None
    """A policy that caps what the role may ever do."""
    max_session: Duration = "1h"
    """How long one session lasts at most. 1 to 12 hours."""


class Security(Section):
    """Keys and roles that belong to no single workload."""

    keys: dict[Name, Key] = Field(default_factory=dict)
    """Encryption keys, by name."""
    roles: dict[Name, IamRole] = Field(default_factory=dict)
    """Roles of people, delivery pipelines and other services, by name."""


def check(spec: Security) -> Iterator[Problem]:
    for name, key in spec.keys.items():
        here = ("keys", name)
        if not _ROTATION[0] <= days(key.rotation) <= _ROTATION[1]:
            help_ = "use 90d to 2560d"
            yield Problem((*here, "rotation"), "keys rotate every 90 to 2560 days", help_)
        if not _WINDOW[0] <= days(key.deletion_window) <= _WINDOW[1]:
            help_ = "use 7d to 30d"
            yield Problem((*here, "deletionWindow"), "a deletion waits 7 to 30 days", help_)
    for name, role in spec.roles.items():
        if not _SESSION[0] <= seconds(role.max_session) <= _SESSION[1]:
            path = ("roles", name, "maxSession")
            yield Problem(path, "a session lasts 1 to 12 hours", "use 1h to 12h")
        if not (role.statements or role.managed_policies):
            yield Problem(("roles", name), f"role {name!r} may do nothing", "add statements")


def exports(spec: Security, scope: Scope) -> Mapping[str, Json]:
    return {
        "keys": {name: Ref(scope.address("AWS::KMS::Key", name), "Arn") for name in spec.keys},
        "keyServices": {name: key.users.services for name, key in spec.keys.items()},
        "roles": {name: Ref(scope.address("AWS::IAM::Role", name), "Arn") for name in spec.roles},
    }


def build(spec: Security, scope: Scope) -> Iterator[Node]:
    for name, key in spec.keys.items():
        yield _key(name, key, scope)
    for name, role in spec.roles.items():
        yield _role(name, role, scope)


def _key(name: str, key: Key, scope: Scope) -> Node:
    here = ("keys", name)
    return scope.node(
        scope.address("AWS::KMS::Key", name),
        {
            "Description": key.description,
            "Enabled": True,
            "EnableKeyRotation": True,
            "RotationPeriodInDays": days(key.rotation),
            "PendingWindowInDays": days(key.deletion_window),
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [*_key_statements(key.users, scope)],
            },
        },
        lines={
            (): here,
            ("Description",): (*here, "description"),
            ("RotationPeriodInDays",): (*here, "rotation"),
            ("PendingWindowInDays",): (*here, "deletionWindow"),
            ("KeyPolicy",): (*here, "users"),
        },
    )


def _key_statements(users: KeyUsers, scope: Scope) -> Iterator[Props]:
    """The account decides by IAM policy; AWS refuses a key that nobody could administer."""
    own = scope.arn("iam", "root", regional=False)
    yield _allow("Administration", {"AWS": own}, ["kms:*"])
    if users.accounts:
        roots = [f"arn:{scope.place.partition}:iam::{account}:root" for account in users.accounts]
        use = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"]
        yield _allow("OtherAccounts", {"AWS": sorted(roots)}, use)
    use = ["kms:Decrypt", "kms:GenerateDataKey*"]
    pinned, others = apart(users.services)
    if pinned:
        statement = _allow("Services", {"Service": pinned}, use)
        yield {**statement, **vouched(pinned[0], scope.place.account)}
    if others:
        yield _allow("OtherServices", {"Service": others}, use)


def _allow(sid: str, principal: Props, actions: list[str]) -> Props:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
    }


def _role(name: str, role: IamRole, scope: Scope) -> Node:
    here = ("roles", name)
    if role.boundary and scope.boundary and role.boundary != scope.boundary:
        text = f"the environment caps every role with {scope.boundary!r}"
        scope.problem((*here, "boundary"), text, help="leave 'boundary' out")
    document = {"Version": "2012-10-17", "Statement": [_statement(s) for s in role.statements]}
    return scope.node(
        scope.address("AWS::IAM::Role", name),
        {
            "Description": role.description,
            "AssumeRolePolicyDocument": _trust(role.assumed_by, scope),
            "ManagedPolicyArns": sorted(role.managed_policies),
            "MaxSessionDuration": seconds(role.max_session),
            "PermissionsBoundary": role.boundary or scope.boundary,
            "Policies": [{"PolicyName": "moorline", "PolicyDocument": document}]
            if role.statements
            else [],
        },
        lines={
            (): here,
            ("Description",): (*here, "description"),
            ("AssumeRolePolicyDocument",): (*here, "assumedBy"),
            ("ManagedPolicyArns",): (*here, "managedPolicies"),
            ("MaxSessionDuration",): (*here, "maxSession"),
            ("PermissionsBoundary",): (*here, "boundary"),
            ("Policies",): (*here, "statements"),
        },
    )


def _statement(statement: Statement) -> Props:
    out: dict[str, Json] = {
        "Effect": statement.effect,
        "Action": sorted(statement.actions),
        "Resource": sorted(statement.resources),
    }
    return {**out, "Condition": statement.conditions} if statement.conditions else out


def _trust(who: AssumedBy, scope: Scope) -> Props:
    if who.oidc is not None:
        return _federated(who.oidc, scope)
    statement: dict[str, Json] = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    if who.service is not None:
        statement["Principal"] = {"Service": who.service}
        statement |= vouched(who.service, scope.place.account, taking=True)
    else:
        root = f"arn:{scope.place.partition}:iam::{who.account}:root"
        statement["Principal"] = {"AWS": root}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _federated(oidc: Oidc, scope: Scope) -> Props:
    provider = scope.arn("iam", f"oidc-provider/{oidc.provider}", regional=False)
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {
            "StringEquals": {f"{oidc.provider}:aud": oidc.audience or audience(scope.place.region)},
            "StringLike": {f"{oidc.provider}:sub": oidc.subject},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


register(
    Kind(
        name="Security",
        model=Security,
        summary="Encryption keys, and roles that belong to no single workload.",
        check=check,
        build=build,
        exports=exports,
        example="""\
keys:
  data:
    description: Card data at rest.
    rotation: 180d
roles:
  deploy:
    description: GitHub Actions on the main branch.
    assumedBy:
      oidc:
        provider: token.actions.githubusercontent.com
        subject: repo:acme/ml-platform:ref:refs/heads/main
    statements:
      - actions: [sagemaker:DescribeEndpoint]
        resources: ["*"]
""",
    )
)
