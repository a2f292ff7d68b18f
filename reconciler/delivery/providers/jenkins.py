"""Jenkins: one declarative pipeline for a multibranch project, and its own tokens for AWS."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.delivery.api import Provider, Trust, literal, register
from reconciler.delivery.site import Site
from reconciler.delivery.todo import Todo, command

ISSUER = "jenkins.example.com/oidc"
_PLUGINS = ("workflow-aggregator", "lockable-resources", "junit", "oidc-provider")
_AGAIN = ("moorline", "ci", "init", "--provider", "jenkins", "--force")
_UNSEEN = "it is a setting of Jenkins, which is not asked; look at it"
_SETTINGS = {
    "project": (
        "make a multibranch project {platform} of this repository that trusts the Jenkinsfile of"
        " forks never (`Discover pull requests from forks`: trust nobody)"
    ),
    "agents": (
        "label agents `moorline-review` for change requests and others `moorline-apply` for the"
        " main branch; they share no machine, and no other job may use the latter"
    ),
    "credentials": (
        "make the credentials `moorline-aws-token` (an OpenID Connect id token as a file, audience"
        " sts.amazonaws.com), `moorline-comment-token` and `moorline-read-token` (secret texts of"
        " two users of the forge), and set MOORLINE_AUTHOR to the first"
    ),
}


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


def first(site: Site) -> Iterator[Todo]:
    """The plugins, and the issuer whose tokens AWS takes."""
    yield Todo(
        "plugins",
        "install Pipeline, Lockable Resources, JUnit and OpenID Connect Provider",
        "the Jenkins controller",
        (command("jenkins-plugin-cli", "--plugins", *_PLUGINS),),
        unseen=_UNSEEN,
    )
    if not site.issuer:
        yield Todo(
            "issuer",
            "write the files anew with the issuer that the plugin OpenID Connect Provider shows",
            commands=(f'{command(*_AGAIN)} --issuer "${{JENKINS_ISSUER:?HOST/PATH}}"',),
            check=lambda _reader: f"the roles trust {ISSUER}, which is an example",
        )


def then(site: Site) -> Iterator[Todo]:
    """Settings of Jenkins, which has no file or command for them."""
    for name, says in _SETTINGS.items():
        yield Todo(name, says.format(platform=site.platform), "Jenkins", unseen=_UNSEEN)
    yield Todo(
        "branch-protection",
        f"protect {site.branch} in the forge: changes by pull request only, with a review",
        "the forge",
        unseen="which forge has the repository is not known here; look at it",
    )


register(
    Provider(
        name="jenkins",
        says="Jenkins",
        files={"Jenkinsfile": "Jenkinsfile.j2"},
        trust=trust,
        first=first,
        own_issuer=True,
        then=then,
    )
)
