"""What contradicts itself in a ModelRegistry spec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.kinds.api import Problem
from reconciler.kinds.model_registry import existing
from reconciler.kinds.model_registry.judged import ARN
from reconciler.kinds.model_registry.spec import Approval, ModelRegistry, Policy
from reconciler.kinds.terms.criterion import problems
from reconciler.registry import approval

IAM_ARN = ("role/", "user/")
OURS = "moorline:"


def check(spec: ModelRegistry) -> Iterator[Problem]:
    if spec.existing is not None:
        yield from existing.check(spec)
    if spec.approval is not None:
        yield from _approval(spec.approval)
    if spec.policy is not None:
        yield from _policy(spec.policy)
    if spec.keep is not None and spec.keep.versions is None and spec.keep.age is None:
        yield Problem(("keep",), "give one of 'versions' and 'age', or both")
    if (
        spec.existing is None
        and spec.signing is not None
        and (spec.artifacts is None or not spec.artifacts.immutable)
    ):
        text = "a signature is of a file that nobody can overwrite"
        yield Problem(("signing",), text, "set 'artifacts.immutable: true'")
    for name, given in (
        ("repositories", spec.repositories),
        ("existingRepositories", spec.existing_repositories),
    ):
        if spec.existing is None and given and not spec.readers:
            text = "repositories are opened to 'readers', and there are none"
            yield Problem((name,), text, "add 'readers', or remove it")
    for account, count in Counter(spec.readers).items():
        if count > 1:
            at = str(len(spec.readers) - 1 - spec.readers[::-1].index(account))
            yield Problem(("readers", at), f"{account} is here twice", "remove it")


def _approval(given: Approval) -> Iterator[Problem]:
    for index, each in enumerate(given.approvers):
        if not each.startswith(ARN):
            continue
        path = ("approval", "approvers", str(index))
        parts = each.split(":", 5)
        whole = len(parts) > len(IAM_ARN) + 3 and parts[2] == "iam"
        if not whole or not parts[5].startswith(IAM_ARN):
            text = "an approver is a role or a user of IAM"
            yield Problem(path, text, "give arn:aws:iam::ACCOUNT:role/NAME")
        elif set(each) & set("*?{}"):
            yield Problem(path, "an approver is one principal", "name each of them")


def _policy(given: Policy) -> Iterator[Problem]:
    for index, each in enumerate(given.when):
        yield from problems(each, ("policy", "when", str(index)))
    for key in given.metadata:
        if key in approval.KEYS or key.lower().startswith(OURS):
            text = f"{key!r} is written by Moorline"
            yield Problem(("policy", "metadata", key), text, "choose another key")
    if not any(getattr(given, name) for name in Policy.needs):
        yield Problem(("policy",), f"give one of {', '.join(Policy.needs)}")
