"""Which steps lose something, and whether the environment lets them. Pure."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.change import Action, Reason
from reconciler.model.plan import Step
from reconciler.resources.api import Resource


def judge(step: Step, resource: Resource, allow: frozenset[str]) -> Step:
    """The step with what it destroys, and with a refusal unless its class is allowed.

    Removing a resource that AWS reports as failed loses nothing: a failed
    endpoint serves no traffic and a group whose creation failed has no records.
    """
    loses = step.action is Action.DELETE and step.reason is not Reason.FAILED
    if not (loses and resource.holds):
        return step
    if resource.holds in allow:
        return replace(step, destroys=resource.holds)
    refused = f"protection.allow of the environment does not list {resource.holds!r}"
    return replace(step, destroys=resource.holds, refused=refused)
