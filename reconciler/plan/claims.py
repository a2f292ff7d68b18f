"""What is live under a name of ours, and whether a plan may touch it. Pure.

A name that serves all regions belongs to one of them: nothing is planned for
what another region has, and what nobody's region is known of is claimed only
when it is asked for.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Node
from reconciler.model.policy import Policy
from reconciler.plan.live import Claim, Live, claim
from reconciler.resources.api import OWNERSHIP, REGION_TAG, Place, Reach, Resource

FOREIGN = "PLAN001"
UNTAGGED = "it carries no ownership tags"


def settled(live: Live, place: Place, policy: Policy) -> tuple[Live, list[Diagnostic]]:
    """What is live, with what nobody claims as an orphan where it is adopted, else left alone."""
    taken = tuple(each for each in live.unclaimed if each.address in policy.adopt)
    left = [each.address for each in live.unclaimed if each not in taken]
    found = [_unsaid(address, place) for address in left]
    return replace(live, orphans=(*live.orphans, *taken)), found


def refused(
    node: Node, observed: Observed, resource: Resource, place: Place, policy: Policy
) -> Diagnostic | None:
    """Why what is there under a name of ours may not be touched; nothing when it may."""
    whose = claim(observed, place, resource)
    if whose is Claim.ELSEWHERE:
        found = _elsewhere(node.address, observed, resource, place)
    elif whose is Claim.OURS or node.address in policy.adopt:
        return None
    elif whose is Claim.UNSAID:
        found = replace(_unsaid(node.address, place), severity=Severity.ERROR)
    else:
        found = _not_ours(node.address, observed)
    return replace(found, at=node.origin.at if node.origin else None)


def _not_ours(address: Address, observed: Observed) -> Diagnostic:
    """It carries no tags of ours."""
    tags = observed.tags or {}
    owner = "/".join(tags[key] for key in OWNERSHIP[:2] if key in tags)
    whose = f"it belongs to {owner!r}" if owner else UNTAGGED
    return Diagnostic(
        FOREIGN,
        f"{str(address)!r} exists but is not ours: {whose}",
        help=f"rename the spec, or take it over with `--adopt {address.argument}`",
        address=address,
    )


def _elsewhere(
    address: Address, observed: Observed, resource: Resource, place: Place
) -> Diagnostic:
    """It is another region's."""
    tag, home = (observed.tags or {}).get(REGION_TAG), ", ".join(sorted(observed.home))
    shared = resource.reach is Reach.SHARED
    other = (home or tag) if shared else (tag or home)
    what = "regions and accounts" if shared else "regions of an account"
    return Diagnostic(
        "PLAN008",
        f"{str(address)!r} belongs to {other!r}, not to {place.region!r}; "
        f"all {what} share its name",
        help=f"give {place.region} an environment name of its own: an environment is one platform "
        "in one account and one region",
        address=address,
    )


def _unsaid(address: Address, place: Place) -> Diagnostic:
    """It has our platform and environment, and nothing says which region it belongs to."""
    return Diagnostic(
        "PLAN009",
        f"{str(address)!r} carries our tags, and nothing says that it belongs to {place.region!r}",
        help=f"if it does, take it over with `--adopt {address.argument}`;"
        " it is left alone until then",
        severity=Severity.WARNING,
        address=address,
    )
