"""GitHub Actions: four workflows, and tokens of GitHub for AWS."""

from __future__ import annotations

from reconciler.delivery.api import ENVIRONMENT, Provider, Trust, literal, register
from reconciler.delivery.site import Site

ISSUER = "token.actions.githubusercontent.com"
FOLDER = ".github/workflows"


def trust(site: Site) -> Trust:
    """A job with an environment says so in its token, so the environment's rules guard apply."""
    repo = f"repo:{literal(site.repository)}"
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{repo}:pull_request", f"{repo}:ref:refs/heads/{literal(site.branch)}"),
        apply=(f"{repo}:environment:{ENVIRONMENT}",),
    )


register(
    Provider(
        name="github",
        says="GitHub Actions",
        files={
            f"{FOLDER}/moorline-pull-request.yml": "pull-request.yml.j2",
            f"{FOLDER}/moorline-apply.yml": "apply.yml.j2",
            f"{FOLDER}/moorline-drift.yml": "drift.yml.j2",
            f"{FOLDER}/moorline-manual.yml": "manual.yml.j2",
        },
        trust=trust,
        next_steps=(
            (
                "make an environment in the repository's settings for each of these, with reviewers"
                " for all but the first and the default branch as the only one allowed"
            ),
            "make the roles: deploy delivery/aws-roles.yaml once for each environment",
            "protect the default branch: changes by pull request only, with a review",
        ),
    )
)
