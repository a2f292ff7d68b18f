"""Whether workloads can do what they must: AWS's services with the roles that they are given.

A model's role that may not read its archive makes an endpoint that fails, half an hour later.
Judged are roles that the sandbox's IAM has, and what a deployment or a run cannot do without;
whether somebody else's account lets them in, the sandbox cannot know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from reconciler.access.request import UnknownCallError
from reconciler.access.workloads import Site, Thing, works
from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.decision import message, refused
from reconciler.sandbox.iam.principals import Principal
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.access.workloads import Work

T = TypeVar("T")
TAKEN = ("sts:assumerole",)
VITAL = ("ecr:", "kms:", *TAKEN, "s3:getobject", "s3:getbucketacl", "s3:putobject",
         "cloudwatch:describealarms")  # fmt: skip
"""Without them a deployment fails; without logs and metrics it only says less."""
RUNNING = (*VITAL, "iam:passrole", "s3:listbucket", "sagemaker:addtags", "sagemaker:create",
           "sagemaker:describe")  # fmt: skip
"""Without them a job or a step of a pipeline fails."""


def refusal(
    site: Site,
    roles: Iterable[str],
    *,
    later: float = 0.0,
    vital: tuple[str, ...] = VITAL,
    told: Callable[[Site], Iterator[Work]] = works,
) -> str:
    """Why one of these roles cannot do its work; empty when each can, or is not known here.

    Args:
        site: What is deployed, and what it needs.
        roles: ARNs of the roles that are judged.
        later: Seconds until the work is done; what was changed shortly before has effect then.
        vital: Beginnings of the actions without which it fails.
        told: Which work.
    """
    if WORLD.iam != "enforced":
        return ""
    judge = _Judge(site, roles, later, vital)
    return next((why for work in _told(told(site)) for why in judge.why(work)), "")


class _Judge:
    """IAM, asked for the work of some roles."""

    def __init__(
        self, site: Site, roles: Iterable[str], later: float, vital: tuple[str, ...]
    ) -> None:
        self._account, self._later, self._vital = site.account, later, vital
        self._names = {arn.rpartition("/")[2]: arn for arn in roles}

    def why(self, work: Work) -> Iterator[str]:
        """What of the work is refused without which it fails."""
        who = self._who(work)
        if who is None or work.meant is not None:
            return
        try:
            for each, found in refused(work.call, who):
                if each.action.lower().startswith(self._vital) and each.owner == self._account:
                    yield message(each, found)
        except UnknownCallError:
            return
        except ValueError as malformed:  # of a policy, which then allows nothing
            yield f"{work.by} is not authorized: {malformed}"

    def _who(self, work: Work) -> Principal | None:
        if work.by in self._names:
            return principals.acting(self._names[work.by], self._later)
        taken = str(work.call.params.get("RoleArn", ""))
        if work.call.operation == "AssumeRole" and taken in self._names.values():
            return Principal(work.by, "") if principals.held(taken) else None
        return None


def _told(found: Iterator[T]) -> Iterator[T]:
    """As many as can be told; a resource of another form than ours has none."""
    try:
        yield from found
    except (AttributeError, KeyError, LookupError, TypeError, ValueError, UnknownCallError):
        return


__all__ = ["RUNNING", "TAKEN", "Site", "Thing", "refusal"]
