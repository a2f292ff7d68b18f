"""What is named in another account or region, where AWS takes it from its own only.

The partition is `partition`'s. Sources: IAM API reference, AttachRolePolicy and CreateRole
(policies of the account or of AWS); CloudWatch, PutMetricAlarm (actions of the alarm's region);
SageMaker API reference, ContainerDefinition.Image ("must be in the same region as the model or
endpoint"); KMS developer guide, "Multi-Region keys" (a key is used in its own region, and a
replica has an ARN of its own).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reconciler.facts.registry import image_in
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Path
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Worded

CODE = Code(
    "PLACE008",
    "a name of another account or region",
    "AWS takes some things from the account or the region itself only: managed policies and"
    " boundaries of roles are of the account or AWS's own; images of models, keys that encrypt and"
    " the topics that alarms notify are of the region. An apply would be refused.",
    "Name one of this account and region; a variable of the environment, as in"
    " `arn:aws:iam::${account}:policy/…`, makes one spec fit several.",
)
_POLICY = re.compile(r"arn:[a-z-]+:iam::(?P<account>\d{12}):policy/.+")
_KEY = re.compile(r"arn:[a-z-]+:kms:(?P<region>[a-z0-9-]+):\d{12}:(key|alias)/.+")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:(?P<region>[a-z0-9-]+):\d{12}:.+")
_OF_ACCOUNT = frozenset({"ManagedPolicyArns", "PermissionsBoundary"})
_NOTIFIED = frozenset({"AlarmActions", "InsufficientDataActions", "OKActions"})
_ENCRYPTS = re.compile(r"(?i)kms.*key")
_OF_COPIES = re.compile(r"(?i)replica")
"""A member that says what copies in other regions have, such as ``ReplicaKmsKeyID`` of S3,
``Replicas`` of DynamoDB and ``ReplicaRegions`` of Secrets Manager."""
_MODEL = "AWS::SageMaker::Model"


def check(graph: Graph, worded: Sequence[Worded]) -> Iterator[Diagnostic]:
    """One finding for each name, at the line behind it."""
    for node, texts in worded:
        for path, text in texts:
            if "/" not in text and "arn:" not in text:  # neither an image nor an ARN
                continue
            wrong = _account(path, text, graph.account) or _region(node, path, text, graph.region)
            if wrong:
                at = node.origin.line_of(path) if node.origin else None
                yield Diagnostic(CODE.code, wrong, at, CODE.fix, address=node.address)


register(Shared(CODE, tree.worded, check))


def of_account(text: str, account: str) -> str:
    """What is wrong with a policy that a role is to have; empty when nothing is."""
    found = _POLICY.fullmatch(text)
    if not account or found is None or found["account"] == account:
        return ""
    theirs = f"{text!r} is of the account {found['account']}"
    return f"{theirs}, and roles here take policies of {account} or AWS's own"


def _account(path: Path, text: str, account: str) -> str:
    return of_account(text, account) if _OF_ACCOUNT.intersection(path) else ""


def _region(node: Node, path: Path, text: str, region: str) -> str:
    if not region:
        return ""
    image = image_in(text) if node.address.type == _MODEL else None
    if image is not None:
        there, what = image.region, "the image"
    elif _NOTIFIED.intersection(path):
        found = _ARN.fullmatch(text)
        there, what = (found["region"] if found else region), "what the alarm notifies"
    elif path and _ENCRYPTS.search(path[-1]) and not any(map(_OF_COPIES.search, path)):
        found = _KEY.fullmatch(text)
        there, what = (found["region"] if found else region), "the key"
    else:
        return ""
    return "" if there == region else f"{what} {text!r} is in {there!r}, and not in {region!r}"
