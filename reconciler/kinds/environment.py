"""Environment: where a platform runs, and what differs there.

It owns the form of the kind only; extending, overriding and substitution are in
`specs.overlay`. Fields that an extended environment may give are optional here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from reconciler.kinds.api import Kind, Section, register

Variable = bool | int | float | str
_ARN = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$"
RoleArn = Annotated[str, StringConstraints(pattern=_ARN)]
PlatformName = Annotated[str, StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=20)]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
SpecId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+/[a-z0-9-]+$")]
TagKey = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\w\s.:/=+@-]+$")
]


class Destruction(StrEnum):
    """A class of destructive change that apply may carry out."""

    RECORDS = "records"
    TRAFFIC = "traffic"
    KEYS = "keys"
    HISTORY = "history"


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


class Protection(Section):
    """Which losses are accepted here. Without it every destructive change is refused."""

    allow: tuple[Destruction, ...] = Field(
        (),
        description="Destructive classes that apply may carry out: records are stored data,"
        " traffic is a live endpoint, keys are encryption keys, history is logs and versions.",
        examples=[["traffic"]],
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
    roles: Roles = Field(Roles(), description="The IAM roles that plan and apply take.")
    tags: dict[TagKey, Annotated[str, StringConstraints(max_length=256)]] = Field(
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
        Protection(), description="Which destructive changes apply may carry out."
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
