"""All that is left to do for a CI system, in the order in which it is done. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.delivery import ground
from reconciler.delivery.api import Provider
from reconciler.delivery.site import Site
from reconciler.delivery.todo import Todo


def steps(provider: Provider, site: Site, files: Mapping[str, str]) -> list[Todo]:
    """Environments, what the CI system has before the roles, AWS, its settings, the commit.

    `files` are what `ci init` writes, by path. Where the issuer is only an example there are no
    steps after it: they would trust the example.
    """
    before = [*ground.environments(site), *provider.first(site)]
    if provider.own_issuer and not site.issuer:
        return before
    return [
        *before,
        *ground.in_aws(site, provider.trust(site), provider.variables),
        *provider.then(site),
        ground.files(files),
    ]
