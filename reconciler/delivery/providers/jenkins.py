"""Jenkins: one declarative pipeline for a multibranch project, and its own tokens for AWS."""

from __future__ import annotations

from reconciler.delivery.api import Provider, Trust, literal, register
from reconciler.delivery.site import Site

ISSUER = "jenkins.example.com/oidc"


def trust(site: Site) -> Trust:
    """The subject of a token is the address of the job; a branch is a job of its own."""
    root = (site.issuer or ISSUER).removesuffix("/oidc")
    job = f"https://{literal(root)}/job/{site.platform}/job/"
    branch = literal(site.branch)
    return Trust(
        site.issuer or ISSUER,
        plan=(f"{job}PR-*", f"{job}{branch}/"),
        apply=(f"{job}{branch}/",),
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
                "label agents `moorline-review` for change requests and others `moorline-apply` for"
                " the main branch; they share no machine, and no other job may use the latter"
            ),
            (
                "make the credentials `moorline-aws-token` (an OpenID Connect id token as a file,"
                " audience sts.amazonaws.com), `moorline-comment-token` and `moorline-read-token`"
                " (secret texts of two users of the forge), and set MOORLINE_AUTHOR to the first"
            ),
            (
                "run this again with --issuer HOST/PATH of your server, then deploy"
                " delivery/aws-roles.yaml once for each environment"
            ),
        ),
    )
)
