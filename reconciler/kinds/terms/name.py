"""Names in AWS that a user chooses, as each type takes them.

Sources: the patterns of botocore's models (SageMaker, IAM, KMS, Budgets) and of CloudFormation's
schemas, whichever is narrower; SNS API reference, CreateTopic; S3 user guide, "General purpose
bucket naming rules". Bucket names have no dots here, with which TLS to the bucket's host fails.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.kinds.api import Named, Path

_RESERVED = ("xn--", "sthree-", "amzn-s3-demo-")
_KEPT = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3", "-an")


def _free(name: str) -> str:
    for part in (*filter(name.startswith, _RESERVED), *filter(name.endswith, _KEPT)):
        said = {"part": part}
        raise PydanticCustomError("name", "S3 keeps names with '{part}' for itself", said)
    return name


def _not_of_aws(name: str) -> str:
    if name.startswith("aws/"):
        raise PydanticCustomError("name", "'aws/' begins the aliases of AWS itself")
    return name


BucketName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", examples=["acme-fraud-raw"]),
    AfterValidator(_free),
]
GroupName = Annotated[
    str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}$", max_length=64, examples=["customer"])
]
EntityName = Annotated[
    str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$", max_length=63, examples=["fraud"])
]
PipelineName = Annotated[
    str,
    Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$", max_length=256, examples=["fraud"]),
]
MachineName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$", examples=["fraud-features"])]
TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$", examples=["fraud-oncall"])]
BudgetName = Annotated[
    str, Field(pattern=r"^[^:\\/<>\s]([^:\\/<>]{0,98}[^:\\/<>\s])?$", examples=["ML platform"])
]
RoleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$", examples=["fraud-scoring"])]
AliasName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9/_-]{0,249}$", examples=["fraud/data"]),
    AfterValidator(_not_of_aws),
]


def named(type_: str, name: str | None, *, suffix: str = "", at: Path = ()) -> tuple[Named, ...]:
    """What a spec says of the name of one of its resources; nothing where it says none."""
    return () if name is None else (Named(type_, suffix, name, (*at, "awsName")),)
