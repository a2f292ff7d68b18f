"""Jenkins: one declarative pipeline for a multibranch project, and its own tokens for AWS."""

from __future__ import annotations

from reconciler.delivery.api import Provider, Trust, register
from reconciler.delivery.site import Site

ISSUER = "jenkins.example.com/oidc"


def trust(site: Site) -> Trust:
    """The subject of a token is the address of the job; a branch is a job of its own."""
    root = (site.issuer or ISSUER).removesuffix("/oidc")
    job = f"https://{root}/job/{site.platform}/job/"
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{job}PR-*", f"{job}{site.branch}/"),
        apply=(f"{job}{site.branch}/",),
    )


register(
    Provider(
        name="jenkins",
        says="Jenkins",
        files={"Jenkinsfile": "Jenkinsfile.j2"},
        trust=trust,
        next_steps=(
            "install the plugins Pipeline, Lockable Resources, JUnit and OpenID Connect Provider",
            (
                "make a multibranch project of this repository that trusts the Jenkinsfile of forks"
                " never (`Discover pull requests from forks`: trust nobody)"
            ),
            (
                "make the credentials `moorline-aws-token` (an OpenID Connect id token as a file,"
                " audience sts.amazonaws.com) and `moorline-forge-token` (a secret text)"
            ),
            (
                "run this again with --issuer HOST/PATH of your server, then deploy"
                " delivery/aws-roles.yaml once for each environment"
            ),
        ),
    )
)
