"""Whether workloads can do what they must: AWS's services with the roles that they are given.

A model's role that may not read its archive makes an endpoint that fails, half an hour later.
Judged are roles that the sandbox's IAM has, and what a deployment cannot do without; whether
somebody else's account lets them in, the sandbox cannot know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reconciler.access.request import UnknownCallError
from reconciler.access.workloads import Site, Thing, works
from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.decision import message, refused
from reconciler.sandbox.iam.principals import Principal
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.access.workloads import Work

VITAL = ("ecr:", "kms:", "sts:assumerole", "s3:getobject", "s3:getbucketacl", "s3:putobject",
         "cloudwatch:describealarms")  # fmt: skip
"""Without them a deployment fails; without logs and metrics it only says less."""


def refusal(site: Site, roles: Iterable[str]) -> str:
    """Why one of these roles cannot do its work; empty when each can, or is not known here."""
    if WORLD.iam != "enforced":
        return ""
    names = {arn.rpartition("/")[2]: arn for arn in roles}
    return next(_refusals(site, names), "")


def _refusals(site: Site, names: dict[str, str]) -> Iterator[str]:
    for work in _works(site):
        who = _who(work, names)
        if who is None or work.granted:
            continue
        try:
            for each, found in refused(work.call, who):
                theirs = each.owner != site.account
                if each.action.lower().startswith(VITAL) and not theirs:
                    yield message(each, found)
        except ValueError as malformed:  # of a policy, which then allows nothing
            yield f"{work.by} is not authorized: {malformed}"


def _works(site: Site) -> Iterator[Work]:
    """As many as can be told; a resource of another form than ours has none."""
    try:
        yield from works(site)
    except (KeyError, LookupError, TypeError, ValueError, UnknownCallError):
        return


def _who(work: Work, names: dict[str, str]) -> Principal | None:
    if work.by in names:
        return principals.acting(names[work.by])
    taken = str(work.call.params.get("RoleArn", ""))
    if work.call.operation == "AssumeRole" and taken in names.values():
        return Principal(work.by, "") if principals.held(taken) else None
    return None


__all__ = ["Site", "Thing", "refusal"]
