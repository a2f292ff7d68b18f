"""GitLab CI: one file of jobs that the root file includes, and tokens of GitLab for AWS."""

from __future__ import annotations

from reconciler.delivery.api import Provider, Trust, literal, register
from reconciler.delivery.site import Site

ISSUER = "gitlab.com"


def trust(site: Site) -> Trust:
    """A token names project and branch; AWS cannot see its environment, so protect the branch."""
    project = f"project_path:{literal(site.repository)}:ref_type:branch:ref"
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{project}:*",),
        apply=(f"{project}:{literal(site.branch)}",),
    )


register(
    Provider(
        name="gitlab",
        says="GitLab CI",
        files={".gitlab/moorline.yml": "moorline.yml.j2", ".gitlab-ci.yml": "root.yml.j2"},
        trust=trust,
        next_steps=(
            (
                "keep a project access token (role Reporter, scope api) as the masked variable"
                " GITLAB_TOKEN"
            ),
            "protect the default branch, and each environment with who may apply to it",
            "make the roles: deploy delivery/aws-roles.yaml once for each environment",
            "make a pipeline schedule of the default branch for the drift report",
        ),
    )
)
