"""Environment: where a platform runs, and what differs there.

It owns the form of the kind only; extending, overriding and substitution are in
`specs.overlay`. Fields that an extended environment may give are optional here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.api import Duration, Kind, Maybe, Reference, Section, register
from reconciler.kinds.terms.protection import Protection
from reconciler.kinds.terms.region import Region

Variable = bool | int | float | str
_ARN = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$"
RoleArn = Annotated[str, StringConstraints(pattern=_ARN)]
PrincipalArn = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/*-]+$"),
]
PlatformName = Annotated[str, StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=20)]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
SpecId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+/[a-z0-9-]+$")]
TagKey = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\w\s.:/=+@-]+$")
]
TagValue = Annotated[str, StringConstraints(max_length=256)]
KmsKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^(alias/[A-Za-z0-9/_-]+"
        r"|arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+)$",
        max_length=320,
    ),
]


Words = Annotated[str, StringConstraints(pattern=r"\S")]
ServiceName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=64)
]
BucketName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^[\w!.'()/-]+$", max_length=512)]
Folder = Annotated[
    str,
    StringConstraints(pattern=r"^[\w-][\w.-]*(/[\w-][\w.-]*)*$", max_length=400),
]
PolicyArn = Annotated[
    str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\w+=,.@/-]+$")
]


class People(Section):
    """Who takes the roles from a desk: ARNs of roles or users, `*` for any text in them."""

    plan: tuple[PrincipalArn, ...] = Field(
        (),
        description="Who may take the plan role.",
        examples=[["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*Developer*"]],
    )
    apply: tuple[PrincipalArn, ...] = Field(
        (),
        description="Who may take the apply role.",
        examples=[["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*Platform*"]],
    )
    approve: tuple[PrincipalArn, ...] = Field(
        (),
        description="Who may take the approve role.",
        examples=[["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*Risk*"]],
    )


class Roles(Section):
    """The IAM roles that Moorline takes in this account."""

    plan: RoleArn | None = Field(
        None,
        description="Reads only; taken by plan and drift.",
        examples=["arn:aws:iam::123456789012:role/moorline-plan"],
    )
    apply: RoleArn | None = Field(
        None,
        description="Changes what the specs own; taken by apply.",
        examples=["arn:aws:iam::123456789012:role/moorline-apply"],
    )
    approve: RoleArn | None = Field(
        None,
        description="Decides on versions of models and changes nothing else; taken by `registry"
        " approve`, `reject`, `promote`, `archive` and `revert`. Without it they run as who calls.",
        examples=["arn:aws:iam::123456789012:role/moorline-approve"],
    )
    people: People = Field(
        People(),
        description="Who may take them besides the CI system; `moorline ci init` writes it into"
        " their trust policies.",
    )


class Signing(Section):
    """Who may make plans here: whoever may use this key."""

    key: KmsKey = Field(
        description="The alias or the ARN of a KMS key with spec ECC_NIST_P256 and usage"
        " SIGN_VERIFY. `plan -o` signs with it, and `apply FILE` takes no plan without its"
        " signature.",
        examples=["alias/acme-plans"],
    )


class Receipts(Section):
    """Where receipts of applies are kept: exactly one of a folder and a bucket."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["directory"]}, {"required": ["bucket"]}],
            "dependentRequired": {"prefix": ["bucket"]},
        }
    )

    directory: Maybe[Words] = Field(
        None,
        description="A folder of the project; every environment has its own inside it. Its lease"
        " keeps applies on one machine apart.",
        examples=["receipts"],
    )
    bucket: Maybe[BucketName] = Field(
        None,
        description="An S3 bucket in the environment's account and region, which must exist. Its"
        " lease keeps applies of all machines apart.",
        examples=["acme-fraud-receipts"],
    )
    prefix: Maybe[Prefix] = Field(
        None, description="The beginning of the keys in the bucket.", examples=["moorline"]
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.directory is None) == (self.bucket is None):
            raise PydanticCustomError("choice", "give exactly one of 'directory', 'bucket'")
        if self.prefix is not None and self.bucket is None:
            raise PydanticCustomError("choice", "'prefix' belongs to 'bucket'")
        return self


class Assets(Section):
    """Where files of the repository go that AWS reads: scripts, functions, SQL, training code."""

    source: Annotated[str, Reference("DataSource")] = Field(
        description="The DataSource of objects that keeps them, in the environment's region. It"
        " must not remove or archive them: what runs reads them for as long as it runs.",
        examples=["artifacts"],
    )
    path: Maybe[Folder] = Field(
        None,
        description="Where in the DataSource. Each is an object `assets/SHA256` below it. Moorline"
        " never removes one: what ran once can be run, looked at and gone back to.",
        examples=["moorline"],
    )


class Environment(Section):
    """Where a platform runs: account, region, roles, variables and what differs there."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["extends"]},
                {"required": ["platform", "account", "region"]},
            ]
        }
    )

    extends: str | None = Field(
        None,
        description="Another Environment, over whose spec this one is laid.",
        examples=["staging"],
    )
    platform: PlatformName | None = Field(
        None,
        description="The platform, the first part of every resource name.",
        examples=["acme-fraud"],
    )
    account: AccountId | None = Field(
        None,
        description="The AWS account: 12 digits, in quotes.",
        examples=["123456789012"],
    )
    region: Region | None = Field(None, description="The AWS region.", examples=["eu-west-1"])
    sandbox: bool = Field(
        default=False,
        description="Use the embedded sandbox instead of AWS; no account is touched.",
        examples=[True],
    )
    roles: Roles = Field(Roles(), description="The IAM roles that plan, apply and approvals take.")
    boundary: Maybe[PolicyArn] = Field(
        None,
        description="A policy that caps every role that specs make here. The apply role of"
        " `moorline ci init` may then make no role without it.",
        examples=["arn:aws:iam::123456789012:policy/workloads"],
    )
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict,
        description="Added to every resource that can be tagged.",
        examples=[{"cost-centre": "ml"}],
    )
    variables: dict[VariableName, Variable] = Field(
        default_factory=dict,
        description="Values for ${name} in specs. The type is the YAML type; an environment that"
        " extends another keeps the type.",
        examples=[{"endpointInstances": 2, "retention": "30d", "debug": False}],
    )
    overrides: dict[SpecId, dict[str, Any]] = Field(
        default_factory=dict,
        description="JSON merge patches (RFC 7386) by Kind/name; null removes a field.",
        examples=[{"Rollout/fraud-detector": {"spec": {"serve": {"realtime": {"instances": 4}}}}}],
    )
    protection: Protection = Field(
        Protection(), description="Which losses, and whose wider access, apply may carry out."
    )
    availability: Literal["usual", "high"] = Field(
        "usual",
        description="What has to go on while an instance or a zone fails. With `high` each endpoint"
        " has 2 instances or more, in 2 zones or more, and an alarm that tells somebody.",
        examples=["high"],
    )
    services: dict[ServiceName, Literal["existing"]] = Field(
        default_factory=dict,
        description="Services closed to new accounts that this account uses already, by their name"
        " in the table of `docs/reference/availability.md`. Without it a spec that needs one is an"
        " error. It is said of one account, so an environment that extends this one does not take"
        " it over.",
        examples=[{"clarify": "existing"}],
    )
    receipts: Receipts | None = Field(
        None,
        description="Where receipts of applies are kept. Without it: .moorline/receipts.",
        examples=[{"bucket": "acme-fraud-receipts", "prefix": "moorline"}],
    )
    assets: Assets | None = Field(
        None,
        description="Where files of the repository go that AWS reads. Specs that name a file of the"
        " repository need it.",
        examples=[{"source": "artifacts"}],
    )
    plans_expire_after: Duration = Field(
        "24h",
        description="How long a plan file (`plan -o`) may be applied after it was made.",
        examples=["8h"],
    )
    signing: Signing | None = Field(
        None,
        description="How plan files are signed here. Without it a file needs no signature, unless"
        " apply is given a key of its own (`--sign-key`, MOORLINE_PLAN_KEY).",
        examples=[{"key": "alias/acme-plans"}],
    )


register(
    Kind(
        name="Environment",
        model=Environment,
        summary="Where a platform runs, and what differs there.",
        build=lambda _spec, _scope: (),
        example="""\
platform: acme-fraud
account: "123456789012"
region: eu-west-1
variables: {endpointInstances: 2, retention: 30d, debug: false}
overrides:
  Rollout/fraud-detector: {spec: {serve: {realtime: {instances: 4}}}}
protection: {allow: [traffic]}
""",
    )
)
