"""The roles of an environment as they are in the sandbox: those of the template, made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reconciler.delivery import resolve, roles, site as sites
from reconciler.delivery.api import Trust
from reconciler.model.address import Address
from reconciler.resources import api as resources
from reconciler.specs.overlay import EnvironmentView


def made(view: EnvironmentView, more: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """Trust and policies of the roles that an environment names, by ARN.

    They suffice for every AWS type that has a file and for every name that the compiler gives,
    since nobody writes them anew when the specs change, and for `more`; and the account itself
    takes them, as there is no CI system.
    """
    own = view.spec.roles
    named = [arn for arn in (own.plan, own.apply, own.approve) if arn]
    if not named:
        return {}
    stages, _ = sites.stages([view])
    # Nobody writes the roles anew when specs name another bucket or another secret.
    assets = "*/assets" if view.spec.assets else ""
    types = resources.load()
    prefix = f"{view.platform}-{view.name}-"
    begun = tuple(
        Address(type_, each.fix(prefix))
        for type_, each in sorted(types.items())
        if each.fix(prefix) != prefix
    )
    stages = tuple(
        replace(each, assets=assets, secrets=("*",), begun=begun, stepwise=True) for each in stages
    )
    site = sites.Site(view.platform, stages, types=tuple(sorted({*types, *more})))
    account = f"arn:{stages[0].partition}:iam::{view.account}:root"
    found = resolve.policies(
        roles.body(site, Trust()),
        view.name,
        view.account,
        view.region,
        {"PlanPrincipals": [account], "ApplyPrincipal": account, "ApprovePrincipal": account},
    )
    return {
        arn: {
            "trust": role.trust,
            "policies": {f"moorline-{i}": each for i, each in enumerate(role.policies, 1)},
        }
        for arn in named
        for role in [found[arn.rpartition("/")[2]]]
    }
