"""A platform that lives as the delivered roles: planned as one, applied as the other.

IAM is enforced in the sandbox; what its administrator does is only what a test does by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from crash.scene import Scene
from engine.platform import FAULTS, NO_RETRIES

from reconciler.aws.apply import Outcome
from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.wire import watch
from reconciler.model.event import Event
from reconciler.model.plan import Plan
from reconciler.sandbox.iam import roles
from reconciler.sandbox.inprocess import Sandbox

from .judged import Role, role

KINDS = ("plan", "apply")


def arn(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def put(held: Role, account: str, *, without: str = "") -> str:
    """Have a delivered role in the sandbox, or one whose policies lack an action; its ARN."""
    documents = {each.name: each.document for each in held.policies}
    if without:
        documents["never"] = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": without, "Resource": "*"}],
        }
    roles.put(arn(account, held.name), documents)
    return arn(account, held.name)


@cache
def _session() -> Any:
    """One for all, since it keeps what botocore reads of each service."""
    return boto3.Session()


class Lent:
    """Clients of a session of a role, as `BotoClients` makes them, with the faults attached."""

    def __init__(self, aws: Sandbox, role_: str, region: str, **narrowed: Any) -> None:
        taken = aws.client("sts").assume_role(
            RoleArn=role_, RoleSessionName="moorline-run", **narrowed
        )
        found = taken["Credentials"]
        self.arn = taken["AssumedRoleUser"]["Arn"]
        self._region = region
        self._keys = {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }
        self._made: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._made:
            name, _, elsewhere = service.partition("@")
            region = elsewhere or self._region
            made = _session().client(name, region_name=region, config=NO_RETRIES, **self._keys)
            self._made[service] = watch(FAULTS.attach(made))
        return self._made[service]


class Together(FakeClock):
    """A clock with which AWS's time goes on too, as it does while one waits."""

    def __init__(self, aws: Sandbox) -> None:
        super().__init__()
        self._aws = aws

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._aws.clock.advance(seconds)


@dataclass
class Living(Scene):
    """A platform whose every plan is the plan role's, and every apply the apply role's."""

    lent: dict[str, Lent] = field(default_factory=dict)

    def restart(self) -> None:
        super().restart()
        self.clock = self.session.clock = Together(self.aws)
        self.session.limiter = Limiter(self.clock, unlimited=True)

    def enter(self, platform: str = "acme", **narrowed: Any) -> None:
        """Make the roles of the environment, if need be, and take them."""
        for kind in KINDS:
            held = role(kind, self.site.name, platform=platform)
            at = put(held, self.site.account)
            self.lent[kind] = Lent(self.aws, at, self.site.region, **narrowed)

    def plan(self, **how: Any) -> Plan:
        """What the plan role sees, which the apply role sees too."""
        self.session.clients = self.lent["plan"]
        return super().plan(**how)

    def carry_out(self, plan: Plan, events: list[Event] | None = None) -> Outcome:
        self.session.clients = self.lent["apply"]
        return super().carry_out(plan, events)

    def written(self) -> Iterator[tuple[str, str]]:
        """Who wrote what, by CloudTrail, so far."""
        pages = self.client("cloudtrail").get_paginator("lookup_events").paginate()
        for page in pages:
            for each in page["Events"]:
                found = json.loads(each["CloudTrailEvent"])
                yield found["userIdentity"].get("arn", ""), found["eventName"]
