"""The IAM actions that it takes to plan and to apply resources of some types. Pure.

Derived from what the resource files name: their reads, listings, parts, tags and updates.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.resources.api import Resource, fill
from reconciler.resources.permissions import PASS, PREFIX, permission

BY_NAME = frozenset({"cloudwatch", "events", "iam", "logs", "s3", "sagemaker", "sns"})
"""Services whose writes may be confined to names that begin with ours. Others have types whose
ids AWS chooses, or calls that know no resource; there the tags of ownership are looked at."""
OWNED = "owned"
"""Stands for: any resource that carries our tags of ownership."""
BEFORE_TAGS = frozenset({"kms:CreateGrant", "kms:CreateKey", "kms:DescribeKey", "kms:TagResource"})
"""What is asked of a key before it has tags, or of keys that others own."""
ALWAYS = frozenset(
    {
        "application-autoscaling:DescribeScalableTargets",
        "cloudtrail:LookupEvents",
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
        "tag:GetResources",
    }
)
"""What every plan and drift report may ask, whatever the types."""


@dataclass(slots=True)
class Actions:
    """Actions to read anything, and to write by the ARN patterns that they are confined to."""

    read: set[str] = field(default_factory=set)
    write: dict[str, set[str]] = field(default_factory=dict)


def needed(types: Iterable[Resource], slots: Mapping[str, str]) -> Actions:
    """The actions for types; `slots` fill the templates of ARNs, `prefix` begins our names."""
    found = Actions(set(ALWAYS))
    for resource in types:
        reads, writes = methods(resource)
        found.read |= _all(resource.service, reads)
        for action in _all(resource.service, writes):
            found.write.setdefault(_where(action, resource, slots), set()).add(action)
    return found


def _where(action: str, resource: Resource, slots: Mapping[str, str]) -> str:
    """The ARN pattern that an action of a type is confined to; ``*`` for any, or `OWNED`."""
    ours = {**slots, "name": f"{slots['prefix']}*"}
    if action == PASS:
        return str(fill("arn:{partition}:iam::{account}:role/{name}", ours))
    own = PREFIX.get(resource.service, resource.service)
    if own == "kms" and action.startswith("kms:") and action not in BEFORE_TAGS:
        return OWNED
    if resource.service not in BY_NAME or not action.startswith(f"{own}:"):
        return "*"
    if resource.service == "sagemaker":  # an endpoint's calls are checked against its config too
        return str(fill("arn:{partition}:sagemaker:{region}:{account}:*/{name}", ours))
    return str(fill(resource.arn, ours)) if "{name}" in resource.arn else "*"


def methods(resource: Resource) -> tuple[set[str], set[str]]:
    """The client methods that read a resource, and those that write it."""
    reads = {resource.read.method, *(listing.method for listing in resource.listings)}
    reads |= resource.asks
    writes = {resource.create.method, resource.delete.method, *_updates(resource)}
    for part in resource.parts:
        reads |= set(part.reads)
        writes |= set(part.writes)
    if resource.tags:
        reads.add(resource.tags.read.method)
        writes |= {op.method for op in (resource.tags.add, resource.tags.remove) if op}
    return reads, writes - reads


def _updates(resource: Resource) -> Iterator[str]:
    """The methods that a resource file gives to `Request`, in whatever branch."""
    module = inspect.getmodule(resource.update)
    if module is None or f".resources.{resource.service}" not in module.__name__:
        return
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            method = node.args[0]
            if node.func.id == "Request" and isinstance(method, ast.Constant):
                yield str(method.value)


def _all(service: str, methods: Iterable[str]) -> set[str]:
    return {action for method in methods for action in permission(service, method)}
