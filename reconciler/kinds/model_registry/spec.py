"""What a ModelRegistry spec says."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Reference, Section
from reconciler.kinds.monitor import Subscribers
from reconciler.kinds.terms.account import Account
from reconciler.kinds.terms.criterion import Criterion
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.name import EntityName

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=2048)]
Principal: TypeAlias = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[^*?{}\s]+$")
]
Repository: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:ecr:[a-z0-9-]+:[0-9]{12}:repository/[^*?{}\s]+$",
        examples=["arn:aws:ecr:eu-west-1:123456789012:repository/serve"],
    ),
]
GroupArn: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package-group/[A-Za-z0-9-]{1,63}$",
        examples=["arn:aws:sagemaker:eu-west-1:210987654321:model-package-group/acme-prod-fraud"],
    ),
]
KeyArn: TypeAlias = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+$")
]
MetadataKey: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/=+@ -]{1,128}$")]
MetadataValue: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/=+@ -]{0,256}$")]


class Artifacts(Section):
    """Where the model files of all versions are."""

    source: Annotated[str, Reference("DataSource")]
    """The DataSource that holds them."""
    path: Maybe[S3Path] = None
    """The prefix they share."""
    existing_key: Maybe[KeyArn] = None
    """The key of the files, where it is not the DataSource's: that of the account that shares
    them."""
    immutable: bool = False
    """Whether a training puts each file that it registers under ``registered/`` and the digest of
    its bytes, where the bucket lets nobody overwrite or delete it."""


class Signing(Section):
    """A signature over the digest of each registered model file."""

    key: KeyUse
    """A key of a Security whose ``usage`` is ``signing``."""


class Approval(Section):
    """How versions get approved."""

    approvers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Who has to agree: ARNs of roles and users, whom IAM then holds to it, or words for teams and
    people."""
    note: str = ""
    """What they look at."""
    expire_after: Maybe[Duration] = None
    """How long an approval lasts. Afterwards the version is not deployed anew; what serves goes
    on. By default for ever."""
    subscribers: Maybe[Subscribers] = None
    """Who is told that a version was approved."""
    delivery: Maybe[
        Annotated[
            str, Field(pattern=r"^arn:aws[a-z-]*:codepipeline:[a-z0-9-]+:[0-9]{12}:[^*?{}\s]+$")
        ]
    ] = None
    """The CodePipeline that is started when a version was approved; it plans and applies."""


class Policy(Section):
    """What a version has to satisfy before it is approved and before it is deployed."""

    needs = ("when", "baselines", "metadata", "origins", "scan")

    when: tuple[Criterion, ...] = ()
    """Bounds of metrics, and what must be no worse than in production."""
    baselines: tuple[Literal["modelQuality", "dataQuality", "bias", "explainability"], ...] = ()
    """Baselines that a version has to name, and that have to be there."""
    metadata: dict[MetadataKey, MetadataValue] = Field(default_factory=dict)
    """Metadata that a version has to have: its value, or "" for any."""
    origins: tuple[Literal["commit", "repository", "execution"], ...] = ()
    """What a version has to say of where it comes from."""
    scan: Maybe[Literal["none", "informational", "low", "medium", "high"]] = None
    """The worst severity that a scan of its image may have found; ``none`` for no finding at
    all."""


class Movers(Section):
    """Who may move versions to a stage."""

    movers: Annotated[tuple[Principal, ...], Field(min_length=1)]
    """ARNs of roles and users."""


class Stages(Section):
    """Who may move versions, by where to. IAM refuses everybody else, and every jump."""

    staging: Maybe[Movers] = None
    production: Maybe[Movers] = None
    archived: Maybe[Movers] = None


class Keep(Section):
    """How many versions stay. What an endpoint, a rollout or a stage needs stays anyway."""

    needs = ("versions", "age")

    versions: Maybe[Annotated[int, Field(ge=1, le=10_000)]] = None
    """How many of the newest stay."""
    age: Maybe[Duration] = None
    """How long any stays. Where both are given, what goes is beyond both."""


class Card(Section):
    """The model card: what the model is for, who answers for it, what it may do wrong."""

    aws_name: Maybe[EntityName] = None
    """The name of the card in AWS. By default it is made of platform, environment and spec."""
    status: Literal["draft", "pendingReview", "approved", "archived"] = "draft"
    """How far its review is."""
    version: Maybe[Annotated[int, Field(ge=1)]] = None
    """The version of the model that it speaks of. A plan says when another one is in production."""
    purpose: Text
    """What the model decides or predicts."""
    uses: Text
    """What it may be used for."""
    risk: Literal["low", "medium", "high", "unknown"] = "unknown"
    """The rating of its risk."""
    why: Maybe[Text] = None
    """Why the risk is rated like that."""
    problem: Maybe[Annotated[str, Field(min_length=1, max_length=1024)]] = None
    """The kind of problem: binary classification, regression."""
    technique: Maybe[Annotated[str, Field(min_length=1, max_length=1024)]] = None
    """The kind of algorithm."""
    business: Maybe[Text] = None
    """The line of business."""
    limits: Maybe[Text] = None
    """Where it fails, and what has to be watched."""
    ethics: Maybe[Text] = None
    """Whom it may treat unfairly."""


class ModelRegistry(Section):
    """The versions of one model, and who may use them."""

    existing: Maybe[GroupArn] = None
    """A group that another account shares with this one. Its versions are read and deployed;
    `policy` and `approval` are what they have to satisfy here."""
    aws_name: Maybe[EntityName] = None
    """The name of the group of versions in AWS. By default it is made of platform, environment and
    spec."""
    artifacts: Maybe[Artifacts] = None
    """Where the model files are, so that endpoints may read them."""
    signing: Maybe[Signing] = None
    """Sign each registered model file; an unsigned one is not deployed."""
    readers: tuple[Account, ...] = ()
    """Other accounts that may look at the versions and deploy them. They may also read the model
    files, and decrypt them, where this platform makes the bucket and the key."""
    repositories: tuple[Annotated[str, Reference("Resource")], ...] = ()
    """Image repositories that versions use, of which `readers` have to pull: each a Resource of
    the type ``AWS::ECR::Repository``, whose policy lets them."""
    existing_repositories: tuple[Repository, ...] = ()
    """Image repositories that exist already; a plan says what their policies need."""
    approval: Maybe[Approval] = None
    """How versions get approved."""
    policy: Maybe[Policy] = None
    """What versions have to satisfy."""
    stages: Maybe[Stages] = None
    """Who may move versions through Development, Staging, Production and Archived."""
    keep: Maybe[Keep] = None
    """How many versions stay when `moorline registry prune` looks. By default all do."""
    card: Maybe[Card] = None
    """The model card."""
