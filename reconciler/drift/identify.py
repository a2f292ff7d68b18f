"""Whose call it was: a person, our pipeline, another tool, an autoscaler, AWS. Pure.

A role says what somebody may do, not who they are, so a person behind a role is named by
the session; where even that is made up by a tool, the role is all that is said.
"""

from __future__ import annotations

import re

from reconciler.drift.sighting import Caller, Sighting
from reconciler.model.actor import Actor, ActorKind
from reconciler.secret.redact import redact

SESSION = "moorline"
"""What our own sessions are called (`aws.connect`)."""
MOST = 128
_OURS = re.compile(r"(?:^|\s)moorline(?:/|\s|$)")
_TOOLS = {
    "terraform": "Terraform",
    "opentofu": "OpenTofu",
    "pulumi": "Pulumi",
    "cloudformation": "CloudFormation",
    "aws-cdk": "CDK",
    "ansible": "Ansible",
    "crossplane": "Crossplane",
    "aws-sam": "SAM",
    "serverless": "Serverless Framework",
    "ack-controller": "ACK",
    "cloudcontrolapi": "Cloud Control",
}
_CONSOLE = re.compile(
    r"^(?:console|signin)\.|\.console\.aws|^Mozilla/|^AWS ?Internal$|Console", re.IGNORECASE
)
_SDK = re.compile(r"(?i)boto3|botocore|aws-sdk|aws-sdk-\w+|smithy|powershell")
_CI = re.compile(
    r"(?i)github|gitlab|jenkins|codebuild|codepipeline|circleci|buildkite|bitbucket|atlantis"
    r"|(?:^|[-_/])(?:ci|cd|cicd|deploy(?:er|ment)?|pipeline|runner|build)(?:$|[-_/])"
)
_MACHINE = re.compile(r"i-[0-9a-f]{8,}|[0-9a-f]{32}|ecs-.*|[0-9]{8,}")
_MADE_UP = re.compile(
    r"(?:botocore-session-|aws-go-sdk-|aws-sdk-\w+-|AWSCLI-Session|session)[-\d]*"
)
_SSO = "AWSReservedSSO_"


def actor(seen: Sighting, apply_role: str = "") -> Actor:
    """Who a call was from. `apply_role` is the ARN of the role that our pipeline takes."""
    kind, name = _who(seen, apply_role)
    return Actor(kind, redact(name)[:MOST], via(seen)[:MOST], seen.at, seen.event[:MOST])


def via(seen: Sighting) -> str:
    """Through what: the console, the CLI, an SDK, a tool, a service."""
    agent = seen.agent
    if _OURS.search(agent):
        return "moorline"
    if tool := _tool(seen):
        return tool
    if "CloudShell" in agent:
        return "CloudShell"
    if agent.startswith("aws-cli/"):
        return "CLI"
    if seen.console or _CONSOLE.search(agent):
        return "console"
    if agent.endswith(".amazonaws.com"):
        return agent.removesuffix(".amazonaws.com")
    return "SDK" if _SDK.search(agent) else ""


def _who(seen: Sighting, apply_role: str) -> tuple[ActorKind, str]:
    who = seen.caller
    if service := _service(seen, apply_role):
        return service
    if _is_ours(seen, apply_role):
        return ActorKind.PIPELINE, _role_name(who.role) or who.name or who.session
    person = _person(who)
    if tool := _tool(seen):
        return ActorKind.TOOL, f"{tool} ({person})" if person else tool
    return _caller(seen)


def _caller(seen: Sighting) -> tuple[ActorKind, str]:
    who = seen.caller
    match who.type:
        case "Root":
            return ActorKind.HUMAN, "the root user"
        case "IAMUser" | "IdentityCenterUser":
            machine = via(seen) in {"SDK", ""} and _CI.search(who.name)
            return ActorKind.TOOL if machine else ActorKind.HUMAN, who.name
        case "FederatedUser" | "SAMLUser":
            return ActorKind.HUMAN, who.source or who.session or who.name
        case "AssumedRole" | "WebIdentityUser" | "Role":
            return _session(seen)
        case "AWSAccount":
            return ActorKind.UNKNOWN, f"account {who.account}"
        case _:
            return ActorKind.UNKNOWN, ""


def _service(seen: Sighting, apply_role: str) -> tuple[ActorKind, str] | None:
    """An AWS service, for itself or on somebody's behalf."""
    who = seen.caller
    name = who.invoked_by if who.invoked_by.endswith(".amazonaws.com") else ""
    linked = "/aws-service-role/" in who.role
    if not (name or linked or who.type == "AWSService"):
        return None
    role = _role_name(who.role)
    name = name.removesuffix(".amazonaws.com") or role or seen.agent
    if "autoscaling" in name.lower().replace("-", "") or "AutoScaling" in role:
        return ActorKind.AUTOSCALER, name
    if name.startswith(("cloudformation", "cloudcontrolapi")):
        if _is_ours(seen, apply_role):  # handlers work as whoever asked Cloud Control
            return ActorKind.PIPELINE, _role_name(who.role)
        person = _person(who)
        tool = _TOOLS[name.partition(".")[0]]
        return ActorKind.TOOL, f"{tool} ({person})" if person else tool
    return ActorKind.AWS, name


def _is_ours(seen: Sighting, apply_role: str) -> bool:
    """Our user agent, or our role in a session of ours that nobody typed commands in."""
    if _OURS.search(seen.agent):
        return True
    who = seen.caller
    ours = bool(apply_role) and _role_name(apply_role) == _role_name(who.role)
    own = who.session == SESSION or who.session.startswith(f"{SESSION}-")
    return ours and own and via(seen) not in {"console", "CLI", "CloudShell"}


def _tool(seen: Sighting) -> str:
    low = seen.agent.lower()
    return next((name for word, name in _TOOLS.items() if word in low), "")


def _session(seen: Sighting) -> tuple[ActorKind, str]:
    who = seen.caller
    role, how = _role_name(who.role), via(seen)
    if who.source:
        return ActorKind.HUMAN, who.source
    if role.startswith(_SSO):
        return ActorKind.HUMAN, who.session
    if who.provider and _CI.search(who.provider):
        return ActorKind.TOOL, role or who.session
    by_hand = how in {"console", "CLI", "CloudShell"}
    if _MACHINE.fullmatch(who.session) or "exec-env/AWS_Lambda" in seen.agent:
        return ActorKind.TOOL, f"{role} ({who.session})"
    if not by_hand and (_CI.search(role) or _CI.search(who.session) or "@" not in who.session):
        return ActorKind.TOOL, _person(who)
    return ActorKind.HUMAN, _person(who)


def _person(who: Caller) -> str:
    """The best name there is: the person, else the session, else the role."""
    role = _role_name(who.role)
    if who.source or not (role or who.session):
        return who.source or who.name or ("the root user" if who.type == "Root" else "")
    if role.startswith(_SSO):
        return who.session
    if not who.session or who.session == SESSION or _MADE_UP.fullmatch(who.session):
        return f"role {role}"
    return f"{who.session} as {role}" if role else who.session


def _role_name(arn: str) -> str:
    return arn.rpartition("/")[2]
