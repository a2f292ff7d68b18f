"""Callers as CloudTrail shows them, with who they are."""

from __future__ import annotations

from typing import Any

from reconciler.model.actor import ActorKind

from .events import ACCOUNT, CLI, CONSOLE, OURS, SDK, TERRAFORM, session, user

WHO: dict[str, tuple[dict[str, Any], ActorKind, str, str]] = {
    "a user with the CLI": ({}, ActorKind.HUMAN, "alice", "CLI"),
    "a user with an SDK": ({"userAgent": SDK}, ActorKind.HUMAN, "alice", "SDK"),
    "a user in the console": ({"userAgent": CONSOLE}, ActorKind.HUMAN, "alice", "console"),
    "a console session that says so": (
        {"userAgent": "AWS Internal", "sessionCredentialFromConsole": "true"},
        ActorKind.HUMAN, "alice", "console",
    ),
    "CloudShell": (
        {"userAgent": "aws-cli/2.31 exec-env/CloudShell"}, ActorKind.HUMAN, "alice", "CloudShell",
    ),
    "the root user": (
        {"userIdentity": {"type": "Root", "accountId": ACCOUNT}, "userAgent": CONSOLE},
        ActorKind.HUMAN, "the root user", "console",
    ),
    "single sign-on": (
        {"userIdentity": session("aws-reserved/AWSReservedSSO_Admin_0f", "bob@x.y")},
        ActorKind.HUMAN, "bob@x.y", "CLI",
    ),
    "single sign-on with an SDK": (
        {"userIdentity": session("AWSReservedSSO_Admin_0f", "bob"), "userAgent": SDK},
        ActorKind.HUMAN, "bob", "SDK",
    ),
    "a role with a person's session": (
        {"userIdentity": session("Operator", "carol@x.y"), "userAgent": SDK},
        ActorKind.HUMAN, "carol@x.y as Operator", "SDK",
    ),
    "a chain of roles with a source identity": (
        {"userIdentity": session("Break-Glass", "s-1", sourceIdentity="dave"), "userAgent": SDK},
        ActorKind.HUMAN, "dave", "SDK",
    ),
    "a role whose session the CLI made up": (
        {"userIdentity": session("Operator", "botocore-session-1700000000")},
        ActorKind.HUMAN, "role Operator", "CLI",
    ),
    "a federated user": (
        {"userIdentity": {"type": "FederatedUser", "principalId": f"{ACCOUNT}:erin"}},
        ActorKind.HUMAN, "erin", "CLI",
    ),
    "our pipeline by its user agent": (
        {"userIdentity": session("deployer", "x"), "userAgent": OURS},
        ActorKind.PIPELINE, "deployer", "moorline",
    ),
    "our pipeline by role and session": (
        {"userIdentity": session("moorline-apply", "moorline"), "userAgent": SDK},
        ActorKind.PIPELINE, "moorline-apply", "SDK",
    ),
    "a person in the role of our pipeline": (
        {"userIdentity": session("moorline-apply", "frank")},
        ActorKind.HUMAN, "frank as moorline-apply", "CLI",
    ),
    "a person who calls the session like ours": (
        {"userIdentity": session("moorline-apply", "moorline"), "userAgent": CLI},
        ActorKind.HUMAN, "role moorline-apply", "CLI",
    ),
    "Terraform": (
        {"userIdentity": session("infra", "ci"), "userAgent": TERRAFORM},
        ActorKind.TOOL, "Terraform (ci as infra)", "Terraform",
    ),
    "CloudFormation for somebody": (
        {"userIdentity": session("Dev", "gil@x.y") | {"invokedBy": "cloudformation.amazonaws.com"},
         "userAgent": "cloudformation.amazonaws.com"},
        ActorKind.TOOL, "CloudFormation (gil@x.y as Dev)", "CloudFormation",
    ),
    "a CI role with an SDK": (
        {"userIdentity": session("github-deploy", "GitHubActions"), "userAgent": SDK},
        ActorKind.TOOL, "GitHubActions as github-deploy", "SDK",
    ),
    "a CI user": (
        {"userIdentity": user("gitlab-runner"), "userAgent": SDK},
        ActorKind.TOOL, "gitlab-runner", "SDK",
    ),
    "an instance": (
        {"userIdentity": session("worker", "i-0123456789abcdef0"), "userAgent": SDK},
        ActorKind.TOOL, "worker (i-0123456789abcdef0)", "SDK",
    ),
    "an autoscaler": (
        {"userIdentity": session("aws-service-role/x/AWSServiceRoleForAutoScaling_S", "s")
         | {"invokedBy": "application-autoscaling.amazonaws.com"},
         "userAgent": "application-autoscaling.amazonaws.com"},
        ActorKind.AUTOSCALER, "application-autoscaling", "application-autoscaling",
    ),
    "AWS through its own role": (
        {"userIdentity": session("aws-service-role/x/AWSServiceRoleForConfig", "config")},
        ActorKind.AWS, "AWSServiceRoleForConfig", "CLI",
    ),
    "AWS itself": (
        {"userIdentity": {"type": "AWSService", "invokedBy": "health.amazonaws.com"},
         "userAgent": "health.amazonaws.com"},
        ActorKind.AWS, "health", "health",
    ),
    "another account": (
        {"userIdentity": {"type": "AWSAccount", "accountId": "999999999999"}},
        ActorKind.UNKNOWN, "account 999999999999", "CLI",
    ),
    "an identity of no known type": (
        {"userIdentity": {"type": "Novel"}}, ActorKind.UNKNOWN, "", "CLI",
    ),
}  # fmt: skip
