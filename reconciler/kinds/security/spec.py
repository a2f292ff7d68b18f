"""What a Security spec says."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.principals import PRINCIPAL
from reconciler.kinds.api import Choice, Duration, Maybe, Section
from reconciler.kinds.terms.account import Account
from reconciler.kinds.terms.name import AliasName, RoleName

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Service = Annotated[str, Field(pattern=PRINCIPAL, examples=["lambda.amazonaws.com"])]
PolicyArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[^*?{}\s]+$")
]


class KeyUsers(Section):
    """Who may use a key beside the roles of its own account."""

    accounts: tuple[Account, ...] = ()
    """Other accounts, whose administrators then decide by IAM policy."""
    services: tuple[Service, ...] = ()
    """AWS services that act without a role, such as CloudWatch on a topic. They may use it for
    this account only, as far as AWS documents that they say for whom they act."""


class Key(Section):
    """A KMS key with an alias."""

    description: str
    """What the key protects."""
    usage: Literal["encryption", "signing"] = "encryption"
    """What it is for: a symmetric key encrypts, an elliptic one signs (ECC_NIST_P256)."""
    aws_name: Maybe[AliasName] = None
    """The alias of the key in AWS, without ``alias/``. By default it is made of platform,
    environment, spec and key."""
    rotation: Duration = "365d"
    """How often new key material is made; old material keeps decrypting. 90 to 2560 days. A key
    that signs does not rotate."""
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

    effect: Literal["allow", "deny"] = "allow"
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
    aws_name: Maybe[RoleName] = None
    """The name of the role in AWS. By default it is made of platform, environment, spec and
    role."""
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
