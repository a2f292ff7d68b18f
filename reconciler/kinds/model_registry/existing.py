"""A group of versions that another account shares: it is looked at, and never changed.

Its owner's ModelRegistry names this account among its `readers`. Every call takes the ARN of the
group in place of its name. Source: SageMaker API reference, ListModelPackages
(ModelPackageGroupName takes an ARN); SageMaker developer guide, "Deploy a Model Version from a
Different Account".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Problem, Scope
from reconciler.kinds.model_registry.live import Known
from reconciler.kinds.model_registry.spec import ModelRegistry
from reconciler.model.value import Json

OWNERS = (
    "aws_name", "readers", "repositories", "existing_repositories", "stages", "keep", "card",
    "signing",
)  # fmt: skip
"""What the owner of a group says."""
_WORDS = {"aws_name": "awsName", "existing_repositories": "existingRepositories"}


def check(spec: ModelRegistry) -> Iterator[Problem]:
    """What only its owner says of a group."""
    given = spec.model_fields_set
    for name in OWNERS:
        if name in given:
            path = (_WORDS.get(name, name),)
            yield Problem(path, "its owner says that of an existing group", "remove it")
    told = spec.approval
    for name in ("subscribers", "delivery"):
        if told is not None and getattr(told, name) is not None:
            text = "its owner's account has the events of an existing group"
            yield Problem(("approval", name), text, "remove it")
    if spec.artifacts is not None and spec.artifacts.immutable:
        text = "its owner keeps the files of an existing group"
        yield Problem(("artifacts", "immutable"), text, "remove it")


def names(arn: str) -> Mapping[str, Json]:
    """The group and its versions by their ARNs, which stand for names everywhere."""
    head, _, name = arn.partition(":model-package-group/")
    versions = f"{head}:model-package/{name}/*"
    return {"group": arn, "groupName": arn, "groupArn": arn, "packageArns": versions}


def report(arn: str, known: Known, scope: Scope) -> None:
    """Say so where this account sees no such group."""
    if scope.facts is None or known.versions is not None:
        return
    owner = arn.split(":")[4]
    scope.problem(
        ("existing",),
        f"this account sees no such group: {arn}",
        help=f"account {owner} has to name {scope.place.account} among the `readers` of its"
        " ModelRegistry",
        code="MODEL007",
    )
