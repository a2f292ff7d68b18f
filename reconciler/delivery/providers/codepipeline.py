"""AWS CodePipeline and CodeBuild: a template of the pipeline, and the builds' steps."""

from __future__ import annotations

from reconciler.delivery.api import Provider, Trust, register

BUILDS = ("plan", "apply", "drift", "manual")

register(
    Provider(
        name="codepipeline",
        says="AWS CodePipeline",
        files={
            "delivery/codepipeline.yaml": "pipeline.yaml.j2",
            **{f"delivery/buildspecs/{name}.yml": f"{name}.yml.j2" for name in BUILDS},
        },
        trust=lambda _site: Trust(),  # builds run as roles of the delivery account
        next_steps=(
            (
                "make a connection to the forge, and two secrets with tokens of two users of it:"
                " one that comments on pull requests, one that reads them and writes issues"
            ),
            "deploy delivery/codepipeline.yaml in the delivery account",
            (
                "make the roles: deploy delivery/aws-roles.yaml once for each environment, with the"
                " outputs PlanPrincipals and ApplyPrincipal; the environments name them in `roles`"
            ),
        ),
    )
)
